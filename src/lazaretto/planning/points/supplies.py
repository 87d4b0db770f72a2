"""Numbers for mass testing: tubes for so many people at so many tables; points, tables and samplers to begin with.

Sources: guide to organising regional nucleic acid tests, third edition (2022-03-22): one point for 2,000 to 3,000
people, samplers = people ÷ 360. Second edition (2021-09-13): quarantine sites one a tube, sealed homes one tube a
household, others 5 or 10 in one; 20 in one was allowed later. Tables for 600 to 800 people: practice of 2022. What a
round needs in all is counted by `lazaretto.slots.rules.supplies`, from numbers that carry their sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
        (whole(people, many), whole(people, few)), (whole(people, more), whole(people, fewer)),
        whole(people, SAMPLER_TAKES),
    )  # fmt: skip


def tubes_for(people: int, tables: int, rule: Tubes, *, per_100_households: int) -> int:
    """Tubes that are enough for people of one enterprise who come in a row, however they spread over the tables.

    A tube stays at its table and is closed when the enterprise goes, so that a positive one points to one enterprise:
    one at each table may stay half empty. A household is never parted.
    """
    if rule is Tubes.HOUSEHOLD:
        return min(people, whole(people * 100, per_100_households))
    holds = int(rule)
    return min(people, (people + max(1, tables) * (holds - 1)) // holds)


def whole(count: int, part: int) -> int:
    """How many parts of that size hold so many, the last one perhaps not full."""
    return -(-count // part)
