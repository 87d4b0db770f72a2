"""What a plan of mass testing needs: tubes, swabs, protective suits; points, tables and samplers for so many people.

Sources: guide to organising regional nucleic acid tests, third edition (2022-03-22): one point for 2,000 to 3,000
people, samplers = people ÷ 360. Second edition (2021-09-13): quarantine sites one a tube, sealed homes one tube a
household, others 5 or 10 in one; 20 in one was allowed later. Tables for 600 to 800 people: practice of 2022. Household
of 2.62: seventh national census, communique 2 (2021-05-11). A suit for 4 hours, people at a table and the reserve are
the house's own and are to be set by whoever knows better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lazaretto.planning.points.problem import Booking, Plan, Point, Problem

POINT_TAKES = (2_000, 3_000)
TABLE_TAKES = (600, 800)
SAMPLER_TAKES = 360


class Tubes(StrEnum):
    """How many swabs go into one tube."""

    ONE = "1"
    FIVE = "5"
    TEN = "10"
    TWENTY = "20"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Rules:
    """What supplies are counted by. `per_table` and `per_point` are staff in suits; a suit lasts `suit_minutes`."""

    tubes: Tubes = Tubes.TEN
    people_per_100_households: int = 262
    per_table: int = 2
    per_point: int = 2
    suit_minutes: int = 4 * 60
    reserve_percent: int = 10


@dataclass(frozen=True, slots=True)
class Needs:
    """What a point needs, reserve included; `people` and `staff_suits` before it."""

    point: str
    people: int
    swabs: int
    tubes: int
    suits: int
    staff_suits: int


@dataclass(frozen=True, slots=True)
class Size:
    """How much so many people ask for by the guides: from, to."""

    points: tuple[int, int]
    tables: tuple[int, int]
    samplers: int


def size(people: int) -> Size:
    """Points, tables and samplers for so many people, to begin a plan with."""
    few, many = POINT_TAKES
    fewer, more = TABLE_TAKES
    return Size(
        (_ceil(people, many), _ceil(people, few)), (_ceil(people, more), _ceil(people, fewer)),
        _ceil(people, SAMPLER_TAKES),
    )  # fmt: skip


def needs(plan: Plan, problem: Problem, rules: Rules) -> tuple[Needs, ...]:
    """What each point that is used needs for the plan.

    A tube stays at its table and is closed when an enterprise goes, so that a positive one points to one enterprise:
    the tubes are enough however its people spread over the tables. Suits are worn from the opening to the last slot.
    """
    by_point: dict[str, list[Booking]] = defaultdict(list)
    for one in plan.bookings:
        by_point[one.point].append(one)
    return tuple(
        _needs(point, by_point[point.id], problem, rules) for point in problem.points if by_point[point.id]
    )  # fmt: skip


def _needs(point: Point, bookings: list[Booking], problem: Problem, rules: Rules) -> Needs:
    people = sum(one.people for one in bookings)
    tubes = sum(_tubes(count, tables, rules) for count, tables in _visits(point, bookings, problem))
    suits = _suits(point, (max(one.slot for one in bookings) + 1) * problem.slot_minutes, rules)
    return Needs(point.id, people, _more(people, rules), _more(tubes, rules), _more(suits, rules), suits)


def _visits(point: Point, bookings: list[Booking], problem: Problem) -> Iterator[tuple[int, int]]:
    """People of each unbroken row of slots of a group, and the tables among which they may spread."""
    before: Booking | None = None
    people = tables = 0
    for one in sorted(bookings):
        if before is None or (one.group, one.slot) != (before.group, before.slot + 1):
            yield people, tables
            people = tables = 0
        people += one.people
        tables = max(tables, _tables(point, one.slot, problem))
        before = one
    yield people, tables


def _tables(point: Point, slot: int, problem: Problem) -> int:
    begins, ends = slot * problem.slot_minutes, (slot + 1) * problem.slot_minutes
    return sum(one.tables for one in point.openings if one.opens <= begins and ends <= one.closes)


def _tubes(people: int, tables: int, rules: Rules) -> int:
    """Enough when one at each table stays half empty; a household is never parted."""
    if rules.tubes is Tubes.HOUSEHOLD:
        return _ceil(people * 100, rules.people_per_100_households)
    holds = int(rules.tubes)
    return min(people, (people + max(1, tables) * (holds - 1)) // holds)


def _suits(point: Point, until: int, rules: Rules) -> int:
    """One for each of the staff and each time that a suit is over, for as long as the point is needed."""
    worn = [(one.tables, min(one.closes, until) - one.opens) for one in point.openings if one.opens < until]
    return sum(
        (tables * rules.per_table + rules.per_point) * _ceil(minutes, rules.suit_minutes) for tables, minutes in worn
    )


def _more(count: int, rules: Rules) -> int:
    return _ceil(count * (100 + rules.reserve_percent), 100)


def _ceil(count: int, part: int) -> int:
    return -(-count // part)


def together(rows: Iterable[Needs]) -> Needs:
    """All points in one row, named by nothing."""
    listed = list(rows)
    return Needs(
        "", sum(x.people for x in listed), sum(x.swabs for x in listed), sum(x.tubes for x in listed),
        sum(x.suits for x in listed), sum(x.staff_suits for x in listed),
    )  # fmt: skip
