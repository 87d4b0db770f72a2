"""Tubes are enough however people spread over the tables, suits for each shift, a reserve on everything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.planning.points import (
    Group,
    Needs,
    Opening,
    Point,
    Problem,
    Rules,
    Tubes,
    needs,
    propose,
    size,
    together,
)
from lazaretto.planning.tests.point_cases import problems

HALL = Point("P", 23.0, 113.0, (Opening(0, 600, 2),), 60)  # 30 people in 15 minutes
RULES = Rules(reserve_percent=0)


def one_hall(*people: int) -> Problem:
    groups = (Group(f"G{number}", "E", count, 23.0, 113.0, ((0, 600),)) for number, count in enumerate(people))
    return Problem((HALL,), tuple(groups), 600)


def of(problem: Problem, rules: Rules) -> Needs:
    return together(needs(propose(problem), problem, rules))


@pytest.mark.parametrize(
    ("rule", "tubes"),
    [(Tubes.ONE, 100), (Tubes.FIVE, 21), (Tubes.TEN, 11), (Tubes.TWENTY, 6), (Tubes.HOUSEHOLD, 39)],
)
def test_tubes_by_their_rule(rule, tubes):
    assert of(one_hall(100), replace(RULES, tubes=rule)).tubes == tubes


def test_two_enterprises_share_no_tube():
    assert of(one_hall(1, 1, 1), RULES).tubes == 3


@settings(deadline=None)
@given(st.integers(1, 90), st.integers(1, 6), st.sampled_from([5, 10, 20]), st.data())
def test_tubes_are_enough_however_people_spread_over_the_tables(people, tables, holds, data):
    hall = replace(HALL, openings=(Opening(0, 600, tables),))
    asked = replace(one_hall(people), points=(hall,))
    at = data.draw(st.lists(st.integers(0, tables - 1), min_size=people, max_size=people))
    used = sum(-(-at.count(table) // holds) for table in range(tables))
    assert used <= of(asked, replace(RULES, tubes=Tubes(str(holds)))).tubes


def test_suits_by_staff_and_shift_until_the_last_slot():
    rules = replace(RULES, per_table=2, per_point=3, suit_minutes=240)
    assert of(one_hall(100), rules).suits == 7
    assert of(one_hall(500), rules).suits == 14  # 17 slots are four hours and a quarter


def test_the_reserve_is_added_and_rounded_up():
    found = of(one_hall(100), Rules(reserve_percent=10))
    assert (found.people, found.swabs, found.tubes) == (100, 110, 13)


def test_points_tables_and_samplers_as_the_guides_count():
    assert size(22_326).points == (8, 12)
    assert size(22_326).tables == (28, 38)
    assert size(22_326).samplers == 63
    assert size(0).points == (0, 0)


@settings(deadline=None)
@given(problems(), st.sampled_from(Tubes))
def test_every_point_that_is_used_has_what_it_needs(problem, tubes):
    plan = propose(problem)
    rows = needs(plan, problem, Rules(tubes=tubes))
    assert {row.point for row in rows} == {one.point for one in plan.bookings}
    assert together(rows).people == sum(one.people for one in plan.bookings)
    assert all(row.swabs >= row.people and row.suits >= row.staff_suits > 0 for row in rows)
    assert all(row.tubes * 20 >= row.people for row in rows)
