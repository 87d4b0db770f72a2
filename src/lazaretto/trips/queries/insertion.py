"""Where somebody urgent could be put in: trips that are planned or on the road, or a vehicle of their own at once.

What each choice costs is in it: by how much whom is later, minutes driven, limits that a name would have to override.
A choice carries a token that says what it rests on; accepted later, it is looked for again, and is gone when anything
that it rests on has changed.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from lazaretto.core.access import Actor
from lazaretto.people.queries import party_ids
from lazaretto.planning import trips as planner
from lazaretto.trips import rules
from lazaretto.trips.choices import Limit, RequestState, TripState
from lazaretto.trips.errors import DistanceUnknown
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Booking, MoveRequest, Rider, Stop, Trip
from lazaretto.trips.queries.board import MANAGE
from lazaretto.trips.queries.limits import exceeded_by, overridden, zone_of
from lazaretto.trips.queries.places import Place, leg_between
from lazaretto.trips.queries.planning import ends_of, key_of

MINUTE = timedelta(minutes=1)
AHEAD = timedelta(hours=24)
SHOWN = 3
MOST_TRIPS, LOOKED_AT = 60, 5
WORTH = 5  # minutes sooner


@dataclass(frozen=True)
class Cost:
    """A stop that is reached later, by how many minutes, and who of the list is there later or fetched later."""

    stop: Stop
    minutes: int
    people: tuple[UUID, ...]


@dataclass(frozen=True)
class Joining:
    """A trip that takes them along. `beyond` are limits that it exceeds with them and that nobody has overridden."""

    token: str
    trip: Trip
    way: planner.Insertion
    fetched_at: datetime
    there_at: datetime
    costs: tuple[Cost, ...]
    km: float
    beyond: tuple[Limit, ...]


@dataclass(frozen=True)
class Together:
    """A request and those of the same household who go the same way: they are put in together."""

    requests: tuple[MoveRequest, ...]
    origin: Place
    destination: Place

    @property
    def first(self) -> MoveRequest:
        """The one that was asked for."""
        return self.requests[0]

    @property
    def load(self) -> Counter[str]:
        """Berths by kind."""
        return Counter(str(one.berth) for one in self.requests)

    @property
    def earliest_at(self) -> datetime:
        """When all of them can be fetched."""
        return max(one.earliest_at for one in self.requests)

    @property
    def latest_at(self) -> datetime:
        """When all of them have to be there."""
        return min(one.latest_at for one in self.requests)


def together_with(request: MoveRequest) -> Together:
    """The request with its household, as far as they wait for the same way."""
    origin, destination = ends_of(request)
    same = {
        name: getattr(request, f"{name}_id")
        for name in ("from_site", "from_external", "to_site", "to_external")
    }  # fmt: skip
    others = MoveRequest.objects.filter(state=RequestState.OPEN, category=request.category, **same)
    rows = list(others.exclude(pk=request.pk).select_related("person").order_by("id"))
    parties = party_ids([request.person_id, *(row.person_id for row in rows)])
    own = parties[request.person_id]
    return Together((request, *(row for row in rows if parties[row.person_id] == own)), origin, destination)


def trips_to_join(actor: Actor, together: Together, *, at: datetime) -> QuerySet[Trip]:
    """Trips of the category that are not over, with stops and everybody of their lists."""
    listed = Rider.objects.filter(left_behind="").order_by("id")
    riders = listed.select_related("person", "from_stop", "to_stop", "request")
    stops = Stop.objects.select_related("site", "external").order_by("position")
    rows = Trip.objects.visible_to(actor, MANAGE).filter(
        category=together.first.category, state__in=rules.OPEN, departs_at__lt=at + AHEAD
    )
    lists = (Prefetch("stops", queryset=stops), Prefetch("riders", queryset=riders))
    return rows.select_related("vehicle", "driver", "unit", "booking").prefetch_related(*lists).order_by("departs_at")


def joinings(actor: Actor, together: Together, *, at: datetime) -> list[Joining]:
    """The ways to join trips that can take them, the cheapest first."""
    trips = list(trips_to_join(actor, together, at=at)[:MOST_TRIPS])
    until = _until(trips)
    ways = [(trip, way) for trip in trips for way in _ways_of(trip, together, until.get(trip.pk), at)]
    ways.sort(key=lambda pair: (max(pair[1].delays) + pair[1].driving, pair[0].departs_at))
    found = [_joining(trip, way, together, at) for trip, way in ways[:LOOKED_AT]]
    return sorted(found, key=lambda one: bool(one.beyond))


def joinings_of(trip: Trip, together: Together, *, at: datetime) -> list[Joining]:
    """The ways to join one trip."""
    until = _until([trip]).get(trip.pk)
    return [_joining(trip, way, together, at) for way in _ways_of(trip, together, until, at)]


def _ways_of(trip: Trip, together: Together, until: datetime | None, at: datetime) -> list[planner.Insertion]:
    """The cheapest; and the one that brings them there soonest, where that is worth a second choice."""
    stops, start = list(trip.stops.all()), trip.departs_at
    late = _late(trip, stops, at)
    going = _going(trip, stops, start, late, until)
    wanted = planner.Wanted(
        key_of(together.origin), key_of(together.destination), _minutes(together.earliest_at - start),
        _minutes(together.latest_at - start), together.load,
    )  # fmt: skip
    ways = planner.insertions(going, wanted, _ways(_places(stops, together)), stay=_minutes(limits().stop))
    soonest = min(ways, key=lambda way: way.stops[way.get_off].arrives, default=None)
    if soonest is None or ways[0].stops[ways[0].get_off].arrives - soonest.stops[soonest.get_off].arrives < WORTH:
        return ways[:1]
    return [ways[0], soonest]


def _joining(trip: Trip, way: planner.Insertion, together: Together, at: datetime) -> Joining:
    stops, start = list(trip.stops.all()), trip.departs_at
    late = _late(trip, stops, at)
    km = trip.km + _more_km(stops, way, _places(stops, together))
    left, ends = trip.departed_at or start, start + way.stops[-1].arrives * MINUTE
    drive = rules.Drive(left, ends, km, timedelta(minutes=trip.driving_minutes + way.driving))
    beyond = exceeded_by(trip, drive, zone_of(trip).key) - {Limit(one) for one in overridden(trip, left)}
    return Joining(
        token_of(trip, together, way), trip, way, start + way.stops[way.get_on].departs * MINUTE + late,
        start + way.stops[way.get_off].arrives * MINUTE + late, tuple(_costs(trip, stops, way)), round(km, 1),
        tuple(sorted(beyond)),
    )  # fmt: skip


def _costs(trip: Trip, stops: Sequence[Stop], way: planner.Insertion) -> Iterable[Cost]:
    for stop, minutes in zip(stops, way.delays, strict=True):
        people = tuple(
            one.person_id for one in trip.riders.all() if stop in (one.to_stop, one.from_stop) and one.closed_at is None
        )
        if minutes:
            yield Cost(stop, minutes, people)


def _going(
    trip: Trip, stops: Sequence[Stop], start: datetime, late: timedelta, until: datetime | None
) -> planner.Going:
    riders = [one for one in trip.riders.all() if one.closed_at is None]
    promised = tuple(
        planner.Promise(
            key_of(_place(stop)), _minutes(stop.arrives_at - start), _minutes(stop.departs_at - start),
            _minutes(after.arrives_at - stop.departs_at) if after else 0, _slack(stop, riders),
        )
        for stop, after in zip(stops, [*stops[1:], None], strict=True)
    )  # fmt: skip
    room = {"seat": trip.vehicle.seats, "wheelchair": trip.vehicle.wheelchairs, "stretcher": trip.vehicle.stretchers}
    loads = tuple(
        Counter(one.berth for one in riders if one.from_stop.position <= stretch < one.to_stop.position)
        for stretch in range(len(stops) - 1)
    )
    first = next((stop.position for stop in stops if stop.departed_at is None), len(stops) - 1)
    end = _minutes(until - start) if until is not None else 10**7
    return planner.Going(str(trip.pk), promised, loads, room, first, end, _minutes(late))


def _slack(stop: Stop, riders: Iterable[Rider]) -> int:
    """How much later it may be: what is left of the tolerance, and of the time of everybody who gets off there."""
    asked = [getattr(one, "request", None) for one in riders if one.to_stop_id == stop.pk]
    spare = [_minutes(one.latest_at - stop.arrives_at) for one in asked if one is not None]
    return max(0, min([_minutes(limits().upset) - stop.upset_minutes, *spare]))


def _late(trip: Trip, stops: Sequence[Stop], at: datetime) -> timedelta:
    """By how much it runs behind its own times already, as far as the clock says so."""
    ahead = [stop for stop in stops if stop.departed_at is None]
    if not ahead:
        return timedelta()
    here = ahead[0]
    due = here.departs_at if here.arrived_at is not None or trip.state == TripState.PLANNED else here.arrives_at
    return max(timedelta(), at - due)


def _until(trips: Sequence[Trip]) -> dict[UUID, datetime]:
    """By when each has to have arrived, so that its vehicle and its driver are free for what they are promised to."""
    vehicles, drivers = {trip.vehicle_id for trip in trips}, {trip.driver_id for trip in trips}
    taken = list(Booking.objects.filter(vehicle__in=vehicles)) + list(Booking.objects.filter(driver__in=drivers))
    after = max(limits().after, limits().disinfection)
    found: dict[UUID, datetime] = {}
    for trip in trips:
        following = [
            one.started_at - after for one in taken
            if one.trip_id != trip.pk and one.started_at >= trip.arrives_at
            and (one.vehicle_id == trip.vehicle_id or one.driver_id == trip.driver_id)
        ]  # fmt: skip
        if following:
            found[trip.pk] = min(following)
    return found


def _places(stops: Sequence[Stop], together: Together) -> dict[str, Place]:
    return {key_of(place): place for place in (*map(_place, stops), together.origin, together.destination)}


def _place(stop: Stop) -> Place:
    place = stop.site or stop.external
    if place is None:
        raise ValueError(f"{stop} is nowhere")
    return place


def _ways(places: dict[str, Place]) -> Callable[[str, str], int | None]:
    def minutes(start: str, end: str) -> int | None:
        try:
            return _minutes(leg_between(places[start], places[end])[1])
        except DistanceUnknown:
            return None

    return minutes


def _more_km(stops: Sequence[Stop], way: planner.Insertion, places: dict[str, Place]) -> float:
    """Kilometres of the new ways less those that are not driven any more."""
    more = 0.0
    for a, b in pairwise(way.stops):
        if a.old is None or b.old is None:
            more += leg_between(places[a.place], places[b.place])[0]
    kept = {(a.old, b.old) for a, b in pairwise(way.stops)}
    for before, after in pairwise(stops):
        if (before.position, after.position) not in kept:
            drive = _minutes(after.arrives_at - before.departs_at)
            more -= leg_between(_place(before), _place(after), max(1, drive))[0]
    return more


def token_of(trip: Trip, together: Together, way: planner.Insertion) -> str:
    """What the choice rests on: the stops with their times, who is on the list, who waits; and what it costs."""
    parts = [f"{stop.pk} {stop.arrives_at} {stop.arrived_at} {stop.departed_at}" for stop in trip.stops.all()]
    parts += sorted(f"{one.person_id} {one.closed_at}" for one in trip.riders.all())
    return f"trip:{trip.number}:{_digest(trip.state, *parts, *_waiting(together), way.get_on, way.get_off, way.delays)}"


def _waiting(together: Together) -> list[str]:
    return sorted(f"{one.pk} {one.state} {one.latest_at} {one.berth}" for one in together.requests)


def _digest(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
