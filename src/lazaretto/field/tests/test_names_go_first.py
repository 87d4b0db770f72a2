"""When a phone's shift, token or time is over, keys and names go at once; what it captured stays until it is sent."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from lazaretto.core import clock
from lazaretto.field import commands
from lazaretto.field.models import Device
from lazaretto.field.tests.test_the_phone_in_a_browser import at_table, bar, says, wedge
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.models import Scan, Stranger
from lazaretto.screening.tests.rounds import opened
from tests.browser import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Everything that the phone keeps, decrypted by its own module, as one text; and the keys that it still has.
KEPT = """async () => {
    const store = await import("/static/field/store.js"), { table } = await import("/static/field/table.js");
    const rows = {};
    for (const name of ["meta", "pages", "scans", "batches", "events"]) rows[name] = await store.all(name);
    const keys = [];
    for (const name of ["name", "match"]) if (await store.key(name)) keys.push(name);
    const memory = JSON.stringify([[...table.scans.values()], table.state, table.conflicts]);
    return {keys, pages: rows.pages.length, scans: rows.scans.length, text: JSON.stringify(rows) + memory};
}"""


@pytest.fixture
def table(window: Opener, cast):
    """A phone with somebody sent, somebody sealed and not sent, a stranger and somebody in hand; uploads fail."""
    _of, place = opened(cast, people=6)
    reader = at_table(window, cast, place)
    page = reader.page
    wedge(page, "TUBE0001")
    wedge(page, card(1))
    bar(page, "seal")
    says(page, "green", "sealed")
    expect(page.locator("[data-queue]")).to_have_text("0")
    for door in ("uploads", "events"):
        reader.context.route(f"**/field/api/{door}", lambda route: route.fulfill(status=500, body="{}"))
    wedge(page, "TUBE0002")
    wedge(page, card(2))
    says(page, "green", "员工002")
    page.locator('[data-press="stranger"]').click()
    page.get_by_label("Name", exact=True).fill("过路人")
    page.get_by_role("button", name="Test them").click()
    says(page, "blue", "过路人")
    bar(page, "seal")
    says(page, "green", "sealed with 2")
    before = page.evaluate(KEPT)
    assert (before["keys"], before["pages"], before["scans"]) == (["name", "match"], 1, 3)
    assert "员工001" in before["text"]
    return reader


def names_are_gone(page: Page) -> None:
    """Keys, roster and names of the roster; the two scans that were not sent are there, with all that is to be sent."""
    expect(page.locator("[data-over-unsent]")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert (kept["keys"], kept["pages"], kept["scans"]) == ([], 0, 2)
    assert "员工" not in kept["text"]
    assert "过路人" in kept["text"], "whoever is on no list is known by nothing else"
    assert "TUBE0002\t1\t2" in page.locator("#copy").input_value()


def the_rest_is_sent(reader) -> None:
    reader.context.unroute("**/field/api/uploads")
    reader.context.unroute("**/field/api/events")
    reader.page.evaluate("dispatchEvent(new Event('online'))")
    expect(reader.page.locator("[data-over-done]")).to_be_visible()
    assert Scan.objects.filter(number=2, tube="TUBE0002").exists()
    assert Stranger.objects.get().name == "过路人"
    assert reader.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_after_a_revocation(table, cast) -> None:
    commands.revoke_device(actor=cast.duty_officer.actor, at=clock.now(), device=Device.objects.get())
    table.page.evaluate("dispatchEvent(new Event('online'))")
    names_are_gone(table.page)
    table.page.reload()
    names_are_gone(table.page)
    the_rest_is_sent(table)


def test_after_the_end_of_the_shift(table) -> None:
    # the page lets nobody end a shift with something unsent; another window, or a scan on its way, may
    table.page.evaluate("import('/static/field/outbox.js').then((outbox) => outbox.endShift())")
    names_are_gone(table.page)
    table.page.reload()
    names_are_gone(table.page)
    the_rest_is_sent(table)


def test_after_the_time_of_its_token_without_a_network(table) -> None:
    table.context.set_offline(True)
    table.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    table.page.clock.set_fixed_time(clock.now() + timedelta(days=9))
    table.page.reload()
    names_are_gone(table.page)
