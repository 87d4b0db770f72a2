"""What is asked of a planner of trips, and what it answers: plain frozen values, no behaviour of any solver.

Ids are the caller's own texts. Times are whole minutes after a moment that the caller chose; places have latitude and
longitude in degrees. Between two places: great circle × `road_factor` at `kmh`, unless minutes were typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from math import asin, ceil, cos, radians, sin, sqrt

EARTH_KM = 6371.0
NEVER = 10**7  # minutes: further than any trip
DAY = 24 * 60
Duty = tuple[int, int, int]  # a driver's work: minutes of its beginning and end, minutes of driving in it


class MalformedProblemError(ValueError):
    """The problem contradicts itself (an id twice, an unknown place); it is the caller's mistake."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where people get on or off, or a vehicle stands."""

    id: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody is to be brought from one place to another: fetched not before `earliest`, there at `latest`.

    Those of one `household` who go the same way ride in one vehicle.
    """

    id: str
    origin: str
    destination: str
    category: str
    earliest: int
    latest: int
    berth: str = "seat"
    household: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Crew:
    """A vehicle with its driver, free from `free_from` until `free_until` at its base; no night lies between.

    `category` is the one that the vehicle is dedicated to. `driving_left` and `duty_left` are what the driver may still
    drive and work; `duties` is what they do before and after, for the rest between two and the hours of a day.
    """

    id: str
    base: str
    seats: int
    wheelchairs: int = 0
    stretchers: int = 0
    category: str | None = None
    free_from: int = 0
    free_until: int = 24 * 60
    driving_left: int = 8 * 60
    duty_left: int = 12 * 60
    duties: tuple[Duty, ...] = ()

    def holds(self, load: Mapping[str, int]) -> bool:
        """Whether that many fit in at once."""
        room = {"seat": self.seats, "wheelchair": self.wheelchairs, "stretcher": self.stretchers}
        return all(count <= room.get(berth, 0) for berth, count in load.items())


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of what a driver may do; `before` and `after` a trip are duty too. The caller knows the sources.

    Two duties that lie no further apart than `one_duty` are one with a break; else `rest` lies between them.
    """

    before: int = 30
    after: int = 30
    rest: int = 10 * 60
    one_duty: int = 4 * 60
    driving_in_24h: int = 8 * 60
    duty_in_24h: int = 12 * 60


@dataclass(frozen=True)
class Problem:
    """Places, who is to be moved, and with what. `boarding` is minutes a person, at both ends.

    `typed` holds minutes that somebody typed for the way between two places, in both directions.
    """

    places: tuple[Place, ...]
    requests: tuple[Request, ...]
    crews: tuple[Crew, ...]
    typed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    boarding: int = 2
    road_factor: float = 1.3
    kmh: float = 35
    vehicle_cost: int = 30
    hours: Hours = Hours()

    def __post_init__(self) -> None:
        for rows in (self.places, self.requests, self.crews):
            ids = [row.id for row in rows]
            if len(set(ids)) != len(ids):
                raise MalformedProblemError("an id stands twice")
        known = {place.id for place in self.places}
        named = {place for one in self.requests for place in (one.origin, one.destination)}
        if not named | {crew.base for crew in self.crews} <= known:
            raise MalformedProblemError("a place is not known")
        if any(one.origin == one.destination for one in self.requests):
            raise MalformedProblemError("somebody is there already")

    @cached_property
    def way(self) -> Mapping[tuple[str, str], int]:
        """Minutes of driving between every two places; the same in both directions."""
        found = {(place.id, place.id): 0 for place in self.places}
        points = [(place.id, radians(place.latitude), radians(place.longitude)) for place in self.places]
        per_unit = 2 * EARTH_KM * self.road_factor * 60 / self.kmh
        for (a, lat_a, lon_a), (b, lat_b, lon_b) in combinations(points, 2):
            half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
            minutes = ceil(per_unit * asin(sqrt(min(1.0, half)))) or 1
            found[a, b] = found[b, a] = minutes
        for (a, b), minutes in self.typed.items():
            if minutes and (a, b) in found and a != b:
                found[a, b] = minutes
                found[b, a] = self.typed.get((b, a)) or minutes
        return found


class Why(StrEnum):
    """Why somebody is on no trip."""

    NO_VEHICLE = "no_vehicle"  # none of the category, or none with such a place
    NO_TIME = "no_time"  # none that could be there in time


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop of a route: minutes of coming and leaving, who gets off and on."""

    place: str
    arrives: int
    departs: int
    off: tuple[str, ...] = ()
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """What one crew drives for people of one category. `starts` is when it leaves its base."""

    crew: str
    category: str
    starts: int
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Unserved:
    """Somebody who is on no trip."""

    request: str
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes, who is left, and how good it is.

    `driving` is minutes of driving from the bases to the last stops; `bound` is proven to be the least that anybody
    could drive for the same people (a spanning tree over the places they need), `gap` the share above it.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    driving: int
    bound: int
    engine: str

    @property
    def gap(self) -> float:
        """How much the plan drives above what is proven necessary, 0.1 for a tenth; an upper limit of what is lost."""
        return (self.driving - self.bound) / self.bound if self.bound else 0.0

    def better_than(self, other: Plan, problem: Problem) -> bool:
        """Fewer left behind, urgent ones first; then fewer minutes and vehicles."""
        return _score(self, problem) < _score(other, problem)


def _score(plan: Plan, problem: Problem) -> tuple[int, int, int]:
    urgent = {one.id for one in problem.requests if one.urgent}
    left = [one.request for one in plan.unserved]
    return sum(one in urgent for one in left), len(left), plan.driving + problem.vehicle_cost * len(plan.routes)
