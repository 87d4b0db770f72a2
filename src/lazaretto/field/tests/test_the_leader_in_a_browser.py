"""The page of a point in Chromium: no barrier for any reader, nothing beside the screen of a phone, news by itself."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.field.queries import roster_state
from lazaretto.field.tests.phones import enrolled, phone
from lazaretto.headcounts.models import Organisation
from lazaretto.screening import commands as screening
from lazaretto.screening.models import Point
from lazaretto.screening.queries import at_points
from lazaretto.screening.tests.rounds import scan, send
from lazaretto.slots.commands import move
from lazaretto.slots.queries import free_starts
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, slots, standing
from tests.browser import READERS, Opener
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(cast, monkeypatch) -> Point:
    """A point an hour after it began, with a phone, some who came and two enterprises that did not."""
    of, homes, _places = planned(cast, 30, 25, 20, points=("P1",))
    for home in Organisation.objects.filter(pk__in=[home.pk for home in homes]):
        home.contact, home.contact_phone = "王联络", "13800000001"
        home.save()
    standing(cast, of)
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    found = Point.objects.select_related("round").get(round=of)
    monkeypatch.setattr(clock, "now", lambda: slots(of)[1].ends_at)
    send(cast, found, *[scan(number, slot=number) for number in range(1, 11)], at=NOW)
    phone(cast, found).ask("state", queue=4)
    return found


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast, place, reader):
    language, theme, width = reader
    seen = window(language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key)
    add_point(cast, place.round, "P2")
    pages = [reverse(f"field:{name}", args=[place.pk]) for name in ("point", "enterprises")]
    pages += [f"{pages[1]}?q=A", f"{pages[1]}?q=没有", reverse("field:points"), f"{reverse('field:points')}?q=x"]
    empty = place.round.points.get(code="P2").pk
    pages += [reverse(f"field:{name}", args=[empty]) for name in ("point", "enterprises")]
    pages += [reverse(f"screening:{name}", args=[place.round_id]) for name in ("round", "wall")]
    for path in pages:
        page = seen.open(path)
        assert seen.problems() == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_an_enterprise_is_found_and_added_by_pressing(window: Opener, cast, place):
    seen = window(language="en", width="phone", session=cast.duty_officer.client.session.session_key)
    other = add_point(cast, place.round, "P2")
    page = seen.open(reverse("field:enterprises", args=[other.pk]))
    expect(page.locator("main")).to_contain_text("Everybody of the round")
    page.get_by_label("Name of the enterprise").fill("b公司")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add B公司").click()
    expect(page.get_by_role("button", name="Take off B公司")).to_be_visible()
    page.get_by_role("link", name="Only who comes here").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert [row.organisation.name for row in other.expected.all()] == ["B公司"]


def test_the_page_asks_for_news(window: Opener, cast, place):
    seen = window(language="en", width="phone", session=cast.duty_officer.client.session.session_key)
    page = seen.open(reverse("field:point", args=[place.pk]))
    figure = page.locator(".lz-lead-figures dd").first
    expect(figure).to_have_text("10")
    send(cast, place, scan(11, tube="T2", slot=1), at=NOW)
    page.evaluate("htmx.trigger('#now', 'every')")
    expect(figure).to_have_text("11", timeout=20_000)


def test_what_waits_for_a_decision_breaks_its_line_on_a_phone(window: Opener, cast, place, monkeypatch):
    said = "number that an enterprise signed and we do not count"
    monkeypatch.setattr(at_points, "_QUESTIONS", [lambda _actor, _point: [at_points.Question(said, 12, "/to-decide")]])
    seen = window(language="en", width="phone", session=cast.duty_officer.client.session.session_key)
    page = seen.open(reverse("field:point", args=[place.pk]))
    expect(page.get_by_role("link", name=said)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_phone_fetches_its_roster_after_a_slot_moved_and_keeps_the_names(window: Opener, cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)
    of, _homes, (first, second) = planned(cast, 30, 20)
    row = next(one for one in standing(cast, of) if one.point_id == second.pk)
    seen = window(language="en", width="phone")
    page = seen.open(f"{reverse('field:app')}#code={enrolled(cast, first).code}")
    expect(page.locator("[data-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/state" in one.url else None)
    before = roster_state(first).people
    page.locator("[data-press=line]").first.click()
    expect(page.locator("[data-expected]")).to_have_text(str(before))
    start = next(one for one in free_starts(row, at=BEFORE) if one.point == first)
    move(actor=cast.duty_officer.actor, at=BEFORE, slot=row, point=first, starts_at=start.starts_at, reason="停电")
    after = roster_state(first).people
    assert after > before
    expect(page.locator("[data-expected]")).to_have_text(str(after), timeout=25_000)
    assert all("names=" in url and not url.endswith("names=") for url in asked), "it has them since its first contact"
    page.reload()
    expect(page.locator("[data-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.locator("[data-press=line]").last.click()
    expect(page.locator("[data-expected]")).to_have_text(str(after))
    page.locator("[data-press=count]").click()
    choices = page.locator("#c-organisation option")
    expect(choices).to_have_text(["A公司", "B公司"])


def test_a_phone_that_cannot_be_enrolled_so_is_said_in_the_dialog_and_nothing_typed_is_lost(
    window: Opener, cast, place
):
    seen = window(language="en", width="phone", session=cast.duty_officer.client.session.session_key)
    page = seen.open(reverse("field:point", args=[place.pk]))
    page.get_by_role("button", name="Enrol a phone").first.click()
    dialog = page.locator("dialog#enrol")
    dialog.get_by_label("Table", exact=True).fill(str(place.tables + 6))
    dialog.get_by_label("What is written on the phone").fill("sticker 12")
    dialog.get_by_role("button", name="Show the code").click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text(f"This point has tables 1 to {place.tables}.", exact=True)).to_be_visible()
    expect(dialog.get_by_label("What is written on the phone")).to_have_value("sticker 12")
    expect(dialog.get_by_label("Table", exact=True)).to_be_focused()
    assert [one for one in seen.problems() if "422" not in one] == []
    dialog.get_by_label("Table", exact=True).fill("1")
    dialog.get_by_role("button", name="Show the code").click()
    expect(page.get_by_role("heading", name="For the phone of table 1: shown once")).to_be_visible()
