"""Trips are planned, moved to another time, allowed beyond a limit by name, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from lazaretto.core import states
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel_all, move_deadline, set_deadlines
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired, whole
from lazaretto.core.numbers import next_number, of_year
from lazaretto.people.models import Person
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay
from lazaretto.trips import rules
from lazaretto.trips.choices import Berth, Limit, RequestState, TripState, VehicleState
from lazaretto.trips.commands.vehicles import MANAGE, go
from lazaretto.trips.commands.waiting import reopen
from lazaretto.trips.deadlines import DEPARTURE, END
from lazaretto.trips.errors import (
    CategoriesMixed,
    DepartureNotNear,
    DriverGone,
    DriverTaken,
    NotEnoughPlaces,
    NothingToOverride,
    RiderElsewhere,
    TripHasLeft,
    VehicleNotReady,
    VehicleTaken,
    WayWrong,
)
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Booking, Driver, MoveRequest, Override, Rider, Stop, Trip, Vehicle
from lazaretto.trips.queries.limits import check_limits, drive_of, exceeded_by, zone_of
from lazaretto.trips.queries.places import Halt, Way, way_of

OVERRIDE = "trips.override"
LONGEST = 300
PAST, AHEAD = (
    timedelta(minutes=15),
    timedelta(days=14),
)  # ours: written down late; known ahead


@dataclass(frozen=True)
class Passenger:
    """Somebody who rides from one stop to a later one; stops are counted from 0."""

    person: UUID
    from_stop: int
    to_stop: int
    berth: Berth = Berth.SEAT


@dataclass(frozen=True)
class TripPlanned:
    """A trip stands in the list."""

    trip_id: UUID
    number: str
    departs_at: datetime
    arrives_at: datetime


@dataclass(frozen=True)
class TripChanged:
    """A trip after a change."""

    trip_id: UUID
    state: str
    departs_at: datetime
    arrives_at: datetime


@dataclass(frozen=True)
class Overridden:
    """Somebody let a trip go beyond these limits."""

    trip_id: UUID
    limits: tuple[str, ...]


@command("trips.plan_trip", capability=MANAGE)
def plan_trip(
    *,
    actor: Actor,
    at: datetime,
    vehicle: Vehicle,
    driver: Driver,
    category: Category,
    departs_at: datetime,
    stops: tuple[Halt, ...],
    riders: tuple[Passenger, ...] = (),
    escort: str = "",
    escort_phone: str = "",
    override_reason: str = "",
) -> TripPlanned:
    """Plan a trip: the vehicle, its driver, the stops in their order, and who rides from where to where.

    Times follow from the departure, the ways and the stops. Beyond a limit (night, distance, hours) it is refused,
    unless somebody who may override gives a reason. Raises `DepartureNotNear`,
    `TwoStops`, `PlaceUnknown`, `DistanceUnknown`, `WayWrong`,
    `CategoriesMixed`, `NotEnoughPlaces`, `VehicleNotReady`, `VehicleTaken`, `DriverTaken`, `DriverGone`,
    `RiderElsewhere`, `NotFound` for a rider whom the actor does not see, and of the limits
    `NightBlocked`, `TooFar`, `DriveTooLong`, `DriverTired`.
    """
    _near(departs_at, at)
    _all_seen(actor, [one.person for one in riders])
    way = way_of(stops, departs_at)
    _fits(vehicle, driver, category, riders, len(way.halts))
    trip = _row(actor, at, vehicle, driver, category, way)
    trip.escort, trip.escort_phone = whole(escort, 80), whole(escort_phone, 40)
    beyond = _judge(trip, way.zone_name, override_reason, actor, at)
    trip.save(force_insert=True)
    _book(trip)
    allow(trip, beyond, override_reason, actor, at)
    made = [
        Stop(trip=trip, position=number, site=halt.site, external=halt.external, arrives_at=halt.arrives_at,
             departs_at=halt.departs_at)
        for number, halt in enumerate(way.halts)
    ]  # fmt: skip
    Stop.objects.bulk_create(made)
    seat(trip, made, riders)
    set_deadlines([Due(DEPARTURE.code, trip, trip.departs_at, unit_id=trip.unit_id)], at=at)
    record(trip, unit_id=trip.unit_id, data={"number": trip.number, "riders": len(riders), "departs_at": departs_at})
    return TripPlanned(trip.id, trip.number, trip.departs_at, trip.arrives_at)


@command("trips.change_times", capability=MANAGE)
def change_times(
    *, actor: Actor, at: datetime, trip: Trip, departs_at: datetime, override_reason: str = ""
) -> TripChanged:
    """A trip that has not left goes at another time; the whole timetable moves with it.

    Raises `TripHasLeft`, `DepartureNotNear`, `VehicleTaken`, `DriverTaken`, and what the limits refuse.
    """
    _not_left(trip)
    _near(departs_at, at)
    by = departs_at - trip.departs_at
    trip.departs_at, trip.arrives_at = departs_at, trip.arrives_at + by
    beyond = _judge(trip, zone_of(trip).key, override_reason, actor, at)
    trip.save(update_fields=["departs_at", "arrives_at"])
    for stop in trip.stops.all():
        stop.arrives_at, stop.departs_at = stop.arrives_at + by, stop.departs_at + by
        stop.save(update_fields=["arrives_at", "departs_at"])
    Booking.objects.filter(trip=trip).delete()
    _book(trip)
    allow(trip, beyond, override_reason, actor, at)
    move_deadline(DEPARTURE.code, trip, departs_at, at=at, by=actor.user_id)
    record(trip, unit_id=trip.unit_id, data={"departs_at": departs_at})
    return _changed(trip)


@command("trips.override", capability=OVERRIDE)
def override(*, actor: Actor, at: datetime, trip: Trip, departs_at: datetime, reason: str) -> Overridden:
    """Let a trip leave at a time although it exceeds limits then: by name, with a reason, for that time alone.

    Raises `ReasonRequired`, `NothingToOverride`, `TripHasLeft`, `Forbidden` for the program itself.
    """
    _not_left(trip)
    if not reason.strip():
        raise ReasonRequired
    if actor.user_id is None:
        raise Forbidden(capability=OVERRIDE)
    beyond = exceeded_by(trip, drive_of(trip, departs_at))
    if not beyond:
        raise NothingToOverride
    length = trip.arrives_at - trip.departs_at
    for limit in sorted(beyond):
        Override.objects.create(
            trip=trip, limit=limit, departs_at=departs_at, arrives_at=departs_at + length,
            reason=whole(reason, LONGEST), by_id=actor.user_id, at=at,
        )  # fmt: skip
    record(trip, unit_id=trip.unit_id, data={"limits": sorted(beyond), "departs_at": departs_at}, reason=reason)
    return Overridden(trip.id, tuple(sorted(beyond)))


@command("trips.cancel_trip", capability=MANAGE)
def cancel_trip(*, actor: Actor, at: datetime, trip: Trip, reason: str) -> TripChanged:
    """A trip that has not left does not take place; those who asked for it wait for another one.

    Raises `ReasonRequired`, `TripHasLeft`.
    """
    if not reason.strip():
        raise ReasonRequired
    _not_left(trip)
    if trip.state == TripState.BOARDING:  # somebody may have sat in it
        go(Vehicle.objects.select_for_update().get(pk=trip.vehicle_id), VehicleState.TO_DISINFECT, actor=actor, at=at)
    trip.state, trip.ended_at, trip.reason = TripState.CANCELLED, at, whole(reason, LONGEST)
    trip.save(update_fields=["state", "ended_at", "reason"])
    reopen(trip.riders.all(), actor=actor, at=at)
    trip.riders.filter(closed_at__isnull=True).update(closed_at=at)
    Booking.objects.filter(trip=trip).delete()
    trip.links.filter(revoked_at__isnull=True).update(revoked_at=at)
    cancel_all(trip, at=at, by=actor.user_id, answer=trip.reason)
    record(trip, unit_id=trip.unit_id, data={"before": "planned", "after": trip.state}, reason=trip.reason)
    return _changed(trip)


def _all_seen(actor: Actor, people: Sequence[UUID]) -> None:
    """Whoever is put on a list is known to the units of who puts them there, or a ride was asked for them there.

    Raises `NotFound`.
    """
    known = Person.objects.visible_to(actor, MANAGE).filter(pk__in=people).values_list("pk", flat=True)
    asked = MoveRequest.objects.visible_to(actor, MANAGE).filter(person__in=people, state=RequestState.OPEN)
    unseen = {str(one) for one in people} - {str(one) for one in (*known, *asked.values_list("person", flat=True))}
    if unseen:
        raise NotFound(kind="people.person", id=min(unseen))


def seat(trip: Trip, stops: Sequence[Stop], riders: Sequence[Passenger]) -> list[Rider]:
    """Put people on the list. Raises `RiderElsewhere`."""
    people = [one.person for one in riders]
    there = Rider.objects.filter(person__in=people).filter(Q(closed_at__isnull=True) | Q(trip=trip, left_behind=""))
    if len(set(people)) != len(people) or there.exists():
        raise RiderElsewhere
    made = [
        Rider(trip=trip, person_id=one.person, from_stop=stops[one.from_stop], to_stop=stops[one.to_stop],
              berth=one.berth)
        for one in riders
    ]  # fmt: skip
    return Rider.objects.bulk_create(made)


def room_of(vehicle: Vehicle) -> rules.Room:
    """What it can take."""
    return rules.Room(vehicle.seats, vehicle.wheelchairs, vehicle.stretchers)


def of_category(people: Sequence[UUID], category: str) -> None:
    """Nobody of another category rides along. Raises `CategoriesMixed`.

    What is known of each: the category of a transfer order, else of the open stay, else of the request.
    """
    known: dict[UUID, str] = {}
    asked = MoveRequest.objects.filter(person__in=people, state=RequestState.OPEN)
    known.update(asked.values_list("person", "category"))
    known.update(Stay.objects.filter(person__in=people, ended_at__isnull=True).values_list("person", "category"))
    known.update(asked.filter(order_line__isnull=False).values_list("person", "category"))
    others = set(known.values()) - {category}
    if others:
        raise CategoriesMixed(categories=", ".join(sorted(others)))


def _fits(vehicle: Vehicle, driver: Driver, category: str, riders: Sequence[Passenger], stops: int) -> None:
    if driver.ended_at is not None:
        raise DriverGone
    if vehicle.state == VehicleState.OUT_OF_SERVICE:
        raise VehicleNotReady.being(vehicle.plate, vehicle.get_state_display())
    if vehicle.category not in {"", category}:
        raise CategoriesMixed(categories=vehicle.category)
    if any(not 0 <= one.from_stop < one.to_stop < stops for one in riders):
        raise WayWrong
    of_category([one.person for one in riders], category)
    short = rules.short_of(
        [rules.Ride(one.from_stop, one.to_stop, one.berth) for one in riders], room_of(vehicle), stops
    )
    if short:
        raise NotEnoughPlaces(missing=", ".join(f"{berth} {count}" for berth, count in sorted(short.items())))


def _row(actor: Actor, at: datetime, vehicle: Vehicle, driver: Driver, category: str, way: Way) -> Trip:
    series = of_year(f"{vehicle.unit.code}-R", at)
    return Trip(
        number=f"{series}-{next_number(series):04d}", unit=vehicle.unit, vehicle=vehicle, driver=driver,
        category=category, departs_at=way.departs_at, arrives_at=way.arrives_at, km=round(way.km, 1),
        driving_minutes=int(way.driving.total_seconds() // 60), made_at=at, made_by_id=actor.user_id,
    )  # fmt: skip


def _judge(trip: Trip, zone_name: str, override_reason: str, actor: Actor, at: datetime) -> set[Limit]:
    """The limits that are overridden by this very decision; raises the named error where nobody may."""
    beyond = exceeded_by(trip, drive_of(trip, trip.departs_at), zone_name)
    if not beyond:
        return set()
    if not override_reason.strip():
        check_limits(trip, trip.departs_at, zone_name)
        return set()  # an override that was given before covers it
    if not actor.may(OVERRIDE, trip.unit_id):
        raise Forbidden(capability=OVERRIDE)
    return beyond


def allow(trip: Trip, beyond: set[Limit], reason: str, actor: Actor, at: datetime) -> None:
    """By name and with a reason, for the times that the trip has now."""
    if not beyond:
        return
    if actor.user_id is None:
        raise Forbidden(capability=OVERRIDE)
    for limit in sorted(beyond):
        Override.objects.create(
            trip=trip, limit=limit, departs_at=trip.departs_at, arrives_at=trip.arrives_at,
            reason=whole(reason, LONGEST), by_id=actor.user_id, at=at,
        )  # fmt: skip
    record(trip, unit_id=trip.unit_id, data={"limits": sorted(beyond)}, reason=reason)


def _book(trip: Trip) -> None:
    """Vehicle and driver are taken, with what comes before and after. Raises `VehicleTaken`, `DriverTaken`."""
    start = trip.departs_at - limits().before
    end = trip.arrives_at + max(limits().after, limits().disinfection, timedelta(minutes=1))
    around = Booking.objects.filter(started_at__lt=end, ended_at__gt=start).exclude(trip=trip).order_by("started_at")
    other = around.filter(vehicle=trip.vehicle_id).values_list("trip__number", flat=True).first()
    if other is not None:
        raise VehicleTaken.by(trip.vehicle.plate, other)
    other = around.filter(driver=trip.driver_id).values_list("trip__number", flat=True).first()
    if other is not None:
        raise DriverTaken.by(trip.driver.name, other)
    Booking.objects.create(
        trip=trip, vehicle_id=trip.vehicle_id, driver_id=trip.driver_id, started_at=start, ended_at=end
    )


def _near(departs_at: datetime, at: datetime) -> None:
    """Raises `DepartureNotNear`."""
    if not at - PAST <= departs_at <= at + AHEAD:
        raise DepartureNotNear


def _not_left(trip: Trip) -> None:
    if states.edge(rules.TRIP_EDGES, trip.state, TripState.CANCELLED) is None:
        raise TripHasLeft(number=trip.number)


def watch_end(trip: Trip, *, at: datetime) -> None:
    """Its end is due."""
    set_deadlines([Due(END.code, trip, trip.arrives_at, unit_id=trip.unit_id)], at=at)


def _changed(trip: Trip) -> TripChanged:
    return TripChanged(trip.id, trip.state, trip.departs_at, trip.arrives_at)
