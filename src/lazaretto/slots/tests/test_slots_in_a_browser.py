"""Slots in Chromium: no barrier for any reader; proposed, accepted and one moved by hand, by pressing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.slots import commands, queries
from lazaretto.slots.choices import Means, NoticeState
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
    # The solver is never done, so the page of a proposal stays as it is while that is looked at.
    seen.context.route("**/improve", lambda _asked: None)
    home = reverse("slots:slots", args=[of.pk])
    seen.open(home)  # nothing planned yet
    assert seen.problems() == []
    everybody = reverse("slots:notices", args=[of.pk])
    seen.open(everybody)  # nothing to tell yet
    assert seen.problems() == []
    row, other = standing(cast, of)[:2]
    add_point(cast, of, "P3")
    who = {"actor": cast.duty_officer.actor, "at": BEFORE}
    told = {"test_round": of, "organisation": row.organisation, "who": "王联络", "means": Means.CHAT}
    read = queries.holder(of, row.organisation_id, at=BEFORE).digest
    commands.tell(**who, **told, read=read)
    commands.confirm(**who, **told, read=read)
    notices = [reverse("slots:notice", args=[of.pk, one.organisation_id]) for one in (row, other)]
    for path in (
        home, f"{home}?q=x", everybody, f"{everybody}?state=stale", *notices,
        reverse("slots:proposal", args=[row.proposal_id]), reverse("slots:slot", args=[row.pk]),
        reverse("slots:proposal", args=[proposed(cast, of, farthest=1).pk]), reverse("slots:supplies", args=[of.pk]),
    ):  # fmt: skip
        seen.open(path)
        assert seen.problems() == [], path
    seen.open(reverse("slots:proposal", args=[proposed(cast, of, per_table_hour=30).pk]))  # who was told is asked about
    assert seen.page.locator("#agreed").is_visible()
    assert seen.problems() == []


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


def test_a_notice_is_copied_and_written_down(window: Opener, cast: Cast):
    of, (home,), _places = planned(cast, 5)
    standing(cast, of)
    seen = reading(window, cast, ("zh-hans", "light", "phone"))
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=seen.base)
    page = seen.open(reverse("slots:notice", args=[of.pk, home.pk]))
    page.locator("[data-copy-notice]").click()
    expect(page.locator(".lz-toast")).to_be_visible()
    assert "A公司" in page.evaluate("navigator.clipboard.readText()")
    page.locator("form[action$=tell] [name$=who]").fill("王联络")
    page.locator("form[action$=tell] button").click()
    page.locator("form[action$=confirm]").wait_for()
    assert queries.holder(of, home.pk, at=BEFORE).state == NoticeState.TOLD
    assert seen.problems() == []
