"""On the list of who is missing somebody is found by what is known of them, and excused with one tap and a reason."""

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from lazaretto.accounts.models import Membership
from lazaretto.core import clock
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.queries import finding
from lazaretto.screening.tests.rounds import opened, over, scan, send
from lazaretto.tubes import commands
from lazaretto.tubes.errors import RoundIsOver
from lazaretto.tubes.models import Absence
from tests.factories import NOW, stay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def excuse(cast, of, *, member=None, **said):
    return (member or cast.duty_officer).client.post(reverse("tubes:excuse", args=[of.pk]), said)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


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
    ("said", "words"),
    [
        ({"reason": "住院在二楼"}, "没有勾选任何人"),
        ({"number": ["3", "5"], "reason": " "}, "原因"),
        ({"one": "3"}, "原因"),
    ],
)
def test_without_somebody_or_a_reason_nobody_is_named_and_all_that_was_typed_stays(cast, said, words):
    of, _place = opened(cast)
    home = Organisation.objects.get(name="A公司")
    answer = excuse(cast, of, organisation=str(home.pk), **said)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown
    assert f'value="{said.get("reason", "").strip()}"' in shown
    ticked = {int(n) for n in re.findall(r'name="number" value="(\d+)"[^>]* checked', shown)}
    assert ticked == {int(n) for n in [*said.get("number", []), *filter(None, [said.get("one")])]}
    assert f'name="organisation" value="{home.pk}"' in shown
    assert ('aria-invalid="true"' in shown) == ("number" in said or "one" in said), "the field that is wrong is marked"
    assert not Absence.objects.exists()


def test_what_another_officer_said_gives_way_only_when_it_was_read(cast):
    of, _place = opened(cast)
    Membership.objects.create(user=cast.site_lead.user, unit=of.unit, role="duty_officer", started_at=NOW)
    excuse(cast, of, one="3", reason="住院")
    asked = excuse(cast, of, member=cast.site_lead, number=["3", "4"], kind="missing", reason="三次上门未见", q="员工")
    assert asked.status_code == 409
    shown = asked.content.decode()
    for words in ("住院", cast.duty_officer.user.display_name, 'value="三次上门未见"', 'name="q" value="员工"'):
        assert words in shown
    row = Absence.objects.get()
    assert f'name="instead_of" value="{row.pk}"' in shown
    again = {"number": ["3", "4"], "kind": "missing", "reason": "三次上门未见", "q": "员工"}
    said = excuse(cast, of, member=cast.site_lead, **again, instead_of=[str(row.pk)], standing=["3"])
    assert said.headers["Location"].endswith("?q=%E5%91%98%E5%B7%A5")
    assert list(Absence.objects.holding().order_by("number").values_list("number", "reason")) == [
        (3, "三次上门未见"), (4, "三次上门未见"),
    ]  # fmt: skip
    other = Absence.objects.holding().get(number=4)
    late = excuse(cast, of, number=["4"], reason="出差", instead_of=[str(row.pk)])
    assert late.status_code == 409, "what gives way is what was read, not what was said since"
    assert Absence.objects.holding().get(number=4) == other


def test_only_the_others_are_named_where_somebody_said_it_before(cast):
    of, _place = opened(cast)
    Membership.objects.create(user=cast.site_lead.user, unit=of.unit, role="duty_officer", started_at=NOW)
    excuse(cast, of, one="3", reason="住院")
    more = {"number": ["3", "4"], "standing": ["3"], "only": "others", "reason": "出差"}
    assert excuse(cast, of, member=cast.site_lead, **more).status_code == 302
    assert dict(Absence.objects.holding().values_list("number", "reason")) == {3: "住院", 4: "出差"}


def test_a_program_is_told_who_said_what_and_says_whose_words_give_way(cast):
    of, _place = opened(cast)
    Membership.objects.create(user=cast.site_lead.user, unit=of.unit, role="duty_officer", started_at=NOW)
    excuse(cast, of, one="3", reason="住院")
    door = "/api/v1/commands/tubes.name_absent"
    body = {"test_round": str(of.pk), "numbers": [3], "kind": "missing", "reason": "未见"}
    refused = cast.site_lead.client.post(door, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "absence_said_before")
    (row,) = refused.json()["said"]
    assert (row["number"], row["reason"], row["by"]) == (3, "住院", cast.duty_officer.user.display_name)
    (listed,) = cast.site_lead.client.get(f"/api/v1/tubes/rounds/{of.pk}/absences").json()["items"]
    assert listed["id"] == row["id"]
    taken = cast.site_lead.client.post(door, {**body, "instead_of": [row["id"]]}, content_type="application/json")
    assert taken.status_code == 200, taken.content
    assert Absence.objects.holding().get().reason == "未见"


