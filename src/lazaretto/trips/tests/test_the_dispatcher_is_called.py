"""Where the dispatcher is reached: said of a unit, shown wherever somebody on the road may have to call."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.commands import open_unit, set_dispatch_phone
from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import dispatch_phone
from lazaretto.core import clock
from lazaretto.core.errors import Forbidden, InvalidInput, TextTooLong
from lazaretto.core.models import JournalEntry
from lazaretto.trips import commands
from lazaretto.trips.models import Vehicle
from lazaretto.trips.papers import trip_list
from lazaretto.trips.tests.fleet import HOUR
from lazaretto.ui import papers
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NUMBER = "020-5550 2000"


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now = NOW + 2 * HOUR
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def say(cast, unit, phone=NUMBER, who=None):
    return set_dispatch_phone(actor=(who or cast.administrator).actor, at=NOW, unit=unit, phone=phone)


@pytest.fixture
def trip(fleet, cast, noon):
    say(cast, factories.headquarters())
    return fleet.trip(fleet.guests("甘小雨"), departs_at=noon + HOUR)


def test_the_nearest_unit_above_that_has_a_number_answers(cast):
    root, site = factories.headquarters(), cast.site.unit
    assert dispatch_phone(site.pk) == ""
    say(cast, root)
    assert dispatch_phone(site.pk) == dispatch_phone(root.pk) == NUMBER
    say(cast, site, "13800000000")
    assert (dispatch_phone(site.pk), dispatch_phone(root.pk)) == ("13800000000", NUMBER)
    say(cast, site, "")
    assert dispatch_phone(site.pk) == NUMBER


def test_however_deep_the_unit_it_takes_two_queries(cast):
    unit = cast.site.unit
    for level in range(3):
        made = open_unit(actor=cast.administrator.actor, at=NOW, parent=unit, kind=UnitKind.TEAM, code=f"T{level}",
                         name="组")  # fmt: skip
        unit = Unit.objects.get(pk=made.unit_id)
    say(cast, factories.headquarters())
    with CaptureQueriesContext(connection) as seen:
        assert dispatch_phone(unit.pk) == NUMBER
    assert len(seen) == 2


def test_it_is_written_in_the_journal_and_only_by_who_manages_units(cast):
    say(cast, cast.site.unit)
    assert JournalEntry.objects.filter(command="accounts.set_dispatch_phone").count() == 1
    with pytest.raises(Forbidden):
        say(cast, cast.site.unit, who=cast.auditor)


@pytest.mark.parametrize("phone", ["call Wang", "javascript:alert(1)", "-", "1", "１３８"])
def test_what_cannot_be_dialled_is_no_number(cast, phone):
    with pytest.raises(InvalidInput):
        say(cast, cast.site.unit, phone)


def test_a_number_that_is_too_long_is_refused_whole(cast):
    with pytest.raises(TextTooLong):
        say(cast, cast.site.unit, "1" * 41)


def test_it_is_edited_on_the_page_of_the_unit(cast):
    root = factories.headquarters()
    url = reverse("accounts:unit", args=[root.pk])
    client = cast.administrator.client
    assert client.post(url, {"name": root.name, "dispatch_phone": NUMBER}).status_code == 302
    root.refresh_from_db()
    assert root.dispatch_phone == NUMBER
    assert NUMBER in client.get(url).content.decode()
    below = client.get(reverse("accounts:unit", args=[cast.site.unit_id])).content.decode()
    assert f"tel:{NUMBER}" in below, "a unit without one shows whose answers for it"
    refused = client.post(url, {"name": root.name, "dispatch_phone": "老王"})
    assert refused.status_code == 200
    root.refresh_from_db()
    assert root.dispatch_phone == NUMBER


@pytest.mark.parametrize("who", ["site_lead", "auditor"])
def test_nobody_else_edits_it_there(cast, who):
    unit = cast.site.unit
    url = reverse("accounts:unit", args=[unit.pk])
    answer = getattr(cast, who).client.post(url, {"name": unit.name, "dispatch_phone": NUMBER})
    assert answer.status_code in {200, 403}, "the page shows the refusal, and nothing was written"
    unit.refresh_from_db()
    assert unit.dispatch_phone == ""


def test_it_stands_on_the_trip_on_the_phone_after_120_and_on_paper(fleet, cast, trip):
    assert f"tel:{NUMBER}" in cast.clerk.client.get(reverse("trips:trip", args=[trip.number])).content.decode()
    made = commands.make_link(actor=fleet.dispatcher.actor, at=NOW, trip=trip)
    for url in (reverse("trips:ride", args=[trip.number]), reverse("trips:ride_link", args=[trip.number, made.secret])):
        shown = fleet.escort.client.get(url).content.decode()
        help_part = shown[shown.index("data-ride-help") :]
        assert 0 < help_part.index("tel:120") < help_part.index(f"tel:{NUMBER}"), "120 first"
    pdf = papers.render(trip_list(trip, "en", "https://lazaretto.test/ride/X"))
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert f"Dispatcher {NUMBER}" in text


def test_the_number_is_of_the_unit_whose_vehicle_goes(fleet, cast, noon):
    say(cast, factories.headquarters())
    say(cast, cast.site.unit, "020-5550 0001")
    van = fleet.vehicle("粤B77777")
    Vehicle.objects.filter(pk=van.pk).update(unit=cast.site.unit)
    van.refresh_from_db()
    trip = fleet.trip([], vehicle=van, departs_at=noon + HOUR)
    shown = fleet.dispatcher.client.get(reverse("trips:trip", args=[trip.number])).content.decode()
    assert "tel:020-5550 0001" in shown


def test_without_a_number_nothing_is_shown(fleet, noon):
    trip = fleet.trip([], departs_at=noon + HOUR)
    shown = fleet.escort.client.get(reverse("trips:ride", args=[trip.number])).content.decode()
    assert 'href="tel:"' not in shown
