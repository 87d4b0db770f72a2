"""Pages of headcounts in Chromium: no barrier for any reader; a list is uploaded and taken in by pressing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.headcounts.models import HeadcountList, Organisation
from lazaretto.headcounts.tests.lists import card, listing, row
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WRONG = card(3)[:-1] + ("1" if card(3)[-1] != "1" else "2")


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def upload(window: Opener, cast: Cast, *rows, reader=("zh-hans", "light", "desk")):
    language, theme, width = reader
    session = cast.duty_officer.client.session.session_key
    opened = window(language=language, theme=theme, width=width, session=session)
    page = opened.open(reverse("headcounts:lists"))
    assert opened.problems() == []
    page.locator("input[type=file]").set_input_files(
        {"name": "花名册.csv", "mimeType": "text/csv", "buffer": listing(*rows)}
    )
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".lz-account")).to_be_visible()
    return opened, page


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, reader):
    rows = (row("冯文杰", card(1)), row("侯敏轩", card(2)), row("错号", WRONG))
    opened, page = upload(window, cast, *rows, reader=reader)
    found = HeadcountList.objects.get()
    pages = [reverse("headcounts:list", args=[found.pk]), reverse("headcounts:decide", args=[found.pk, 4])]
    for path in [*pages, *(f"{pages[0]}?show={show}" for show in ("all", "repeated"))]:
        opened.open(path)
        assert opened.problems() == [], path
    opened.open(pages[0])
    with page.expect_navigation():
        page.locator("[data-progress-start]").click()
    assert Organisation.objects.get().members.count() == 2
    for path in (reverse("headcounts:headcounts"), reverse("headcounts:one", args=[Organisation.objects.get().pk])):
        opened.open(path)
        assert opened.problems() == [], path


def test_a_list_is_taken_in_by_one_press(window: Opener, cast: Cast):
    _opened, page = upload(window, cast, row("冯文杰", card(1)), row("侯敏轩", card(2)))
    with page.expect_navigation():
        page.locator("[data-progress-start]").click()
    expect(page.locator(".lz-note[data-tone=green]")).to_be_visible()
    page.get_by_role("link", name="员工在册数").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").click()
    page.locator("[data-dialog]").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
