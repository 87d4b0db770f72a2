"""Whoever goes to swab people singly has their list on paper or as a sheet; the journal says who took it."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Member
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import Recall
from lazaretto.tubes.tests.labs import report
from lazaretto.tubes.tests.ways import brought, laboratory

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(cast):
    """Two people of one place of a positive tube, one of an invalid tube."""
    of, place = opened(cast)
    Member.objects.filter(name="员工002").update(phone="13900002222", room="204")
    send(cast, place, scan(1, slot=1), scan(2, slot=1), scan(3, tube="T2"))
    brought(cast, place, "T1", "T2")
    report(cast, of, laboratory(cast), ["T1", "阳性", "31", "30"], ["T2", "无效"])
    return of


def taken(member, of, **said):
    return member.client.post(reverse("tubes:called", args=[of.pk]), said)


def test_the_sheet_has_everybody_of_the_tube_with_telephone_and_place(cast, of):
    answer = taken(cast.medic, of, tube="T1", **{"as": "xlsx"})
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)
    assert len(rows[0]) == 9
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [("T1", 1, "员工001"), ("T1", 2, "员工002")]
    assert rows[2][3] == "13900002222"
    assert "204" in rows[2][4]
    entry = JournalEntry.objects.filter(command="tubes.list_called").get()
    assert entry.data == {"people": 2, "tube": "T1"}


def test_the_page_to_print_has_everybody_of_the_round_who_is_not_settled(cast, of):
    Recall.objects.filter(number=1).update(state="cleared", closed_at=of.opens_at)
    answer = taken(cast.medic, of)
    assert [one.number for one in answer.context["told"].people] == [2, 3]
    assert "tel:13900002222" in answer.content.decode()
    assert answer["Cache-Control"].startswith("max-age=0")


def test_only_who_calls_people_takes_it(cast, of):
    assert taken(cast.auditor, of).status_code == 403
    assert taken(cast.outsider, of).status_code in {403, 404}
    assert not JournalEntry.objects.filter(command="tubes.list_called").exists()
    assert cast.medic.client.get(reverse("tubes:called", args=[of.pk])).status_code == 302


def test_the_button_stands_where_the_list_stands(cast, of):
    row = Recall.objects.get(number=2)
    address = reverse("tubes:called", args=[of.pk])
    for page in (reverse("tubes:positive", args=[row.positive_id]), reverse("tubes:again", args=[of.pk])):
        assert f'action="{address}"' in cast.medic.client.get(page).content.decode()
        assert f'action="{address}"' not in cast.auditor.client.get(page).content.decode()
