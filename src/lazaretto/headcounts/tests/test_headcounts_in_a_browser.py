"""Pages of headcounts in Chromium: no barrier for any reader; a list is uploaded and taken in by pressing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.headcounts.models import HeadcountList, Member, Organisation
from lazaretto.headcounts.tests.lists import card, listing, row
from lazaretto.headcounts.tests.test_a_list_becomes_a_headcount import lay_out, take_in
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


@pytest.mark.parametrize("reader", READERS)
def test_no_page_of_families_and_changes_has_a_barrier(window: Opener, cast: Cast, reader):
    header = "企业名称,部门,姓名,身份证号码,宿舍,户号,家庭情况"
    rows = [
        f"正德,研发,冯文杰,{card(1)},A栋238,1,双职工，有小孩", f"博正,生产,侯敏轩,{card(2)},A栋238,1,孕妇（30周）",
        f"博正,生产,别家,{card(3)},C栋1,,",
    ]  # fmt: skip
    take_in(cast, lay_out(cast, listing(*rows, header=header)))
    moved = [rows[0].replace("A栋238", "B栋12"), rows[1]]
    later = lay_out(cast, listing(*moved, header=header), complete=True)
    take_in(cast, later)
    language, theme, width = reader
    session = cast.duty_officer.client.session.session_key
    opened = window(language=language, theme=theme, width=width, session=session)
    who = Member.objects.get(name="冯文杰")
    pages = [
        reverse("headcounts:headcounts"), reverse("headcounts:one", args=[who.organisation_id]),
        reverse("headcounts:person", args=[who.pk]), reverse("headcounts:person", args=[who.pk]) + "?q=别",
        reverse("headcounts:families"), reverse("headcounts:families") + "?kind=mind",
        *(reverse("headcounts:changes") + f"?show={show}" for show in ("left", "joined", "moved")),
        reverse("headcounts:left", args=[later.pk]), reverse("headcounts:contacts"), reverse("headcounts:new"),
    ]  # fmt: skip
    for path in pages:
        opened.open(path)
        assert opened.problems() == [], path
