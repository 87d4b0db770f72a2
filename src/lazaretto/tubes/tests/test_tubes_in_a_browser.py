"""Pages of tubes in Chromium: no barrier for any reader; results are taken in by pressing, a call is noted."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import Positive, Recall
from lazaretto.tubes.own import token_of
from lazaretto.tubes.tests.labs import recheck, report, stage
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def story(cast):
    """A positive pool, a confirmed single, a tube with doubts, results that wait."""
    of, place = opened(cast)
    lab = laboratory(cast, rechecks=True)
    send(cast, place, scan(1), scan(2), scan(3, tube="T2"), scan(4, tube="T3"))
    brought(cast, place, "T1", "T2")
    tell(cast, place, seen("bagged", tube="T2", bag="B9"))
    report(cast, of, lab, ["T1", "阳性", "30", "31"], ["T2", "阳性"])
    recheck(cast, of, lab, ["T2", "阳性"])
    return of, lab, stage(cast, of, lab, ["T1", "阴性"], ["X9", "阳性"], ["T3", "?"], declared_negative=True)


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, reader):
    language, theme, width = reader
    of, lab, file = story(cast)
    opened_window = window(
        language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key
    )
    pages = [
        ("rounds", ()), ("round", (of.pk,)), ("bags", (of.pk,)), ("closing", (of.pk,)), ("own_card", (of.pk,)),
        ("tube", ("T2",)), ("bag", ("B1",)), ("laboratories", ()), ("desk", (lab.pk,)), ("files", ()),
        ("file", (file.pk,)),
        ("decide", (file.pk, 3)), ("positives", ()), ("positive", (Positive.objects.get(tube="T1").pk,)),
        ("again", (of.pk,)), ("own", (token_of(of.pk, 1),)),
    ]  # fmt: skip
    for name, args in pages:
        path = reverse(f"tubes:{name}", args=args) + ("?number=3" if name == "own_card" else "")
        opened_window.open(path)
        assert opened_window.problems() == [], path


def test_a_call_is_noted_from_the_list(window: Opener, cast: Cast):
    story(cast)
    opened_window = window(
        language="zh-hans", theme="light", width="phone", session=cast.duty_officer.client.session.session_key
    )
    page = opened_window.open(reverse("tubes:positive", args=[Positive.objects.get(tube="T1").pk]))
    page.locator("[data-dialog^=recall]").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert opened_window.problems() == []
    page.locator("dialog[open] button[value=reached]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Recall.objects.get(number=1).reached_at == NOW
