"""Laboratories of an area: named once under one code, with the hours in which they report."""

import pytest

from lazaretto.core.errors import Forbidden, InvalidInput, RefusedByDatabase
from lazaretto.tubes import commands
from lazaretto.tubes.models import Laboratory
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def given(cast, **more):
    return {"unit": cast.site.unit, "code": "lab 1", "name": "区疾控", **more}


def test_a_laboratory_is_named_and_changed(cast):
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    made = commands.add_laboratory(**who, **given(cast, code="＇ｌab 1", rechecks=True))
    assert made.code == "LAB1"
    row = Laboratory.objects.get()
    commands.change_laboratory(**who, laboratory=row, name="区疾控中心", phone="020-1", hours=6, rechecks=False)
    row.refresh_from_db()
    assert (row.name, row.hours, row.rechecks) == ("区疾控中心", 6, False)


@pytest.mark.parametrize("wrong", [{"code": " "}, {"name": ""}, {"hours": 0}, {"hours": 999}])
def test_what_is_no_laboratory_is_refused(cast, wrong):
    with pytest.raises(InvalidInput) as refused:
        commands.add_laboratory(actor=cast.duty_officer.actor, at=NOW, **given(cast, **wrong))
    assert set(refused.value.fields) == set(wrong)


def test_a_code_is_one_laboratory_and_only_headquarters_names_it(cast):
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    commands.add_laboratory(**who, **given(cast))
    with pytest.raises(RefusedByDatabase):
        commands.add_laboratory.invoke(**who, payload=given(cast, unit=str(cast.site.unit.pk)))
    with pytest.raises(Forbidden):
        commands.add_laboratory(actor=cast.medic.actor, at=NOW, **given(cast, code="L2"))
