"""Who waits is put on trips: at once, better within seconds, accepted whole or not at all."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import Forbidden, InvalidInput, TextTooLong
from lazaretto.people.models import Party, PartyMember
from lazaretto.places.models import ExternalPlace
from lazaretto.planning import trips as planner
from lazaretto.trips import commands
from lazaretto.trips.choices import RequestState, TripState, Urgency
from lazaretto.trips.commands import Halt
from lazaretto.trips.errors import NothingToPlan, PlanStale, RequestTwice
from lazaretto.trips.models import Driver, MoveRequest, Trip, TripPlan, Vehicle
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(fleet, cast):
    """A household and one more, and two contacts, wait to be brought to the other site and to a hospital."""
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院", latitude=23.14, longitude=113.28)
    mother, child, alone = fleet.guests("甘小雨", "甘苗", "石大山")
    contacts = fleet.guests("柯安", "柯平", category="close_contact")
    party = Party.objects.create(created_at=NOW)
    for person in (mother, child):
        PartyMember.objects.create(party=party, person=person, started_at=NOW)
    for person in (mother, child, alone):
        ask(fleet, person, Halt(site="H02"))
    for person in contacts:
        ask(fleet, person, Halt(place=hospital.pk), category="close_contact", urgency=Urgency.URGENT)
    for vehicle in (fleet.bus, fleet.vehicle("粤B20002", seats=6)):
        vehicle.base = cast.site
        vehicle.save()
    fleet.driver  # noqa: B018 - made by being asked for
    fleet.driver_named("冯师傅")
    return mother, child, alone, *contacts


def ask(fleet, person, destination, *, category="inbound", urgency=Urgency.ROUTINE, hours=8):
    return commands.ask(
        actor=fleet.dispatcher.actor, at=NOW, unit=factories.headquarters(), person=person, category=category,
        origin=Halt(site="H01"), destination=destination, earliest_at=NOW, latest_at=NOW + hours * HOUR,
        urgency=urgency,
    )  # fmt: skip


def as_planned(trips) -> dict:
    return {trip.pk: (trip.departs_at, trip.arrives_at, trip.riders.count()) for trip in trips}


def propose(fleet, at=NOW) -> TripPlan:
    made = commands.make_plan(actor=fleet.dispatcher.actor, at=at, unit=factories.headquarters())
    return TripPlan.objects.get(pk=made.plan_id)


def test_a_plan_is_there_at_once_and_becomes_trips_when_it_is_accepted(fleet, waiting):
    plan = propose(fleet)
    found = planner.plan_from_json(plan.plan)
    assert planner.validate(found, planner.from_json(plan.problem)) == []
    assert found.unserved == ()
    done = commands.accept_plan(actor=fleet.dispatcher.actor, at=NOW, plan=plan)
    trips = list(Trip.objects.order_by("number"))
    assert [trip.number for trip in trips] == list(done.numbers)
    assert sorted(trip.category for trip in trips) == ["close_contact", "inbound"]
    assert all(trip.state == TripState.PLANNED for trip in trips)
    assert set(MoveRequest.objects.values_list("state", flat=True)) == {RequestState.PLANNED}
    mother, child = waiting[:2]
    assert mother.rides.get().trip == child.rides.get().trip
    with pytest.raises(PlanStale):
        commands.accept_plan(actor=fleet.dispatcher.actor, at=NOW, plan=plan)


def test_nobody_is_asked_for_at_a_time_that_is_over(fleet, waiting):
    before = MoveRequest.objects.count()
    given = {"actor": fleet.dispatcher.actor, "at": NOW, "unit": factories.headquarters(), "category": "inbound"}
    way = {"origin": Halt(site="H01"), "destination": Halt(site="H02")}

    with pytest.raises(InvalidInput):
        commands.ask(
            **given, **way, person=factories.person(), earliest_at=NOW - 2 * HOUR, latest_at=NOW - HOUR
        )  # fmt: skip

    assert MoveRequest.objects.count() == before


def test_why_somebody_needs_no_trip_is_never_cut(fleet, waiting):
    request = MoveRequest.objects.filter(state=RequestState.OPEN).first()

    with pytest.raises(TextTooLong):
        commands.withdraw(actor=fleet.dispatcher.actor, at=NOW, request=request, reason="词" * 201)

    assert MoveRequest.objects.get(pk=request.pk).state == RequestState.OPEN


def test_a_plan_whose_people_went_otherwise_meanwhile_is_not_accepted(fleet, waiting):
    plan = propose(fleet)
    request = MoveRequest.objects.get(person=waiting[2])
    commands.withdraw(actor=fleet.dispatcher.actor, at=NOW, request=request, reason="家属接走")
    with pytest.raises(PlanStale):
        commands.accept_plan(actor=fleet.dispatcher.actor, at=NOW, plan=plan)
    assert not Trip.objects.exists()


def busy(fleet, driver, departs_at, *, hours=1):
    """A driver has a trip then, allowed by name where it has to be."""
    other = fleet.vehicle(f"粤D{Vehicle.objects.count():05d}", seats=4)
    return fleet.trip(
        [], vehicle=other, driver=driver, departs_at=departs_at, minutes=60 * hours, override_reason="必须夜间转运"
    )


def test_nobody_is_proposed_to_drive_in_the_evening_who_drives_again_at_night(fleet, waiting, monkeypatch):
    evening = NOW.replace(hour=10, minute=34)  # 18:34 in Guangzhou
    fleet.dispatcher = fleet.cast.duty_officer
    MoveRequest.objects.update(latest_at=evening + 12 * HOUR)
    tired = fleet.driver
    busy(fleet, tired, NOW.replace(hour=18, minute=50))  # 02:50
    plan = propose(fleet, at=evening)
    proposed = [(route.crew, route.visits[0].departs) for route in planner.plan_from_json(plan.plan).routes]
    assert proposed
    assert not any(crew.endswith(str(tired.pk)) and departs < 8 * 60 for crew, departs in proposed)
    assert commands.accept_plan(actor=fleet.dispatcher.actor, at=evening, plan=plan).numbers


def test_the_validator_refuses_a_route_without_rest_for_its_driver():
    duty = (500, 620, 60)
    crew = planner.Crew("C", "A", 10, free_until=480, duties=(duty,))
    places = (planner.Place("A", 23.00, 113.30), planner.Place("B", 23.05, 113.30))
    problem = planner.Problem(places, (planner.Request("R", "A", "B", "inbound", 0, 400),), (crew,))
    assert planner.propose(problem).routes == ()
    rested = replace(problem, crews=(replace(crew, duties=()),))
    plan = planner.propose(rested)
    assert {one.rule for one in planner.validate(plan, problem)} == {planner.Rule.DRIVER_RESTS}
    assert planner.from_json(json.loads(json.dumps(planner.to_json(problem)))) == problem


def test_a_refusal_names_driver_and_trip_and_stays_on_the_page_of_the_plan(fleet, waiting, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    plan = propose(fleet)
    fleet.dispatcher = fleet.cast.duty_officer
    for vehicle, driver in (route.crew.split("+") for route in planner.plan_from_json(plan.plan).routes):
        assert vehicle
        other = busy(fleet, Driver.objects.get(pk=driver), NOW + 7 * HOUR)
    answer = fleet.dispatcher.client.post(reverse("trips:accept", args=[plan.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("trips:proposal", args=[plan.pk])
    text = answer.content.decode()
    assert other.driver.name in text
    assert any(trip.number in text for trip in Trip.objects.all())
    assert Trip.objects.count() == 2
    assert "requests" in text


def test_no_proposed_trip_touches_the_night(fleet, waiting):
    late = datetime(2026, 11, 22, 1, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    MoveRequest.objects.update(latest_at=late + 12 * HOUR)
    plan = propose(fleet, at=late)
    commands.accept_plan(actor=fleet.dispatcher.actor, at=late, plan=plan)
    five = late.replace(hour=5, minute=0)
    assert [trip.departs_at >= five for trip in Trip.objects.all()] == [True, True]


def test_an_urgent_request_is_planned_without_upsetting_what_is_planned(fleet, waiting):
    commands.accept_plan(actor=fleet.dispatcher.actor, at=NOW, plan=propose(fleet))
    before = as_planned(Trip.objects.all())
    van = fleet.vehicle("粤C30003", seats=4)
    van.base = fleet.cast.site
    van.save()
    fleet.driver_named("毛师傅")
    (late,) = fleet.guests("晚来")
    ask(fleet, late, Halt(site="H02"), urgency=Urgency.URGENT, hours=2)
    commands.accept_plan(actor=fleet.dispatcher.actor, at=NOW + 5 * MINUTE, plan=propose(fleet, at=NOW + 5 * MINUTE))
    own = late.rides.get().trip
    assert (own.vehicle, own.arrives_at <= NOW + 2 * HOUR) == (van, True)
    after = {
        trip.pk: (trip.departs_at, trip.arrives_at, trip.riders.count()) for trip in Trip.objects.exclude(pk=own.pk)
    }
    assert after == before


def test_somebody_joins_a_trip_that_goes_anyway(fleet, waiting):
    commands.accept_plan(actor=fleet.dispatcher.actor, at=NOW, plan=propose(fleet))
    trip = Trip.objects.get(category="inbound")
    (late,) = fleet.guests("晚来")
    asked = ask(fleet, late, Halt(site="H02"), urgency=Urgency.URGENT)
    request = MoveRequest.objects.get(pk=asked.request_id)
    commands.add_rider(
        actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=late, from_stop=0, to_stop=1, request=request
    )
    request.refresh_from_db()
    assert (request.state, request.rider.trip) == (RequestState.PLANNED, trip)
    commands.cancel_trip(actor=fleet.dispatcher.actor, at=NOW, trip=trip, reason="车辆故障")
    request.refresh_from_db()
    assert (request.state, request.rider) == (RequestState.OPEN, None)


def test_a_worse_or_broken_answer_of_the_solver_changes_nothing(fleet, waiting):
    plan = propose(fleet)
    broken = json.loads(json.dumps(plan.plan))
    broken["routes"] = broken["routes"][:1]
    done = commands.improve_plan(actor=fleet.dispatcher.actor, at=NOW, plan=plan, found=broken)
    before, (plan.rounds, saved) = plan.plan, TripPlan.objects.values_list("rounds", "plan").get(pk=plan.pk)
    assert (done.better, plan.rounds, saved) == (False, 1, before)


def test_nobody_waits_twice_and_nothing_is_planned_for_nobody(fleet, waiting, cast):
    with pytest.raises(RequestTwice):
        ask(fleet, waiting[0], Halt(site="H02"))
    MoveRequest.objects.update(state=RequestState.WITHDRAWN)
    with pytest.raises(NothingToPlan):
        propose(fleet)
    with pytest.raises(Forbidden):
        commands.make_plan(actor=cast.clerk.actor, at=NOW, unit=factories.headquarters())


def test_the_dispatcher_plans_from_the_page(fleet, waiting, monkeypatch):
    now = NOW + HOUR
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr("lazaretto.trips.queries.planning.SECONDS", 0.2)
    client = fleet.dispatcher.client
    (late,) = fleet.guests("晚来")
    stay = late.stays.get()
    given = {
        "card": stay.number, "destination": "site:H02", "earliest_at": "2026-11-21T12:00",
        "latest_at": "2026-11-21T20:00", "berth": "wheelchair", "urgency": "urgent",
    }  # fmt: skip
    assert client.post(reverse("trips:plan"), given).status_code == 302
    assert client.post(reverse("trips:plan"), {**given, "card": "nobody"}).status_code == 422
    assert len(client.get(reverse("trips:plan")).context["lines"]) == 6
    answer = client.post(reverse("trips:propose"))
    shown = client.get(answer.url)
    assert shown.context["view"].people == 6
    assert shown.context["searching"]
    improve = answer.url + "/improve"
    states = [client.post(improve).json() for _round in range(4)]
    assert [state["done"] for state in states] == [False, False, False, True]
    client.post(answer.url + "/accept")
    assert Trip.objects.count() == 2
    assert client.get(answer.url).status_code == 200


def test_who_has_no_coordinates_is_said_and_left_out(fleet, waiting, cast):
    cast.other_site.latitude = cast.other_site.longitude = None
    cast.other_site.save()
    made = commands.make_plan(actor=fleet.dispatcher.actor, at=NOW, unit=factories.headquarters())
    assert (made.off_the_map, made.trips) == (3, 1)
    assert made.bound <= made.driving <= timedelta(hours=2).total_seconds() / 60
