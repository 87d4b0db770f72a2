"""On the list of who is missing somebody is found by what is known of them, and excused with one tap and a reason."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.queries import finding
from lazaretto.screening.tests.rounds import opened, over, scan, send
from lazaretto.tubes.models import Absence
from tests.factories import NOW, stay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def excuse(cast, of, *, member=None, **said):
    return (member or cast.duty_officer).client.post(reverse("tubes:excuse", args=[of.pk]), said)


def page(cast, of, member=None, **asked) -> str:
    answer = (member or cast.duty_officer).client.get(reverse("screening:missing", args=[of.pk]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_is_excused_with_one_tap_and_the_reason_and_the_list_comes_back_as_it_was(cast):
    of, _place = opened(cast)
    home = Organisation.objects.get(name="A公司")
    said = excuse(cast, of, one="3", reason="住院", organisation=str(home.pk), number=["4", "5"], kind="")
    assert said.headers["Location"] == f"{reverse('screening:missing', args=[of.pk])}?organisation={home.pk}"
    (row,) = Absence.objects.all()
    assert (row.number, row.kind, row.reason, row.by) == (3, "excused", "住院", cast.duty_officer.user)
    assert JournalEntry.objects.filter(command="tubes.name_absent", reason="住院").exists()
    assert '<option value="住院">' in page(cast, of)


def test_those_who_are_ticked_are_excused_or_named_as_missing(cast):
    of, _place = opened(cast)
    excuse(cast, of, number=["2", "3"], kind="excused", reason="出差")
    excuse(cast, of, number=["4"], kind="missing", reason="三次上门未见")
    assert list(Absence.objects.order_by("number").values_list("number", "kind")) == [
        (2, "excused"), (3, "excused"), (4, "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "words"), [({"reason": "住院"}, "没有勾选任何人"), ({"one": "3", "reason": " "}, "原因")]
)
def test_without_somebody_or_a_reason_nobody_is_named_and_it_is_said(cast, said, words):
    of, _place = opened(cast)
    answer = excuse(cast, of, **said)
    assert words in cast.duty_officer.client.get(answer.headers["Location"]).content.decode()
    assert not Absence.objects.exists()


def test_only_who_may_name_is_offered_it_and_only_while_the_round_goes_on(cast):
    of, _place = opened(cast)
    assert 'name="reason"' in page(cast, of)
    assert 'name="reason"' not in page(cast, of, cast.medic)
    assert excuse(cast, of, member=cast.medic, one="3", reason="住院").status_code == 403
    over(of)
    assert 'name="reason"' not in page(cast, of)


@pytest.mark.parametrize("sought", ["员工002", "YG002", "2", "paper", "tail"])
def test_somebody_is_found_by_name_initials_number_or_document(cast, sought):
    of, _place = opened(cast)
    Member.objects.filter(name="员工002").update(initials="yg002", document_tail="77AX")
    shown = page(cast, of, q={"paper": card(2), "tail": "77ax"}.get(sought, sought))
    found = shown[shown.index('id="found"') :]
    assert "员工002" in found
    assert "员工003" not in found


def test_whoever_is_found_is_shown_as_they_stand(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    excuse(cast, of, one="2", reason="住院")
    who = stay(cast.site).person
    Member.objects.filter(name="员工003").update(person=who)
    found = {one.entry.number: one for one in finding.find(of, "员工")}
    assert [found[n].missing for n in (1, 2, 3, 4)] == [False, False, False, True]
    assert (found[1].tested, found[2].said.reason, found[3].site) == (True, "住院", "H01")
    shown = page(cast, of, q="员工")
    for words in ("已采", "住院", "在隔离点 H01"):
        assert words in shown
    assert "本轮无此人" in page(cast, of, q="没有这个人")


def test_in_a_large_round_names_are_looked_for_within_an_enterprise(cast, monkeypatch):
    of, _place = opened(cast)
    monkeypatch.setattr(finding, "NAMES_AMONG", 3)
    home = Organisation.objects.get(name="A公司")
    assert finding.find(of, "员工002") == []
    assert [one.entry.number for one in finding.find(of, card(2))] == [2]
    assert [one.entry.number for one in finding.find(of, "员工002", organisation=home.pk)] == [2]
    assert "请先选择企业" in page(cast, of, q="员工002")


def test_the_list_asks_as_often_for_many_as_for_few(cast):
    of, _place = opened(cast)
    excuse(cast, of, one="2", reason="住院")
    Member.objects.filter(name="员工003").update(person=stay(cast.site).person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(cast, of, q="员工")
        return len(asked)

    queries()  # what a roster says of itself is asked once
    before = queries()
    excuse(cast, of, number=["4", "5"], reason="出差")
    queries()  # what is said above the page goes when it was read
    Member.objects.filter(name="员工006").update(person=stay(cast.site).person)
    assert queries() == before
