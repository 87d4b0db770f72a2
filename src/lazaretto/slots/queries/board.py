"""The plan of a round as its page shows it: people by point and hour, slots with their ways, who has none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from lazaretto.screening.models import Point, RosterShare, Round
from lazaretto.slots.choices import Why
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.queries.paces import pace_lines, why_left
from lazaretto.slots.queries.problem import part_of, plan_of, rooms_of, settings_of, twice_of, way
from lazaretto.slots.rules import MINUTE


@dataclass(frozen=True)
class Hour:
    """What a point is promised in an hour, and what it takes then."""

    at: datetime
    taken: int
    room: int

    @property
    def full(self) -> bool:
        """Whether nobody more can come."""
        return self.taken >= self.room > 0


@dataclass(frozen=True)
class PointRow:
    """A point with its hours of one day."""

    point: Point
    hours: list[Hour]
    people: int


@dataclass(frozen=True)
class Day:
    """A day of the plan: the same hours for each point."""

    begins: datetime
    hours: list[datetime]
    points: list[PointRow]


@dataclass(frozen=True)
class Board:
    """The plan of a round; each person counts once. `walking`: metres of all whose way is known, `known` of them."""

    days: list[Day]
    people: int
    finish: datetime | None
    walking: int
    known: int

    @property
    def mean_way(self) -> int | None:
        """Metres that one of them walks."""
        return self.walking // self.known if self.known else None


def board(of: Round, found: Proposal, rows: Sequence[Slot]) -> Board:
    """By point and hour: one query for points, and what is promised from the rows that stand."""
    given = settings_of(of, found)
    rooms = rooms_of(of, given, begins=of.opens_at)
    taken = Counter[tuple[UUID, datetime]]()
    for row in rows:
        for step, people in enumerate(row.portions):
            begins = row.starts_at + step * given.slot_minutes * MINUTE
            taken[row.point_id, begins] += people
    by_hour = _by_hour(taken, rooms, given.counts_from, given.slot_minutes)
    places = list(of.points.order_by("folded"))
    ways = [(row.people, way(row.organisation, row.point)) for row in rows if not row.waiting]
    return Board(
        days=_days(by_hour, places),
        people=max(0, sum(row.people for row in rows if not row.waiting) - twice_of(found).total()),
        finish=max((row.ends_at for row in rows), default=None),
        walking=sum(people * metres for people, metres in ways if metres is not None),
        known=sum(people for people, metres in ways if metres is not None),
    )


def _by_hour(
    taken: Counter[tuple[UUID, datetime]], rooms: dict[UUID, list[int]], counts_from: datetime, minutes: int
) -> dict[tuple[UUID, datetime], tuple[int, int]]:
    found: dict[tuple[UUID, datetime], list[int]] = defaultdict(lambda: [0, 0])
    for (point, at), people in taken.items():
        found[point, _hour(at)][0] += people
    for point, row in rooms.items():
        for slot, room in enumerate(row):
            if room:
                found[point, _hour(counts_from + slot * minutes * MINUTE)][1] += room
    return {key: (people, room) for key, (people, room) in found.items()}


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _days(by_hour: dict[tuple[UUID, datetime], tuple[int, int]], places: Sequence[Point]) -> list[Day]:
    """Only hours until the last that somebody comes in: later ones are free at every point."""
    used = [at for (_point, at), (people, _room) in by_hour.items() if people]
    hours = sorted({at for _point, at in by_hour if used and min(used) <= at <= max(used)})
    days: dict[Any, list[datetime]] = defaultdict(list)
    for at in hours:
        days[timezone.localtime(at, timezone.get_default_timezone()).date()].append(at)
    return [
        Day(
            own[0], own,
            [
                PointRow(place, cells, sum(cell.taken for cell in cells))
                for place in places
                for cells in [[Hour(at, *by_hour.get((place.pk, at), (0, 0))) for at in own]]
            ],
        )
        for own in days.values()
    ]  # fmt: skip


@dataclass(frozen=True)
class SlotLine:
    """A slot as lists show it; `of_turns`: in how many rows the part comes; `begun`: it is no more to be moved."""

    slot: Slot
    metres: int | None
    of_turns: int
    begun: bool
    over: bool


def lines(rows: Sequence[Slot], *, at: datetime) -> list[SlotLine]:
    """With the way of each."""
    turns = Counter((row.organisation_id, row.part) for row in rows)
    return [
        SlotLine(
            row, way(row.organisation, row.point), turns[row.organisation_id, row.part], row.starts_at <= at,
            row.ends_at <= at,
        )
        for row in rows
    ]  # fmt: skip


def misfits(of: Round, found: Proposal, rows: Sequence[Slot], *, at: datetime) -> list[Slot]:
    """Slots still to come that their point does not take any more: its tables or hours, or the deadline, changed."""
    given = settings_of(of, found)
    rooms, step = rooms_of(of, given, begins=of.opens_at), given.slot_minutes * MINUTE
    taken = Counter[tuple[UUID, int]]()
    for row in rows:
        for place, people in _steps(row, given.counts_from, step):
            taken[row.point_id, place] += people

    def fits(row: Slot) -> bool:
        own = rooms.get(row.point_id, [])
        return all(
            0 <= place < len(own) and taken[row.point_id, place] <= own[place]
            for place, _people in _steps(row, given.counts_from, step)
        )

    return [row for row in rows if row.starts_at > at and not row.waiting and not fits(row)]


def _steps(row: Slot, counts_from: datetime, step: timedelta) -> list[tuple[int, int]]:
    first = (row.starts_at - counts_from) // step
    return [(first + nth, people) for nth, people in enumerate(row.portions)]


@dataclass(frozen=True)
class Unplaced:
    """So many of a part of an enterprise have no slot."""

    organisation_id: UUID
    name: str
    part: str
    people: int
    why: str


def unplaced(of: Round, found: Proposal, rows: Sequence[Slot]) -> list[Unplaced]:
    """Who is expected and has no slot, most people first, with the reason of the plan where it had one."""
    placed = Counter[UUID]()
    for row in rows:
        placed[row.organisation_id] += 0 if row.waiting else row.people
    placed.subtract(twice_of(found))
    left: dict[UUID, list[tuple[str, int, str]]] = defaultdict(list)
    places = {str(place.pk): place for place in of.points.all()}
    paces = pace_lines(found, places)
    for one in plan_of(found).left:
        home, part = part_of(one.group)
        left[home].append((part, one.people, why_left(one.why, paces, found.per_table_hour)))
    shares = RosterShare.objects.filter(round=of).select_related("organisation")
    made = [
        Unplaced(share.organisation_id, share.organisation.name, part, people, why)
        for share in shares
        for part, people, why in _left_of(share.people - placed[share.organisation_id], left[share.organisation_id])
    ]
    return sorted(made, key=lambda one: (-one.people, one.name, one.part))


def _left_of(missing: int, said: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """What the plan left, as far as they still have nothing; the others lost a slot that they had."""
    found = []
    for part, people, why in said:
        if (count := min(people, missing)) > 0:
            found.append((part, count, why))
            missing -= count
    return [*found, ("", missing, str(Why.TAKEN_OFF.label))] if missing > 0 else found
