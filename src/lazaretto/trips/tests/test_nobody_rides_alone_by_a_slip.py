"""A child that nobody of theirs rides with is said before it leaves; somebody is named, or it is told at once."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.core import clock
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.custody.models import Fact, Handover
from lazaretto.people.models import Party, PartyMember
from lazaretto.places.models import ExternalPlace
from lazaretto.stays.models import Breach, Occupancy
from lazaretto.trips import commands
from lazaretto.trips.commands import Halt, Passenger
from lazaretto.trips.errors import NotARider, TripOver
from lazaretto.trips.models import MoveRequest, Rider, Trip
from lazaretto.trips.papers import trip_list
from lazaretto.trips.queries.board import manifest
from lazaretto.trips.queries.choices import choices_for
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from lazaretto.trips.tests.test_trips_are_proposed import ask
from lazaretto.ui import papers
from tests import factories
from tests.cast import member
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now = NOW + 2 * HOUR
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def family(fleet):
    """A mother and her child of six, one household, in one room."""
    mother, child = fleet.guests("周敏", "周小雨")
    for person, born in ((mother, date(1993, 5, 1)), (child, date(2020, 5, 1))):
        person.birth_date = born
        person.save(update_fields=["birth_date"])
    home = Party.objects.create(kind="household", created_at=LONG_AGO)
    for person in (mother, child):
        PartyMember.objects.create(party=home, person=person, started_at=LONG_AGO)
    hers = Occupancy.objects.get(stay__person=mother)
    party = uuid4()
    # hers first: PostgreSQL judges each row as it is written, and takes them in whatever order it likes
    for person in (mother, child):
        Occupancy.objects.filter(stay__person=person).update(room=hers.room, bed=None, party_id=party)
    return mother, child


def alone(fleet, trip):
    return [(one.rider.person_id, bool(one.rider.minded_by)) for one in manifest(fleet.dispatcher.actor, trip).alone]


def name(fleet, trip, person, minder="范护士", who=None):
    actor = (who or fleet.dispatcher).actor
    return commands.name_minder(actor=actor, at=NOW, trip=trip, person=person.pk, minder=minder)


def test_who_rides_alone_is_told_by_the_api_too(fleet, family):
    trip = fleet.trip([family[1]])
    address = f"/api/v1/trips/{trip.number}"
    (told,) = fleet.dispatcher.client.get(address).json()["riders"]
    assert (bool(told["alone"]), told["minded_by"]) == (True, "")
    name(fleet, trip, family[1])
    (told,) = fleet.dispatcher.client.get(address).json()["riders"]
    assert (bool(told["alone"]), told["minded_by"]) == (True, "范护士")


def test_with_the_mother_nothing_is_said(fleet, family):
    assert alone(fleet, fleet.trip(list(family))) == []


@pytest.mark.parametrize("page", ["trips:trip", "trips:riders", "trips:ride"])
def test_a_child_alone_is_said_on_every_page_of_the_trip(fleet, family, page):
    trip = fleet.trip([family[1]])
    assert alone(fleet, trip) == [(family[1].pk, False)]
    reader = fleet.escort if page == "trips:ride" else fleet.dispatcher
    shown = reader.client.get(reverse(page, args=[trip.number])).content.decode()
    assert ("无家人同车" in shown) or ("without anybody of theirs" in shown)
    if page == "trips:ride":
        assert "周小雨" not in shown, "names are masked for whoever holds the phone"


def test_the_printed_list_says_it_too(fleet, family):
    trip = fleet.trip([family[1]])
    text = _text(trip)
    assert "must not be alone" in text
    name(fleet, trip, family[1])
    assert "looked after by 范护" in _text(trip)


def _text(trip):
    paper = papers.render(trip_list(trip, "en", "https://lazaretto.test/ride/X"))
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages).split())


def test_a_mother_who_gets_off_sooner_leaves_the_child_alone_from_there_on(fleet, family):
    mother, child = family
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院", latitude=23.14, longitude=113.28)
    halts = (Halt(site="H01"), Halt(site="H02"), Halt(place=hospital.pk))
    made = commands.plan_trip(
        actor=fleet.dispatcher.actor, at=NOW, vehicle=fleet.bus, driver=fleet.driver, category="inbound",
        departs_at=NOW + HOUR, stops=halts, riders=(Passenger(mother.pk, 0, 1), Passenger(child.pk, 0, 2)),
    )  # fmt: skip
    assert alone(fleet, Trip.objects.get(pk=made.trip_id)) == [(child.pk, False)]


def apart(fleet, *riders):
    """A trip from the first site to the second and on to a hospital: who gets off where."""
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院", latitude=23.14, longitude=113.28)
    made = commands.plan_trip(
        actor=fleet.dispatcher.actor, at=NOW, vehicle=fleet.bus, driver=fleet.driver, category="inbound",
        departs_at=NOW + HOUR, stops=(Halt(site="H01"), Halt(site="H02"), Halt(place=hospital.pk)),
        riders=tuple(Passenger(person.pk, 0, stop) for person, stop in riders),
    )  # fmt: skip
    return Trip.objects.get(pk=made.trip_id)


@pytest.mark.parametrize(("hers", "childs"), [(1, 2), (2, 1)])
def test_who_leaves_for_two_places_at_once_is_asked_about_once_and_nobody_stays_behind_in_a_room(
    fleet, cast, family, hers, childs
):
    mother, child = family
    trip = apart(fleet, (mother, hers), (child, childs))
    assert alone(fleet, trip) == [(child.pk, False)]
    fleet.leave(fleet.board(trip))
    assert Handover.objects.count() == 2
    breach = Breach.objects.get()
    assert (breach.person, breach.room, breach.site) == (child, None, cast.site)
    assert Alarm.objects.filter(kind="stays.alone").count() == 1


@pytest.mark.parametrize(("hers", "childs"), [(1, 2), (2, 1)])
def test_judged_by_name_before_it_leaves_nothing_is_told_of_the_child_again(fleet, family, hers, childs):
    mother, child = family
    trip = apart(fleet, (mother, hers), (child, childs))
    name(fleet, trip, child)
    fleet.leave(fleet.board(trip))
    assert Handover.objects.count() == 2
    assert not Breach.objects.exists()
    assert not Alarm.objects.filter(kind__in=["stays.alone", "trips.alone"]).exists()


def test_who_really_stays_behind_is_told_however_many_ways_the_others_go(fleet, cast, family):
    mother, child = family
    (father,) = fleet.guests("周强")
    room = Occupancy.objects.get(stay__person=mother)
    Occupancy.objects.filter(stay__person=father).update(room=room.room, bed=None, party_id=room.party_id)
    fleet.leave(fleet.board(apart(fleet, (mother, 1), (father, 2))))
    breach = Breach.objects.get()
    assert (breach.person, breach.room) == (child, room.room)


def test_somebody_else_grown_is_no_company_of_theirs(fleet, family):
    (stranger,) = fleet.guests("柯安")
    assert alone(fleet, fleet.trip([family[1], stranger])) == [(family[1].pk, False)]


def test_naming_who_looks_after_them_is_enough_and_the_sign_out_says_so(fleet, family):
    mother, child = family
    trip = fleet.trip([child])
    assert name(fleet, trip, child).minder == "范护士"
    assert alone(fleet, trip) == [(child.pk, True)]
    Occupancy.objects.filter(stay__person=mother).update(ended_at=NOW)  # she has gone before: only the way is asked
    fleet.leave(fleet.board(trip))
    assert not Breach.objects.exists()
    assert JournalEntry.objects.filter(command="trips.name_minder", person_id=child.pk).exists()


def test_it_leaves_all_the_same_and_the_site_is_told(fleet, cast, family):
    fleet.leave(fleet.board(fleet.trip([family[1]])))
    assert Handover.objects.count() == 1
    breach = Breach.objects.get()
    assert (breach.kind, breach.site, breach.person) == ("left_alone", cast.site, family[1])
    assert Alarm.objects.filter(unit_id=cast.site.unit_id, person_id=family[1].pk).exists()


def test_a_name_for_the_child_that_goes_hides_no_other_that_stays(fleet, cast, family):
    mother, child = family
    baby = fleet.guests("周小云")[0]
    baby.birth_date = date(2025, 9, 1)
    baby.save(update_fields=["birth_date"])
    room = Occupancy.objects.get(stay__person=mother)
    Occupancy.objects.filter(stay__person=baby).update(room=room.room, bed=None, party_id=room.party_id)
    trip = fleet.trip([mother])  # with her goes nobody; both children stay
    fleet.leave(fleet.board(trip))
    assert set(Breach.objects.values_list("person", flat=True)) == {child.pk, baby.pk}


def test_a_child_fetched_at_an_airport_is_told_to_the_site_that_receives_them(fleet, cast):
    child, airport = _at_the_airport()
    trip = _from(fleet, airport, child, Halt(site="H02"))
    assert alone(fleet, trip) == [(child.pk, False)]
    fleet.leave(fleet.board(trip))
    breach = Breach.objects.get()
    assert (breach.site, breach.person) == (cast.other_site, child)


def test_between_two_places_of_others_the_dispatcher_is_told(fleet):
    child, airport = _at_the_airport()
    hospital = ExternalPlace.objects.create(kind="hospital", name="儿童医院", latitude=23.14, longitude=113.28)
    fleet.leave(fleet.board(_from(fleet, airport, child, Halt(place=hospital.pk))))
    assert not Breach.objects.exists()
    alarm = Alarm.objects.get(kind="trips.alone")
    assert (alarm.role, alarm.person_id) == ("dispatcher", child.pk)


def test_and_nobody_is_told_of_whom_somebody_looks_after(fleet):
    child, airport = _at_the_airport()
    trip = _from(fleet, airport, child, Halt(site="H02"))
    name(fleet, trip, child)
    fleet.leave(fleet.board(trip))
    assert not Breach.objects.exists()


def _at_the_airport():
    airport = ExternalPlace.objects.create(kind="entry", name="机场", latitude=23.39, longitude=113.30)
    child = factories.person("高小远", birth_date=date(2017, 3, 1))
    Fact.objects.create(person=child, kind="taken_in", external=airport, occurred_at=NOW, recorded_at=NOW)
    return child, airport


def _from(fleet, airport, person, to):
    made = commands.plan_trip(
        actor=fleet.dispatcher.actor, at=NOW, vehicle=fleet.bus, driver=fleet.driver, category="inbound",
        departs_at=NOW + HOUR, stops=(Halt(place=airport.pk), to), riders=(Passenger(person.pk, 0, 1),),
    )  # fmt: skip
    return Trip.objects.get(pk=made.trip_id)


def test_who_may_send_the_trip_off_names_them_on_its_page_and_nobody_else(fleet, cast, family):
    trip = fleet.trip([family[1]])
    url = reverse("trips:minder", args=[trip.number])
    given = {"person": str(family[1].pk), "minder": "范护士", "page": "trip"}
    assert cast.clerk.client.post(url, given).url == reverse("trips:trip", args=[trip.number])
    assert Rider.objects.get().minded_by == "范护士"
    assert fleet.dispatcher.client.post(url, {**given, "minder": "", "page": "riders"}).url.endswith("/riders")
    assert Rider.objects.get().minded_by == ""
    assert cast.medic.client.post(url, given).status_code == 403
    third = factories.site("H03")
    with pytest.raises(NotFound):
        name(fleet, trip, family[1], who=member("clerk", third.unit))
    with pytest.raises(Forbidden):
        name(fleet, trip, family[1], who=cast.auditor)
    with pytest.raises(NotARider):
        name(fleet, trip, family[0])
    commands.cancel_trip(actor=fleet.dispatcher.actor, at=NOW, trip=trip, reason="演练")
    with pytest.raises(TripOver):
        name(fleet, trip, family[1])


def test_the_choices_and_the_proposal_say_who_would_ride_alone(fleet, cast, family, noon):
    mother, child = family
    asked = ask(fleet, child, Halt(site="H02"))
    request = MoveRequest.objects.get(pk=asked.request_id)
    fleet.bus, fleet.driver  # noqa: B018 - they are there
    choices = choices_for(fleet.dispatcher.actor, request, at=NOW).choices
    assert choices
    assert all([who for who, _why in one.alone] == ["周小雨"] for one in choices)
    client = fleet.dispatcher.client
    assert "无家人同车" in client.get(reverse("trips:choices", args=[request.pk])).content.decode()

    plan = commands.make_plan(actor=fleet.dispatcher.actor, at=noon, unit=factories.headquarters())
    shown = client.get(reverse("trips:proposal", args=[plan.plan_id]))
    assert [[who for who, _why in trip.alone] for trip in shown.context["view"].trips] == [["周小雨"]]

    ask(fleet, mother, Halt(site="H02"))
    plan = commands.make_plan(actor=fleet.dispatcher.actor, at=noon, unit=factories.headquarters())
    shown = client.get(reverse("trips:proposal", args=[plan.plan_id]))
    assert [trip.alone for trip in shown.context["view"].trips] == [[]]


def test_a_trip_that_the_mother_is_on_is_no_way_alone(fleet, family):
    mother, child = family
    trip = fleet.trip([mother], departs_at=NOW + 2 * HOUR)
    request = MoveRequest.objects.get(pk=ask(fleet, child, Halt(site="H02")).request_id)
    by_number = {one.number: one.alone for one in choices_for(fleet.dispatcher.actor, request, at=NOW).choices}
    assert by_number[trip.number] == ()


def test_one_child_or_three_ask_as_many_queries(fleet, family, noon):
    trip = fleet.trip([family[1]], departs_at=noon + 20 * MINUTE)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            fleet.dispatcher.client.get(reverse("trips:trip", args=[trip.number]))
        return len(seen)

    asked()
    first = asked()
    for person in fleet.guests("周小云", "周小雪"):
        person.birth_date = date(2019, 1, 1)
        person.save(update_fields=["birth_date"])
        commands.add_rider(actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=person, from_stop=0, to_stop=1)
    assert len(manifest(fleet.dispatcher.actor, trip).alone) == 3
    assert asked() == first
