"""One's own result as a pass: big, in colour, with a clock that a picture does not have, and nobody's whole name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.places.models import Site
from lazaretto.places.queries import home_of
from lazaretto.protocols.library import library
from lazaretto.protocols.models import PackAdoption
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.screening.tests.rounds import open_one, opened, over, scan, send
from lazaretto.tubes.numbers import number as usual
from lazaretto.tubes.queries.own import pass_hours, pass_of, token_of
from lazaretto.tubes.tests.labs import report
from lazaretto.tubes.tests.ways import brought, laboratory
from tests.browser import READERS, Opener
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def story(cast):
    """Number 1 is called back, 3 is negative, 4 waits, 5 was not tested."""
    of, place = opened(cast)
    lab = laboratory(cast, rechecks=True)
    send(cast, place, scan(1), scan(2), scan(3, tube="T2"), scan(4, tube="T3"))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T1", "阳性", "30", "31"], ["T2", "阴性"])
    return of, lab


def page(of: Round, number: int) -> str:
    """What somebody shows."""
    return Client().get(reverse("tubes:own", args=[token_of(of.pk, number)])).content.decode()


def test_a_negative_passes_for_its_hours_and_then_no_more(cast, story, monkeypatch):
    of, _lab = story
    shown = page(of, 3)
    assert 'data-tone="green"' in shown
    assert "<b data-left>47</b>" in shown or "<b data-left>48</b>" in shown
    assert "员****" in shown
    assert "员工" not in shown
    monkeypatch.setattr(clock, "now", lambda: NOW + 2 * DAY + HOUR)
    later = page(of, 3)
    assert 'data-tone="grey"' in later
    assert "data-left" not in later
    assert "已超过 48 小时" in later


def put_into_force(pack, *, where="CN", since=1):
    starts_on = (NOW - since * DAY).date()
    PackAdoption.objects.create(pack=pack, jurisdiction=where, starts_on=starts_on, reason="通告", created_at=NOW)


def test_a_district_that_changes_its_pack_changes_its_passes(cast, story, monkeypatch):
    of, _lab = story
    Site.objects.update(jurisdiction="CN-44-01-05")
    monkeypatch.setattr(clock, "now", lambda: NOW + 2 * DAY + HOUR)
    assert 'data-tone="grey"' in page(of, 3)
    put_into_force("cn-plan-7", where="CN-44-01-05", since=0)
    longer = page(of, 3)
    assert 'data-tone="green"' in longer
    assert "<b data-left>118</b>" in longer or "<b data-left>119</b>" in longer
    put_into_force("cn-measures-10", where="CN-44-02", since=-1)
    assert 'data-tone="green"' in page(of, 3), "of another city"
    put_into_force("cn-measures-10", where="CN-44", since=-1)
    none = page(of, 3)
    assert 'data-tone="blue"' in none
    assert "data-left" not in none
    assert "不要求任何人出示" in none


@pytest.mark.parametrize(("number", "tone"), [(1, "amber"), (4, "blue")])
def test_where_no_pass_is_asked_for_whoever_is_called_back_or_waits_reads_so_all_the_same(cast, story, number, tone):
    put_into_force("cn-measures-10", since=0)
    shown = page(story[0], number)
    assert f'data-tone="{tone}"' in shown
    assert "不要求任何人出示" not in shown


def test_where_no_pack_is_in_force_or_it_says_nothing_the_programs_own_hours_hold(cast, monkeypatch):
    unit = cast.site.unit
    assert pass_hours(unit.pk, at=NOW) == usual("pass.hours") == 48
    PackAdoption.objects.all().delete()
    assert pass_hours(unit.pk, at=NOW) == 48
    put_into_force("cn-plan-7")
    assert pass_hours(unit.pk, at=NOW) == 168
    silent = replace(library().pack("cn-plan-7"), passes=None)
    monkeypatch.setattr("lazaretto.tubes.queries.own.effective", lambda *_place: silent)
    assert pass_hours(unit.pk, at=NOW) == 48


def test_a_unit_without_a_site_of_its_own_has_what_the_sites_under_it_share(cast):
    headquarters = cast.site.unit.parent
    assert home_of(headquarters.pk).jurisdiction == "CN"
    Site.objects.update(jurisdiction="CN-44-01-06")
    Site.objects.filter(pk=cast.site.pk).update(jurisdiction="CN-44-01-05")
    assert home_of(cast.site.unit_id).jurisdiction == "CN-44-01-05"
    assert home_of(headquarters.pk).jurisdiction == "CN-44-01"


@pytest.mark.parametrize(("number", "tone"), [(1, "amber"), (4, "blue"), (5, "grey")])
def test_whoever_has_no_negative_result_has_no_pass(cast, story, number, tone):
    shown = page(story[0], number)
    assert f'data-tone="{tone}"' in shown
    assert "data-left" not in shown


def test_whoever_has_to_stay_reads_whom_to_call(cast, story):
    unit = cast.site.unit
    unit.dispatch_phone = "021-5550101"
    unit.save()
    assert "tel:021-5550101" in page(story[0], 1)
    assert "tel:021-5550101" not in page(story[0], 3)


def test_it_says_in_how_many_of_the_last_rounds_they_were_negative(cast, story, django_assert_max_num_queries):
    first, lab = story
    over(first)
    Round.objects.filter(pk=first.pk).update(opens_at=NOW - DAY)
    second, place = open_one(cast)
    mine = RosterEntry.objects.get(round=first, number=3).document_digest
    number = RosterEntry.objects.get(round=second, document_digest=mine).number
    told = pass_of(second.pk, number, rounds=3)
    assert (told.negative, told.rounds, told.said) == (1, 2, "none")
    send(cast, place, scan(number, tube="S1"))
    brought(cast, place, "S1", bag="B2")
    report(cast, second, lab, ["S1", "阴性"])
    with django_assert_max_num_queries(11):
        told = pass_of(second.pk, number, rounds=3)
    assert (told.negative, told.rounds, told.said) == (2, 2, "negative")
    waits = RosterEntry.objects.get(round=first, number=4).document_digest
    other = RosterEntry.objects.get(round=second, document_digest=waits).number
    assert pass_of(second.pk, other, rounds=3).negative == 0


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "theme", "width"), [*READERS, ("zh-hans", "light", "phone")])
def test_its_clock_goes_and_an_old_one_is_grey(window: Opener, cast, story, language, theme, width) -> None:
    reader = window(language=language, theme=theme, width=width)
    shown = reader.page
    shown.clock.install()
    for number in (1, 3, 4, 5):
        reader.open(reverse("tubes:own", args=[token_of(story[0].pk, number)]))
        expect(shown.locator("[data-pass]")).to_be_visible()
        assert reader.problems() == [], number
    reader.open(reverse("tubes:own", args=[token_of(story[0].pk, 3)]))
    before = shown.locator("[data-clock]").text_content()
    shown.clock.run_for(3000)
    expect(shown.locator("[data-clock]")).not_to_have_text(before)
    expect(shown.locator("[data-stale-said]")).to_be_hidden()
    shown.clock.run_for(11 * 60_000)
    expect(shown.locator("[data-stale-said]")).to_be_visible()
    expect(shown.locator("[data-pass]")).to_have_css("background-color", "rgb(58, 66, 77)")
    assert reader.problems() == []
