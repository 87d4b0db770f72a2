"""A prepared read gives what its queryset gives, each time with other values."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Count, Value

from lazaretto.accounts.models import Membership, Unit
from lazaretto.core.prepared import prepared
from tests.factories import NOW

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
