"""Who rides is put on and taken off from a page that shows what is free from stop to stop."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core.models import JournalEntry
from lazaretto.places.models import ExternalPlace
from lazaretto.trips import commands
from lazaretto.trips.choices import RequestState
from lazaretto.trips.commands import Halt
from lazaretto.trips.models import MoveRequest, Trip
from lazaretto.trips.tests.fleet import HOUR
from lazaretto.trips.tests.test_trips_are_proposed import ask
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def trip(fleet) -> Trip:
    """From the first site by the second to a hospital, in a vehicle with two seats; one rides the first stretch."""
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院", latitude=23.14, longitude=113.28)
    halts = (Halt(site="H01"), Halt(site="H02"), Halt(place=hospital.pk))
    made = fleet.trip([], stops=halts, vehicle=fleet.vehicle("粤B20002", seats=2))
    commands.add_rider(
        actor=fleet.dispatcher.actor, at=NOW, trip=made, person=fleet.guests("甘小雨")[0], from_stop=0, to_stop=1
    )
    return made


def url(name, trip):
    return reverse(f"trips:{name}", args=[trip.number])


def free(client, trip):
    return [one.berths[0].free for one in client.get(url("riders", trip)).context["stretches"]]


def test_the_page_shows_what_is_free_and_who_waits_for_this_way(fleet, trip):
    client = fleet.dispatcher.client
    assert free(client, trip) == [1, 2]
    (waiting,) = fleet.guests("石大山")
    asked = ask(fleet, waiting, Halt(site="H02"))
    ask(fleet, fleet.guests("柯安", category="close_contact")[0], Halt(site="H02"), category="close_contact")
    (candidate,) = client.get(url("riders", trip)).context["candidates"]
    assert (candidate.request.pk, candidate.from_stop, candidate.to_stop) == (asked.request_id, 0, 1)
    client.post(url("add_rider", trip), {"request": str(asked.request_id)})
    assert waiting.rides.get().trip == trip
    assert MoveRequest.objects.get(pk=asked.request_id).state == RequestState.PLANNED
    assert free(client, trip) == [0, 2]
    assert client.get(f"/api/v1/trips/{trip.number}").json()["stretches"][0] == {"from_stop": 0, "free": {"seat": 0}}


def test_a_card_is_typed_and_a_full_vehicle_takes_nobody_more(fleet, trip):
    client = fleet.dispatcher.client
    for name in ("石大山", "柯平"):
        (person,) = fleet.guests(name)
        given = {"card": person.stays.get().number, "from_stop": "0", "to_stop": "1", "berth": "seat"}
        client.post(url("add_rider", trip), given)
    assert trip.riders.filter(closed_at__isnull=True).count() == 2
    refused = client.post(url("add_rider", trip), given, follow=True).content.decode()
    assert "不够" in refused
    assert client.post(url("add_rider", trip), {**given, "card": "nobody"}, follow=True).status_code == 200
    assert client.post(url("add_rider", trip), {**given, "from_stop": "9"}).status_code == 422


def test_whoever_is_taken_off_waits_again_and_may_be_put_on_again(fleet, trip):
    client, (person,) = fleet.dispatcher.client, fleet.guests("石大山")
    asked = ask(fleet, person, Halt(site="H02"))
    client.post(url("add_rider", trip), {"request": str(asked.request_id)})
    client.post(url("remove_rider", trip), {"person": str(person.pk), "reason": "发热待查"})
    assert MoveRequest.objects.get(pk=asked.request_id).state == RequestState.OPEN
    assert person.rides.get().left_behind == "发热待查"
    assert JournalEntry.objects.filter(command="trips.remove_rider", person_id=person.pk).exists()
    client.post(url("add_rider", trip), {"request": str(asked.request_id)})
    assert person.rides.filter(left_behind="", trip=trip).count() == 1
    nobody = client.post(url("remove_rider", trip), {"person": str(person.pk), "reason": ""}, follow=True)
    assert nobody.status_code == 200
    assert person.rides.filter(left_behind="", trip=trip).count() == 1


def test_at_a_stop_that_was_left_nobody_gets_on(fleet, trip):
    ask(fleet, fleet.guests("石大山")[0], Halt(site="H02"))
    gone = fleet.leave(fleet.board(trip))
    shown = fleet.dispatcher.client.get(url("riders", gone))
    assert shown.context["candidates"] == []
    assert [value for value, _label in shown.context["form"].fields["from_stop"].choices] == ["1"]


def test_the_page_is_the_dispatchers_and_asks_as_often_for_many(fleet, trip, cast):
    assert cast.clerk.client.get(url("riders", trip)).status_code == 403
    client, counts = fleet.dispatcher.client, []
    for names in (("一",), ("二", "三", "四")):
        for person in fleet.guests(*names):
            ask(fleet, person, Halt(site="H02"), hours=9)
        with CaptureQueriesContext(connection) as asked:
            client.get(url("riders", trip))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert trip.departs_at == NOW + HOUR
