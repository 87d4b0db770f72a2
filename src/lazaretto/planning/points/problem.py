"""What is asked of a planner of mass testing, and what it answers: plain frozen values, no behaviour of any solver.

Ids are the caller's own texts. Times are whole minutes after a moment that the caller chose; slot 0 begins then. Slots
count only whole: who opens at 8:05 serves nobody in the slot from 8:00. Ways are walked: great circle × `road_factor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

EARTH_METRES = 6_371_000
Span = tuple[int, int]  # minutes of a beginning and an end, half-open


class MalformedProblemError(ValueError):
    """The problem contradicts itself (an id twice, hours that end before they begin); it is the caller's mistake."""


@dataclass(frozen=True, slots=True)
class Opening:
    """From when until when a point works with that many tables.

    `per_table_hour`: what a table takes in an hour then, where that is not what the point says.
    """

    opens: int
    closes: int
    tables: int
    per_table_hour: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A test point. `per_table_hour` is how many people a table takes in an hour; overlapping openings add up.

    Without coordinates every way to it counts nothing: it is as near as any other.
    """

    id: str
    latitude: float | None
    longitude: float | None
    openings: tuple[Opening, ...]
    per_table_hour: int


@dataclass(frozen=True, slots=True)
class Group:
    """People of one enterprise who may come at the same hours; its day and its night shift are two groups.

    `free` are the spans in which they may come (earliest, latest), in their order and apart from each other.
    """

    id: str
    enterprise: str
    people: int
    latitude: float | None
    longitude: float | None
    free: tuple[Span, ...]


@dataclass(frozen=True)
class Problem:
    """Who is to be tested where, in slots of `slot_minutes`, before the deadline.

    `farthest` is how many metres anybody may be sent to walk; None: any way.
    Raises `MalformedProblemError` when it contradicts itself.
    """

    points: tuple[Point, ...]
    groups: tuple[Group, ...]
    deadline: int
    slot_minutes: int = 15
    farthest: int | None = None
    road_factor: float = 1.3

    def __post_init__(self) -> None:
        _unique(point.id for point in self.points)
        _unique(group.id for group in self.groups)
        if self.slot_minutes < 1 or self.deadline < 0:
            raise MalformedProblemError("a slot has no minutes, or the deadline lies before the beginning")
        for point in self.points:
            if point.per_table_hour < 0 or any(one.tables < 0 or one.closes < one.opens for one in point.openings):
                raise MalformedProblemError(f"point {point.id} closes before it opens, or has fewer than no tables")
        for group in self.groups:
            if group.people < 0 or not _in_order(group.free):
                raise MalformedProblemError(f"group {group.id} has fewer than no people, or spans that are not apart")

    @property
    def slots(self) -> int:
        """Whole slots until the deadline."""
        return self.deadline // self.slot_minutes

    @cached_property
    def metres(self) -> Mapping[tuple[str, str], int]:
        """The way of each group to each point."""
        return {
            (group.id, point.id): walk(group, point, self.road_factor) or 0
            for group in self.groups
            for point in self.points
        }


def _unique(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise MalformedProblemError(f"{one} stands twice")
        seen.add(one)


def _in_order(spans: tuple[Span, ...]) -> bool:
    return all(begin >= 0 and begin < end for begin, end in spans) and all(a[1] < b[0] for a, b in pairwise(spans))


class Placed(Protocol):
    """Something that may be on the map."""

    @property
    def latitude(self) -> float | None:
        """Degrees."""

    @property
    def longitude(self) -> float | None:
        """Degrees."""


def walk(one: Placed, other: Placed, road_factor: float) -> int | None:
    """Metres on foot between two places; None where one of them is not on the map."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    half = sin(radians(other.latitude - one.latitude) / 2) ** 2
    half += (
        cos(radians(one.latitude))
        * cos(radians(other.latitude))
        * sin(radians(other.longitude - one.longitude) / 2) ** 2
    )
    return round(2 * EARTH_METRES * asin(sqrt(min(1.0, half))) * road_factor)


class Why(StrEnum):
    """Why somebody has no slot; each says what to change."""

    TOO_FAR = "too_far"  # no point within the farthest way
    NOT_OPEN = "not_open"  # no point within reach is open while they are free
    FULL = "full"  # all that could take them have taken others before the deadline


@dataclass(frozen=True, slots=True, order=True)
class Booking:
    """So many of a group come to that point in that slot."""

    group: str
    point: str
    slot: int
    people: int


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """So many of a group have no slot."""

    group: str
    people: int
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """Who comes where and when, who is left, and how good it is.

    `finish` is the number of slots until the last one is done; `bound` is proven to be the fewest in which as many can
    be served (a greatest flow through the tables), never more than `finish`. `walking` is metres of all people one way;
    no plan with this finish walks less than `walking_bound`. `splits` counts how often a group stops and begins again:
    its unbroken rows of slots at one point, less one.
    """

    bookings: tuple[Booking, ...]
    left: tuple[Left, ...]
    finish: int
    bound: int
    walking: int
    walking_bound: int
    splits: int
    engine: str

    @property
    def unserved(self) -> int:
        """How many people have no slot."""
        return sum(one.people for one in self.left)

    @property
    def gap(self) -> int:
        """Slots above what is proven necessary."""
        return self.finish - self.bound

    def better_than(self, other: Plan) -> bool:
        """Fewer without a slot, then sooner done, then less walking, then fewer splits."""
        return self._score() < other._score()

    def _score(self) -> tuple[int, int, int, int]:
        return self.unserved, self.finish, self.walking, self.splits
