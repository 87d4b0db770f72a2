"""The desk in Chromium, with a scanner: a number and Enter arrive faster than any look-up."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lazaretto.arrivals import commands
from lazaretto.arrivals.errors import NotExpectedNow
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.core import clock
from lazaretto.people.models import Person
from lazaretto.protocols.models import PackAdoption
from tests import factories
from tests.browser import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def coming(cast) -> Person:
    """Somebody on a bus that is on its way, with a room."""
    now = clock.now()
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(now - timedelta(days=90)).date(), reason="全国", created_at=now
    )
    manifest = Manifest.objects.create(
        site=cast.site, file_name="bus.xlsx", digest="d", content=b"", category="inbound", vehicle="粤A 1",
        uploaded_at=now, committed_at=now, state="committed", expected_at=now,
    )  # fmt: skip
    person = factories.person("单小燕", at_site=cast.site)
    ExpectedArrival.objects.create(
        manifest=manifest, person=person, site=cast.site, last_exposure_at=now - timedelta(hours=8), party_id=person.id
    )
    commands.propose_rooms(actor=cast.clerk.actor, at=now, manifest=manifest)
    return person


@pytest.mark.usefixtures("coming")
def test_enter_at_once_opens_the_panel_and_no_late_look_up_takes_it_away(window: Opener, cast) -> None:
    reader = window(session=cast.clerk.client.session.session_key)
    page, asked = reader.page, list[str]()
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    page.clock.install()
    reader.open("/sites/H01/check-in")
    page.clock.pause_at(clock.now() + timedelta(minutes=5))
    page.keyboard.type("sxy")
    page.keyboard.press("Enter")
    expect(page.locator("#desk h2")).to_contain_text("单小燕")
    page.clock.run_for(1000)  # longer than the look-up of the last letter waits
    page.locator("#q").press("End")
    page.keyboard.type("x")
    page.clock.run_for(1000)
    expect(page.locator("#desk .lz-note")).to_be_visible()
    assert ["pick=1" in url for url in asked] == [True, False]
    assert reader.complaints == []


def test_a_refusal_says_in_words_what_is_wrong(window: Opener, cast, coming) -> None:
    reader = window(session=cast.clerk.client.session.session_key)
    reader.open(f"/sites/H01/buses/{Manifest.objects.get().pk}")
    ExpectedArrival.objects.filter(person=coming).update(state="cancelled")  # by somebody else, meanwhile
    reader.page.get_by_role("region").get_by_role("button", name="上车").click()
    expect(reader.page.locator(".lz-toast")).to_contain_text(str(NotExpectedNow.message))
