"""Makers of problems of mass testing. Everything is invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from hypothesis import strategies as st

from lazaretto.planning.points import Booking, Group, Opening, Point, Problem

SLOT = 30


@st.composite
def problems(draw: st.DrawFn, *, points: int = 3, groups: int = 6, people: int = 40, slots: int = 8) -> Problem:
    """Small ones of every kind: tight and loose, tables that come later, closed points, shifts, ways too far."""
    minutes = st.integers(0, slots * SLOT)
    spots = st.tuples(st.integers(0, 30), st.integers(0, 30))

    def openings() -> tuple[Opening, ...]:
        found = []
        for _ in range(draw(st.integers(0, 2))):
            begins, ends = sorted((draw(minutes), draw(minutes)))
            found.append(Opening(begins, ends, draw(st.integers(0, 3))))
        return tuple(found)

    def free() -> tuple[tuple[int, int], ...]:
        edges = sorted(draw(st.sets(minutes, min_size=2, max_size=4)))
        return tuple(zip(edges[::2], edges[1::2], strict=False))

    sites = []
    for number in range(draw(st.integers(1, points))):
        x, y = draw(spots)
        whole = (Opening(0, slots * SLOT, draw(st.integers(1, 3))),)
        opened = whole if draw(st.booleans()) else openings()
        sites.append(Point(f"P{number}", 23 + y / 1000, 113 + x / 1000, opened, draw(st.sampled_from([2, 4, 7, 10]))))
    crowd = []
    for number in range(draw(st.integers(0, groups))):
        x, y = draw(spots)
        spans = ((0, slots * SLOT),) if draw(st.booleans()) else free()
        size = draw(st.integers(0, people))
        crowd.append(Group(f"G{number}", f"E{number // 2}", size, 23 + y / 1000, 113 + x / 1000, spans))
    deadline = draw(st.sampled_from([slots * SLOT, slots * SLOT // 2 + 7]))
    return Problem(tuple(sites), tuple(crowd), deadline, SLOT, draw(st.sampled_from([None, None, 2000])))


def room(problem: Problem) -> dict[tuple[str, int], int]:
    """What each point takes in each slot, counted minute by minute of the slot: not as the planner counts."""
    found = {}
    for point, slot in product(problem.points, range(problem.slots)):
        minutes = range(slot * SLOT, (slot + 1) * SLOT)
        tables = sum(one.tables for one in point.openings if all(one.opens <= m < one.closes for m in minutes))
        found[point.id, slot] = tables * point.per_table_hour * SLOT // 60
    return found


def every_plan(problem: Problem, *, first: int = 0) -> Iterator[tuple[list[Booking], int]]:
    """Each way of giving a few people slots from `first` on, person by person, and how many are left."""
    takes = room(problem)
    choices: list[Sequence[tuple[str, int] | None]] = []
    names = []
    for group in problem.groups:
        cells: list[tuple[str, int] | None] = [None]
        for (point, slot), count in takes.items():
            free = any(begin <= slot * SLOT and (slot + 1) * SLOT <= end for begin, end in group.free)
            near = problem.farthest is None or problem.metres[group.id, point] <= problem.farthest
            if count and free and near and slot >= first:
                cells.append((point, slot))
        choices += [cells] * group.people
        names += [group.id] * group.people
    for chosen in product(*choices):
        load: dict[tuple[str, int], int] = {}
        rows: dict[tuple[str, str, int], int] = {}
        for name, cell in zip(names, chosen, strict=True):
            if cell is not None:
                load[cell] = load.get(cell, 0) + 1
                rows[name, *cell] = rows.get((name, *cell), 0) + 1
        if all(count <= takes[cell] for cell, count in load.items()):
            yield [Booking(*cell, count) for cell, count in rows.items()], chosen.count(None)


def score(bookings: Sequence[Booking], left: int, ways: Mapping[tuple[str, str], int]) -> tuple[int, int, int]:
    """Who is left, slots until done, metres."""
    finish = max((one.slot + 1 for one in bookings), default=0)
    return left, finish, sum(one.people * ways[one.group, one.point] for one in bookings)
