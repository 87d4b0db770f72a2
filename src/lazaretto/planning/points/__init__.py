"""Mass testing: which enterprise comes to which test point in which slots, so that nobody queues for long.

Everybody is done before the deadline if that can be, in the fewest slots, with short ways and few splits, in this
order. Numbers of points, tables and samplers, and their sources: `lazaretto.planning.points.supplies`, docs/points.md.
"""

from __future__ import annotations

from lazaretto.planning.points.greedy import greedy
from lazaretto.planning.points.problem import (
    Booking,
    Group,
    Left,
    MalformedProblemError,
    Opening,
    Plan,
    Point,
    Problem,
    Why,
    walk,
)
from lazaretto.planning.points.process import better, from_json, plan_from_json
from lazaretto.planning.points.replanning import replan as _replan
from lazaretto.planning.points.standing import Change, Late, Standing, Told
from lazaretto.planning.points.supplies import Size, Tubes, size, tubes_for
from lazaretto.planning.points.validator import Rule, Violation, validate, validate_change


class PlannerBrokeError(RuntimeError):
    """A planner proposed something that breaks a rule; a defect of the planner, never shown as a plan."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(f"the proposed slots break {', '.join(sorted({one.rule for one in violations}))}")
        self.violations = violations


def propose(problem: Problem) -> Plan:
    """A plan at once, proved by the validator. Raises `PlannerBrokeError`."""
    plan = greedy(problem)
    _proved(validate(plan, problem))
    return plan


def replan(problem: Problem, standing: Standing, *, seconds: float = 5.0) -> Change:
    """A plan anew, proved by the validator. Raises `PlannerBrokeError` and `MalformedProblemError`."""
    change = _replan(problem, standing, seconds=seconds)
    _proved(validate_change(change, standing, problem))
    return change


def _proved(violations: list[Violation]) -> None:
    if violations:
        raise PlannerBrokeError(violations)


__all__ = [
    "Booking",
    "Change",
    "Group",
    "Late",
    "Left",
    "MalformedProblemError",
    "Opening",
    "Plan",
    "PlannerBrokeError",
    "Point",
    "Problem",
    "Rule",
    "Size",
    "Standing",
    "Told",
    "Tubes",
    "Violation",
    "Why",
    "better",
    "from_json",
    "greedy",
    "plan_from_json",
    "propose",
    "replan",
    "size",
    "tubes_for",
    "validate",
    "validate_change",
    "walk",
]
