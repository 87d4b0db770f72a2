"""A plan anew when a point closes or falls behind: what has begun stays, what is promised moves as little as possible.

In this order: everybody served who can be, as few people told anew as possible, soonest done, least walking.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from lazaretto.planning.points.board import SINK, SOURCE, Board, Network, Share
from lazaretto.planning.points.flow import greatest
from lazaretto.planning.points.measure import booked, least_walking, plan_of
from lazaretto.planning.points.problem import Booking, MalformedProblemError, Problem
from lazaretto.planning.points.solver import cheapest_with_left, shortest
from lazaretto.planning.points.standing import Change, Standing, Told

Cell = tuple[str, str, int]  # group, point, slot


def replan(
    problem: Problem, standing: Standing, *, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
) -> Change:  # fmt: skip
    """A plan for the problem as it is now: a closed point has no openings any more, a slow one takes fewer an hour.

    Enterprises keep their whole headcount. Raises `MalformedProblemError` when more are late or tested than there are.
    """
    until = clock() + seconds

    def expired() -> bool:
        return clock() > until

    _known(problem, standing)
    first = standing.first_slot(problem)
    stays = _begun(standing, first)
    board = Board.of(problem).without(stays, problem, first=first)
    waiting = _queue(standing, board, problem, first)
    free = board.without(waiting, problem, first=first)
    if min(free.people, default=0) < 0:
        raise MalformedProblemError("more of a group are tested or wait than it has")
    promises = [one for one in standing.promised if one.slot >= first]
    kept, proven = _kept(promises, free, problem, expired)
    rest = free.without(kept, problem, first=first)
    finish = max(rest.fewest_slots(), _end((*stays, *waiting, *kept)))
    shares = _placed(rest, finish, expired)
    coming = [*kept, *booked(shares, rest, problem)]
    left = rest.left(shares, problem, board)
    plan = plan_of(
        [*stays, *waiting, *coming], left, problem, bound=max(_end((*stays, *waiting)), free.fewest_slots()),
        walking_bound=least_walking(problem, _count((*stays, *waiting, *coming))), engine="replan",
    )  # fmt: skip
    needed = _needed(promises, free, problem)
    keepable = _count(kept) if proven else _keepable(promises, free, problem)
    return Change(
        plan=plan,
        stays=tuple(sorted(stays)),
        waiting=tuple(sorted(waiting)),
        told=_told(promises, coming),
        moved=needed - _overlap(promises, coming),
        moved_bound=max(0, needed - keepable),
    )


def _end(bookings: Iterable[Booking]) -> int:
    """Slots until the last of them is done."""
    return max((one.slot + 1 for one in bookings), default=0)


def _known(problem: Problem, standing: Standing) -> None:
    groups, points = {one.id for one in problem.groups}, {one.id for one in problem.points}
    named = [(one.group, one.point) for one in standing.promised] + [(one.group, one.point) for one in standing.late]
    for group, point in named:
        if group not in groups or point not in points:
            raise MalformedProblemError(f"{group} or {point} is not in the problem any more")
    cells = [(one.group, one.point, one.slot) for one in standing.promised]
    if len(set(cells)) != len(cells):
        raise MalformedProblemError("a promise stands twice")


def _begun(standing: Standing, first: int) -> list[Booking]:
    """Slots that have begun, less those who still wait or did not come: the last ones are taken to be these."""
    late = Counter[tuple[str, str]]()
    for one in standing.late:
        late[one.group, one.point] += one.people
    found = []
    for booking in sorted(standing.promised, key=lambda one: -one.slot):
        if booking.slot < first:
            gone = min(booking.people, late[booking.group, booking.point])
            late[booking.group, booking.point] -= gone
            if booking.people > gone:
                found.append(replace(booking, people=booking.people - gone))
    if late.total():
        raise MalformedProblemError("more are late than were promised a slot")
    return found


def _queue(standing: Standing, board: Board, problem: Problem, first: int) -> list[Booking]:
    """Who waits at a point goes first there, for as long as it works without a break; nobody where it is closed.

    Whoever did not turn up is given a place among all others: no table is kept free for an empty queue.
    """
    rooms = {point.id: _unbroken(row, first) for point, row in zip(problem.points, board.room, strict=True)}
    found = []
    for one in standing.late:
        left = 0 if one.away else one.people
        for slot, room in rooms[one.point].items():
            if count := min(left, room):
                rooms[one.point][slot] -= count
                left -= count
                found.append(Booking(one.group, one.point, slot, count))
    return _summed(found)


def _unbroken(row: Sequence[int], first: int) -> dict[int, int]:
    """The slots from now on until the point has a break, and what it takes in each."""
    return {slot: row[slot] for slot in takewhile(lambda slot: row[slot] > 0, range(first, len(row)))}


def _summed(bookings: Iterable[Booking]) -> list[Booking]:
    people = Counter[Cell]()
    for one in bookings:
        people[one.group, one.point, one.slot] += one.people
    return [Booking(*cell, count) for cell, count in sorted(people.items())]


def _kept(
    promises: Sequence[Booking], free: Board, problem: Problem, expired: Callable[[], bool]
) -> tuple[list[Booking], bool]:  # fmt: skip
    """Promises that are kept, and whether no more can be: all, unless somebody would then have no slot at all."""
    most = free.served(free.slots)
    could = min(_needed(promises, free, problem), _keepable(promises, free, problem))

    def serves_as_many(kept: Sequence[Booking]) -> bool:
        others = free.without(kept, problem, first=0)
        return others.served(free.slots) + _count(kept) == most

    kept = _possible(promises, free, problem)
    fits = serves_as_many(kept)
    if fits and _count(kept) == could:
        return kept, True
    found = _fewest_moved(promises, free, problem, expired)
    if found is not None or fits:
        return (kept, False) if found is None else (found, True)
    low, high = 0, free.slots  # those promised the latest slots are told first; the fewer are kept, the more fit
    while high - low > 1:
        middle = (low + high) // 2
        fits = serves_as_many([one for one in kept if one.slot < middle])
        low, high = (middle, high) if fits else (low, middle)
    return [one for one in kept if one.slot < low], False


def _count(bookings: Iterable[Booking]) -> int:
    return sum(one.people for one in bookings)


def _possible(promises: Sequence[Booking], free: Board, problem: Problem) -> list[Booking]:
    """What the points still have room for, the largest of each slot first: so fewer enterprises are told."""
    numbers = _Numbers(problem)
    people, rooms = list(free.people), [list(row) for row in free.room]
    kept = []
    for one in sorted(promises, key=lambda one: (one.slot, -one.people, one.group, one.point)):
        group, point = numbers.groups[one.group], numbers.points[one.point]
        if not _may(one, free, group, point):
            continue
        count = min(one.people, people[group], rooms[point][one.slot])
        if count:
            people[group] -= count
            rooms[point][one.slot] -= count
            kept.append(replace(one, people=count))
    return kept


class _Numbers:
    """Which row of the board each group and point is."""

    def __init__(self, problem: Problem) -> None:
        self.groups = {group.id: number for number, group in enumerate(problem.groups)}
        self.points = {point.id: number for number, point in enumerate(problem.points)}


def _may(one: Booking, free: Board, group: int, point: int) -> bool:
    """Whether the group may still come there then, by its hours, the way and the deadline."""
    fits = any(begin <= one.slot < end for begin, end in free.spans[group])
    return fits and free.ways[group][point] is not None and one.slot < free.slots


def _fewest_moved(
    promises: Sequence[Booking], free: Board, problem: Problem, expired: Callable[[], bool]
) -> list[Booking] | None:  # fmt: skip
    """The most promises that can be kept while as many are served as can be: a cheapest flow, slot by slot."""
    numbers = _Numbers(problem)
    ways = [[None if way is None else 1 for way in row] for row in free.ways]
    net = Network(replace(free, ways=ways), free.slots, every_slot=True)
    arcs = {}
    for one in promises:
        group, point = numbers.groups[one.group], numbers.points[one.point]
        if _may(one, free, group, point):
            arc = net.allow(group, point, one.slot, one.people)
            if arc is not None:
                arcs[arc] = one
    flow = cheapest_with_left(net, 2 * (net.nodes + 1), expired)
    return None if flow is None else [replace(one, people=flow[arc]) for arc, one in arcs.items() if flow[arc]]


def _placed(rest: Board, finish: int, expired: Callable[[], bool]) -> list[Share]:
    """Those without a promise: shortest ways, or at least some way when the time is over."""
    shares = shortest(rest, finish, expired)
    if shares is None:
        net = Network(rest, finish)
        shares = net.shares(greatest(net.nodes, net.arcs, SOURCE, SINK))
    return shares


def _needed(promises: Sequence[Booking], free: Board, problem: Problem) -> int:
    """How many who were promised a slot from now on need one."""
    promised = Counter[str]()
    for one in promises:
        promised[one.group] += one.people
    return sum(min(promised[group.id], free.people[number]) for number, group in enumerate(problem.groups))


def _keepable(promises: Sequence[Booking], free: Board, problem: Problem) -> int:
    """At most so many promises can be kept, by what each slot still takes."""
    numbers = _Numbers(problem)
    wanted = Counter[tuple[int, int]]()
    for one in promises:
        point = numbers.points[one.point]
        if _may(one, free, numbers.groups[one.group], point):
            wanted[point, one.slot] += one.people
    return sum(min(count, free.room[point][slot]) for (point, slot), count in wanted.items())


def _overlap(promises: Iterable[Booking], others: Iterable[Booking]) -> int:
    was = {(one.group, one.point, one.slot): one.people for one in promises}
    return sum(min(one.people, was.get((one.group, one.point, one.slot), 0)) for one in _summed(others))


def _told(promises: Sequence[Booking], others: Sequence[Booking]) -> tuple[Told, ...]:
    """Every group for which something else stands from now on than was promised."""
    was, now = _by_group(promises), _by_group(_summed(others))
    found = (Told(group, was.get(group, ()), now.get(group, ())) for group in sorted({*was, *now}))
    return tuple(one for one in found if one.was != one.now)


def _by_group(bookings: Iterable[Booking]) -> dict[str, tuple[Booking, ...]]:
    found: dict[str, tuple[Booking, ...]] = {}
    for one in sorted(bookings):
        found[one.group] = (*found.get(one.group, ()), one)
    return found
