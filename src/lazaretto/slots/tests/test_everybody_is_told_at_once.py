"""All enterprises that do not know their slots are told at once: a list for messages, and one step when it is sent."""

import io
from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from lazaretto.core import clock
from lazaretto.core.errors import IllegalTransition
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import Means, NoticeState
from lazaretto.slots.errors import ListStale, NobodyToTell
from lazaretto.slots.models import Notice
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, slots, standing
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


@pytest.fixture
def three(cast):
    """Three enterprises with slots; two have an officer with a number."""
    of, homes, _places = planned(cast, 30, 5, 8)
    for nth, home in enumerate(homes[:2]):
        home.contact, home.contact_phone = f"联络{nth}", f"1390000000{nth}"
        home.save()
    standing(cast, of)
    return of, homes


def listed(cast, of, **more):
    return commands.list_notices(actor=cast.duty_officer.actor, at=BEFORE, test_round=of, **more)


def tell_all(cast, of, read, **more):
    given = {"means": Means.TEXT, "at": BEFORE, **more}
    return commands.tell_all(actor=cast.duty_officer.actor, test_round=of, read=read, **given)


def test_the_list_has_numbers_and_texts_and_then_all_of_them_know(cast, three):
    of, (home, other, third) = three
    found = listed(cast, of)
    assert [(one.name, one.who, one.phone) for one in found.enterprises] == [
        ("A公司", "联络0", "13900000000"), ("B公司", "联络1", "13900000001"),
    ]  # fmt: skip
    assert "A公司" in found.enterprises[0].text
    assert found.unreachable == 1
    entry = JournalEntry.objects.get(command="slots.list_notices")
    assert (entry.subject_id, entry.data) == (str(of.pk), {"organisations": 2})
    assert tell_all(cast, of, found.read).organisations == 2
    assert [queries.holder(of, one.pk, at=BEFORE).state for one in (home, other, third)] == [
        NoticeState.TOLD, NoticeState.TOLD, NoticeState.UNTOLD,
    ]  # fmt: skip
    assert {(row.who, row.means, row.said) for row in Notice.objects.all()} == {
        (one.who, "text", one.text) for one in found.enterprises
    }
    with pytest.raises(NobodyToTell):
        listed(cast, of)
    with pytest.raises(NobodyToTell):
        tell_all(cast, of, found.read)


def test_a_list_that_was_overtaken_is_not_written_down(cast, three):
    of, (home, _other, _third) = three
    read, place = listed(cast, of).read, add_point(cast, of, "P3")
    row = next(row for row in slots(of) if row.organisation_id == home.pk)
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    commands.move(**who, slot=row, point=place, starts_at=of.opens_at + timedelta(hours=6), reason="检修")
    with pytest.raises(ListStale):
        tell_all(cast, of, read)
    assert not Notice.objects.exists()
    tell_all(cast, of, listed(cast, of).read)
    assert queries.holder(of, home.pk, at=BEFORE).state == NoticeState.TOLD


def test_a_closed_round_is_told_nothing(cast, three):
    of, _homes = three
    read = listed(cast, of).read
    Round.objects.filter(pk=of.pk).update(state=RoundState.CLOSED, opened_at=BEFORE, closed_at=BEFORE)
    with pytest.raises(IllegalTransition):
        tell_all(cast, of, read)


def test_the_page_gives_the_list_and_takes_the_word(cast, three):
    of, (home, _other, _third) = three
    page = reverse("slots:notices", args=[of.pk])
    shown = cast.duty_officer.client.get(page).content.decode()
    assert "tel:13900000000" in shown
    assert "另有 1 个" in shown
    assert "13900000000" not in cast.site_lead.client.get(page).content.decode()
    taken = cast.duty_officer.client.post(reverse("slots:notice_list", args=[of.pk]))
    rows = list(load_workbook(io.BytesIO(taken.content)).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("A公司", "联络0", "13900000000")
    assert taken["Cache-Control"].startswith("max-age=0")
    said = {"means": "text", "read": queries.digest_of_all(queries.to_tell(queries.holders(of, at=BEFORE)))}
    refused = cast.duty_officer.client.post(reverse("slots:tell_all", args=[of.pk]), {**said, "means": "drum"})
    assert refused.status_code == 422
    cast.duty_officer.client.post(reverse("slots:tell_all", args=[of.pk]), said)
    assert queries.holder(of, home.pk, at=BEFORE).state == NoticeState.TOLD
    assert "1 个单位尚不知道" in cast.duty_officer.client.get(page).content.decode()
    cast.duty_officer.client.post(reverse("slots:notice_list", args=[of.pk]))
    assert "联络员" in cast.duty_officer.client.get(page).content.decode()


def test_every_enterprise_is_on_some_page(cast, three, monkeypatch):
    of, homes = three
    monkeypatch.setattr(import_module("lazaretto.slots.views.notices"), "LINES", 2)
    names = set()
    for begin in ("0", "2"):
        shown = cast.duty_officer.client.get(reverse("slots:notices", args=[of.pk]), {"begin": begin}).content.decode()
        names |= {home.name for home in homes if f">{home.name}</a>" in shown}
    assert names == {home.name for home in Organisation.objects.all()}


def test_an_officer_named_meanwhile_makes_it_another_list(cast, three):
    of, (home, _other, _third) = three
    read = listed(cast, of).read
    Organisation.objects.filter(pk=home.pk).update(contact="新李")
    with pytest.raises(ListStale):
        tell_all(cast, of, read)


@needs_server
@pytest.mark.django_db(transaction=True)
def test_of_two_desks_one_writes_it_down(cast, three):
    of, _homes = three
    read = listed(cast, of).read

    def tell() -> int:
        try:
            return tell_all(cast, of, read).organisations
        except (NobodyToTell, ListStale):
            return 0

    assert sorted(at_once([tell, tell])) == [0, 2]
    assert Notice.objects.count() == 2
