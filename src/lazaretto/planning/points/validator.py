"""Says of a plan which rules it breaks. Shares nothing with the planners but the words of problem and plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from lazaretto.planning.points.problem import Booking, Group, Plan, Point, Problem, Why
from lazaretto.planning.points.standing import Change, Standing

Cell = tuple[str, str, int]


class Rule(StrEnum):
    """What a plan must keep."""

    KNOWN = "known"
    EVERYBODY_ONCE = "everybody_once"
    ONE_ROW = "one_row"
    ROOM = "room"
    FREE = "free"
    BEFORE_DEADLINE = "before_deadline"
    NOT_TOO_FAR = "not_too_far"
    RIGHT_REASON = "right_reason"
    FIGURES = "figures"
    BEGUN_STAYS = "begun_stays"
    WAITING_FIRST = "waiting_first"
    TOLD = "told"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A rule that is broken, and by whom."""

    rule: Rule
    subject: str


def validate(plan: Plan, problem: Problem) -> list[Violation]:
    """Every rule that the plan breaks; empty for a plan that may be shown."""
    return list(_broken(plan, problem, 0, {}))


def validate_change(change: Change, standing: Standing, problem: Problem) -> list[Violation]:
    """Every rule that a plan anew breaks: those of a plan, what has begun, who waits, who is told."""
    first = next(slot for slot in range(max(0, standing.now) + 1) if slot * problem.slot_minutes >= standing.now)
    waiting = {(one.group, one.point, one.slot): one.people for one in change.waiting}
    return [
        *_broken(change.plan, problem, first, waiting),
        *_begun(change, standing, first),
        *_waiting(change, standing, first, problem),
        *_changed(change, standing, first, problem),
    ]


def _broken(plan: Plan, problem: Problem, first: int, waiting: Mapping[Cell, int]) -> Iterator[Violation]:
    """What came before `first` has happened; who waits in a queue stands there, whatever their hours were."""
    groups = {one.id: one for one in problem.groups}
    points = {one.id: one for one in problem.points}
    named = {one.group for one in plan.bookings} | {one.group for one in plan.left}
    unknown = (named - groups.keys()) | ({one.point for one in plan.bookings} - points.keys())
    if unknown:
        yield from (Violation(Rule.KNOWN, one) for one in sorted(unknown))
        return
    yield from _everybody(plan, problem)
    yield from _cells(plan, problem, first, waiting)
    yield from _reasons(plan, problem, first)
    yield from _figures(plan, problem)


def _cells(plan: Plan, problem: Problem, first: int, waiting: Mapping[Cell, int]) -> Iterator[Violation]:
    """Each row once, each group while it is free, no slot too full."""
    groups = {one.id: one for one in problem.groups}
    points = {one.id: one for one in problem.points}
    cells = Counter((one.group, one.point, one.slot) for one in plan.bookings)
    if max(cells.values(), default=1) > 1 or any(one.people < 1 for one in plan.bookings):
        yield Violation(Rule.ONE_ROW, "bookings")
    for one in plan.bookings:
        if one.slot >= first and one.people > waiting.get((one.group, one.point, one.slot), 0):
            yield from _coming(one, groups[one.group], problem)
    taken = Counter[tuple[str, int]]()
    for one in plan.bookings:
        taken[one.point, one.slot] += one.people
    for (point, slot), people in taken.items():
        if slot >= first and people > _takes(points[point], slot, problem):
            yield Violation(Rule.ROOM, f"{point} {slot}")


def _everybody(plan: Plan, problem: Problem) -> Iterator[Violation]:
    counted = Counter[str]()
    for one in plan.bookings:
        counted[one.group] += one.people
    for left in plan.left:
        counted[left.group] += left.people
    if len({one.group for one in plan.left}) < len(plan.left) or any(one.people < 1 for one in plan.left):
        yield Violation(Rule.ONE_ROW, "left")
    for group in problem.groups:
        if counted[group.id] != group.people:
            yield Violation(Rule.EVERYBODY_ONCE, group.id)


def _coming(one: Booking, group: Group, problem: Problem) -> Iterator[Violation]:
    begins, ends = one.slot * problem.slot_minutes, (one.slot + 1) * problem.slot_minutes
    if one.slot < 0 or not any(begin <= begins and ends <= end for begin, end in group.free):
        yield Violation(Rule.FREE, f"{one.group} {one.slot}")
    if ends > problem.deadline:
        yield Violation(Rule.BEFORE_DEADLINE, f"{one.group} {one.slot}")
    if problem.farthest is not None and problem.metres[one.group, one.point] > problem.farthest:
        yield Violation(Rule.NOT_TOO_FAR, f"{one.group} {one.point}")


def _takes(point: Point, slot: int, problem: Problem) -> int:
    begins, ends = slot * problem.slot_minutes, (slot + 1) * problem.slot_minutes
    an_hour = 0
    for one in point.openings:
        if one.opens <= begins and ends <= one.closes:
            pace = one.per_table_hour
            an_hour += one.tables * (pace if pace is not None else point.per_table_hour)
    return int(an_hour * problem.slot_minutes / 60)


