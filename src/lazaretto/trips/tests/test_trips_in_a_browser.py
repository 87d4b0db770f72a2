"""Pages of trips in Chromium: no barrier for any reader; the escort's phone works without a network and sends later."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.protocols.models import PackAdoption
from lazaretto.trips import commands
from lazaretto.trips.choices import VehicleState
from lazaretto.trips.models import MoveRequest, Rider, Scan, Trip, TripPlan
from lazaretto.trips.tests.fleet import Fleet
from tests import factories
from tests.browser import READERS, Opener
from tests.cast import member
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def road(cast) -> dict[str, object]:
    """One trip boarding with a stranger scanned, one planned, by the wall clock; overridden, whatever the hour."""
    fleet = Fleet(cast, member("dispatcher", factories.headquarters()), member("escort", factories.headquarters()))
    cast.other_site.latitude, cast.other_site.longitude = 23.125, 113.361
    cast.other_site.save()
    cast.site.latitude, cast.site.longitude = 23.083, 113.317
    cast.site.save()
    now, officer = clock.now(), cast.duty_officer.actor
    riders, strangers = fleet.guests("甘小雨", "石大山"), fleet.guests("柯安")
    halts = (commands.Halt(site="H01"), commands.Halt(site="H02", drive_minutes=25))

    def plan(vehicle, driver, people, departs_at):
        made = commands.plan_trip(
            actor=officer, at=now, vehicle=vehicle, driver=driver, category="inbound", departs_at=departs_at,
            stops=halts, escort="范护士", escort_phone="13800000000", override_reason="演练",
            riders=tuple(commands.Passenger(person=one.pk, from_stop=0, to_stop=1) for one in people),
        )  # fmt: skip
        return Trip.objects.get(pk=made.trip_id)

    riders[1].birth_date = now.date().replace(year=now.year - 6, day=1)  # rides alone: said on every page
    riders[1].save(update_fields=["birth_date"])
    trip = plan(fleet.bus, fleet.driver, riders, now + 5 * MINUTE)
    commands.begin_boarding(actor=officer, at=now, trip=trip)
    fleet.vehicle("粤B20002", state=VehicleState.TO_DISINFECT, carried="close_contact")
    plan(fleet.vehicle("粤B10001"), fleet.driver_named("冯师傅"), [], now + timedelta(hours=1))
    (waits,) = fleet.guests("晚来")
    waits.birth_date = riders[1].birth_date  # the choices and the proposal say it too
    waits.save(update_fields=["birth_date"])
    commands.ask(
        actor=officer, at=now, unit=factories.headquarters(), person=waits, category="inbound",
        origin=commands.Halt(site="H01"), destination=commands.Halt(site="H02"), earliest_at=now,
        latest_at=now + timedelta(hours=20), urgency="urgent",
    )  # fmt: skip
    fleet.vehicle("粤B40004")
    fleet.driver_named("毛师傅")
    plan = commands.make_plan(actor=officer, at=now, unit=factories.headquarters())
    TripPlan.objects.filter(pk=plan.plan_id).update(rounds=4)  # nothing is sought while the page is looked at
    return {"fleet": fleet, "trip": trip, "riders": riders, "stranger": strangers[0], "plan": plan.plan_id}


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, road, language: str, theme: str, width: str) -> None:
    trip, fleet = road["trip"], road["fleet"]
    empty = Trip.objects.exclude(pk=trip.pk).first()
    pages = ["/trips", "/trips/all", f"/trips/{empty.number}", f"/ride/{empty.number}",
             "/trips/new", "/trips/new?from=H01", "/trips/fleet", "/trips/fleet/vehicles/new",
             f"/trips/{trip.number}", f"/ride/{trip.number}", "/trips/plan",
             f"/trips/plan/{road['plan']}"]  # fmt: skip
    for who in (cast.duty_officer, fleet.escort):
        who.user.language = language
        who.user.save()
    reader = window(language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key)
    for path in pages:
        reader.open(path)
        assert reader.problems() == [], path


def test_the_escorts_phone_works_without_a_network_and_sends_later(window: Opener, cast, road) -> None:
    trip, (first, second), stranger = road["trip"], road["riders"], road["stranger"]
    made = commands.make_link(actor=cast.duty_officer.actor, at=clock.now(), trip=trip)
    reader = window(language="en", width="phone")
    page = reader.open(reverse("trips:ride_link", args=[trip.number, made.secret]))
    expect(page.locator("[data-ride-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.wait_for_timeout(1500)  # the worker takes the page in

    reader.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("粤A12345")
    say = page.locator("[data-ride-say]")
    page.locator(f'[data-person="{first.pk}"]').click()
    expect(say).to_have_attribute("data-tone", "green")
    page.locator("#card").fill(f"https://lazaretto.test/people/{stranger.pk}")
    page.locator("#card").press("Enter")
    expect(say).to_have_attribute("data-tone", "red")
    expect(say).to_contain_text("NOT ON THE LIST")
    page.get_by_role("button", name="Who is missing?").click()
    expect(say).to_contain_text("MISSING: 石**")
    expect(page.locator("[data-ride-queue]")).to_have_text("2")
    assert not Scan.objects.exists()

    reader.context.set_offline(False)
    expect(page.locator("[data-ride-queue]")).to_have_text("0")
    assert sorted(Scan.objects.values_list("outcome", flat=True)) == ["expected", "stranger"]
    expect(page.locator("[data-ride-strangers]")).to_contain_text("柯*")
    assert Rider.objects.get(person=first).seen_on_at is not None
    assert Rider.objects.get(person=second).seen_on_at is None
    page.locator(f'[data-person="{second.pk}"]').click()
    expect(page.get_by_role("button", name="Take back the last")).to_be_enabled()
    page.get_by_role("button", name="Take back the last").click()
    expect(say).to_have_text("Taken back.")
    expect(page.locator("[data-ride-queue]")).to_have_text("0")


@pytest.fixture(autouse=True)
def plan_8(db):
    """Plan 8 in force."""
    return PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


@pytest.mark.parametrize("reader", READERS)
def test_the_choices_for_somebody_urgent_and_the_list_of_a_trip_have_no_barriers(window: Opener, road, reader):
    client = road["fleet"].dispatcher.client
    opened = window(language=reader[0], theme=reader[1], width=reader[2], session=client.cookies["sessionid"].value)
    request = MoveRequest.objects.get()
    page = opened.open(reverse("trips:choices", args=[request.pk]))
    assert page.locator(".lz-note[data-tone=amber]").count() >= 1, "somebody would ride alone"
    assert opened.problems() == []
    opened.open(reverse("trips:riders", args=[road["trip"].number]))
    assert opened.problems() == []


def test_a_long_list_of_guests_is_found_by_typing(window: Opener, road):
    opened = window(session=road["fleet"].cast.duty_officer.client.cookies["sessionid"].value)
    page = opened.open(reverse("trips:new") + "?from=H01")
    rows = page.locator("#riders tbody tr")
    expect(rows).to_have_count(4)
    page.get_by_role("searchbox", name="在列表中查找").fill("石大山")
    expect(rows.filter(visible=True)).to_have_count(1)
    assert opened.problems() == []
