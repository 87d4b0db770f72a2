"""A trip by hand begins at a place of others too; a stranger has a name; an empty list says that it is empty."""

import json
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.custody.models import Fact, Handover, Holding
from lazaretto.people.models import PersonAccess
from lazaretto.places.models import ExternalPlace
from lazaretto.trips import commands
from lazaretto.trips.models import Scan, Trip
from lazaretto.trips.papers import trip_list
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from lazaretto.ui import papers
from tests import factories
from tests.cast import member
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now = NOW + 2 * HOUR
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def airport():
    return ExternalPlace.objects.create(kind="entry", name="白云口岸", latitude=23.39, longitude=113.30)


def traveller(airport, name="高远", site=None):
    person = factories.person(name, at_site=site)
    fact = Fact.objects.create(person=person, kind="taken_in", external=airport, occurred_at=NOW, recorded_at=NOW)
    if not Holding.objects.filter(person=person, ended_at__isnull=True).exists():
        Holding.objects.create(person=person, external=airport, fact=fact, started_at=NOW)
    return person


def address(place):
    return f"{reverse('trips:new')}?from=place:{place.pk}"


def given(fleet, *people, **more):
    return {
        "people": [one.pk for one in people], "destination": "site:H02", "departs_at": "2026-11-21T15:00",
        "vehicle": fleet.bus.pk, "driver": fleet.driver.pk, "category": "inbound", "escort": "范护士", **more,
    }  # fmt: skip


def test_places_of_others_are_offered_as_a_start_those_with_people_first(fleet, airport):
    ExternalPlace.objects.create(kind="community", name="空的地方")
    ExternalPlace.objects.create(kind="hospital", name="关闭的医院", closed_at=NOW)
    traveller(airport)
    answer = fleet.dispatcher.client.get(reverse("trips:new"))
    assert [(place.name, place.waiting) for place in answer.context["places"]] == [("白云口岸", 1), ("空的地方", 0)]
    assert f"?from=place:{airport.pk}" in answer.content.decode()


def test_a_trip_is_planned_from_there_and_hands_them_over(fleet, cast, airport):
    person = traveller(airport)
    client = fleet.dispatcher.client
    shown = client.get(address(airport)).content.decode()
    assert f'value="{person.pk}"' in shown
    assert f'<option value="place:{airport.pk}"' not in shown, "nobody goes where they are"
    answer = client.post(address(airport), given(fleet, person))
    trip = Trip.objects.get()
    assert answer.url == reverse("trips:trip", args=[trip.number])
    assert (trip.stops.get(position=0).external, trip.riders.get().person) == (airport, person)
    leaves = trip.departs_at
    fleet.board(trip, at=leaves - 10 * MINUTE)
    fleet.leave(trip, at=leaves)
    handover = Handover.objects.get()
    assert (handover.from_external, handover.to_site, handover.from_site) == (airport, cast.other_site, None)


def test_the_same_rules_refuse_by_name_and_the_form_stays(fleet, airport):
    person = traveller(airport)
    night = {"departs_at": "2026-11-22T01:50", "drive_minutes": 60}
    refused = fleet.dispatcher.client.post(address(airport), given(fleet, person, **night))
    assert refused.status_code == 422
    assert "checked" in refused.content.decode()
    ExternalPlace.objects.filter(pk=airport.pk).update(latitude=None, longitude=None)
    refused = fleet.dispatcher.client.post(address(airport), given(fleet, person))
    assert refused.status_code == 422
    assert not Trip.objects.exists()


def test_whoever_is_not_there_cannot_be_ticked(fleet, airport):
    (guest,) = fleet.guests("甘小雨")
    assert fleet.dispatcher.client.post(address(airport), given(fleet, guest)).status_code == 422
    assert not Trip.objects.exists()


def test_a_dispatcher_of_one_site_sees_whom_that_site_cares_for_and_nobody_else(fleet, cast, airport):
    known, other = traveller(airport, "高远", cast.site), traveller(airport, "柯安", cast.other_site)
    PersonAccess.objects.filter(person=other, unit_id=cast.site.unit_id).delete()
    local = member("dispatcher", cast.site.unit)
    shown = local.client.get(address(airport)).content.decode()
    assert str(known.pk) in shown
    assert str(other.pk) not in shown
    assert local.client.get(reverse("trips:new")).context["places"][0].waiting == 1


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("auditor", 403), ("duty_officer", 200)])
def test_who_plans_no_trips_opens_no_form(fleet, cast, airport, who, status):
    assert getattr(cast, who).client.get(address(airport)).status_code == status


