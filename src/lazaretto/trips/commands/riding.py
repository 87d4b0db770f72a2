"""A trip on its way: boarding begins, it leaves each stop with those who got on, comes to the next, and ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lazaretto.core import states
from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import cancel_all, meet, move_deadline
from lazaretto.core.errors import IllegalTransition, ReasonRequired, whole
from lazaretto.custody.commands import Luggage, Way, hand_over
from lazaretto.custody.models import Handover
from lazaretto.orders.commands import leave
from lazaretto.people.commands import open_access
from lazaretto.transfers.commands import postpone as postpone_handover
from lazaretto.transfers.commands import sign_out
from lazaretto.trips import rules
from lazaretto.trips.choices import TripState, VehicleState
from lazaretto.trips.commands.company import judge_apart, judged, tell_alone
from lazaretto.trips.commands.making import watch_end
from lazaretto.trips.commands.scanning import tell_custody
from lazaretto.trips.commands.vehicles import MANAGE, RIDE, go
from lazaretto.trips.commands.waiting import reopen
from lazaretto.trips.deadlines import DEPARTURE, END
from lazaretto.trips.errors import NotAccountedFor, NotARider, StopNotNext, TripOver, VehicleNotReady
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Booking, Leg, Rider, Stop, Trip, Vehicle
from lazaretto.trips.queries.limits import check_limits

LONGEST = 200


@dataclass(frozen=True)
class TripMoved:
    """Where a trip is: its state and the stop that it has come to or left."""

    trip_id: UUID
    state: str
    stop: int


@dataclass(frozen=True)
class TripLeft:
    """A trip has left a stop; `handovers` are the numbers of those it now carries from there."""

    trip_id: UUID
    state: str
    stop: int
    aboard: int
    left_behind: int
    handovers: tuple[str, ...]


@dataclass(frozen=True)
class TripPostponed:
    """A trip arrives later."""

    trip_id: UUID
    arrives_at: datetime


@command("trips.begin_boarding", capability=RIDE)
def begin_boarding(*, actor: Actor, at: datetime, trip: Trip) -> TripMoved:
    """The vehicle stands at the first stop with its doors open. Only a disinfected one may.

    Raises `IllegalTransition`, `VehicleNotReady`.
    """
    _step(trip, TripState.BOARDING)
    vehicle = Vehicle.objects.select_for_update().get(pk=trip.vehicle_id)
    if vehicle.state != VehicleState.READY:
        raise VehicleNotReady.being(vehicle.plate, vehicle.get_state_display())
    go(vehicle, VehicleState.ON_TRIP, actor=actor, at=at, carries=trip.category)
    trip.state = TripState.BOARDING
    trip.save(update_fields=["state"])
    trip.stops.filter(position=0).update(arrived_at=at)
    record(trip, unit_id=trip.unit_id, data={"before": TripState.PLANNED, "after": trip.state})
    return TripMoved(trip.id, trip.state, 0)


@command("trips.depart", capability=RIDE)
def depart(
    *,
    actor: Actor,
    at: datetime,
    trip: Trip,
    stop: int,
    seen: tuple[UUID, ...] = (),
    left_behind: tuple[UUID, ...] = (),
    reason: str = "",
    all_the_same: str = "",
) -> TripLeft:
    """Leave a stop: everybody of the list who gets on there is signed out, one handover for each place they go to.

    Who was scanned is aboard; who was only seen getting on is named in `seen`; who stays is named in `left_behind`,
    with a reason. From the first stop it leaves within the limits, or with an override by name. `all_the_same`: as in
    `transfers.sign_out`.

    Raises `StopNotNext`, `TripOver`, `NotAccountedFor`, `NotARider`, `ReasonRequired`, what the limits refuse, and
    what custody and transfers refuse (`NotHeldHere`, `Forbidden`).
    """
    here = _here(trip, stop)
    staying = _staying(trip, here, set(left_behind), reason, actor, at)
    going = _accounted(trip, here, set(seen), at)
    if stop == 0:
        check_limits(trip, at)
        _set_off(trip, actor, at)
    here.departed_at = at
    here.save(update_fields=["departed_at"])
    parties = _by_destination(going)
    said = judge_apart(trip, here, [riders for _to, riders in parties], actor=actor, at=at)
    numbers = [_sign_out(trip, here, to, riders, said, all_the_same, actor, at) for to, riders in parties]
    tell_custody(trip, here, actor=actor, at=at)
    told = {"stop": stop, "aboard": len(going), "left_behind": len(staying)}
    record(trip, unit_id=here.site.unit_id if here.site else trip.unit_id, data=told, reason=reason or all_the_same)
    return TripLeft(trip.id, trip.state, stop, len(going), len(staying), tuple(numbers))


@command("trips.arrive", capability=RIDE)
def arrive(*, actor: Actor, at: datetime, trip: Trip, stop: int) -> TripMoved:
    """Come to a stop. At the last one the trip ends, and its vehicle waits for disinfection.

    Who gets off there is received by the place itself, person by person. Raises `StopNotNext`, `TripOver`.
    """
    if trip.state != TripState.UNDER_WAY:
        raise TripOver(number=trip.number)
    stops = list(trip.stops.order_by("position").select_related("site"))
    here = next((one for one in stops if one.position == stop), None)
    before = [one for one in stops if one.position < stop]
    if here is None or here.arrived_at is not None or not before or any(one.departed_at is None for one in before):
        raise StopNotNext(stop=stop)
    here.arrived_at = at
    here.save(update_fields=["arrived_at"])
    trip.riders.filter(to_stop=here, closed_at__isnull=True).update(closed_at=at)
    if here == stops[-1]:
        _end(trip, actor, at)
    record(trip, unit_id=here.site.unit_id if here.site else trip.unit_id, data={"stop": stop, "after": trip.state})
    return TripMoved(trip.id, trip.state, stop)


@command("trips.postpone", capability=MANAGE)
def postpone(*, actor: Actor, at: datetime, trip: Trip, minutes: int, reason: str) -> TripPostponed:
    """A trip on the road comes later: both ends of its handovers are told the new time instead of being alarmed.

    Raises `ReasonRequired`, `TripOver`, and `NotLater` when it is not.
    """
    if not reason.strip():
        raise ReasonRequired
    if trip.state != TripState.UNDER_WAY:
        raise TripOver(number=trip.number)
    by = timedelta(minutes=max(1, minutes))
    for stop in trip.stops.filter(arrived_at__isnull=True):
        stop.arrives_at, stop.departs_at = stop.arrives_at + by, stop.departs_at + by
        stop.save(update_fields=["arrives_at", "departs_at"])
    trip.arrives_at += by
    trip.save(update_fields=["arrives_at"])
    for handover in Handover.objects.filter(trip_leg__trip=trip, closed_at__isnull=True).order_by("id"):
        postpone_handover(actor=actor, at=at, handover=handover, due_at=handover.due_at + by, reason=reason)
    move_deadline(END.code, trip, trip.arrives_at, at=at, by=actor.user_id)
    record(trip, unit_id=trip.unit_id, data={"arrives_at": trip.arrives_at}, reason=whole(reason, LONGEST))
    return TripPostponed(trip.id, trip.arrives_at)


def _step(trip: Trip, after: TripState) -> None:
    if states.edge(rules.TRIP_EDGES, trip.state, after) is None:
        raise IllegalTransition(before=trip.state, after=after)


def _here(trip: Trip, position: int) -> Stop:
    """The stop that is to be left: reached, not yet left, and not the last."""
    if trip.state not in rules.ROLLING:
        raise TripOver(number=trip.number)
    stops = list(trip.stops.order_by("position").select_related("site", "external"))
    here = next((one for one in stops[:-1] if one.position == position), None)
    if here is None or here.arrived_at is None or here.departed_at is not None:
        raise StopNotNext(stop=position)
    return here


def _staying(trip: Trip, here: Stop, people: set[UUID], reason: str, actor: Actor, at: datetime) -> list[Rider]:
    """Those who stay, with the reason; who asked for them waits for another trip."""
    found = list(trip.riders.filter(from_stop=here, person__in=people, leg__isnull=True, closed_at__isnull=True))
    if len(found) != len(people):
        raise NotARider
    if found and not reason.strip():
        raise ReasonRequired
    reopen(found, actor=actor, at=at)
    for rider in found:
        rider.left_behind, rider.closed_at = whole(reason, LONGEST), at
        rider.save(update_fields=["left_behind", "closed_at"])
    return found


def _accounted(trip: Trip, here: Stop, seen: set[UUID], at: datetime) -> list[Rider]:
    """Those who ride on from here: scanned and not off again, or seen by whoever sends the trip off."""
    found = locked(trip.riders.filter(from_stop=here, closed_at__isnull=True, leg__isnull=True))
    going = list(found.order_by("person_id"))
    if seen - {rider.person_id for rider in going}:
        raise NotARider
    open_ones = [rider for rider in going if not rider.aboard and rider.person_id not in seen]
    if open_ones:
        raise NotAccountedFor(count=len(open_ones), people=", ".join(str(rider.person_id) for rider in open_ones))
    for rider in going:
        if not rider.aboard:
            rider.seen_on_at, rider.seen_off_at = at, None
            rider.save(update_fields=["seen_on_at", "seen_off_at"])
    return going


def _set_off(trip: Trip, actor: Actor, at: datetime) -> None:
    _step(trip, TripState.UNDER_WAY)
    trip.state, trip.departed_at = TripState.UNDER_WAY, at
    late = at - trip.departs_at
    if late > timedelta():  # who leaves late comes late: nobody is alarmed for what was known at the departure
        for stop in trip.stops.filter(position__gt=0):
            stop.arrives_at, stop.departs_at = stop.arrives_at + late, stop.departs_at + late
            stop.save(update_fields=["arrives_at", "departs_at"])
        trip.arrives_at += late
    trip.save(update_fields=["state", "departed_at", "arrives_at"])
    meet(DEPARTURE.code, trip, at=at, by=actor.user_id)
    watch_end(trip, at=at)


def _by_destination(going: Sequence[Rider]) -> list[tuple[Stop, list[Rider]]]:
    stops = Stop.objects.select_related("site", "external").in_bulk({rider.to_stop_id for rider in going})
    grouped: dict[Stop, list[Rider]] = {}
    for rider in going:
        grouped.setdefault(stops[rider.to_stop_id], []).append(rider)
    return sorted(grouped.items(), key=lambda pair: pair[0].position)


def _sign_out(
    trip: Trip, here: Stop, to: Stop, riders: list[Rider], said: str, all_the_same: str, actor: Actor, at: datetime
) -> str:
    """One handover from here to there; the carrier, the escort and the time of arrival are the trip's. `said`: the
    company of all who leave was judged."""
    due_at = max(to.arrives_at, at) + limits().arrival_slack
    people = tuple(Luggage(person=rider.person_id) for rider in riders)
    if here.site is not None:
        made = sign_out(
            actor=actor, at=at, site=here.site, people=people, due_at=due_at,
            to_site=to.site.code if to.site else "", to_place=to.external, carrier=trip.vehicle.plate,
            escort=trip.escort, escort_phone=trip.escort_phone, assessment=judged(riders, at=at) or said, urgent=True,
            all_the_same=all_the_same,
        )  # fmt: skip
        handover = Handover.objects.get(pk=made.handover_id)
    else:
        handover = _from_outside(trip, here, to, people, due_at, all_the_same, actor, at)
    leg = Leg.objects.create(trip=trip, from_stop=here, to_stop=to, handover=handover)
    Rider.objects.filter(pk__in=[rider.pk for rider in riders]).update(leg=leg)
    return handover.number


def _from_outside(
    trip: Trip,
    here: Stop,
    to: Stop,
    people: Sequence[Luggage],
    due_at: datetime,
    all_the_same: str,
    actor: Actor,
    at: datetime,
) -> Handover:
    """Nobody of ours signs out at an airport: the trip itself takes them over there."""
    origin, destination = here.external, to.site or to.external
    if origin is None or destination is None:
        raise StopNotNext(stop=here.position)
    way = Way(origin, destination, due_at, trip.vehicle.plate, trip.escort, trip.escort_phone)
    handover = hand_over(people, way, actor=actor, at=at)
    ids = [one.person for one in people]
    leave(ids, handover, number="", judged=bool(all_the_same.strip()), actor=actor, at=at)
    if to.site is not None:
        open_access(ids, unit_id=to.site.unit_id, at=at)
    tell_alone(trip, to, ids, actor=actor, at=at)
    return handover


def _end(trip: Trip, actor: Actor, at: datetime) -> None:
    _step(trip, TripState.ARRIVED)
    trip.state, trip.ended_at = TripState.ARRIVED, at
    trip.save(update_fields=["state", "ended_at"])
    trip.riders.filter(closed_at__isnull=True).update(closed_at=at)
    go(Vehicle.objects.select_for_update().get(pk=trip.vehicle_id), VehicleState.TO_DISINFECT, actor=actor, at=at)
    booking = Booking.objects.filter(trip=trip, started_at__lt=at, ended_at__gt=at + limits().after).first()
    if booking is not None:
        booking.ended_at = at + limits().after
        booking.save(update_fields=["ended_at"])
    cancel_all(trip, at=at, by=actor.user_id, answer=str(trip.get_state_display()))
