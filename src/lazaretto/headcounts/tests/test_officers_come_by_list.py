"""Officers of enterprises by a list, as parks send it: every line is accounted for, nothing is guessed."""

import json
from datetime import time, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lazaretto.config.cli import main
from lazaretto.core import clock
from lazaretto.headcounts import commands, files
from lazaretto.headcounts.choices import OrganisationKind
from lazaretto.headcounts.errors import ListUnreadable, NoContactColumn
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.rules_contacts import ContactLine, read_hours, read_place
from lazaretto.headcounts.tests.lists import listing
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HEADER = "序号,企业名称,联系人,联系电话"
ROWS = (
    "1,正德,宗主管,'13800001111", "2,博正,单主管,", "3,无此企业,某人,13800001112", "4,正 德,别人,13800001113",
    "5,康信,,13800001114", "6,科恒,易主管,12", "7,,,",
)  # fmt: skip
OUTCOMES = ["asked", "named", "unknown", "asked", "no_name", "bad_phone", "empty"]


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def park(cast):
    for name in ("正德", "博正", "康信", "科恒"):
        commands.add_organisation(
            actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, name=name, kind=OrganisationKind.ENTERPRISE
        )


def shown_in(page: str) -> str:
    """What comes back when somebody takes in what they were shown."""
    return unescape(page.split('name="shown" value="', 1)[1].split('"', 1)[0])


def officers() -> dict[str, tuple[str, str | None]]:
    return {row.name: (row.contact, row.contact_phone) for row in Organisation.objects.exclude(contact="")}


def test_every_line_is_accounted_for_and_nothing_is_guessed(cast, park):
    lines = files.contacts_from(listing(*ROWS, header=HEADER), "联系人.csv")
    given = {"actor": cast.duty_officer.actor, "at": NOW, "unit": cast.site.unit, "lines": lines}
    found = commands.name_contacts(**given)
    assert [one.outcome for one in found.read] == OUTCOMES
    assert (found.lines, found.named) == (7, 1)
    assert officers() == {"博正": ("单主管", None)}
    assert commands.name_contacts(**given).named == 0, "the same list again changes nothing"
    picked = commands.name_contacts(**given, picked=[5])
    assert [one.outcome for one in picked.read][:4] == ["second", "same", "unknown", "named"]
    assert officers()["正德"] == ("别人", "+8613800001113")


def test_an_empty_telephone_keeps_that_of_the_same_officer_and_not_of_another(cast, park):
    given = {"actor": cast.duty_officer.actor, "at": NOW, "unit": cast.site.unit}

    def say(*row: str) -> None:
        commands.name_contacts(**given, lines=[ContactLine(2, *row)])

    say("正德", "宗主管", "13800001111")
    say("正德", "宗主管", "")
    assert officers()["正德"] == ("宗主管", "+8613800001111")
    say("正德", "单主管", "")
    assert officers()["正德"] == ("单主管", None)


