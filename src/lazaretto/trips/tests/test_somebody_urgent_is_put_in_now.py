"""Somebody urgent joins a trip that goes anyway, or gets a vehicle at once; what was promised to others is kept."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import Forbidden
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.custody.models import Handover
from lazaretto.people.models import Party, PartyMember
from lazaretto.places.models import ExternalPlace
from lazaretto.trips import commands
from lazaretto.trips.choices import Berth, RequestState, Urgency
from lazaretto.trips.commands import Halt
from lazaretto.trips.errors import ChoiceStale, NightBlocked, RequestClosed
from lazaretto.trips.models import MoveRequest, Override, Stop, Trip
from lazaretto.trips.queries.choices import choices_for
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(db) -> ExternalPlace:
    """On the way from the first site to the second."""
    return ExternalPlace.objects.create(kind="hospital", name="区中医院", latitude=23.104, longitude=113.339)


def waits(fleet, name="晚来", *, to=None, hours=6, at=NOW, **more) -> MoveRequest:
    (person,) = fleet.guests(name, category=more.get("category", "inbound"))
    given = {"category": "inbound", "berth": Berth.SEAT, **more}
    made = commands.ask(
        actor=fleet.dispatcher.actor, at=at, unit=factories.headquarters(), person=person, origin=Halt(site="H01"),
        destination=Halt(place=to.pk) if to else Halt(site="H02"), earliest_at=at, latest_at=at + hours * HOUR,
        urgency=Urgency.URGENT, **given,
    )  # fmt: skip
    return MoveRequest.objects.get(pk=made.request_id)


def offered(fleet, request, *, at=NOW, who=None):
    return choices_for((who or fleet.dispatcher).actor, request, at=at).choices


def quickest(choices):
    return min((one for one in choices if one.number), key=lambda one: one.there_at)


def take(fleet, request, choice, *, at=NOW, who=None, **more):
    actor = (who or fleet.dispatcher).actor
    return commands.insert_urgent(actor=actor, at=at, request=request, choice=choice.token, **more)


def promised(trip) -> list[tuple]:
    return list(trip.stops.order_by("position").values_list("site", "external", "arrives_at", "departs_at"))


def test_they_ride_along_where_it_stops_anyway_and_nobody_notices(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"))
    before, request = promised(trip), waits(fleet)
    (best, *_others) = offered(fleet, request)
    assert (best.number, best.longest_delay, best.costs, best.beyond) == (trip.number, 0, (), ())
    done = take(fleet, request, best)
    request.refresh_from_db()
    assert (request.state, request.rider.trip, done.number) == (RequestState.PLANNED, trip, trip.number)
    assert promised(trip) == before
    assert JournalEntry.objects.filter(command="trips.insert_urgent", subject_id=str(request.pk)).exists()
    assert Deadline.objects.get(kind="trips.request").state == "met"
    with pytest.raises(RequestClosed):
        take(fleet, request, best)


def test_a_stop_on_the_way_is_put_in_before_the_trip_has_left_and_not_after(fleet, clinic):
    trip = fleet.trip(fleet.guests("甘小雨"))
    before, request = promised(trip), waits(fleet, to=clinic)
    best = quickest(offered(fleet, request))
    take(fleet, request, best)
    stops = list(trip.stops.order_by("position"))
    assert [stop.position for stop in stops] == [0, 1, 2]
    assert (stops[1].external, stops[2].arrives_at) == (clinic, before[1][2] + best.longest_delay * MINUTE)
    gone = fleet.leave(fleet.board(trip))
    late = waits(fleet, "再来", at=NOW + HOUR)
    assert gone.number not in [one.number for one in offered(fleet, late, at=NOW + HOUR)]


def three_stops(fleet, people) -> Trip:
    """From the first site by the second to a hospital far away, all of them to the hospital."""
    far = ExternalPlace.objects.create(kind="hospital", name="市八医院", latitude=23.16, longitude=113.40)
    halts = (Halt(site="H01"), Halt(site="H02"), Halt(place=far.pk))
    trip = fleet.trip([], stops=halts)
    for person in people:
        commands.add_rider(actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=person, from_stop=0, to_stop=2)
    return trip


def test_who_is_aboard_is_later_by_a_named_time_and_both_ends_expect_it(fleet, cast):
    """Somebody at the second stop is to go to a place behind it: those aboard come ten minutes later, no more."""
    aboard = fleet.guests("甘小雨")
    trip = three_stops(fleet, aboard)
    trip = fleet.leave(fleet.board(trip))
    handover = Handover.objects.get()
    far = trip.stops.get(position=2)
    on_the_way = ExternalPlace.objects.create(kind="hospital", name="街道医院", latitude=23.1425, longitude=113.3805)
    (person,) = [factories.stay(cast.other_site).person]
    made = commands.ask(
        actor=fleet.dispatcher.actor, at=NOW + HOUR, unit=factories.headquarters(), person=person, category="inbound",
        origin=Halt(site="H02"), destination=Halt(place=on_the_way.pk), earliest_at=NOW + HOUR,
        latest_at=NOW + 4 * HOUR, urgency=Urgency.URGENT,
    )  # fmt: skip
    request = MoveRequest.objects.get(pk=made.request_id)
    best = quickest(offered(fleet, request, at=NOW + HOUR + MINUTE))
    delay = best.longest_delay
    assert 0 < delay <= 20
    assert [(cost.minutes, len(cost.names)) for cost in best.costs] == [(delay, 1)]
    first = Stop.objects.get(trip=trip, position=0)
    take(fleet, request, best, at=NOW + HOUR + MINUTE)
    stops = list(trip.stops.order_by("position"))
    assert [stop.external for stop in stops[2:]] == [on_the_way, far.external]
    assert (stops[3].arrives_at, stops[3].upset_minutes) == (far.arrives_at + delay * MINUTE, delay)
    assert (stops[0].arrives_at, stops[0].departed_at) == (first.arrives_at, first.departed_at)
    again = Handover.objects.get(pk=handover.pk)
    assert again.due_at == handover.due_at + delay * MINUTE
    trip.refresh_from_db()
    assert trip.arrives_at == stops[3].arrives_at
    assert Deadline.objects.get(kind="trips.end", state="open").due_at == trip.arrives_at
    assert trip.booking.ended_at >= trip.arrives_at


def test_however_many_are_put_in_nobody_is_later_than_the_tolerance(fleet):
    trip = fleet.trip(fleet.guests("甘小雨"))
    last = trip.stops.get(position=1)
    names = iter(("一", "二", "三", "四"))
    for number in range(4):
        place = ExternalPlace.objects.create(
            kind="hospital", name=f"医院{number}", latitude=23.09 + number / 100, longitude=113.325 + number / 100
        )
        request = waits(fleet, next(names), to=place, hours=3)
        joins = [one for one in offered(fleet, request) if one.number and one.longest_delay]
        if joins:
            take(fleet, request, joins[0])
    after = Stop.objects.get(pk=last.pk)
    assert timedelta() < after.arrives_at - last.arrives_at <= 20 * MINUTE
    assert after.upset_minutes == (after.arrives_at - last.arrives_at) / MINUTE


def test_categories_are_never_mixed(fleet, cast):
    fleet.trip(fleet.guests("甘小雨"))
    request = waits(fleet, category="close_contact")
    assert all(one.number == "" for one in offered(fleet, request))


def test_nobody_gets_a_place_that_another_has(fleet, cast):
    small = fleet.vehicle("粤B20002", seats=2)
    trip = fleet.trip(fleet.guests("甘小雨", "石大山"), vehicle=small)
    assert trip.number not in [one.number for one in offered(fleet, waits(fleet))]
    wheel = waits(fleet, "轮椅", berth=Berth.WHEELCHAIR)
    assert all(one.plate != "粤B20002" for one in offered(fleet, wheel))


def test_a_household_is_put_in_together(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"))
    mother, child = waits(fleet, "柯安"), waits(fleet, "柯苗")
    party = Party.objects.create(created_at=NOW)
    for one in (mother, child):
        PartyMember.objects.create(party=party, person=one.person, started_at=NOW)
    given = choices_for(fleet.dispatcher.actor, mother, at=NOW)
    assert len(given.names) == 2
    take(fleet, mother, given.choices[0])
    child.refresh_from_db()
    assert (child.state, child.rider.trip) == (RequestState.PLANNED, trip)


def test_a_choice_that_no_longer_stands_is_refused_by_name(fleet, cast):
    trip = fleet.trip(fleet.guests("甘小雨"))
    request = waits(fleet)
    best = offered(fleet, request)[0]
    commands.add_rider(
        actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=fleet.guests("石大山")[0], from_stop=0, to_stop=1
    )
    with pytest.raises(ChoiceStale):
        take(fleet, request, best)
    for token in ("", "trip:", "trip:nothing:1", "own:", "own:a:b:c", f"own:{trip.pk}:{trip.pk}:99"):
        with pytest.raises(ChoiceStale):
            commands.insert_urgent(actor=fleet.dispatcher.actor, at=NOW, request=request, choice=token)
    assert not request.person.rides.exists()


def test_without_a_trip_that_goes_anyway_they_get_a_vehicle_of_their_own(fleet, cast):
    van = fleet.vehicle("粤C30003", seats=4)
    van.base = cast.site
    van.save()
    fleet.driver  # noqa: B018 - made by being asked for
    request = waits(fleet, hours=2)
    (own,) = [one for one in offered(fleet, request) if not one.number]
    assert (own.plate, own.beyond, own.late_minutes) == ("粤C30003", (), 0)
    done = take(fleet, request, own)
    trip = Trip.objects.get(pk=done.trip_id)
    assert (trip.vehicle, trip.departs_at, done.there_at <= request.latest_at) == (van, own.fetched_at, True)
    with pytest.raises(ChoiceStale):
        take(fleet, waits(fleet, "迟到"), own, at=NOW + 3 * HOUR)


def test_in_the_blocked_night_a_vehicle_goes_only_under_a_name(fleet, cast):
    night = datetime(2026, 11, 22, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    fleet.vehicle("粤C30003", seats=4)
    fleet.driver  # noqa: B018 - made by being asked for
    request = waits(fleet, at=night, hours=2)
    lawful, sooner = offered(fleet, request, at=night)
    assert (lawful.late_minutes > 0, lawful.beyond, sooner.beyond) == (True, (), ("night",))
    with pytest.raises(NightBlocked):
        take(fleet, request, sooner, at=night)
    with pytest.raises(Forbidden):
        take(fleet, request, sooner, at=night, override_reason="临产")
    officer = cast.duty_officer
    done = take(fleet, request, sooner, at=night, who=officer, override_reason="临产")
    allowed = Override.objects.get(trip=done.trip_id)
    assert (allowed.limit, allowed.by, allowed.reason) == ("night", officer.user, "临产")


def test_a_trip_that_would_drive_into_the_night_takes_them_only_under_a_name(fleet, cast):
    zone = ZoneInfo("Asia/Shanghai")
    leaves = datetime(2026, 11, 22, 1, 25, tzinfo=zone)
    trip = fleet.trip(fleet.guests("甘小雨"), departs_at=leaves, minutes=30)
    far = ExternalPlace.objects.create(kind="hospital", name="市八医院", latitude=23.18, longitude=113.40)
    request = waits(fleet, to=far, at=leaves - HOUR, hours=4)
    choice = next(one for one in offered(fleet, request, at=leaves - HOUR) if one.number)
    assert (choice.number, choice.beyond) == (trip.number, ("night",))
    with pytest.raises(NightBlocked):
        take(fleet, request, choice, at=leaves - HOUR)
    assert trip.stops.count() == 2
    take(fleet, request, choice, at=leaves - HOUR, who=cast.duty_officer, override_reason="急诊手术")
    assert trip.stops.count() == 3


def test_one_press_on_the_page_and_a_stale_one_shows_the_choices_again(fleet, cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    trip = fleet.trip(fleet.guests("甘小雨"))
    request, client = waits(fleet), fleet.dispatcher.client
    assert reverse("trips:choices", args=[request.pk]) in client.get(reverse("trips:plan")).content.decode()
    shown = client.get(reverse("trips:choices", args=[request.pk]))
    (best, *_others) = shown.context["found"].choices
    url = reverse("trips:insert", args=[request.pk])
    stale = client.post(url, {"choice": "trip:nothing:1"}, follow=True)
    assert "这一方案已失效" in stale.content.decode()
    done = client.post(url, {"choice": best.token})
    assert done.url == reverse("trips:trip", args=[trip.number])
    assert client.get(reverse("trips:choices", args=[request.pk])).url == done.url


def test_programs_read_the_same_choices_and_take_one(fleet, cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    trip = fleet.trip(fleet.guests("甘小雨"))
    request, client = waits(fleet), fleet.dispatcher.client
    (best, *_others) = client.get(f"/api/v1/move-requests/{request.pk}/choices").json()
    assert (best["trip"], best["later"], best["beyond"]) == (trip.number, [], [])
    assert cast.clerk.client.get(f"/api/v1/move-requests/{request.pk}/choices").status_code == 403


def test_the_page_asks_as_often_for_many_trips_as_for_few(fleet, cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    request = waits(fleet)
    url, counts = reverse("trips:choices", args=[request.pk]), []
    for round_ in range(2):
        for number in range(3):
            vehicle = fleet.vehicle(f"粤D4000{round_}{number}", seats=9)
            driver = fleet.driver_named(f"司机{round_}{number}")
            fleet.trip([], vehicle=vehicle, driver=driver, departs_at=NOW + (number + 1) * HOUR)
        with CaptureQueriesContext(connection) as asked:
            assert len(fleet.dispatcher.client.get(url).context["found"].choices) == 3
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 6, "at most five trips are looked at closely"
