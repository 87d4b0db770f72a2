"""Somebody urgent is put into a trip that goes anyway, or gets a vehicle of their own at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext
from pydantic import Field

from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import move_deadline
from lazaretto.core.errors import Forbidden
from lazaretto.custody.models import Handover
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.transfers.commands import postpone
from lazaretto.trips.choices import Berth, Limit, RequestState
from lazaretto.trips.commands.making import OVERRIDE, Passenger, allow, of_category, plan_trip, seat
from lazaretto.trips.commands.vehicles import MANAGE
from lazaretto.trips.commands.waiting import plan_request
from lazaretto.trips.deadlines import END
from lazaretto.trips.errors import ChoiceStale, RequestClosed
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Booking, MoveRequest, Rider, Stop, Trip
from lazaretto.trips.queries.insertion import Joining, Together, joinings_of, together_with, trips_to_join
from lazaretto.trips.queries.limits import check_limits
from lazaretto.trips.queries.own_vehicle import halts_of, named
from lazaretto.trips.queries.places import Place, places_of

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class UrgentInserted:
    """They have a trip: its number, the times that they may be told, and by how many minutes anybody is later."""

    trip_id: UUID
    number: str
    people: int
    fetched_at: datetime
    there_at: datetime
    longest_delay: int


@command("trips.insert_urgent", capability=MANAGE)
def insert_urgent(
    *,
    actor: Actor,
    at: datetime,
    request: MoveRequest,
    choice: Annotated[str, Field(max_length=120)],
    override_reason: str = "",
) -> UrgentInserted:
    """Put somebody who waits, with their household, into a trip that goes anyway, or give them a vehicle at once.

    `choice` is the token of a choice that was shown. Nothing that has left changes; nobody on a list is later than the
    tolerance of `limits.toml` in all. Beyond a limit it needs a reason of somebody who may override.

    Raises `RequestClosed`; `ChoiceStale` when anything that the choice rests on has changed; what `plan_trip` refuses.
    """
    if request.state != RequestState.OPEN:
        raise RequestClosed
    together = together_with(request)
    if choice.startswith("own:"):
        return _own(together, choice, override_reason, actor, at)
    return _join(together, choice, override_reason, actor, at)


def _own(together: Together, choice: str, reason: str, actor: Actor, at: datetime) -> UrgentInserted:
    chosen = named(actor, choice)
    if chosen is None or chosen[2] < at:
        raise ChoiceStale
    vehicle, driver, departs_at = chosen
    riders = tuple(Passenger(one.person_id, 0, 1, Berth(one.berth)) for one in together.requests)
    made = plan_trip(
        actor=actor, at=at, vehicle=vehicle, driver=driver, category=Category(together.first.category),
        departs_at=departs_at, stops=halts_of(together), riders=riders, override_reason=reason,
    )  # fmt: skip
    trip = Trip.objects.get(pk=made.trip_id)
    return _told(trip, together, list(trip.riders.all()), departs_at, made.arrives_at, 0, actor, at)


def _join(together: Together, choice: str, reason: str, actor: Actor, at: datetime) -> UrgentInserted:
    trip = _trip(together, choice, actor, at)
    chosen = next((one for one in joinings_of(trip, together, at=at) if one.token == choice), None)
    if chosen is None:
        raise ChoiceStale
    of_category([one.person_id for one in together.requests], trip.category)
    stops = _stops(trip, chosen, together)
    _longer(trip, chosen, reason, actor, at)
    _tell_handovers(chosen, actor, at)
    on, off = chosen.way.get_on, chosen.way.get_off
    riders = seat(trip, stops, [Passenger(one.person_id, on, off, Berth(one.berth)) for one in together.requests])
    return _told(trip, together, riders, chosen.fetched_at, chosen.there_at, max(chosen.way.delays), actor, at)


def _trip(together: Together, choice: str, actor: Actor, at: datetime) -> Trip:
    """The trip that the choice names, locked, with what it is now. Raises `ChoiceStale`."""
    number = choice.partition(":")[2].rpartition(":")[0]
    list(locked(Trip.objects.filter(number=number)))
    found = trips_to_join(actor, together, at=at).filter(number=number).first()
    if found is None:
        raise ChoiceStale
    return found


def _stops(trip: Trip, chosen: Joining, together: Together) -> list[Stop]:
    """The stops in their new order and times; the last first, for each position is taken once."""
    old, ends = list(trip.stops.all()), _ends(together)
    new: dict[int, Stop] = {}
    for number, halt in reversed(list(enumerate(chosen.way.stops))):
        arrives, departs = (trip.departs_at + minutes * MINUTE for minutes in (halt.arrives, halt.departs))
        if halt.old is None:
            place = ends[0] if number == chosen.way.get_on else ends[1]
            new[number] = Stop(trip=trip, position=number, arrives_at=arrives, departs_at=departs, **_at(place))
            continue
        stop, delay = old[halt.old], chosen.way.delays[halt.old]
        stop.position = number
        if delay or halt.departs * MINUTE != stop.departs_at - trip.departs_at:
            stop.arrives_at = max(stop.arrives_at, arrives)
            stop.departs_at = max(stop.departs_at, departs)
            stop.upset_minutes += delay
        stop.save(update_fields=["position", "arrives_at", "departs_at", "upset_minutes"])
    for stop in new.values():
        stop.save(force_insert=True)
    kept = {number: old[halt.old] for number, halt in enumerate(chosen.way.stops) if halt.old is not None}
    return [({**kept, **new})[number] for number in range(len(chosen.way.stops))]


def _ends(together: Together) -> list[Place]:
    return places_of(halts_of(together))


def _at(place: Place) -> dict[str, Place | None]:
    ours = isinstance(place, Site)
    return {"site": place if ours else None, "external": None if ours else place}


def _longer(trip: Trip, chosen: Joining, reason: str, actor: Actor, at: datetime) -> None:
    """The trip ends later and is driven longer; beyond a limit only with a name and a reason."""
    trip.arrives_at = trip.departs_at + chosen.way.stops[-1].arrives * MINUTE
    trip.km, trip.driving_minutes = chosen.km, trip.driving_minutes + chosen.way.driving
    left = trip.departed_at or trip.departs_at
    if chosen.beyond and not reason.strip():
        check_limits(trip, left)
    if chosen.beyond and not actor.may(OVERRIDE, trip.unit_id):
        raise Forbidden(capability=OVERRIDE)
    trip.save(update_fields=["arrives_at", "km", "driving_minutes"])
    allow(trip, {Limit(one) for one in chosen.beyond}, reason, actor, at)
    taken = Booking.objects.get(trip=trip)
    taken.ended_at = max(taken.ended_at, trip.arrives_at + max(limits().after, limits().disinfection))
    taken.save(update_fields=["ended_at"])
    move_deadline(END.code, trip, trip.arrives_at, at=at, by=actor.user_id)


def _tell_handovers(chosen: Joining, actor: Actor, at: datetime) -> None:
    """Both ends of those who are aboard already expect them later, and are told why."""
    why = gettext("Somebody urgent is fetched on the way.")
    for cost in chosen.costs:
        waiting = Handover.objects.filter(trip_leg__to_stop=cost.stop, closed_at__isnull=True)
        for handover in waiting.order_by("id"):
            due_at = handover.due_at + cost.minutes * MINUTE
            if due_at > at:
                postpone(actor=actor, at=at, handover=handover, due_at=due_at, reason=why)


def _told(
    trip: Trip, together: Together, riders: Sequence[Rider], fetched_at: datetime, there_at: datetime, delay: int,
    actor: Actor, at: datetime,
) -> UrgentInserted:  # fmt: skip
    by_person = {rider.person_id: rider for rider in riders}
    for one in together.requests:
        plan_request(one, by_person[one.person_id], actor=actor, at=at)
        said = {"trip": trip.number, "longest_delay": delay, "there_at": there_at}
        record(one, unit_id=one.unit_id, person_id=one.person_id, data=said)
    record(trip, unit_id=trip.unit_id, data={"put_in": len(riders), "longest_delay": delay})
    return UrgentInserted(trip.id, trip.number, len(riders), fetched_at, there_at, delay)