def test_page_and_terminal_say_what_became_of_every_line(cast, park, tmp_path, capsys):
    client, page = cast.duty_officer.client, reverse("headcounts:contacts")
    content = listing(*ROWS, header=HEADER)
    given = {"file": SimpleUploadedFile("联系人.csv", content), "unit": str(cast.site.unit_id)}
    said = client.post(page, given).content.decode()
    assert "无此企业" in said
    assert "易主管" not in said
    assert officers() == {}, "nothing is written before somebody takes it in"
    client.post(page, {"shown": shown_in(said), f"pick-{Organisation.objects.get(name='正德').pk}": "2"})
    assert officers() == {"正德": ("宗主管", "+8613800001111"), "博正": ("单主管", None)}
    path = tmp_path / "联系人.csv"
    path.write_bytes(content)
    assert main(["import", "contacts", str(path), "--unit", cast.site.unit.code, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lines"], told["named"], [one["outcome"] for one in told["read"]][2:]) == (7, 0, OUTCOMES[2:])
    assert officers()["正德"] == ("宗主管", "+8613800001111"), "a question is nobody's answer"
    assert main(["import", "contacts", str(tmp_path / "no.csv"), "--unit", cast.site.unit.code]) == 2
    assert main(["import", "contacts", str(path), "--unit", "X"]) == 2


def test_a_file_without_enterprises_or_officers_is_refused_by_name(cast):
    with pytest.raises(NoContactColumn):
        files.contacts_from(listing("甲,乙", header="联系人,联系电话"), "a.csv")
    with pytest.raises(NoContactColumn):
        files.contacts_from(listing("正德,乙", header="企业名称,地址"), "a.csv")
    with pytest.raises(ListUnreadable):
        files.contacts_from(b"%PDF-1.4", "a.pdf")
    given = {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4"), "unit": str(cast.site.unit_id)}
    assert cast.duty_officer.client.post(reverse("headcounts:contacts"), given).status_code == 422


def test_the_page_says_what_was_and_what_becomes_before_it_is_written(cast, park):
    client, page = cast.duty_officer.client, reverse("headcounts:contacts")

    def upload(*rows: str, header: str = HEADER) -> str:
        file = SimpleUploadedFile("联系人.csv", listing(*rows, header=header))
        return client.post(page, {"file": file, "unit": str(cast.site.unit_id)}).content.decode()

    first = upload(*ROWS[:2])
    client.post(page, {"shown": shown_in(first)})
    text = upload("1,正德,孙主管,13800009999")
    assert "<del>宗主管</del> → <b>孙主管</b>" in text
    assert "<del>+8613800001111</del> → <b>+8613800009999</b>" in text
    commands.name_contacts(
        actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, lines=[ContactLine(2, "正德", "钱主管")]
    )
    answer = client.post(page, {"shown": shown_in(text)})
    assert answer.status_code == 409, "somebody else wrote meanwhile: it is shown again"
    assert "<del>钱主管</del> → <b>孙主管</b>" in answer.content.decode()
    assert officers()["正德"] == ("钱主管", None)
    client.post(page, {"shown": shown_in(answer.content.decode())})
    assert officers()["正德"] == ("孙主管", "+8613800009999")


def test_what_comes_back_must_be_what_was_shown_to_them_not_long_ago(cast, park, monkeypatch):
    page = reverse("headcounts:contacts")
    given = {"file": SimpleUploadedFile("a.csv", listing(ROWS[0], header=HEADER)), "unit": str(cast.site.unit_id)}
    shown = shown_in(cast.duty_officer.client.post(page, given).content.decode())
    assert "13800001111" not in shown
    for text in ("", "nonsense", shown[:-8], shown.swapcase()):
        assert cast.duty_officer.client.post(page, {"shown": text}).status_code == 422
    assert cast.site_lead.client.post(page, {"shown": shown}).status_code in {403, 422}
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=3))
    assert cast.duty_officer.client.post(page, {"shown": shown}).status_code == 422
    assert officers() == {}


def test_where_enterprises_are_and_when_they_can_come_is_taken_from_the_same_list(cast, park):
    header = f"{HEADER},经度,纬度,可采样时段"
    rows = (
        "1,正德,宗主管,,113.31,23.08,8:30-17点", "2,博正,,,113.32,23.09,20:00至次日06:00", "3,康信,甲主管,,113.3,,",
        "4,科恒,乙主管,,113.3,23.1,白天",
    )  # fmt: skip
    lines = files.contacts_from(listing(*rows, header=header), "a.csv")
    given = {"actor": cast.duty_officer.actor, "at": NOW, "unit": cast.site.unit}
    found = commands.name_contacts(**given, lines=lines)
    assert [one.outcome for one in found.read] == ["named", "named", "bad_place", "bad_hours"]
    home, night = (Organisation.objects.get(name=name) for name in ("正德", "博正"))
    assert (home.contact, home.latitude, home.longitude) == ("宗主管", 23.08, 113.31)
    assert (home.comes_from, home.comes_until) == (time(8, 30), time(17))
    assert (night.contact, night.comes_from, night.comes_until) == ("", time(20), time(6))
    commands.name_contacts(**given, lines=[ContactLine(2, "正德", "孙主管", "")])
    home.refresh_from_db()
    assert (home.contact, home.latitude, home.comes_from) == ("孙主管", 23.08, time(8, 30)), "what is not said stays"
    page = cast.duty_officer.client.get(reverse("headcounts:contacts")).content.decode()
    assert "有 2 家企业或社区没有填写位置" in page


@pytest.mark.parametrize(
    "hours", ["", "17:00", "25:00-26:00", "8:00-8:00", "8:00-17:00, 18:00-19:00", "2022-08-17", "8:61-9:00"]
)
def test_hours_that_say_no_span_are_none(hours):
    assert read_hours(hours) is None


@pytest.mark.parametrize("place", [("23.1", ""), ("113.3", "23.1"), ("0", "0"), ("23.1N", "113.3"), ("1e1", "2")])
def test_a_place_that_is_none_is_none(place):
    assert read_place(*place) is None
