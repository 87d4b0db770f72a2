"""Instances that a maker puts together are those that Django reads."""

import itertools

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F
from django.db.models.signals import post_init

from lazaretto.accounts.models import Unit
from lazaretto.core.instances import Maker
from lazaretto.core.prepared import prepared

pytestmark = pytest.mark.django_db


@prepared
def everywhere(but):
    rows = Unit.objects.select_related("parent__parent").annotate(upper=F("parent__code"))
    return rows.exclude(code=but).order_by("code")


def test_they_are_what_django_reads(cast, django_assert_num_queries):
    known = Unit.objects.select_related("parent__parent").annotate(upper=F("parent__code")).order_by("code")
    with django_assert_num_queries(1):
        made = everywhere(but="nowhere")
        for one in made:
            for holder in (one, one.parent, one.parent and one.parent.parent):
                assert holder is None or holder._state.adding is False
    assert [one.__dict__.keys() for one in made] == [one.__dict__.keys() for one in known]
    for one, other in zip(made, known, strict=True):
        assert (one, one.upper) == (other, other.upper)
        assert [getattr(one, field.attname) for field in Unit._meta.concrete_fields] == [
            getattr(other, field.attname) for field in Unit._meta.concrete_fields
        ]
        assert one.parent == other.parent
    assert {one.parent is None for one in made} == {True, False}


def test_one_can_be_changed_and_kept(cast):
    (mine,) = (one for one in everywhere(but="nowhere") if one == cast.site.unit)
    mine.name, mine.parent = "anew", None
    mine.save()
    assert Unit.objects.get(pk=mine.pk).name == "anew"
    assert Unit.objects.get(pk=mine.pk).parent_id is None


def test_a_model_that_somebody_listens_to_is_not_read_past_them():
    def listener(**_words):
        """Wants to know of each."""

    compiler = Unit.objects.all().query.get_compiler(connection.alias)
    compiler.as_sql()
    assert Maker(compiler.klass_info, compiler.select)
    post_init.connect(listener, sender=Unit)
    try:
        with pytest.raises(TypeError, match="Unit"):
            Maker(compiler.klass_info, compiler.select)
    finally:
        post_init.disconnect(listener, sender=Unit)


def test_every_model_can_be_read_so():
    for model in apps.get_models():
        compiler = model._default_manager.all().query.get_compiler(connection.alias)
        compiler.as_sql()
        names = [field.attname for field in model._meta.concrete_fields]
        made = Maker(compiler.klass_info, compiler.select).make(range(1, len(names) + 1))
        assert {name: made.__dict__[name] for name in names} == dict(zip(names, itertools.count(1)))
        assert Maker(compiler.klass_info, compiler.select).make([None] * len(names)) is None
