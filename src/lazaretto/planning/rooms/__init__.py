"""Rooms for arrivals: who sleeps where, and which floors have to be opened for it.

Source of the rules: national guides for centralised isolation (one person, one room with named exceptions; three
zones; floors by category and date), the field practice of quarantine hotels, 2020-2022.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from lazaretto.planning.rooms.changes import Reassignment, plan_of, reassign, standing, swap
from lazaretto.planning.rooms.greedy import GreedyPlanner
from lazaretto.planning.rooms.problem import (
    Bound,
    Floor,
    Gap,
    MalformedProblemError,
    Notice,
    NoticeCode,
    Objective,
    Options,
    Person,
    Placement,
    Plan,
    Planner,
    Problem,
    Reason,
    Room,
    RoomState,
    Sharing,
    Site,
    Unplaced,
    Zone,
)
from lazaretto.planning.rooms.validator import Rule, Violation, validate


class PlannerBrokeError(RuntimeError):
    """A planner proposed something that breaks a rule; a defect of the planner, never shown to a clerk as a plan."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(f"the proposed rooms break {', '.join(sorted({one.rule for one in violations}))}")
        self.violations = violations


def propose(problem: Problem, *, planner: Planner | None = None, clock: Callable[[], float] = time.monotonic) -> Plan:
    """A plan for the problem, proved by the validator. Raises `PlannerBrokeError` when that plan breaks a rule."""
    plan = (planner or GreedyPlanner()).propose(problem, clock=clock)
    violations = validate(plan, problem)
    if violations:
        raise PlannerBrokeError(violations)
    return plan


__all__ = [
    "Bound",
    "Floor",
    "Gap",
    "GreedyPlanner",
    "MalformedProblemError",
    "Notice",
    "NoticeCode",
    "Objective",
    "Options",
    "Person",
    "Placement",
    "Plan",
    "Planner",
    "PlannerBrokeError",
    "Problem",
    "Reason",
    "Reassignment",
    "Room",
    "RoomState",
    "Rule",
    "Sharing",
    "Site",
    "Unplaced",
    "Violation",
    "Zone",
    "plan_of",
    "propose",
    "reassign",
    "standing",
    "swap",
    "validate",
]
