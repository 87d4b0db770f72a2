"""Trips for those who are to be moved: which vehicle fetches whom, in which order, and when.

Categories are never mixed in one vehicle, households ride together, everybody has a place of their kind and is there in
time, no driver drives or works too long, and nobody is driven at night (a crew's free time ends before it). Sources:
the national guides for transfers of people under isolation, 2020-2022; `lazaretto.trips.limits` for the hours.
"""

from __future__ import annotations

from lazaretto.planning.trips.greedy import greedy
from lazaretto.planning.trips.insertion import Going, Insertion, Promise, Wanted, insertions
from lazaretto.planning.trips.problem import (
    Crew,
    Duty,
    Hours,
    MalformedProblemError,
    Place,
    Plan,
    Problem,
    Request,
    Route,
    Unserved,
    Visit,
    Why,
)
from lazaretto.planning.trips.process import better, from_json, plan_from_json, to_json
from lazaretto.planning.trips.validator import Rule, Violation, validate


class PlannerBrokeError(RuntimeError):
    """A planner proposed something that breaks a rule; a defect of the planner, never shown as a plan."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(f"the proposed trips break {', '.join(sorted({one.rule for one in violations}))}")
        self.violations = violations


def propose(problem: Problem) -> Plan:
    """A plan at once, proved by the validator. Raises `PlannerBrokeError`."""
    return proved(greedy(problem), problem)


def proved(plan: Plan, problem: Problem) -> Plan:
    """The plan, if the validator finds nothing against it. Raises `PlannerBrokeError`."""
    violations = validate(plan, problem)
    if violations:
        raise PlannerBrokeError(violations)
    return plan


__all__ = [
    "Crew",
    "Duty",
    "Going",
    "Hours",
    "Insertion",
    "MalformedProblemError",
    "Place",
    "Plan",
    "PlannerBrokeError",
    "Problem",
    "Promise",
    "Request",
    "Route",
    "Rule",
    "Unserved",
    "Violation",
    "Visit",
    "Wanted",
    "Why",
    "better",
    "from_json",
    "greedy",
    "insertions",
    "plan_from_json",
    "propose",
    "proved",
    "to_json",
    "validate",
]
