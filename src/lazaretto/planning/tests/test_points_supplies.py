"""Tubes are enough whatever the rule; points, tables and samplers as the guides count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.planning.points import Tubes, size, tubes_for


@pytest.mark.parametrize(
    ("rule", "tubes"),
    [(Tubes.ONE, 100), (Tubes.FIVE, 21), (Tubes.TEN, 11), (Tubes.TWENTY, 6), (Tubes.HOUSEHOLD, 39)],
)
def test_tubes_by_their_rule(rule, tubes):
    assert tubes_for(100, 2, rule, per_100_households=262) == tubes


@given(st.integers(1, 90), st.integers(1, 6), st.sampled_from([5, 10, 20]), st.data())
def test_tubes_are_enough_however_people_spread_over_the_tables(people, tables, holds, data):
    at = data.draw(st.lists(st.integers(0, tables - 1), min_size=people, max_size=people))
    used = sum(-(-at.count(table) // holds) for table in range(tables))
    assert used <= tubes_for(people, tables, Tubes(str(holds)), per_100_households=262) <= people


@given(st.integers(0, 500), st.integers(1, 9), st.sampled_from(Tubes))
def test_nobody_needs_no_tube_and_nobody_more_than_one(people, tables, rule):
    assert 0 <= tubes_for(people, tables, rule, per_100_households=262) <= people


def test_points_tables_and_samplers_as_the_guides_count():
    assert size(22_326).points == (8, 12)
    assert size(22_326).tables == (28, 38)
    assert size(22_326).samplers == 63
    assert size(0).points == (0, 0)
