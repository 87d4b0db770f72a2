"""Pages of trips: what is on the road, one trip with its next step, vehicles, the escort's phone, the printed list."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.custody.models import Handover
from lazaretto.trips import commands
from lazaretto.trips.choices import TripState, VehicleState
from lazaretto.trips.models import Driver, EscortLink, Rider, Scan, Trip, Vehicle
from lazaretto.trips.papers import trip_list
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from lazaretto.ui import papers
from lazaretto.ui.tests.pictures import codes_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon(monkeypatch):
    """Twelve o'clock in Guangzhou, whenever the test runs: no night is near."""
    now = factories.NOW + 2 * HOUR
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def test_the_board_shows_what_is_on_the_road_first_and_counts_a_fixed_number_of_queries(
    fleet, cast, noon, django_assert_max_num_queries
):
    road = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"), departs_at=noon), at=noon), at=noon)
    fleet.trip(fleet.guests("石大山"), departs_at=noon + 5 * HOUR)
    answer = fleet.dispatcher.client.get(reverse("trips:board"))
    shown = answer.content.decode()
    assert shown.index(road.number) < shown.index("HQ-R2026-0002")
    assert [line.trip for line in answer.context["board"].on_the_road] == [road]
    with django_assert_max_num_queries(16):
        fleet.dispatcher.client.get(reverse("trips:board"))


def test_a_late_trip_is_red(fleet, noon):
    trip = fleet.trip(fleet.guests("甘小雨"), departs_at=noon - 40 * MINUTE)
    (line,) = fleet.dispatcher.client.get(reverse("trips:board")).context["board"].planned
    assert (line.trip, line.late) == (trip, 40)


def test_a_clerk_sends_the_bus_off_from_its_page(fleet, cast, noon):
    seen, stays = fleet.guests("甘小雨", "石大山")
    trip = fleet.trip([seen, stays], departs_at=noon)
    page = reverse("trips:trip", args=[trip.number])
    assert cast.clerk.client.post(reverse("trips:begin", args=[trip.number])).status_code == 302
    shown = cast.clerk.client.get(page).content.decode()
    assert f'name="seen" value="{seen.pk}"' in shown
    by_htmx = {"HX-Request": "true", "Accept-Language": "en"}
    refused = cast.clerk.client.post(reverse("trips:depart", args=[trip.number]), {"stop": 0}, headers=by_htmx)
    assert (refused.status_code, "X-Problem" in refused.headers) == (409, True), "the form stays as it was filled in"
    cast.clerk.client.post(reverse("trips:depart", args=[trip.number]), {"stop": 0, "seen": [seen.pk]})
    trip.refresh_from_db()
    assert trip.state == TripState.BOARDING, "one of them is not accounted for"
    given = {"stop": 0, "seen": [seen.pk], "left_behind": [stays.pk], "reason": "等待复检结果"}
    left = cast.clerk.client.post(reverse("trips:depart", args=[trip.number]), given, headers=by_htmx)
    assert left.headers["HX-Redirect"] == reverse("trips:trip", args=[trip.number])
    trip.refresh_from_db()
    assert (trip.state, Handover.objects.get().people.get().person) == (TripState.UNDER_WAY, seen)
    assert "H01-T2026-" in cast.clerk.client.get(page).content.decode()
    fleet.dispatcher.client.post(reverse("trips:arrive", args=[trip.number]), {"stop": 1})
    trip.refresh_from_db()
    assert trip.state == TripState.ARRIVED


def test_a_trip_is_planned_by_hand(fleet, cast, noon):
    (person,) = fleet.guests("甘小雨")
    given = {
        "people": [person.pk], "destination": "site:H02", "departs_at": "2026-11-21T15:00", "vehicle": fleet.bus.pk,
        "driver": fleet.driver.pk, "category": "inbound", "escort": "范护士",
    }  # fmt: skip
    address = f"{reverse('trips:new')}?from=H01"
    night = fleet.dispatcher.client.post(address, {**given, "departs_at": "2026-11-22T01:50", "drive_minutes": 60})
    assert night.status_code == 422
    assert "2026-11-22 05:00" in night.content.decode()
    answer = fleet.dispatcher.client.post(address, given)
    trip = Trip.objects.get()
    assert answer.url == reverse("trips:trip", args=[trip.number])
    assert (trip.riders.get().person, trip.escort) == (person, "范护士")


