"""Columns packed by us are what PostgreSQL reads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.core.postgresql import packed
from lazaretto.core.prepared import statement_cursor

pytestmark = pytest.mark.django_db
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has arrays")

BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=80_000)).map(lambda since: BEGIN + since)
COLUMNS = [
    (packed.Uuids, "uuid[]", st.uuids()),
    (packed.Wholes, "int[]", st.integers(-(2**31), 2**31 - 1)),
    (packed.Shorts, "smallint[]", st.none() | st.integers(-(2**15), 2**15 - 1)),
    (packed.Texts, "text[]", st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)),
    (packed.Moments, "timestamptz[]", MOMENTS),
]


@postgresql
@pytest.mark.parametrize(("kind", "name", "values"), COLUMNS)
def test_what_is_packed_comes_back(kind, name, values):
    @settings(max_examples=30)
    @given(st.lists(values, max_size=20))
    def comes_back(column):
        with statement_cursor() as cursor:
            cursor.execute(f"SELECT %s::{name}", [kind(column)])
            assert cursor.fetchone()[0] == column

    comes_back()


@pytest.mark.without_database
def test_a_number_that_its_type_does_not_hold_is_refused():
    with pytest.raises(Exception, match="format requires"):
        packed.Wholes([2**31])
