"""Slots in Chromium: no barrier for any reader; proposed, accepted and one moved by hand, by pressing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.slots.models import Slot
from lazaretto.slots.tests.plans import BEFORE, add_point, planned, proposed, slots, standing
from tests.browser import READERS, Opener
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _before_it_begins(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def reading(window: Opener, cast: Cast, reader: tuple[str, str, str]):
    """A window of the duty officer."""
    language, theme, width = reader
    session = cast.duty_officer.client.session.session_key
    return window(language=language, theme=theme, width=width, session=session)


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, reader):
    of, _homes, _places = planned(cast, 30, 20)
    seen = reading(window, cast, reader)
    home = reverse("slots:slots", args=[of.pk])
    seen.open(home)  # nothing planned yet
    assert seen.problems() == []
    row = standing(cast, of)[0]
    add_point(cast, of, "P3")
    for path in (
        home, f"{home}?q=x", reverse("slots:proposal", args=[row.proposal_id]), reverse("slots:slot", args=[row.pk]),
        reverse("slots:proposal", args=[proposed(cast, of, farthest=1).pk]),
    ):  # fmt: skip
        seen.open(path)
        assert seen.problems() == [], path


def test_slots_are_proposed_accepted_and_one_is_moved(window: Opener, cast: Cast):
    of, _homes, _places = planned(cast, 30, 5)
    seen = reading(window, cast, READERS[0])
    page = seen.open(reverse("slots:slots", args=[of.pk]))
    page.locator("form[action$=propose] button").click()
    page.wait_for_url("**/proposals/*")
    expect(page.locator("[data-search]")).to_have_count(0)  # the solver has looked, and the page is there anew
    page.locator("form[action$=accept] button").click()
    page.wait_for_url("**/slots")
    row = next(one for one in slots(of) if one.people == 5)
    page.locator(f"a[href='{reverse('slots:slot', args=[row.pk])}']").click()
    page.locator("select[name=place]").select_option(index=3)
    page.locator("form[action$=move] [name=reason]").fill("检修")
    page.locator("form[action$=move] button").click()
    page.wait_for_url("**/slots")
    moved = Slot.objects.get(round=of, moved_for="检修", dropped_at__isnull=True)
    assert (moved.people, moved.organisation_id) == (5, row.organisation_id)
    assert moved.starts_at != row.starts_at
    assert seen.problems() == []