@pytest.mark.parametrize("key", ["place:x", "place:00000000-0000-7000-8000-000000000000", "place:", "H99"])
def test_an_unknown_start_is_none(fleet, key):
    assert fleet.dispatcher.client.get(f"{reverse('trips:new')}?from={key}").status_code == 404


def test_a_closed_place_is_no_start(fleet, airport):
    ExternalPlace.objects.filter(pk=airport.pk).update(closed_at=NOW)
    assert fleet.dispatcher.client.get(address(airport)).status_code == 404


def test_one_or_three_there_ask_as_many_queries(fleet, airport):
    def asked(url):
        with CaptureQueriesContext(connection) as seen:
            fleet.dispatcher.client.get(url)
        return len(seen)

    urls = [address(airport), reverse("trips:new")]
    traveller(airport)
    [asked(url) for url in urls]
    first = [asked(url) for url in urls]
    traveller(airport, "柯安"), traveller(airport, "石大山")
    assert [asked(url) for url in urls] == first


# ---- somebody who is not on the list


@pytest.fixture
def odd(fleet, noon):
    """A trip with one on the list; a known stranger and an unknown card were scanned."""
    first, stranger = fleet.guests("甘小雨", "柯安然")
    trip = fleet.board(fleet.trip([first], departs_at=noon), at=noon)
    fleet.scan(trip, str(stranger.pk), "on", noon, scan_id=new_id())
    fleet.scan(trip, "ABC-0000000", "on", noon + MINUTE, scan_id=new_id(), at=noon + MINUTE)
    return trip, stranger


def test_the_name_of_a_stranger_stands_beside_the_question(fleet, odd, django_assert_max_num_queries):
    trip, _stranger = odd
    shown = fleet.dispatcher.client.get(reverse("trips:trip", args=[trip.number])).content.decode()
    assert "柯安然" in shown
    assert str(Scan.objects.get(person=None).get_outcome_display()) in shown


def test_masked_for_whoever_reads_no_names(fleet, odd):
    trip, _stranger = odd
    shown = fleet.escort.client.get(reverse("trips:trip", args=[trip.number])).content.decode()
    assert "柯安然" not in shown
    assert "柯**" in shown


def test_the_escorts_phone_is_told_the_masked_name_with_the_page_and_with_every_answer(fleet, odd):
    trip, stranger = odd
    page = fleet.escort.client.get(reverse("trips:ride", args=[trip.number]))
    assert [one["name"] for one in page.context["given"]["strangers"]] == ["柯**", ""]
    assert "柯安然" not in page.content.decode()
    assert str(stranger.pk) not in page.content.decode(), "a masked name opens no record"
    sent = fleet.escort.client.post(
        reverse("trips:ride_scans", args=[trip.number]), json.dumps({"scans": []}), content_type="application/json"
    )
    assert [one["name"] for one in sent.json()["strangers"]] == ["柯**", ""]


# ---- nobody on the list


@pytest.fixture
def empty(fleet, noon):
    return fleet.trip([], departs_at=noon + HOUR)


def test_a_trip_with_nobody_on_it_says_so_on_every_page(fleet, cast, empty):
    pages = [(fleet.dispatcher, "trips:trip"), (fleet.dispatcher, "trips:riders"), (cast.clerk, "trips:trip"),
             (fleet.escort, "trips:ride")]  # fmt: skip
    for who, name in pages:
        shown = who.client.get(reverse(name, args=[empty.number])).content.decode()
        assert "名单上还没有人" in shown or "名单上没有人" in shown or "on the list" in shown, name
    assert (
        reverse("trips:riders", args=[empty.number])
        in fleet.dispatcher.client.get(reverse("trips:trip", args=[empty.number])).content.decode()
    )
    assert "调度" in cast.clerk.client.get(reverse("trips:trip", args=[empty.number])).content.decode()


def test_and_on_paper(empty):
    pdf = papers.render(trip_list(empty, "en", "https://lazaretto.test/ride/X"))
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert "Nobody is on the list." in text


def test_once_somebody_is_on_it_nothing_of_it_is_said(fleet, empty):
    (person,) = fleet.guests("甘小雨")
    commands.add_rider(actor=fleet.dispatcher.actor, at=NOW, trip=empty, person=person, from_stop=0, to_stop=1)
    pdf = papers.render(trip_list(empty, "en", "https://lazaretto.test/ride/X"))
    assert "Nobody is on" not in "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
