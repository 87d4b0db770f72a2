"""Cards of the people of an enterprise: who is on the sheet, what their code says, who may print them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import Forbidden
from lazaretto.core.models import JournalEntry
from lazaretto.field import cards, commands
from lazaretto.field.errors import NobodyForCards, RoundNotReady, TooManyCards
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.screening.tests.rounds import draft, enterprise, opened, over
from lazaretto.tubes.queries.own import read_token
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def printed(cast, of: Round, **more) -> commands.Cards:
    """Those of the first enterprise."""
    home = Organisation.objects.get(name="A公司")
    return commands.print_cards(
        actor=cast.duty_officer.actor, at=NOW, test_round=of, organisation=home.pk, **more
    )  # fmt: skip


def test_a_card_says_what_the_phone_at_the_table_reads(cast):
    of, _place = opened(cast, people=3)
    found = printed(cast, of)
    assert [(one.number, one.name) for one in found.people] == [(1, "员工001"), (2, "员工002"), (3, "员工003")]
    assert found.people[1].code == f"LZ1:{of.pk.hex}:2"
    assert read_token(found.people[1].own) == (of.pk, 2), "nobody else's result, and nothing that could be guessed"
    assert found.people[1].own not in found.people[1].code, "the table never sees it"
    said = JournalEntry.objects.filter(command="field.print_cards").get()
    assert said.data["people"] == 3
    assert "员工" not in str(said.data)


def test_only_a_department_or_a_dormitory(cast):
    of, _place = opened(cast, people=4)
    RosterEntry.objects.filter(round=of, number__in=[1, 2]).update(section="装配")
    RosterEntry.objects.filter(round=of, number__in=[2, 3]).update(building="3栋")
    for chosen, numbers in (
        ({"section": "装配"}, [1, 2]), ({"building": "3栋"}, [2, 3]), ({"section": "装配", "building": "3栋"}, [2]),
    ):  # fmt: skip
        assert [one.number for one in printed(cast, of, **chosen).people] == numbers
    with pytest.raises(NobodyForCards):
        printed(cast, of, section="仓储")


def test_cards_are_of_a_round_that_people_come_to(cast):
    enterprise(cast.site.unit, "A公司", [1])
    with pytest.raises(RoundNotReady):
        printed(cast, draft(cast))


def test_of_a_round_that_is_over_none_are_printed(cast):
    of, _place = opened(cast)
    over(of)
    with pytest.raises(RoundNotReady):
        printed(cast, Round.objects.get(pk=of.pk))


def test_more_than_a_sheet_takes_are_refused(cast, monkeypatch):
    monkeypatch.setattr(commands, "MOST_CARDS", 2)
    of, _place = opened(cast, people=3)
    with pytest.raises(TooManyCards):
        printed(cast, of)


def test_whoever_does_not_manage_rounds_prints_none(cast):
    of, _place = opened(cast)
    home = Organisation.objects.get(name="A公司")
    with pytest.raises(Forbidden):
        commands.print_cards(actor=cast.medic.actor, at=NOW, test_round=of, organisation=home.pk)
    page = reverse("field:cards", args=[of.pk, home.pk])
    assert cast.medic.client.get(page).status_code == 403
    enterprise_page = reverse("screening:enterprise", args=[of.pk, home.pk])
    assert page in cast.duty_officer.client.get(enterprise_page).content.decode()
    assert page not in cast.medic.client.get(enterprise_page).content.decode()


def test_they_are_chosen_and_printed_on_their_page(cast):
    of, _place = opened(cast, people=3)
    RosterEntry.objects.filter(round=of, number=1).update(section="装配")
    home = Organisation.objects.get(name="A公司")
    client, page = cast.duty_officer.client, reverse("field:cards", args=[of.pk, home.pk])
    assert "装配 (1)" in client.get(page).content.decode()
    sheet = client.post(page, {"section": "装配"})
    assert sheet.content.startswith(b"%PDF")
    assert "no-store" in sheet.headers["Cache-Control"]
    assert client.post(page, {"section": "没有"}).status_code == 422
    over(of)
    assert "现在不需要" in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 422
    assert client.get(reverse("field:cards", args=[of.pk, of.pk])).status_code == 404


def test_the_page_asks_as_often_for_many_as_for_few(cast):
    of, _place = opened(cast)
    home = Organisation.objects.get(name="A公司")

    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            assert cast.duty_officer.client.get(reverse("field:cards", args=[of.pk, home.pk])).status_code == 200
        return len(questions)

    before = asked()
    for number in range(1, 7):
        RosterEntry.objects.filter(round=of, number=number).update(section=f"{number}部", building=f"{number}栋")
    assert asked() == before


def test_a_sheet_is_printed_in_both_languages():
    people = [
        commands.PersonCard(n, f"员工{n:03}", "装配", "3栋", f"LZ1:{'0' * 32}:{n}", "A" * 22 + f".{n}.{'0' * 20}")
        for n in range(1, 41)
    ]
    for language in ("zh-hans", "en"):
        assert cards.pdf(commands.Cards("1 · 全员核酸", "A公司", people), language).startswith(b"%PDF")
