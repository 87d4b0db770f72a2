"""Pages of returnees in Chromium: no barrier for any reader; a list is taken in and called by pressing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Agency
from lazaretto.returnees.models import Returnee, ReturneeList
from lazaretto.returnees.tests.agencies import card, name, named, row, take_in, text
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER = NOW + timedelta(hours=3)
WRONG = card(3)[:-1] + ("1" if card(3)[-1] != "1" else "2")


@pytest.fixture(autouse=True)
def _one_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, reader):
    actor, unit = cast.duty_officer.actor, cast.site.unit
    rows = [row(name(n), card(n), f"1380000000{n}") for n in range(6)]
    take_in(actor, unit, *rows, row("错号", WRONG), declared=9)
    asked = take_in(actor, unit, row(name(0), "", "13800000000"), rows[1], agency=Agency.RAILWAY)
    commands.begin_shift(actor=actor, at=NOW, unit=unit, until=NOW + timedelta(hours=9))
    commands.note_attempt(actor=actor, at=LATER, returnee=named(name(0)), answer="reached", words="在家")
    commands.close(actor=actor, at=LATER, returnee=named(name(1)), outcome="gone", reason="家人说", to_where="乙市")
    commands.note_attempt(actor=actor, at=LATER, returnee=named(name(2)), answer="refused")
    language, theme, width = reader
    opened = window(language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key)
    pages = [reverse(f"returnees:{view}") for view in ("overview", "cases", "lists", "calls")]
    pages += [reverse("returnees:one", args=[named(name(n)).number]) for n in range(4)]
    pages += [reverse("returnees:list", args=[asked.pk]), reverse("returnees:decide", args=[asked.pk, 2])]
    for path in pages:
        opened.open(path)
        assert opened.problems() == [], path


def test_a_list_is_taken_in_and_called_by_pressing(window: Opener, cast: Cast):
    opened = window(width="phone", session=cast.duty_officer.client.session.session_key)
    page = opened.open(reverse("returnees:lists"))
    content = text(row(name(0), card(0), "13800000001"), row(name(1), card(1), "13800000002"))
    page.locator("input[type=file]").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("select[name=agency]").select_option(index=1)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".lz-account")).to_be_visible()
    with page.expect_navigation():
        page.locator("[data-progress-start]").click()
    expect(page.locator(".lz-note[data-tone=green]").first).to_be_visible()
    assert ReturneeList.objects.get().state == "committed"
    opened.open(reverse("returnees:calls"))
    page.locator("button[value=begin]").click()
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("button[value=no_answer]")).to_be_visible()
    page.locator("form[id^=phone-] button").click()
    expect(page.locator("a[href^='tel:']")).to_be_visible()
    assert opened.problems() == []
    page.locator("button[value=no_answer]").click()
    expect(page.locator(".lz-list")).to_be_visible()
    assert Returnee.objects.get(name=name(0)).tries == 1
