"""A prepared read gives what its queryset gives, each time with other values."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count, Value
from psycopg.pq import Format

from lazaretto.accounts.models import Membership, Unit
from lazaretto.core.postgresql.base import MomentLoader
from lazaretto.core.prepared import prepared, prepared_change, statement_cursor
from tests.factories import NOW
from tests.threads import needs_server

pytestmark = pytest.mark.django_db


@prepared
def unit_by_code(code):
    return Unit.objects.select_related("parent").filter(code=code)


@prepared
def roles_since(user, at):
    return Membership.objects.filter(user=user, started_at__lte=at).order_by("role").values_list("role", "unit_id")


@prepared
def units_below(parent):
    return Unit.objects.filter(parent=parent).order_by("code").values_list("code", flat=True)


@prepared
def units_with(codes, parents):
    found = Unit.objects.filter(code__among=codes, parent__among=parents)
    return found.order_by("code").values_list("code", flat=True)


@prepared_change("name")
def call_units(codes):
    return Unit.objects.filter(code__among=codes)


@prepared
def how_many_below(parent):
    return Unit.objects.filter(parent=parent).values(all=Value(1)).annotate(n=Count("pk")).values_list("n", flat=True)


def test_instances_come_with_their_relations(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        (unit,) = unit_by_code(code=cast.site.unit.code)
        assert unit == cast.site.unit
        assert unit.parent is not None
    assert unit_by_code(code="nowhere") == []


def test_each_call_takes_its_own_values(cast):
    mine = roles_since(user=cast.clerk.user.pk, at=NOW + timedelta(days=400))
    assert [role for role, _unit in mine] == ["clerk"]
    assert mine[0][1] == cast.site.unit_id
    assert [role for role, _unit in roles_since(user=cast.medic.user.pk, at=NOW + timedelta(days=400))] == ["medic"]
    assert roles_since(user=cast.clerk.user.pk, at=NOW - timedelta(days=9000)) == []


def test_keys_numbers_and_counts(cast):
    parent = cast.site.unit.parent_id
    expected = list(Unit.objects.filter(parent=parent).order_by("code").values_list("code", flat=True))
    assert units_below(parent=parent) == expected
    assert how_many_below(parent=parent) == [len(expected)]
    assert how_many_below(parent=uuid4()) == [0]


def test_several_are_found_and_one_alone_is_compared_as_one(cast, django_assert_num_queries):
    unit = cast.site.unit
    below = list(Unit.objects.filter(parent=unit.parent_id).order_by("code").values_list("code", flat=True))
    with django_assert_num_queries(3) as asked:
        assert units_with(codes=below, parents=[unit.parent_id]) == below
        assert units_with(codes=[unit.code], parents={unit.parent_id, uuid4()}) == [unit.code]
        assert units_with(codes=[], parents=[unit.parent_id]) == []
    assert len(below) > 1
    assert [query["sql"].count("ANY") + query["sql"].count("json_each") for query in asked] == [1, 1, 1]


def test_a_change_takes_one_or_several(cast):
    unit = cast.site.unit
    assert call_units(codes=[unit.code], name="one") == 1
    assert call_units(codes=[unit.code, cast.other_site.unit.code, "nowhere"], name="several") == 2
    assert call_units(codes=[], name="none") == 0
    assert set(Unit.objects.filter(name="several")) == {unit, cast.other_site.unit}


@needs_server
def test_moments_are_read_as_django_reads_them():
    with connection.cursor() as plain, statement_cursor() as kept:
        for cursor in (plain, kept):
            cursor.execute("SELECT '2026-11-23 05:55:15.123456+08'::timestamptz, NULL::timestamptz")
            moment, nothing = cursor.fetchone()
            assert (moment, moment.tzinfo, nothing) == (datetime(2026, 11, 22, 21, 55, 15, 123456, UTC), UTC, None)
    moments = connection.connection.adapters.types["timestamptz"].oid
    assert connection.connection.adapters.get_loader(moments, Format.TEXT) is MomentLoader
