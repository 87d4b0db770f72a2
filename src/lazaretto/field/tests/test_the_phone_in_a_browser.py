"""The phone of a table in Chromium: typed and scanned, without a network, reloaded, sent later; the loud words."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from lazaretto.field.tests.phones import enrolled
from lazaretto.headcounts.models import Member
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.models import Scan, Stranger
from lazaretto.screening.tests.rounds import opened
from tests.browser import Opener, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at_table(window: Opener, cast, place, *, language="en", width="phone", theme="light", **more) -> Window:
    """A phone that has been enrolled by its link."""
    reader = window(language=language, width=width, theme=theme)
    page = reader.open(f"{reverse('field:app')}#code={enrolled(cast, place, **more).code}")
    expect(page.locator("[data-say]")).to_have_attribute("data-tone", "blue")
    expect(page.locator("[data-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert "code=" not in page.url
    return reader


def wedge(page: Page, text: str) -> None:
    """A scanner that types: a burst of keys and Enter."""
    page.locator("#scan").fill(text)
    page.locator("#scan").press("Enter")


def says(page: Page, tone: str, words: str) -> None:
    """What the phone says, in its colour."""
    expect(page.locator("[data-say]")).to_contain_text(words)
    expect(page.locator("[data-say]")).to_have_attribute("data-tone", tone)


@pytest.fixture
def place(cast, monkeypatch):
    """A point of an open round; people can be found by their initials."""
    _of, found = opened(cast, people=12)
    Member.objects.filter(document_digest__gt="").update(initials="yg")
    return found


def test_a_shift_without_a_network(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page = reader.page
    page.wait_for_timeout(1500)  # the worker takes the page in
    reader.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-point]")).to_contain_text("P1")
    wedge(page, card(1))
    says(page, "amber", "now scan the tube")
    wedge(page, "TUBE0001")
    says(page, "green", "员工001 is in place 1 of 10")
    wedge(page, card(1))
    says(page, "red", "WAS TESTED BEFORE")
    wedge(page, card(2)[:-1] + ("1" if card(2)[-1] != "1" else "2"))
    says(page, "red", "NOT READ RIGHT")
    wedge(page, "LZ1:" + "0" * 32 + ":3")
    says(page, "red", "WRONG ROUND")
    wedge(page, card(2))
    says(page, "green", "员工002 is in place 2 of 10")
    page.get_by_role("button", name="Undo").click()
    says(page, "amber", "taken out again")
    wedge(page, card(3))
    says(page, "green", "place 2 of 10")

    page.reload()  # the phone died: what the screen said is there
    expect(page.locator("[data-tube-count]")).to_have_text("2 of 10")
    page.get_by_role("button", name="Temperature").click()
    for digit in "382":
        page.locator(f'[data-digit="{digit}"]').click()
    says(page, "red", "FEVER 38.2")
    wedge(page, "TUBE0002")
    says(page, "green", "tube of their own: TUBE0002")
    page.get_by_role("button", name="Not on the list").click()
    page.get_by_label("Name", exact=True).fill("过路人")
    page.get_by_role("button", name="Test them").click()
    says(page, "blue", "过路人, not on the list, is in place 2 of 10")
    page.get_by_role("button", name="Seal tube").click()
    says(page, "green", "sealed with 2")
    wedge(page, "TUBE0001")
    says(page, "red", "WAS USED BEFORE")
    expect(page.locator("[data-queue]")).to_have_text("3")
    assert not Scan.objects.exists()

    reader.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert sorted(Scan.objects.values_list("number", "tube", "slot"))[:2] == [(1, "TUBE0001", 1), (3, "TUBE0002", 1)]
    assert Scan.objects.get(number=3).temperature == 382
    assert Stranger.objects.get().name == "过路人"
    assert [text for text in reader.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []
