"""An invented district of any size, the same every time: for measuring and for tests."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from lazaretto.planning.points.board import capacity
from lazaretto.planning.points.problem import Group, Opening, Point, Problem

HOUR = 60
DAY_SHIFT, NIGHT_SHIFT, ANY_TIME = (0, 10 * HOUR), ((0, 3 * HOUR), (10 * HOUR, 14 * HOUR)), (0, 14 * HOUR)


def district(
    *, enterprises: int = 250, people: int = 22_326, points: int = 12, tables: int = 41, per_table_hour: int = 60,
    seed: int = 1, shifts: bool = True, farthest: int | None = None,
) -> Problem:  # fmt: skip
    """Enterprises of all sizes around industrial parks, test points with two to five tables, open 14 hours.

    With `shifts` every fifth enterprise has a night shift (before or after the day), every third must come by day.
    """
    random = Random(seed)  # noqa: S311 - wanted: the same every time
    parks = [(23.0 + random.random() * 0.1, 113.2 + random.random() * 0.1) for _ in range(5)]

    def near(park: tuple[float, float], spread: float) -> tuple[float, float]:
        return park[0] + random.gauss(0, spread), park[1] + random.gauss(0, spread)

    sizes = _sizes(random, enterprises, people)
    groups: list[Group] = []
    for number, size in enumerate(sizes):
        spot = near(random.choices(parks, (4, 3, 2, 2, 1))[0], 0.015)
        whole = Group(f"E{number}", f"E{number}", size, *spot, (DAY_SHIFT if shifts and number % 3 == 0 else ANY_TIME,))
        at_night = size // 3 if shifts and number % 5 == 0 else 0
        groups.append(replace(whole, people=size - at_night))
        if at_night:
            groups.append(replace(whole, id=f"E{number}/night", people=at_night, free=NIGHT_SHIFT))
    open_all_day = [
        Point(f"P{number}", *near(parks[number % 5], 0.02), (Opening(0, 14 * HOUR, count),), per_table_hour)
        for number, count in enumerate(_tables(random, points, tables))
    ]
    return Problem(tuple(open_all_day), tuple(groups), 14 * HOUR, farthest=farthest)


def _sizes(random: Random, enterprises: int, people: int) -> list[int]:
    """Few large and many small ones, together exactly that many people, nobody empty."""
    weights = [random.lognormvariate(0, 1.1) for _ in range(enterprises)]
    sizes = [max(1, int(people * weight / sum(weights))) for weight in weights]
    sizes[sizes.index(max(sizes))] += people - sum(sizes)
    return sizes


def _tables(random: Random, points: int, tables: int) -> list[int]:
    """That many tables over the points, one at least each."""
    counts = [1] * points
    for _ in range(tables - points):
        counts[random.choice([number for number in range(points) if counts[number] < 6])] += 1
    return counts


def nearest_finish(problem: Problem) -> int:
    """For comparing: slots until all are done when everybody goes to the nearest point, as if it never closed."""
    load = dict.fromkeys((point.id for point in problem.points), 0)
    for group in problem.groups:
        load[min(load, key=lambda point: problem.metres[group.id, point])] += group.people
    pace = {point.id: max(capacity(point, problem), default=0) for point in problem.points}
    return max((-(-load[name] // pace[name]) for name in load if pace[name]), default=0)
