"""A vehicle of their own at once: who is free now, when it would be there, and what nobody has allowed yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.core.access import Actor
from lazaretto.trips import rules
from lazaretto.trips.choices import Limit, VehicleState
from lazaretto.trips.errors import DistanceUnknown
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Booking, Driver, Vehicle
from lazaretto.trips.queries.board import MANAGE, drivers, vehicles
from lazaretto.trips.queries.insertion import Together
from lazaretto.trips.queries.limits import duties_of
from lazaretto.trips.queries.places import Halt, Way, leg_between, way_of
from lazaretto.trips.queries.planning import AHEAD, LEAD, driver_from, key_of, vehicle_from

MINUTE = timedelta(minutes=1)
PAIRS = 6  # of vehicles and of drivers that are free soonest


@dataclass(frozen=True)
class Own:
    """A vehicle and a driver for them alone. `beyond` are limits that this drive exceeds."""

    token: str
    vehicle: Vehicle
    driver: Driver
    departs_at: datetime
    there_at: datetime
    driving: int
    beyond: tuple[Limit, ...]


def own_vehicle(actor: Actor, together: Together, *, at: datetime) -> list[Own]:
    """The soonest within the limits; where it comes too late, also the soonest that somebody would have to allow."""
    found = sorted(_owns(actor, together, at), key=lambda one: (one.there_at, one.vehicle.seats))
    lawful = next((one for one in found if not one.beyond), None)
    if lawful is not None and lawful.there_at <= together.latest_at:
        return [lawful]
    sooner = next((one for one in found if one.beyond), None)
    return [one for one in (lawful, sooner) if one is not None]


def named(actor: Actor, token: str) -> tuple[Vehicle, Driver, datetime] | None:
    """Vehicle, driver and departure of a token; None when it names none of the actor's."""
    kind, _sign, rest = token.partition(":")
    parts = rest.split(":")
    if kind != "own" or len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 12:
        return None
    try:
        ids = UUID(parts[0]), UUID(parts[1])
    except ValueError:
        return None
    vehicle = vehicles(actor, MANAGE).filter(pk=ids[0]).first()
    driver = drivers(actor, MANAGE).filter(pk=ids[1]).first()
    moment = datetime.fromtimestamp(60 * int(parts[2]), tz=UTC)
    return (vehicle, driver, moment) if vehicle is not None and driver is not None else None


def halts_of(together: Together) -> tuple[Halt, Halt]:
    """From where to where, as a trip names it."""
    first, last = (key_of(place).partition(":") for place in (together.origin, together.destination))
    ends = [Halt(site=key) if kind == "site" else Halt(place=UUID(key)) for kind, _sign, key in (first, last)]
    return ends[0], ends[1]


def _owns(actor: Actor, together: Together, at: datetime) -> Iterator[Own]:
    taken = list(Booking.objects.filter(ended_at__gt=at).select_related("trip"))
    fitting = [one for one in vehicles(actor, MANAGE) if _takes(one, together)]
    free = sorted(((vehicle_from(one, taken, at), one.plate, one) for one in fitting), key=lambda row: row[:2])[:PAIRS]
    hands = sorted(((driver_from(one, taken, at), one.name, one) for one in drivers(actor, MANAGE)), key=_soonest)
    try:
        way = way_of(halts_of(together), at)
    except DistanceUnknown:
        return
    near = hands[:PAIRS]
    duties = duties_of([driver for _rested, _name, driver in near], at, at + AHEAD)
    for ready, _plate, vehicle in free:
        for rested, _name, driver in near:
            for start in _starts(max(ready, rested), vehicle, way, together):
                made = _own(vehicle, driver, start, way, duties[driver.pk])
                if _is_free(made, taken):
                    yield made


def _soonest(row: tuple[datetime, str, Driver]) -> tuple[datetime, str]:
    return row[:2]


def _takes(vehicle: Vehicle, together: Together) -> bool:
    if vehicle.state in {VehicleState.OUT_OF_SERVICE, VehicleState.ON_TRIP}:
        return False
    if vehicle.category not in {"", together.first.category}:
        return False
    room = rules.Room(vehicle.seats, vehicle.wheelchairs, vehicle.stretchers)
    return all(count <= room.of(berth) for berth, count in together.load.items())


def _starts(ready: datetime, vehicle: Vehicle, way: Way, together: Together) -> Iterator[datetime]:
    """When it could leave with them: as soon as it is there and they are ready; and after the night."""
    to_them = timedelta()
    if vehicle.base is not None and vehicle.base != together.origin:
        try:
            to_them = leg_between(vehicle.base, together.origin)[1]
        except DistanceUnknown:
            to_them = LEAD
    soonest = max(ready + to_them + limits().stop, together.earliest_at)
    soonest += timedelta(seconds=-soonest.timestamp() % 60)
    yield soonest
    drive = rules.Drive(soonest, soonest + way.driving, way.km, way.driving)
    after = rules.next_departure(drive, ZoneInfo(way.zone_name), limits())
    if after is not None and after != soonest:
        yield after


def _own(vehicle: Vehicle, driver: Driver, start: datetime, way: Way, duties: Sequence[rules.Duty]) -> Own:
    there = start + way.driving
    drive = rules.Drive(start, there, way.km, way.driving)
    beyond = tuple(sorted(rules.exceeded(drive, duties, ZoneInfo(way.zone_name), limits())))
    minute = int(start.timestamp() // 60)
    return Own(
        f"own:{vehicle.pk}:{driver.pk}:{minute}", vehicle, driver, start, there, int(way.driving / MINUTE), beyond
    )


def _is_free(own: Own, taken: Sequence[Booking]) -> bool:
    start = own.departs_at - limits().before
    end = own.there_at + max(limits().after, limits().disinfection, MINUTE)
    return not any(
        one.started_at < end and one.ended_at > start
        for one in taken
        if one.vehicle_id == own.vehicle.pk or one.driver_id == own.driver.pk
    )
