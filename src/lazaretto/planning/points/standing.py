"""What is known when a plan is made anew, and what comes of it: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from lazaretto.planning.points.problem import Booking, Plan, Problem


@dataclass(frozen=True, slots=True)
class Late:
    """So many of a group had a slot at the point that is over, and still wait there; `away`: they did not turn up."""

    group: str
    point: str
    people: int
    away: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known at the minute `now`: what was promised to whom, and who waits past their slot."""

    now: int
    promised: tuple[Booking, ...]
    late: tuple[Late, ...] = ()

    def first_slot(self, problem: Problem) -> int:
        """The first slot that has not begun; all before have happened or are under way."""
        return max(0, -(-self.now // problem.slot_minutes))


@dataclass(frozen=True, slots=True)
class Told:
    """A group that must be told anew: what it was promised from now on, and what stands now (without who waits)."""

    group: str
    was: tuple[Booking, ...]
    now: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The new plan and what it changes.

    `stays` are slots that have begun, less who waits. `waiting` are those who wait and go first at their point, as long
    as it works without a break; they need not be told. `moved` counts people who need the slot they were promised and
    lose it; no plan that lets the waiting go first and serves as many moves fewer than `moved_bound`. Whoever is left
    stands in the plan.
    """

    plan: Plan
    stays: tuple[Booking, ...]
    waiting: tuple[Booking, ...]
    told: tuple[Told, ...]
    moved: int
    moved_bound: int
