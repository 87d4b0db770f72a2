"""In Chromium: what the server would refuse later is said in the hand; what it cannot take holds up nothing else."""

import pytest
from playwright.sync_api import expect

from lazaretto.field.tests.test_the_phone_in_a_browser import at_table, bar, says, wedge
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.models import DuplicateScan, Scan, Stranger
from lazaretto.screening.tests.rounds import opened
from lazaretto.tubes.models import TubeEvent
from tests.browser import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(cast):
    """A point of an open round, with twelve people on its roster and one of another enterprise."""
    _of, found = opened(cast, people=12)
    return found


def test_a_number_after_the_end_of_the_roster_is_refused_in_the_hand_and_a_stranger_is_not(
    window: Opener, cast, place
) -> None:
    of, reader = place.round, at_table(window, cast, place)
    page, last = reader.page, of.entries
    wedge(page, "TUBE0001")
    says(page, "blue", "TUBE0001")
    reader.context.set_offline(True)
    for number in (last + 1, 999_999_999, 0):
        wedge(page, f"LZ1:{of.pk.hex}:{number}")
        says(page, "red", f"NOBODY HAS NUMBER {number}: this round ends at {last}. Scan the ID card, or choose")
        expect(page.locator("[data-tube-count]")).to_have_text("0 of 10")
    wedge(page, f"LZ1:{of.pk.hex}:{last}")
    says(page, "green", "place 1 of 10")
    page.get_by_role("button", name="Not on the list").click()
    page.get_by_label("Name", exact=True).fill("过路人")
    page.get_by_role("button", name="Test them").click()
    says(page, "blue", "过路人, not on the list, is in place 2 of 10")
    bar(page, "seal")
    reader.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert (Scan.objects.count(), Stranger.objects.get().name, DuplicateScan.objects.count()) == (2, "过路人", 0)


@pytest.mark.parametrize("status", [500, 409])
def test_a_batch_that_the_server_cannot_take_holds_up_nothing_else(window: Opener, cast, place, status) -> None:
    reader = at_table(window, cast, place)
    page = reader.page
    said = {"status": status, "content_type": "application/problem+json", "body": "{}"}

    def answer(route):
        bad = "TUBE0001" in (route.request.post_data or "")
        return route.fulfill(**said) if bad else route.continue_()

    page.route("**/field/api/uploads", answer)
    page.route("**/field/api/events", answer)
    for tube, number in (("TUBE0001", 1), ("TUBE0002", 2)):
        wedge(page, tube)
        expect(page.locator("[data-tube-code]")).to_have_text(tube)
        wedge(page, card(number))
        expect(page.locator("[data-tube-count]")).to_have_text("1 of 10")
        with page.expect_response("**/field/api/events"):
            bar(page, "seal")
            page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-queue]")).to_have_text("2")  # the one swab, and that its tube is sealed
    assert list(Scan.objects.values_list("tube", flat=True)) == ["TUBE0002"]
    assert list(TubeEvent.objects.values_list("tube", flat=True)) == ["TUBE0002"]
    page.unroute("**/field/api/uploads")
    page.unroute("**/field/api/events")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert set(Scan.objects.values_list("tube", flat=True)) == {"TUBE0001", "TUBE0002"}