def test_an_excuse_is_taken_back_with_a_reason_and_they_are_expected_again(cast):
    of, _place = opened(cast)
    excuse(cast, of, one="3", reason="住院")
    row = Absence.objects.get()
    back = reverse("tubes:take_back", args=[of.pk, row.pk])
    assert back in page(cast, of)
    assert back in page(cast, of, q="3")
    assert back in cast.duty_officer.client.get(reverse("tubes:closing", args=[of.pk])).content.decode()
    assert "住院" in cast.duty_officer.client.get(back).content.decode()
    assert cast.medic.client.post(back, {"reason": "x"}).status_code == 403
    assert cast.duty_officer.client.post(back, {"reason": ""}).status_code == 422
    assert cast.duty_officer.client.post(back, {"reason": "已出院"}).status_code == 302
    assert not Absence.objects.holding().exists()
    entry = JournalEntry.objects.get(command="tubes.take_back_absence")
    assert (entry.reason, entry.data["number"], entry.data["said"]) == ("已出院", 3, "住院")
    assert "员工003" in page(cast, of)
    assert cast.duty_officer.client.post(back, {"reason": "已出院"}).status_code == 422, "it is taken back once"


def test_what_was_said_in_a_round_that_is_over_stays(cast):
    of, _place = opened(cast)
    excuse(cast, of, one="3", reason="住院")
    over(of)
    with pytest.raises(RoundIsOver):
        commands.take_back_absence(
            actor=cast.duty_officer.actor, at=NOW, test_round=of.pk, said=Absence.objects.get().pk, reason="已出院"
        )


def test_only_who_may_name_is_offered_it_and_only_while_the_round_goes_on(cast):
    of, _place = opened(cast)
    assert 'name="reason"' in page(cast, of)
    assert 'name="reason"' not in page(cast, of, cast.medic)
    assert excuse(cast, of, member=cast.medic, one="3", reason="住院").status_code == 403
    over(of)
    assert 'name="reason"' not in page(cast, of)


@pytest.mark.parametrize(
    "sought",
    ["员工002", "YG002", "2", "paper", "tail", "员工００２", " 员 工002", "ｙｇ 002", "２", "wide"],
)
def test_somebody_is_found_by_name_initials_number_or_document(cast, sought):
    of, _place = opened(cast)
    Member.objects.filter(name="员工002").update(initials="yg002", document_tail="77AX")
    shown = page(cast, of, q={"paper": card(2), "tail": "77ax", "wide": wide(card(2))}.get(sought, sought))
    found = shown[shown.index('id="found"') :]
    assert "员工002" in found
    assert "员工003" not in found


def test_those_who_are_found_are_ticked_and_excused(cast):
    of, _place = opened(cast)
    excuse(cast, of, one="2", reason="住院")
    shown = page(cast, of, q="员工")
    assert {int(n) for n in re.findall(r'name="number" value="(\d+)"', shown)} >= {2, 3, 4}
    assert 'name="kind" value="excused"' in shown


def test_numbers_to_call_are_those_of_the_search_on_the_page_and_as_excel(cast):
    of, place = opened(cast)
    Member.objects.filter(name="员工002").update(phone="13800001111")
    send(cast, place, scan(3))
    numbers = reverse("screening:numbers", args=[of.pk])
    assert 'name="q" value="员工００２"' in page(cast, of, q="员工００２").split("numbers")[1]
    told = cast.duty_officer.client.post(numbers, {"q": "员工００２"}).content.decode()
    assert "13800001111" in told
    assert "员工004" not in told
    sheet = cast.duty_officer.client.post(numbers, {"q": "员工００２", "as": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["员工002"]
    assert cast.duty_officer.client.post(numbers, {"q": "员工003"}).context["told"].people == [], "they were tested"
    told = JournalEntry.objects.filter(command="screening.call_missing").order_by("pk").first()
    assert told.data == {"people": 1, "numbers": "2"}


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
