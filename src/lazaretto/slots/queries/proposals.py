"""What is proposed, and what it changes for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.headcounts.models import Organisation
from lazaretto.planning.points import Booking
from lazaretto.screening.models import Point
from lazaretto.slots.models import Proposal
from lazaretto.slots.queries.board import Unplaced
from lazaretto.slots.queries.paces import PaceLine, pace_lines, why_left
from lazaretto.slots.queries.problem import part_of, plan_of, problem_of, visits_of, way
from lazaretto.slots.rules import MINUTE, Visit, visits


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
    paces: list[PaceLine]


def proposal_view(row: Proposal) -> ProposalView:
    """Two queries: names of enterprises and of points, nothing else."""
    plan, problem = plan_of(row), problem_of(row)
    homes = Organisation.objects.in_bulk({part_of(group.id)[0] for group in problem.groups})
    places = {str(place.pk): place for place in Point.objects.filter(round=row.round_id)}

    def line(visit: Visit) -> Line:
        home, part = part_of(visit.group)
        begins = row.counts_from + visit.slot * row.slot_minutes * MINUTE
        place = places.get(visit.point)  # a point may have been removed since
        return Line(
            homes[home].name, part, f"{place.code} {place.name}" if place else "–", begins,
            begins + len(visit.portions) * row.slot_minutes * MINUTE, visit.people,
            way(homes[home], place) if place else None,
        )  # fmt: skip

    def ends(slots: int) -> datetime | None:
        return row.counts_from + slots * row.slot_minutes * MINUTE if slots else None

    paces = pace_lines(row, places)
    served = sum(one.people for one in plan.bookings)
    known = all(group.latitude is not None for group in problem.groups)
    known = known and all(point.latitude is not None for point in problem.points)
    change = row.change or {}
    return ProposalView(
        lines=sorted((line(visit) for visit in visits_of(row)), key=lambda one: (one.starts_at, one.point)),
        left=[
            Unplaced(home, homes[home].name, part, one.people, why_left(one.why, paces, row.per_table_hour))
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
        paces=paces,
    )  # fmt: skip


def _visits(bookings: Iterable[dict[str, Any]]) -> list[Visit]:
    return visits(Booking(**one) for one in bookings)
