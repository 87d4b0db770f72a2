"""In Chromium: whoever is called back gets a tube of their own at the table, without a network too."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.field.tests.test_the_phone_in_a_browser import at_table, bar, says, wedge
from lazaretto.screening.models import Scan
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import Recall, TubeEvent
from lazaretto.tubes.tests.labs import report
from lazaretto.tubes.tests.ways import brought, laboratory
from tests.browser import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(cast):
    """Two people of a pool are called back."""
    of, found = opened(cast, people=12)
    before = clock.now() - timedelta(hours=1)
    send(cast, found, scan(1, at=before), scan(2, at=before), at=before)
    brought(cast, found, "T1", at=before)
    report(cast, of, laboratory(cast), ["T1", "阳性", "30", "30"], at=before)
    return found


def test_whoever_is_called_back_is_put_into_no_shared_tube(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page, of = reader.page, place.round
    wedge(page, "TUBE0001")
    wedge(page, f"LZ1:{of.pk.hex}:3")
    says(page, "green", "place 1 of 10")
    reader.context.set_offline(True)
    wedge(page, f"LZ1:{of.pk.hex}:1")
    says(page, "red", "IS SWABBED SINGLY: not into a shared tube")
    wedge(page, f"LZ1:{of.pk.hex}:4")
    says(page, "red", "FIRST: scan a fresh tube, for them alone")
    bar(page, "seal")
    says(page, "red", "FIRST: scan a fresh tube, for them alone")
    wedge(page, "TUBE0001")
    says(page, "amber", "in hand already")
    wedge(page, "TUBE0002")
    says(page, "green", "alone is in tube TUBE0002")
    wedge(page, f"LZ1:{of.pk.hex}:1")
    says(page, "red", "WAS TESTED BEFORE")
    wedge(page, f"LZ1:{of.pk.hex}:4")
    says(page, "green", "place 2 of 10")
    bar(page, "seal")
    reader.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("0")
    row = Recall.objects.get(number=1)
    assert (row.state, row.retest_tube) == ("retested", "TUBE0002")
    assert Recall.objects.get(number=2).state == "open"
    assert TubeEvent.objects.get(kind="retested").number == 1
    assert set(Scan.objects.filter(tube="TUBE0001").values_list("number", flat=True)) == {3, 4}


def test_it_can_be_taken_back(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page = reader.page
    wedge(page, "TUBE0001")
    wedge(page, f"LZ1:{place.round.pk.hex}:2")
    says(page, "red", "IS SWABBED SINGLY")
    bar(page, "undo")
    says(page, "amber", "Forgotten")
    wedge(page, f"LZ1:{place.round.pk.hex}:5")
    says(page, "green", "place 1 of 10")
