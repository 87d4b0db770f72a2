"""Officers of enterprises by a list, as parks send it: every line is accounted for, nothing is guessed."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lazaretto.config.cli import main
from lazaretto.core import clock
from lazaretto.headcounts import commands, files
from lazaretto.headcounts.choices import OrganisationKind
from lazaretto.headcounts.errors import ListUnreadable, NoContactColumn
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.tests.lists import listing
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HEADER = "序号,企业名称,联系人,联系电话"
ROWS = (
    "1,正德,宗主管,'13800001111", "2,博正,单主管,", "3,无此企业,某人,13800001112", "4,正 德,别人,13800001113",
    "5,康信,,13800001114", "6,科恒,易主管,12", "7,,,",
)  # fmt: skip
OUTCOMES = ["named", "named", "unknown", "second", "no_name", "bad_phone", "empty"]


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def park(cast):
    for name in ("正德", "博正", "康信", "科恒"):
        commands.add_organisation(
            actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, name=name, kind=OrganisationKind.ENTERPRISE
        )


def officers() -> dict[str, tuple[str, str | None]]:
    return {row.name: (row.contact, row.contact_phone) for row in Organisation.objects.exclude(contact="")}


def test_every_line_is_accounted_for_and_nothing_is_guessed(cast, park):
    lines = files.contacts_from(listing(*ROWS, header=HEADER), "联系人.csv")
    given = {"actor": cast.duty_officer.actor, "at": NOW, "unit": cast.site.unit, "lines": lines}
    found = commands.name_contacts(**given)
    assert [one.outcome for one in found.read] == OUTCOMES
    assert (found.lines, found.named) == (7, 2)
    assert officers() == {"正德": ("宗主管", "+8613800001111"), "博正": ("单主管", None)}
    assert commands.name_contacts(**given).named == 0, "the same list again changes nothing"


def test_an_empty_telephone_keeps_that_of_the_same_officer_and_not_of_another(cast, park):
    given = {"actor": cast.duty_officer.actor, "at": NOW, "unit": cast.site.unit}

    def say(*row: str) -> None:
        commands.name_contacts(**given, lines=[commands.ContactLine(2, *row)])

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
    assert officers().keys() == {"正德", "博正"}
    path = tmp_path / "联系人.csv"
    path.write_bytes(content)
    assert main(["import", "contacts", str(path), "--unit", cast.site.unit.code, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lines"], told["named"], [one["outcome"] for one in told["read"]][2:]) == (7, 0, OUTCOMES[2:])
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
