"""What stands: slots by point and hour, who has none, what is proposed and what it changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.headcounts.models import Organisation
from lazaretto.planning.points import Booking
from lazaretto.screening.models import Point, RosterShare, Round
from lazaretto.slots.choices import Why
from lazaretto.slots.models import Load, Proposal, Slot
from lazaretto.slots.queries.problem import (
    free_spans,
    part_of,
    plan_of,
    problem_of,
    rooms_of,
    settings_of,
    visits_of,
    way,
)
from lazaretto.slots.rules import MINUTE, READ, Visit, rows_of, visits

HOUR = timedelta(hours=1)


def current(of: Round) -> QuerySet[Slot]:
    """Slots that stand, by time."""
    rows = Slot.objects.filter(round=of, dropped_at__isnull=True).select_related("organisation", "point")
    return rows.order_by("starts_at", "point__folded", "organisation__folded", "part", "turn", "id")


def digest_of(keys: Iterable[Any]) -> str:
    """The slots that something was proposed over."""
    return sha256("\n".join(sorted(map(str, keys))).encode()).hexdigest()


def accepted(of: Round) -> Proposal | None:
    """The last plan of a round that was accepted."""
    return Proposal.objects.filter(round=of, accepted_at__isnull=False).order_by("-accepted_at").first()


def pending(of: Round, standing: str) -> Proposal | None:
    """What was proposed last, if nothing has changed since and nobody has accepted it."""
    last = Proposal.objects.filter(round=of).order_by("-made_at").first()
    return last if last is not None and last.accepted_at is None and last.standing == standing else None


def proposal_by_id(actor: Actor, pk: UUID) -> Proposal:
    """One of them; raises `NotFound`."""
    found = Proposal.objects.visible_to(actor, READ).select_related("round__unit").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="slots.proposal", id=pk)
    return found


def slot_by_id(actor: Actor, pk: UUID) -> Slot:
    """One of them, standing or not; raises `NotFound`."""
    rows = Slot.objects.visible_to(actor, READ).select_related("round__unit", "point", "organisation", "proposal")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="slots.slot", id=pk)
    return found


# ---- the board


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
    """The plan of a round. `walking`: metres of all whose way is known, `known` of them."""

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
        people=sum(row.people for row in rows if not row.waiting),
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
    left: dict[UUID, list[tuple[str, int, str]]] = defaultdict(list)
    for one in plan_of(found).left:
        home, part = part_of(one.group)
        left[home].append((part, one.people, str(Why(one.why).label)))
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


# ---- a proposal


@dataclass(frozen=True)
class Line:
    """A row of a proposal: who comes where and when."""

    organisation: str
    part: str
    point: str
    starts_at: datetime
    ends_at: datetime
    people: int
    metres: int | None


@dataclass(frozen=True)
class Told:
    """Who is told something else: what they were promised from now on, and what stands instead."""

    organisation: str
    part: str
    was: list[Line]
    now: list[Line]


@dataclass(frozen=True)
class ProposalView:
    """A proposal as its page shows it."""

    lines: list[Line]
    left: list[Unplaced]
    told: list[Told]
    people: int
    finish: datetime | None
    bound: datetime | None
    gap: int
    mean_way: int | None
    mean_bound: int | None
    splits: int
    engine: str
    moved: int
    moved_bound: int


def proposal_view(row: Proposal) -> ProposalView:
    """Three queries: names of enterprises and points, nothing else."""
    plan, problem = plan_of(row), problem_of(row)
    homes = Organisation.objects.in_bulk({part_of(group.id)[0] for group in problem.groups})
    places = {str(place.pk): place for place in Point.objects.filter(round=row.round_id)}

    def line(visit: Visit) -> Line:
        home, part = part_of(visit.group)
        begins = row.counts_from + visit.slot * row.slot_minutes * MINUTE
        place = places[visit.point]
        return Line(
            homes[home].name, part, f"{place.code} {place.name}", begins,
            begins + len(visit.portions) * row.slot_minutes * MINUTE, visit.people, way(homes[home], place),
        )  # fmt: skip

    def ends(slots: int) -> datetime | None:
        return row.counts_from + slots * row.slot_minutes * MINUTE if slots else None

    served = sum(one.people for one in plan.bookings)
    known = all(group.latitude is not None for group in problem.groups)
    known = known and all(point.latitude is not None for point in problem.points)
    change = row.change or {}
    return ProposalView(
        lines=sorted((line(visit) for visit in visits_of(row)), key=lambda one: (one.starts_at, one.point)),
        left=[
            Unplaced(home, homes[home].name, part, one.people, str(Why(one.why).label))
            for one in plan.left
            for home, part in [part_of(one.group)]
        ],
        told=[
            Told(
                homes[part_of(one["group"])[0]].name, part_of(one["group"])[1],
                [line(visit) for visit in _visits(one["was"])], [line(visit) for visit in _visits(one["now"])],
            )
            for one in change.get("told", [])
        ],
        people=served,
        finish=ends(plan.finish),
        bound=ends(plan.bound),
        gap=plan.gap * row.slot_minutes,
        mean_way=plan.walking // served if served and known else None,
        mean_bound=plan.walking_bound // served if served and known else None,
        splits=plan.splits,
        engine=plan.engine,
        moved=change.get("moved", 0),
        moved_bound=change.get("moved_bound", 0),
    )  # fmt: skip


def _visits(bookings: Iterable[dict[str, Any]]) -> list[Visit]:
    return visits(Booking(**one) for one in bookings)


# ---- moving one by hand


@dataclass(frozen=True)
class Start:
    """When somebody could begin at a point, and the steps they would fill."""

    point: Point
    starts_at: datetime
    portions: tuple[int, ...]


def free_starts(slot: Slot, *, at: datetime) -> list[Start]:
    """Every beginning at which all people of a slot find room in a row, in the hours of their enterprise."""
    of = slot.round
    given = settings_of(of, slot.proposal)
    rooms = rooms_of(of, given, begins=max(of.opens_at, at))
    step = given.slot_minutes * MINUTE
    for load in Load.objects.filter(point__round=of):
        place = (load.starts_at - given.counts_from) // step
        if place < len(rooms.get(load.point_id, [])):
            rooms[load.point_id][place] -= load.taken
    for number, people in enumerate(slot.portions):
        rooms[slot.point_id][(slot.starts_at - given.counts_from) // step + number] += people
    spans = free_spans(slot.organisation, of, given)
    return [
        Start(place, given.counts_from + first * step, portions)
        for place in of.points.order_by("folded")
        for begin, end in spans
        for first in range(-(-begin // given.slot_minutes), end // given.slot_minutes)
        for portions in [rows_of(slot.people, rooms[place.pk][first : end // given.slot_minutes])]
        if portions and given.counts_from + first * step > at
    ]