def _reasons(plan: Plan, problem: Problem, first: int) -> Iterator[Violation]:
    """Whoever is left could come nowhere that still has room; the reason is the one that is so."""
    if not plan.left:
        return
    groups = {one.id: one for one in problem.groups}
    taken = Counter[tuple[str, int]]()
    for one in plan.bookings:
        taken[one.point, one.slot] += one.people
    takes = {
        (point.id, slot): _takes(point, slot, problem) for point in problem.points for slot in range(problem.slots)
    }
    works = [cell for cell, people in takes.items() if people and cell[1] >= first]
    for left in plan.left:
        group = groups[left.group]
        could = [cell for cell in works if not any(_coming(Booking(group.id, *cell, 1), group, problem))]
        reach = problem.farthest is None or any(
            problem.metres[group.id, x.id] <= problem.farthest for x in problem.points
        )
        why = Why.FULL if could else Why.NOT_OPEN if reach and problem.points else Why.TOO_FAR
        if left.why is not why or any(taken[cell] < takes[cell] for cell in could):
            yield Violation(Rule.RIGHT_REASON, group.id)


def _figures(plan: Plan, problem: Problem) -> Iterator[Violation]:
    """What is said of the plan is so, and no bound lies above it."""
    finish = max((one.slot for one in plan.bookings), default=-1) + 1
    walking = sum(problem.metres[one.group, one.point] * one.people for one in plan.bookings)
    if (plan.finish, plan.walking, plan.splits) != (finish, walking, _splits(plan)):
        yield Violation(Rule.FIGURES, "plan")
    if plan.bound > finish or plan.walking_bound > walking:
        yield Violation(Rule.FIGURES, "bound")


def _splits(plan: Plan) -> int:
    slots: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in plan.bookings:
        slots[one.group][one.point].append(one.slot)
    rows = 0
    for points in slots.values():
        rows -= 1
        for own in points.values():
            own.sort()
            rows += 1 + sum(after > before + 1 for before, after in pairwise(own))
    return rows


def _begun(change: Change, standing: Standing, first: int) -> Iterator[Violation]:
    """Before now stands what was promised, less who waits; never more."""
    was = {(one.group, one.point, one.slot): one.people for one in standing.promised if one.slot < first}
    now = {(one.group, one.point, one.slot): one.people for one in change.plan.bookings if one.slot < first}
    if now != {(one.group, one.point, one.slot): one.people for one in change.stays}:
        yield Violation(Rule.BEGUN_STAYS, "stays")
    gone = Counter[tuple[str, str]]()
    for (group, point, slot), people in now.items():
        if people > was.get((group, point, slot), 0):
            yield Violation(Rule.BEGUN_STAYS, f"{group} {point} {slot}")
    for (group, point, slot), people in was.items():
        gone[group, point] += people - now.get((group, point, slot), 0)
    for one in standing.late:
        gone[one.group, one.point] -= one.people
    if any(gone.values()):
        yield Violation(Rule.BEGUN_STAYS, "late")


def _waiting(change: Change, standing: Standing, first: int, problem: Problem) -> Iterator[Violation]:
    """Only who waits is let in as waiting, where they wait, and as many as the point takes before its next break."""
    late = Counter[tuple[str, str]]()
    for one in standing.late:
        late[one.group, one.point] += 0 if one.away else one.people
    stands = {(one.group, one.point, one.slot): one.people for one in change.plan.bookings}
    for booking in change.waiting:
        late[booking.group, booking.point] -= booking.people
        if booking.slot < first or stands.get((booking.group, booking.point, booking.slot), 0) < booking.people:
            yield Violation(Rule.WAITING_FIRST, booking.group)
    if any(count < 0 for count in late.values()):
        yield Violation(Rule.WAITING_FIRST, "more than wait")
    for point in problem.points:
        room, slot = 0, first
        while slot < problem.slots and (takes := _takes(point, slot, problem)):
            room, slot = room + takes, slot + 1
        waits = sum(one.people for one in standing.late if one.point == point.id and not one.away)
        mine = [one for one in change.waiting if one.point == point.id]
        if sum(one.people for one in mine) != min(waits, room) or any(one.slot >= slot for one in mine):
            yield Violation(Rule.WAITING_FIRST, point.id)


def _changed(change: Change, standing: Standing, first: int, problem: Problem) -> Iterator[Violation]:
    """Who has something else than was promised is told, nobody else is; and that many people move."""
    now = Counter({(one.group, one.point, one.slot): one.people for one in change.plan.bookings if one.slot >= first})
    now.subtract({(one.group, one.point, one.slot): one.people for one in change.waiting})
    was = Counter({(one.group, one.point, one.slot): one.people for one in standing.promised if one.slot >= first})
    now, was = +now, +was
    if {one.group for one in change.told} != {cell[0] for cell in {*now, *was} if now[cell] != was[cell]}:
        yield Violation(Rule.TOLD, "groups")
    for one in change.told:
        rows = ((one.was, was), (one.now, now))
        if any({(x.group, x.point, x.slot): x.people for x in said} != _own(all_, one.group) for said, all_ in rows):
            yield Violation(Rule.TOLD, one.group)
    done = Counter[str]()
    for booking in (*change.stays, *change.waiting):
        done[booking.group] += booking.people
    moved = -sum((now & was).values())
    for group in problem.groups:
        moved += min(sum(_own(was, group.id).values()), group.people - done[group.id])
    if moved != change.moved or change.moved_bound > moved:
        yield Violation(Rule.FIGURES, "moved")


def _own(cells: Mapping[Cell, int], group: str) -> dict[Cell, int]:
    return {cell: people for cell, people in cells.items() if cell[0] == group}
