"""What a headcount said before is kept: who joined, left, moved since a day; who left by a complete list, by name."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from lazaretto.core import clock
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts import commands
from lazaretto.headcounts.models import HeadcountList, Member, MemberChange
from lazaretto.headcounts.tests.lists import card, listing, row
from lazaretto.headcounts.tests.test_a_list_becomes_a_headcount import lay_out, take_in
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def said(name: str) -> list[dict]:
    return [json.loads(row.said) for row in MemberChange.objects.filter(member__name=name).order_by("id")]


def test_only_what_differs_is_kept_and_nothing_where_nothing_differs(cast):
    rows = [row("冯文杰", card(1)), row("侯敏轩", card(2))]
    take_in(cast, lay_out(cast, listing(*rows)))
    take_in(cast, lay_out(cast, listing(*rows, row("新人", card(9)))))
    assert not MemberChange.objects.exists()
    moved = row("冯文杰", card(1), lodging="B栋12", section="仓储")
    take_in(cast, lay_out(cast, listing(moved, row("侯敏轩", card(2), phone="13800001111"))))
    assert said("冯文杰") == [{"section": ["研发", "仓储"], "building": ["A栋", "B栋"], "room": ["238", "12"]}]
    assert said("侯敏轩") == [{"phone": ["+8617225370406", "+8613800001111"]}]
    assert set(MemberChange.objects.values_list("member__name", "moved")) == {("冯文杰", True), ("侯敏轩", False)}


def test_a_name_spelt_otherwise_is_taken_and_the_old_one_kept(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)))))
    take_in(cast, lay_out(cast, listing(row("冯文洁", card(1)))))
    who = Member.objects.get()
    assert (who.name, who.initials) == ("冯文洁", "fwj")
    assert said("冯文洁") == [{"name": ["冯文杰", "冯文洁"]}]


def test_what_a_list_has_no_column_for_or_leaves_empty_is_not_erased(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)))))
    take_in(cast, lay_out(cast, listing(f"正德医疗器械有限公司,冯文杰,{card(1)}", header="企业名称,姓名,身份证号码")))
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1), phone=""))))
    who = Member.objects.get()
    assert (who.section, who.building, who.room, who.phone) == ("研发", "A栋", "238", "+8617225370406")
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1), lodging=""))))
    assert Member.objects.get().room == "", "the column says that they sleep there no more"


def test_what_was_is_never_changed(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)))))
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1), lodging="B栋12"))))
    with pytest.raises(DatabaseError), transaction.atomic():
        MemberChange.objects.update(moved=False)


def test_who_joined_left_and_moved_since_a_day_is_listed_and_taken_as_excel(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)), row("侯敏轩", card(2)))))
    Member.objects.update(started_at=NOW - timedelta(days=30))
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1), lodging="B栋12"), row("新人", card(9))), complete=True))
    client, page = cast.duty_officer.client, reverse("headcounts:changes")
    shown = {show: client.get(f"{page}?show={show}").content.decode() for show in ("joined", "left", "moved")}
    for show, name in (("joined", "新人"), ("left", "侯敏轩"), ("moved", "冯文杰")):
        assert [who for who in ("新人", "侯敏轩", "冯文杰") if who in shown[show]] == [name]
    assert "A栋 → B栋" in shown["moved"]
    assert "侯敏轩" not in client.get(f"{page}?show=left&since=2026-11-22").content.decode()
    home = Member.objects.first().organisation_id
    assert "侯敏轩" in client.get(f"{page}?show=left&organisation={home}").content.decode()
    given = {"unit": str(cast.site.unit_id), "show": "moved", "since": "2026-11-20", "organisation": str(home)}
    sheet = load_workbook(BytesIO(client.post(reverse("headcounts:changes-export"), given).content)).active
    assert [line[0] for line in sheet.iter_rows(min_row=2, values_only=True)] == ["冯文杰"]
    assert JournalEntry.objects.filter(command="headcounts.list_changes").exists()
    member = reverse("headcounts:person", args=[Member.objects.get(name="冯文杰").pk])
    assert "238 → 12" in client.get(member).content.decode()


def test_who_left_by_a_complete_list_is_known_by_name(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)), row("侯敏轩", card(2)), row("早走", card(3)))))
    gone = Member.objects.get(name="早走")
    commands.leave(actor=cast.duty_officer.actor, at=NOW, member=gone, reason="离职")
    later = lay_out(cast, listing(row("冯文杰", card(1))), complete=True)
    take_in(cast, later)
    client = cast.duty_officer.client
    assert (
        reverse("headcounts:left", args=[later.pk])
        in client.get(reverse("headcounts:list", args=[later.pk])).content.decode()
    )
    page = client.get(reverse("headcounts:left", args=[later.pk])).content.decode()
    assert "侯敏轩" in page
    assert "早走" not in page, "somebody else took them off"
    sheet = load_workbook(BytesIO(client.post(reverse("headcounts:left-export", args=[later.pk])).content)).active
    assert [line[0] for line in sheet.iter_rows(min_row=2, values_only=True)] == ["侯敏轩"]


def test_taking_in_asks_as_often_for_many_lines_as_for_few(cast):
    letters = "甲乙丙丁戊己庚辛壬癸"
    header = "企业名称,姓名,身份证号码,户号,家庭情况,宿舍"

    def taken(lines: int, room: int) -> int:
        names = [f"员{letters[n // 10]}{letters[n % 10]}" for n in range(lines)]
        rows = [f"正德,{name},{card(n)},{n // 2},双职工（{room}）,A栋{room}" for n, name in enumerate(names)]
        found = lay_out(cast, listing(*rows, header=header), piece=200)
        with CaptureQueriesContext(connection) as asked:
            take_in(cast, found, lines=200)
        return len(asked)

    taken(60, 1)
    few = taken(60, 2)
    taken(98, 3)
    assert taken(98, 4) == few, "however many are otherwise than they were"
    assert HeadcountList.objects.filter(state="committed").count() == 4