def test_vehicles_and_drivers_are_kept_on_their_page(fleet, noon):
    client = fleet.dispatcher.client
    given = {
        "plate": "粤A77777",
        "kind": "van",
        "seats": 7,
        "wheelchairs": 1,
        "stretchers": 0,
        "category": "close_contact",
    }
    assert client.post(reverse("trips:new_vehicle"), given).status_code == 302
    vehicle = Vehicle.objects.get(plate="粤A77777")
    client.post(reverse("trips:vehicle", args=[vehicle.pk]), {**given, "seats": 9})
    client.post(reverse("trips:vehicle_state", args=[vehicle.pk]), {"after": "disinfecting"})
    client.post(reverse("trips:vehicle_state", args=[vehicle.pk]), {"after": "ready"})
    vehicle.refresh_from_db()
    assert (vehicle.seats, vehicle.category, vehicle.state) == (9, "close_contact", VehicleState.READY)
    client.post(reverse("trips:new_driver"), {"name": "冯师傅", "phone": "13900000000"})
    driver = Driver.objects.get(name="冯师傅")
    client.post(reverse("trips:end_driver", args=[driver.pk]))
    driver.refresh_from_db()
    assert driver.ended_at == noon
    assert client.post(reverse("trips:new_vehicle"), given).status_code == 422


def test_the_escorts_link_opens_one_trip_without_a_sign_in_until_it_is_revoked(fleet, cast, noon):
    (person,) = fleet.guests("甘小雨")
    trip = fleet.board(fleet.trip([person], departs_at=noon), at=noon)
    shown = fleet.dispatcher.client.post(reverse("trips:link", args=[trip.number]), {"what": "make"})
    address = shown.context["link"]
    path = address[address.index("/ride/") :]
    link = EscortLink.objects.get()
    secret = path.rpartition("/")[2]
    assert secret not in link.digest

    phone = Client()
    page = phone.get(path).content.decode()
    assert "甘小雨" not in page, "names are masked"
    assert str(person.pk) in page
    scan = {"id": str(new_id()), "kind": "on", "card": str(person.pk), "taken_at": noon.isoformat()}
    body = {"sent_at": noon.isoformat(), "scans": [scan, {**scan, "id": "x"}]}
    for _twice in range(2):
        answer = phone.post(f"{path}/scans", json.dumps(body), content_type="application/json").json()
        assert answer["answers"][0] == {"id": scan["id"], "outcome": "expected"}
        assert answer["answers"][1]["id"] == "x"
        assert answer["answers"][1]["refused"]
    assert answer["standing"][0]["on"]
    assert Scan.objects.get().by is None
    assert Rider.objects.get().seen_on_at == noon

    assert Client().get(path.replace(secret, "0" * len(secret))).status_code == 404
    fleet.dispatcher.client.post(reverse("trips:link", args=[trip.number]), {"what": "revoke"})
    assert phone.get(path).status_code == 404
    assert phone.post(f"{path}/scans", "{}", content_type="application/json").status_code == 404


def test_a_link_is_over_a_day_after_the_arrival(fleet, noon, monkeypatch):
    trip = fleet.trip(fleet.guests("甘小雨"), departs_at=noon)
    made = commands.make_link(actor=fleet.dispatcher.actor, at=noon, trip=trip)
    path = reverse("trips:ride_link", args=[trip.number, made.secret])
    monkeypatch.setattr(clock, "now", lambda: trip.arrives_at + timedelta(hours=25))
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "邓师傅"), ("en", "No driving between 02:00 and 05:00")])
def test_the_list_of_a_trip_is_printed_with_masked_names_and_a_code(fleet, noon, language, word):
    trip = fleet.trip(fleet.guests("甘小雨", "石大山"), departs_at=noon)
    paper = trip_list(trip, language, "https://lazaretto.test/ride/X/secret")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(papers.render(paper))).pages)
    assert word in text
    assert "甘小雨" not in text
    assert codes_of(paper) == ["https://lazaretto.test/ride/X/secret"]
    answer = fleet.dispatcher.client.get(f"{reverse('trips:paper', args=[trip.number])}?language={language}")
    assert answer["Content-Type"] == "application/pdf"


def test_the_api_tells_trips_and_commands_make_them(fleet, noon):
    trip = fleet.trip(fleet.guests("甘小雨"), departs_at=noon + HOUR)
    client = fleet.dispatcher.client
    (row,) = client.get("/api/v1/trips").json()["items"]
    assert (row["number"], [stop["site"] for stop in row["stops"]]) == (trip.number, ["H01", "H02"])
    assert len(client.get(f"/api/v1/trips/{trip.number}").json()["riders"]) == 1
    assert client.get("/api/v1/vehicles").json()["items"][0]["plate"] == "粤A12345"
    assert client.get("/api/v1/drivers").json()["items"][0]["name"] == "邓师傅"
    body = {
        "vehicle": str(fleet.bus.pk), "driver": str(fleet.driver.pk), "category": "inbound",
        "departs_at": "2026-11-22T01:50:00+08:00", "stops": [{"site": "H01"}, {"site": "H02", "drive_minutes": 60}],
    }  # fmt: skip
    refused = client.post("/api/v1/commands/trips.plan_trip", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "night_blocked")
