"""A site packs a bag and gives it to the courier in Chromium; no barrier for any reader on these pages."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.stays import commands as stays
from lazaretto.tubes import commands
from lazaretto.tubes.models import SiteBag
from lazaretto.tubes.tests.ways import HOUR, laboratory
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW, stay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def swabbed(cast, tube):
    """A guest's tube that has lain at the site for too long."""
    stays.collect_specimen(actor=cast.medic.actor, at=NOW - 5 * HOUR, stay=stay(cast.site), tube=tube)


def packed(cast, *tubes):
    return commands.pack_bag(actor=cast.medic.actor, at=NOW, site=cast.site, bag="B-17", tubes=list(tubes))


@pytest.mark.parametrize("reader", READERS)
def test_no_page_of_a_site_has_a_barrier(window: Opener, cast: Cast, reader):
    language, theme, width = reader
    swabbed(cast, "S1"), swabbed(cast, "S2")
    done = packed(cast, "S1", "S9")
    commands.follow_site(cast.site, at=NOW)
    laboratory(cast)
    session = cast.site_lead.client.session.session_key
    opened_window = window(language=language, theme=theme, width=width, session=session)
    pages = (
        ("site", [cast.site.code]), ("site_bag", [done.bag_id]), ("site_tube", [cast.site.code, "S9"]), ("sites", []),
    )  # fmt: skip
    for name, args in pages:
        opened_window.open(reverse(f"tubes:{name}", args=args))
        assert opened_window.problems() == [], name


def test_a_bag_is_packed_and_handed_over(window: Opener, cast: Cast):
    swabbed(cast, "S1"), swabbed(cast, "S2")
    session = cast.medic.client.session.session_key
    opened_window = window(language="zh-hans", theme="light", width="phone", session=session)
    page = opened_window.open(reverse("tubes:site", args=[cast.site.code]))
    page.locator("#pack-bag").fill("b-17")
    page.locator("#pack-tubes").fill("s1\nS2")
    page.locator("form[action$=pack] button[type=submit]").click()
    expect(page.get_by_role("link", name="B-17").first).to_be_visible()
    page.locator("input[name=to]").fill("车1")
    page.locator("form[action$=hand-over] button[type=submit]").click()
    expect(page.locator("input[name=to]")).to_have_count(0)
    bag = SiteBag.objects.get()
    assert (bag.state, bag.holder, bag.said_tubes) == ("under_way", "车1", 2)
    assert opened_window.problems() == []


@pytest.mark.parametrize(("width", "shown"), [("phone", 1), ("desk", 6)])
def test_a_phone_shows_of_a_site_what_is_there(window: Opener, cast: Cast, width, shown):
    swabbed(cast, "S1")
    session = cast.duty_officer.client.session.session_key
    page = window(language="en", theme="light", width=width, session=session).open(reverse("tubes:sites"))
    row = page.locator("tbody tr").filter(has_text=cast.site.code).first
    expect(row.locator("td:visible")).to_have_count(shown)
    expect(row.locator("td:visible").first).to_have_text("1")
