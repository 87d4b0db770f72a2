"""One change by hand (a drag, a retyped room number): what it would break, said at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lazaretto.planning.rooms.grouping import Needs
from lazaretto.planning.rooms.objective import measure, opened
from lazaretto.planning.rooms.problem import (
    Bound,
    MalformedProblemError,
    Placement,
    Plan,
    Problem,
    Reason,
    Unplaced,
)
from lazaretto.planning.rooms.validator import Violation, validate


@dataclass(frozen=True, slots=True)
class Reassignment:
    """The plan after the change, the rules it newly breaks and those it mends. Nothing is refused here."""

    plan: Plan
    breaks: tuple[Violation, ...]
    mends: tuple[Violation, ...]


def plan_of(problem: Problem, placements: Sequence[Placement], unplaced: Sequence[Unplaced]) -> Plan:
    """What stands by now, as a plan without a bound: rooms partly proposed, partly given by hand."""
    return Plan(
        placements=tuple(placements),
        unplaced=tuple(unplaced),
        notices=(),
        floors_opened=opened(problem, placements),
        objective=measure(problem, placements, len(unplaced)),
        bound=Bound(0, 0, 0),
    )


def standing(problem: Problem, rooms: Mapping[str, str]) -> Plan:
    """What stands by now, from who is in which room; beds are dealt in the order of the people, cots need none."""
    needs = Needs(problem.options.sharing)
    dealt: Counter[str] = Counter()
    placements, unplaced = [], []
    for person in problem.people:
        room = rooms.get(person.id)
        if room is None:
            unplaced.append(Unplaced(person.id, Reason.TAKEN_OUT))
            continue
        dealt[room] += needs.beds([person])
        placements.append(Placement(person.id, room, dealt[room] if needs.beds([person]) else None))
    return plan_of(problem, placements, unplaced)


def reassign(plan: Plan, problem: Problem, *, person: str, room: str | None) -> Reassignment:
    """Put `person` into `room` (None: take them out). The first free bed is taken; the others stay where they are.

    Raises `MalformedProblemError` for a person or room that the problem does not know.
    """
    who = next((one for one in problem.people if one.id == person), None)
    where = next((one for one in problem.rooms if one.id == room), None)
    if who is None or (room is not None and where is None):
        raise MalformedProblemError(f"unknown person {person} or room {room}")
    others = [one for one in plan.placements if one.person != person]
    unplaced = [one for one in plan.unplaced if one.person != person]
    if where is None:
        unplaced.append(Unplaced(person, Reason.TAKEN_OUT))
    else:
        taken = {one.bed for one in others if one.room == where.id}
        cot = Needs(problem.options.sharing).beds([who]) == 0
        bed = None if cot else next(number for number in range(1, len(taken) + 2) if number not in taken)
        others.append(Placement(person, where.id, bed))
    return _compare(plan, problem, others, unplaced)


def swap(plan: Plan, problem: Problem, *, one: str, other: str) -> Reassignment:
    """Exchange the rooms of two people. Raises `MalformedProblemError` when one of them has none."""
    where = {placement.person: placement for placement in plan.placements}
    if one not in where or other not in where:
        raise MalformedProblemError(f"{one} or {other} has no room to exchange")
    rest = [placement for placement in plan.placements if placement.person not in (one, other)]
    rest += [replace(where[other], person=one), replace(where[one], person=other)]
    return _compare(plan, problem, rest, list(plan.unplaced))


def _compare(plan: Plan, problem: Problem, placements: list[Placement], unplaced: list[Unplaced]) -> Reassignment:
    after = replace(
        plan,
        placements=tuple(sorted(placements, key=lambda one: one.person)),
        unplaced=tuple(sorted(unplaced, key=lambda one: one.person)),
        floors_opened=opened(problem, placements),
        objective=measure(problem, placements, len(unplaced)),
    )
    was, now = set(validate(plan, problem)), set(validate(after, problem))
    return Reassignment(after, tuple(sorted(now - was)), tuple(sorted(was - now)))
