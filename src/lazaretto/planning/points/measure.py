"""Slots for shares, and what a plan comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lazaretto.planning.points.board import Board, Share, points_of
from lazaretto.planning.points.problem import Booking, Left, Plan, Problem
from lazaretto.planning.points.sequence import sequence


def booked(shares: Sequence[Share], board: Board, problem: Problem) -> list[Booking]:
    """A slot for everybody in the shares."""
    return [
        Booking(problem.groups[piece.group].id, problem.points[point].id, piece.slot, piece.people)
        for point, own in sorted(points_of(shares).items())
        for piece in sequence(own, board.room[point])
    ]


def plan_of(
    bookings: Iterable[Booking],
    left: tuple[Left, ...],
    problem: Problem,
    *,
    bound: int,
    walking_bound: int,
    engine: str,
) -> Plan:
    """The plan with its figures."""
    merged = tuple(sorted(_merged(bookings)))
    return Plan(
        bookings=merged,
        left=left,
        finish=max((one.slot + 1 for one in merged), default=0),
        bound=bound,
        walking=sum(problem.metres[one.group, one.point] * one.people for one in merged),
        walking_bound=walking_bound,
        splits=splits(merged),
        engine=engine,
    )


def _merged(bookings: Iterable[Booking]) -> Iterable[Booking]:
    people: dict[tuple[str, str, int], int] = defaultdict(int)
    for one in bookings:
        people[one.group, one.point, one.slot] += one.people
    return (Booking(*key, count) for key, count in people.items() if count)


def splits(bookings: Sequence[Booking]) -> int:
    """How often a group stops and begins again: its unbroken rows of slots at one point, less one."""
    places = {(one.group, one.point, one.slot) for one in bookings}
    rows = sum((group, point, slot - 1) not in places for group, point, slot in places)
    return rows - len({group for group, _point, _slot in places})


def least_walking(problem: Problem, served: int) -> int:
    """Metres that so many people walk at least: everybody to the nearest point, those who live nearest."""
    nearest = sorted(
        (min((problem.metres[group.id, point.id] for point in problem.points), default=0), group.people)
        for group in problem.groups
    )
    metres = 0
    for way, people in nearest:
        metres += way * min(people, served)
        served -= min(people, served)
    return metres
