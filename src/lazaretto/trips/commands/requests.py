"""Somebody is to be moved: asked, withdrawn, put on a trip that goes anyway, taken off it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, ReasonRequired, whole
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.protocols.choices import Category
from lazaretto.trips import rules
from lazaretto.trips.choices import Berth, RequestState, Urgency
from lazaretto.trips.commands.making import Passenger, of_category, room_of, seat
from lazaretto.trips.commands.vehicles import MANAGE
from lazaretto.trips.commands.waiting import LIVE, ask_of_orders, close, follow_order, plan_request, reopen, wait
from lazaretto.trips.errors import (
    NotARider,
    NotEnoughPlaces,
    RequestClosed,
    RequestTwice,
    StopNotNext,
    TripOver,
    WayWrong,
)
from lazaretto.trips.models import MoveRequest, Trip
from lazaretto.trips.queries.places import Halt, places_of
from lazaretto.trips.queries.waiting import is_there

ASK = "transfers.hand_over"
LONGEST = 200


@dataclass(frozen=True)
class MoveAsked:
    """Somebody waits for a trip."""

    request_id: UUID


@dataclass(frozen=True)
class MoveSettled:
    """What became of a request."""

    request_id: UUID
    state: str


@dataclass(frozen=True)
class RiderChanged:
    """Somebody is on the list of a trip, or no longer."""

    trip_id: UUID
    person_id: UUID
    listed: bool


@command("trips.ask", capability=ASK)
def ask(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    person: Person,
    category: Category,
    origin: Halt,
    destination: Halt,
    earliest_at: datetime,
    latest_at: datetime,
    berth: Berth = Berth.SEAT,
    urgency: Urgency = Urgency.ROUTINE,
) -> MoveAsked:
    """Ask that somebody be brought from one place to another, not before and not after a time.

    Raises `RequestTwice`, `PlaceUnknown`, `WayWrong` for the same place, `InvalidInput` for times that run backwards or
    are over.
    """
    if latest_at <= earliest_at:
        raise InvalidInput(fields={"latest_at": str(latest_at)})
    if latest_at <= at:
        raise InvalidInput(fields={"latest_at": gettext("This time is over.")})
    if MoveRequest.objects.filter(person=person, state=RequestState.OPEN).exists():
        raise RequestTwice
    start, end = places_of([origin, destination])
    if start == end:
        raise WayWrong
    made = MoveRequest(
        unit=unit, person=person, category=category, berth=berth, urgency=urgency, earliest_at=earliest_at,
        latest_at=latest_at, asked_at=at, asked_by_id=actor.user_id, **_end("from", start), **_end("to", end),
    )  # fmt: skip
    wait(made, at=at)
    return MoveAsked(made.id)


@command("trips.withdraw", capability=ASK)
def withdraw(*, actor: Actor, at: datetime, request: MoveRequest, reason: str) -> MoveSettled:
    """They need no trip any more. A transfer order that was waiting behind it asks now.

    Raises `ReasonRequired`, `RequestClosed`, `TextTooLong`.
    """
    if not reason.strip():
        raise ReasonRequired
    if request.state != RequestState.OPEN:
        raise RequestClosed
    close(request, RequestState.WITHDRAWN, reason, actor=actor, at=at)
    ask_of_orders([request.person_id], actor=actor, at=at)
    return MoveSettled(request.id, request.state)


@command("trips.settle_request", capability=MANAGE, internal=True)
def settle_request(*, actor: Actor, at: datetime, request: MoveRequest) -> MoveSettled:
    """Time or another way has answered a request: its order ran out, or they are where they were to be brought.

    Raises `RequestClosed` when there is nothing to settle.
    """
    line = request.order_line
    if request.state in LIVE and is_there(request):
        close(request, RequestState.SETTLED, gettext("They are there already."), actor=actor, at=at)
    elif request.state in LIVE and line is not None:
        follow_order(line.order, actor=actor, at=at)
        request.refresh_from_db()
    if request.state in LIVE:
        raise RequestClosed
    return MoveSettled(request.id, request.state)


@command("trips.add_rider", capability=MANAGE)
def add_rider(
    *,
    actor: Actor,
    at: datetime,
    trip: Trip,
    person: Person,
    from_stop: int,
    to_stop: int,
    berth: Berth = Berth.SEAT,
    request: MoveRequest | None = None,
) -> RiderChanged:
    """Put somebody on the list of a trip that goes anyway; the stop where they get on must not have been left.

    Nobody who is on it already is upset: neither the stops nor their times change. Raises `TripOver`, `StopNotNext`,
    `WayWrong`, `CategoriesMixed`, `NotEnoughPlaces`, `RiderElsewhere`, `RequestClosed`.
    """
    if trip.state not in rules.OPEN:
        raise TripOver(number=trip.number)
    if request is not None and (request.state != RequestState.OPEN or request.person_id != person.id):
        raise RequestClosed
    stops = list(trip.stops.order_by("position"))
    if not 0 <= from_stop < to_stop < len(stops):
        raise WayWrong
    if stops[from_stop].departed_at is not None:
        raise StopNotNext(stop=from_stop)
    of_category([person.id], trip.category)
    _still_room(trip, rules.Ride(from_stop, to_stop, berth), len(stops))
    (rider,) = seat(trip, stops, [Passenger(person.id, from_stop, to_stop, berth)])
    if request is not None:
        plan_request(request, rider, actor=actor, at=at)
    record(
        trip, unit_id=trip.unit_id, person_id=person.id, data={"rider": str(rider.id), "from": from_stop, "to": to_stop}
    )
    return RiderChanged(trip.id, person.id, True)


@command("trips.remove_rider", capability=MANAGE)
def remove_rider(*, actor: Actor, at: datetime, trip: Trip, person: Person, reason: str) -> RiderChanged:
    """Take somebody off the list before they have left. Who asked for them waits for another trip.

    Raises `ReasonRequired`, `NotARider`.
    """
    if not reason.strip():
        raise ReasonRequired
    rider = trip.riders.filter(person=person, leg__isnull=True, closed_at__isnull=True).first()
    if rider is None:
        raise NotARider
    reopen([rider], actor=actor, at=at)
    rider.left_behind, rider.closed_at = whole(reason, LONGEST), at
    rider.save(update_fields=["left_behind", "closed_at"])
    record(trip, unit_id=trip.unit_id, person_id=person.id, data={"rider": str(rider.id)}, reason=reason)
    return RiderChanged(trip.id, person.id, False)


def _still_room(trip: Trip, ride: rules.Ride, stops: int) -> None:
    aboard = trip.riders.filter(left_behind="").values_list("from_stop__position", "to_stop__position", "berth")
    short = rules.short_of([*(rules.Ride(*one) for one in aboard), ride], room_of(trip.vehicle), stops)
    if short:
        raise NotEnoughPlaces(missing=", ".join(f"{berth} {count}" for berth, count in sorted(short.items())))


def _end(name: str, place: Site | ExternalPlace) -> dict[str, Any]:
    return {f"{name}_site" if isinstance(place, Site) else f"{name}_external": place}
