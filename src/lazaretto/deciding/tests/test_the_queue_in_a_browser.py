"""The queue in Chromium: no barrier for any reader; keys take and open the first question."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.deciding.models import Matter
from lazaretto.deciding.tests.questions import waiting
from lazaretto.screening.tests.rounds import opened, scan, send
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/to-decide"


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def asked(cast: Cast) -> dict[str, Matter]:
    """A person in two tubes, two in one place, a fever."""
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(1, tube="T2"), scan(2, tube="T1", slot=1), scan(3, temperature=38.8))
    return waiting(of)


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, reader):
    language, theme, width = reader
    session = cast.site_lead.client.session.session_key
    seen = window(language=language, theme=theme, width=width, session=session)
    seen.open(PAGE)  # nothing to decide
    assert seen.problems() == []
    found = asked(cast)
    for path in (PAGE, f"{PAGE}?kind=fever", f"{PAGE}?show=mine", reverse("deciding:one", args=[found["place"].pk])):
        seen.open(path)
        assert seen.problems() == [], path


def test_keys_take_the_first_one_and_open_it(window: Opener, cast: Cast):
    asked(cast)
    seen = window(language="en", session=cast.site_lead.client.session.session_key)
    seen.open(f"{PAGE}?kind=place")
    seen.page.keyboard.press("t")
    expect(seen.page.get_by_role("button", name="Give back")).to_be_visible()
    assert Matter.objects.get(kind="place").owner == cast.site_lead.user
    seen.page.keyboard.press("o")
    expect(seen.page.get_by_role("heading", name="Two people in one place of a tube", level=1)).to_be_visible()
    seen.page.get_by_label("What was found out and done").fill("Swabbed again at table 2")
    seen.page.get_by_role("button", name="Decided").click()
    expect(seen.page.get_by_text("Decided, in your name.")).to_be_visible()
    assert Matter.objects.get(kind="place").words == "Swabbed again at table 2"
