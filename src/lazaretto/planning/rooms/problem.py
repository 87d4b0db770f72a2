"""What is asked of a room planner, and what it answers: plain frozen values, no behaviour of any solver.

Ids are the caller's own texts; the planner only compares them. Ages are in completed years on the day of arrival,
positions count doors along the corridor from one end, beds are beds that nobody sleeps in yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol


class MalformedProblemError(ValueError):
    """The problem contradicts itself (an id twice, a room on an unknown floor); it is the caller's mistake."""


class RoomState(StrEnum):
    """States of a room; only a ready room is offered to an arrival."""

    READY = "ready"
    OCCUPIED = "occupied"
    TO_CLEAN = "to_clean"
    DISINFECTING = "disinfecting"
    RESERVE = "reserve"
    HELD = "held"
    OUT_OF_SERVICE = "out_of_service"


class Zone(StrEnum):
    """The three zones of a quarantine site; people under observation live in the contaminated one."""

    CLEAN = "clean"
    POTENTIAL = "potential"
    CONTAMINATED = "contaminated"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who arrives and needs a bed.

    `cohort` is the date that people on one floor have in common (the day of arrival). `group` is what should stay in
    one site (a bus, a flight). `share_with` holds a decision already taken by a person: these two share a room.
    """

    id: str
    category: str
    cohort: date
    age: int | None = None
    household: str | None = None
    group: str | None = None
    accessible: bool = False
    pregnant: bool = False
    ill: bool = False
    needs_care: bool = False
    never_alone: bool = False
    share_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Site:
    """A hotel or school: rooms to keep in reserve, and the categories it may receive (None: any)."""

    id: str
    reserve: int = 0
    categories: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor; `housed` are the (category, cohort) pairs of those who live there now, empty for a closed floor."""

    id: str
    site: str
    level: int
    category: str | None = None
    cohort: date | None = None
    housed: frozenset[tuple[str, date]] = frozenset()


@dataclass(frozen=True, slots=True)
class Room:
    """A room on a floor."""

    id: str
    floor: str
    position: int
    beds: int = 1
    accessible: bool = False
    state: RoomState = RoomState.READY
    zone: Zone | None = Zone.CONTAMINATED


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may share a room. One person, one room, except as said here.

    Source: national guides for centralised isolation sites, 2020-2022: a child of 14 or younger stays with a parent;
    a person who cannot look after themselves with a carer who is neither elderly nor ill; others after assessment
    (`Person.share_with`). `whole_household` is for jurisdictions that let a household live in one room.
    """

    child_max_age: int = 14
    adult_from_age: int = 18
    carer_max_age: int = 59
    elderly_from_age: int = 70
    bed_from_age: int = 3
    whole_household: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of one proposal.

    `cohort_span_days`: how far apart the arrival dates on one floor may lie (0: the same day only).
    `adjoining_span`: doors from one room to a neighbouring one; 2 where odd and even numbers face each other.
    `deadline`: seconds after which no further improvement is tried. `tries`: orders tried, the same for every run.
    """

    sharing: Sharing = field(default_factory=Sharing)
    cohort_span_days: int = 0
    adjoining_span: int = 2
    split_households: bool = False
    deadline: float = 0.8
    tries: int = 6
    seed: int = 0


def _unique(kind: str, ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise MalformedProblemError(f"{kind} {one} is listed twice")
        seen.add(one)
    return seen


@dataclass(frozen=True, slots=True)
class Problem:
    """People to place and the rooms there are. Raises `MalformedProblemError` when it contradicts itself."""

    people: tuple[Person, ...]
    sites: tuple[Site, ...]
    floors: tuple[Floor, ...]
    rooms: tuple[Room, ...]
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        _unique("person", (person.id for person in self.people))
        _unique("room", (room.id for room in self.rooms))
        sites = _unique("site", (site.id for site in self.sites))
        floors = _unique("floor", (floor.id for floor in self.floors))
        for floor in self.floors:
            if floor.site not in sites:
                raise MalformedProblemError(f"floor {floor.id} is in an unknown site {floor.site}")
        for room in self.rooms:
            if room.floor not in floors:
                raise MalformedProblemError(f"room {room.id} is on an unknown floor {room.floor}")
            if room.beds < 0:
                raise MalformedProblemError(f"room {room.id} has {room.beds} beds")


@dataclass(frozen=True, slots=True)
class Placement:
    """One person in one room. `bed` counts from 1; None is a small child in a cot."""

    person: str
    room: str
    bed: int | None = None


class Reason(StrEnum):
    """Why somebody could not be placed; each one tells the clerk what to change."""

    CHILD_WITHOUT_ADULT = "child_without_adult"
    CARER_MISSING = "carer_missing"
    COMPANION_MISSING = "companion_missing"
    SHARE_UNAVAILABLE = "share_unavailable"
    NO_LARGE_ROOM = "no_large_room"
    CATEGORY_NOT_RECEIVED = "category_not_received"
    NO_FLOOR_FOR_COHORT = "no_floor_for_cohort"
    NO_ACCESSIBLE_ROOM = "no_accessible_room"
    HOUSEHOLD_DOES_NOT_FIT = "household_does_not_fit"
    RESERVE_KEPT = "reserve_kept"
    NO_FREE_ROOM = "no_free_room"
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Somebody without a room, and why."""

    person: str
    reason: Reason


class NoticeCode(StrEnum):
    """What the clerk should know although no rule is broken."""

    NO_COMPANION = "no_companion"
    MINOR_ALONE = "minor_alone"
    AGE_UNKNOWN = "age_unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """A thing to look at, about one person."""

    person: str
    code: NoticeCode


class Objective(NamedTuple):
    """Parts in order of weight, each to be small; a tuple compares exactly as the order of importance says."""

    unplaced: int
    accessible_misused: int
    floors_opened: int
    group_splits: int
    households_apart: int
    beds_unused: int


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan can have less than this (proved by counting, not by search)."""

    unplaced: int
    accessible_misused: int
    floors_opened: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The first part of the objective that is not proved best, and by how much it exceeds the bound."""

    part: str
    excess: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal: every person is in `placements` or in `unplaced`, never in both."""

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    notices: tuple[Notice, ...]
    floors_opened: tuple[str, ...]
    objective: Objective
    bound: Bound
    stopped_early: bool = False

    @property
    def gap(self) -> Gap | None:
        """None when people, accessible rooms and floors are proved best."""
        for part in ("unplaced", "accessible_misused", "floors_opened"):
            excess = int(getattr(self.objective, part)) - int(getattr(self.bound, part))
            if excess > 0:
                return Gap(part, excess)
        return None


class Planner(Protocol):
    """What every engine offers; the greedy one now, a constraint solver later."""

    def propose(self, problem: Problem, *, clock: Callable[[], float]) -> Plan:
        """A plan that breaks no rule. `clock` gives seconds and is read only to keep the deadline."""
        ...
