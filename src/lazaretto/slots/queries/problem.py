"""From rows to a problem of slots: who is expected, where points are, when they are open, who has come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Count, Sum
from django.utils import timezone

from lazaretto.headcounts.models import Organisation
from lazaretto.planning import points as planner
from lazaretto.planning.points.board import capacity
from lazaretto.screening.choices import PointState
from lazaretto.screening.models import CountDelta, Point, RosterEntry, RosterShare, Round
from lazaretto.screening.queries import progress
from lazaretto.slots.choices import Parts
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.numbers import number
from lazaretto.slots.queries.coming import kept_in, tested_by_hour
from lazaretto.slots.queries.standing import standing_slots
from lazaretto.slots.rules import MINUTE, Visit, clock_spans, grid_begins, visits
from lazaretto.slots.rules.coming import pace_with_queue
from lazaretto.slots.rules.paces import Assumed

SECONDS = 8.0  # how long the solver may look for shorter ways; then its process is killed
SECONDS_ANEW = 2.0


@dataclass(frozen=True)
class Settings:
    """How slots are planned. `farthest`: metres that anybody may be sent to walk."""

    counts_from: datetime
    slot_minutes: int
    per_table_hour: int
    farthest: int | None
    parts: str


def settings_of(of: Round, found: Proposal | None) -> Settings:
    """Those of the plan that was accepted, or what a first plan begins with."""
    if found is not None:
        return Settings(found.counts_from, found.slot_minutes, found.per_table_hour, found.farthest, found.parts)
    begins = grid_begins(of.opens_at)
    return Settings(begins, number("slot.minutes"), number("staff.people_per_table_hour"), None, Parts.WHOLE)


@dataclass(frozen=True)
class Asked:
    """A problem, and what could not be said in it: enterprises and points that are not on the map."""

    problem: planner.Problem
    off_the_map: int
    points_off_the_map: int


def asked_for(of: Round, given: Settings, *, begins: datetime, slow: Mapping[UUID, Assumed] | None = None) -> Asked:
    """Who is to come to which points from `begins` until the deadline. `slow`: how fast points are taken to be now."""
    places = list(of.points.order_by("folded"))
    groups = _groups(of, given)
    deadline = max(0, (of.deadline_at - given.counts_from) // MINUTE)
    problem = planner.Problem(
        points=tuple(_point(row, of, given, begins, (slow or {}).get(row.pk)) for row in places),
        groups=tuple(_group(home, part, people, of, given) for home, part, people in groups),
        deadline=deadline,
        slot_minutes=given.slot_minutes,
        farthest=given.farthest,
        road_factor=number("slot.road_percent") / 100,
    )
    homes = {home.pk: home for home, _part, _people in groups}
    return Asked(
        problem,
        sum(home.latitude is None for home in homes.values()),
        sum(place.latitude is None for place in places),
    )


def _point(row: Point, of: Round, given: Settings, begins: datetime, slow: Assumed | None) -> planner.Point:
    spans = []
    if row.state == PointState.OPEN:
        spans = clock_spans(
            row.opens, row.closes, zone=timezone.get_default_timezone(), counts_from=given.counts_from,
            begins=max(begins, of.opens_at), until=of.deadline_at,
        )  # fmt: skip
    openings = tuple(one for span in spans for one in _openings(row.tables, span, given, slow))
    return planner.Point(str(row.pk), row.latitude, row.longitude, openings, given.per_table_hour)


def _openings(tables: int, span: tuple[int, int], given: Settings, slow: Assumed | None) -> list[planner.Opening]:
    """One span of hours, in two where the point is taken to recover within it: on the grid, so that no slot is lost."""
    begin, end = span
    if slow is None or slow.per_table_hour == given.per_table_hour:
        return [planner.Opening(begin, end, tables)]
    recovers = end
    if slow.until is not None:
        steps = -(-(slow.until - given.counts_from) // (given.slot_minutes * MINUTE))
        recovers = min(end, max(begin, steps * given.slot_minutes))
    parts = [(begin, recovers, slow.per_table_hour), (recovers, end, None)]
    return [planner.Opening(first, last, tables, pace) for first, last, pace in parts if first < last]


def _groups(of: Round, given: Settings) -> list[tuple[Organisation, str, int]]:
    """Enterprises, the large ones in parts if so wanted: two queries."""
    shares = RosterShare.objects.filter(round=of).select_related("organisation")
    rows = sorted(shares, key=lambda share: (share.organisation.folded, share.organisation_id))
    large = {row.organisation_id for row in rows if given.parts and row.people > number("slot.parted_from")}
    parts = _parts(of, given.parts, large) if large else {}
    return [
        (row.organisation, part, people)
        for row in rows
        for part, people in sorted(parts.get(row.organisation_id, {"": row.people}).items())
    ]


def _parts(of: Round, by: str, large: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    rows = RosterEntry.objects.filter(round=of, organisation__in=large).values("organisation", by)
    for row in rows.annotate(people=Count("number")):
        found.setdefault(row["organisation"], {})[row[by]] = row["people"]
    return found


def _group(home: Organisation, part: str, people: int, of: Round, given: Settings) -> planner.Group:
    return planner.Group(
        id=group_of(home.pk, part), enterprise=str(home.pk), people=people, latitude=home.latitude,
        longitude=home.longitude, free=tuple(free_spans(home, of, given)),
    )  # fmt: skip


def free_spans(home: Organisation, of: Round, given: Settings) -> list[tuple[int, int]]:
    """When its people can come, in minutes of the plan: its hours of each day, or any time."""
    if home.comes_from is None or home.comes_until is None:
        return [(0, last)] if (last := (of.deadline_at - given.counts_from) // MINUTE) > 0 else []
    return clock_spans(
        home.comes_from, home.comes_until, zone=timezone.get_default_timezone(), counts_from=given.counts_from,
        begins=given.counts_from, until=of.deadline_at,
    )  # fmt: skip


def group_of(organisation: UUID, part: str) -> str:
    """How the planner names a part of an enterprise."""
    return f"{organisation}|{part}"


def part_of(group: str) -> tuple[UUID, str]:
    """The enterprise and its part again."""
    key, _bar, part = group.partition("|")
    return UUID(key), part


class Placed(Protocol):
    """A row that may have coordinates."""

    latitude: Any
    longitude: Any


def way(home: Placed, place: Placed) -> int | None:
    """Metres on foot; None where one of them is not on the map."""
    return planner.walk(home, place, number("slot.road_percent") / 100)


def rooms_of(of: Round, given: Settings, *, begins: datetime) -> dict[UUID, list[int]]:
    """What each point takes in each step of the grid, as its tables and hours are now."""
    problem = asked_for_points(of, given, begins)
    return {UUID(point.id): capacity(point, problem) for point in problem.points}


def asked_for_points(
    of: Round, given: Settings, begins: datetime, slow: Mapping[UUID, Assumed] | None = None
) -> planner.Problem:
    """The points alone: for moving somebody by hand, and to see whether they have changed."""
    return planner.Problem(
        points=tuple(_point(row, of, given, begins, (slow or {}).get(row.pk)) for row in of.points.order_by("folded")),
        groups=(),
        deadline=max(0, (of.deadline_at - given.counts_from) // MINUTE),
        slot_minutes=given.slot_minutes,
    )


# ---- what is known when slots are planned anew


def standing_of(of: Round, given: Settings, rows: Sequence[Slot], *, at: datetime, lead: bool) -> planner.Standing:
    """What was promised, and who waits past their slot: so many that were promised one have not been tested there."""
    promised = Counter[tuple[str, str, int]]()
    for row in rows:
        for step, people in enumerate(row.portions) if not row.waiting else ():
            slot = (row.starts_at - given.counts_from) // (given.slot_minutes * MINUTE) + step
            promised[group_of(row.organisation_id, row.part), str(row.point_id), slot] += people
    minutes = (at - given.counts_from) // MINUTE
    return planner.Standing(
        now=max(0, minutes + (number("slot.lead_minutes") if lead else 0)),
        promised=tuple(planner.Booking(*cell, people) for cell, people in sorted(promised.items())),
        late=_late(
            of,
            promised,
            over=max(0, minutes) // given.slot_minutes,
            away={key for key, one in kept_in(of, at=at).items() if one.away},
        ),
    )


def _late(
    of: Round, promised: Mapping[tuple[str, str, int], int], *, over: int, away: Collection[tuple[UUID, UUID]]
) -> tuple[planner.Late, ...]:  # fmt: skip
    """Of each enterprise at a point: promised in slots that are over, less those tested there; parts in their order.

    Those of an enterprise that does not turn up there (`away`) are given another slot, and wait nowhere.
    """
    counted = CountDelta.objects.filter(round=of, organisation__isnull=False).values("organisation", "point")
    tested = Counter({(row["organisation"], row["point"]): row["people"] for row in counted.annotate(people=Sum("n"))})
    shares = RosterShare.objects.filter(round=of).values_list("organisation", "people")
    came = Counter[UUID]()
    for (home, _point), people in tested.items():
        came[home] += people
    missing = {home: max(0, people - came[home]) for home, people in shares}
    due = Counter[tuple[str, str]]()
    for (group, point, slot), people in promised.items():
        due[group, point] += people if slot < over else 0
    found = []
    for (group, point), people in sorted(due.items()):
        home, _part = part_of(group)
        here = min(people, tested[home, UUID(point)])
        tested[home, UUID(point)] -= here
        waits = min(people - here, missing.get(home, 0))
        missing[home] = missing.get(home, 0) - waits
        found += [planner.Late(group, point, waits, away=(home, UUID(point)) in away)] if waits else []
    return tuple(found)


def slow_points(of: Round, *, at: datetime) -> dict[UUID, int]:
    """What a table of a point where people wait takes in an hour, reckoned while they waited as far as sums say that.

    A point whose enterprises do not turn up is not slow: its tables take what they took.
    """
    slow = [row for row in progress(of, at=at).points if row.behind]
    if not slow:
        return {}
    due, by_hour = _due_at(of, at), tested_by_hour(of, point__in=[row.point.pk for row in slow])
    found = {}
    for row in slow:
        busy = pace_with_queue(due[row.point.pk], by_hour.get(row.point.pk, {}), at=at)
        found[row.point.pk] = (row.pace.per_hour if busy is None else busy) // row.point.tables
    return found


def _due_at(of: Round, at: datetime) -> dict[UUID, list[tuple[datetime, int]]]:
    """When how many were due at each point, without enterprises that do not turn up there."""
    away = {key for key, one in kept_in(of, at=at).items() if one.away}
    due: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for row in standing_slots(round=of, waiting=False, starts_at__lt=at):
        step = (row.ends_at - row.starts_at) / len(row.portions)
        if (row.organisation_id, row.point_id) not in away:
            due[row.point_id] += [(row.starts_at + (nth + 1) * step, n) for nth, n in enumerate(row.portions)]
    return due


# ---- a proposal as it is kept


def problem_of(row: Proposal) -> planner.Problem:
    """The problem again."""
    return planner.from_json(row.problem)


def plan_of(row: Proposal) -> planner.Plan:
    """The plan again."""
    return planner.plan_from_json(row.plan)


def improved(row: Proposal) -> tuple[dict[str, Any], bool]:
    """What the solver finds in its time, in a process that is killed when it takes longer; whether it answered."""
    found, answered = planner.better(problem_of(row), plan_of(row), seconds=SECONDS)
    return asdict(found), answered


def twice_of(row: Proposal | None) -> Counter[UUID]:
    """Of each enterprise how many stand in two slots of an accepted plan, and are to be counted once."""
    found = Counter[UUID]()
    for group, people in ((row.change or {}).get("twice", {}) if row else {}).items():
        found[part_of(group)[0]] += people
    return found


def visits_of(row: Proposal) -> list[Visit]:
    """Who comes where, in unbroken rows."""
    return visits(plan_of(row).bookings)
