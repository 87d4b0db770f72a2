"""Whether what a proposal rests on is still so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lazaretto.planning import points as planner
from lazaretto.screening.models import Round
from lazaretto.slots.choices import PaceFrom
from lazaretto.slots.models import Proposal
from lazaretto.slots.numbers import number
from lazaretto.slots.queries.problem import asked_for_points, problem_of, settings_of
from lazaretto.slots.queries.standing import accepted
from lazaretto.slots.rules import MINUTE
from lazaretto.slots.rules.paces import Assumed


def points_changed(row: Proposal, of: Round) -> bool:
    """Whether points, their hours, tables, or the deadline are others than those a proposal was made for.

    The pace too: of a plan made anew it is that of the plan it changes, until another one is accepted. What is counted
    at a slow point changes with every scan, so it counts as it was when the proposal was made. Two queries at most.
    """
    given = settings_of(of, row)
    begins = max(of.opens_at, row.made_at + number("slot.lead_minutes") * MINUTE)
    if row.change is not None:
        begins = given.counts_from
        if settings_of(of, accepted(of)) != given:
            return True
    now = asked_for_points(of, given, begins, slow=_paces(row))
    return _taken(now) != _taken(problem_of(row))


def _paces(row: Proposal) -> dict[UUID, Assumed]:
    """How fast points were taken to be, as the proposal keeps it."""
    return {
        UUID(one["point"]): Assumed(
            one["per_table_hour"], PaceFrom(one["why"]), one["counted"],
            datetime.fromisoformat(one["until"]) if one["until"] else None,
        )
        for one in (row.change or {}).get("paces", [])
    }  # fmt: skip


def _taken(problem: planner.Problem) -> tuple[int, dict[str, tuple[planner.Opening, ...]]]:
    """When each point takes how many; a closed point is as one that is not there."""
    return problem.deadline, {point.id: tuple(point.openings) for point in problem.points if point.openings}
