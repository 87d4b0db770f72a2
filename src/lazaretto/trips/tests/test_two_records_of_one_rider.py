"""Two records of one person become one: one request, one place in the vehicle; and two again when it was a mistake."""

import pytest

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.people import commands as people
from lazaretto.people.errors import BothInCare
from lazaretto.people.models import Merge, Person
from lazaretto.places.models import ExternalPlace
from lazaretto.trips import commands
from lazaretto.trips.choices import Berth, RequestState, Urgency
from lazaretto.trips.commands import Halt
from lazaretto.trips.duties import watch_requests
from lazaretto.trips.errors import TwoWays
from lazaretto.trips.models import MoveRequest, Rider
from lazaretto.trips.queries.riders import stretches
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from lazaretto.trips.tests.test_trips_are_proposed import ask
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast) -> tuple[Person, Person]:
    """Nobody stays anywhere yet: they were registered twice at the railway station."""
    return factories.person("曾小明", at_site=cast.site), factories.person("曾晓明", at_site=cast.site)


def merge(cast, kept, merged):
    return people.merge(actor=cast.duty_officer.actor, at=NOW + MINUTE, kept=kept, merged=merged, reason="同一人")


def undo(cast):
    people.undo_merge(actor=cast.duty_officer.actor, at=NOW + HOUR, merge=Merge.objects.get(), reason="认错人")


def states(person) -> list[str]:
    return sorted(MoveRequest.objects.filter(person=person).values_list("state", flat=True))


def test_of_two_requests_one_stays_and_says_what_both_said(cast, fleet, pair):
    kept, merged = pair
    ask(fleet, kept, Halt(site="H02"), hours=8)
    ask(fleet, merged, Halt(site="H02"), hours=3, urgency=Urgency.URGENT)
    MoveRequest.objects.filter(person=merged).update(berth=Berth.WHEELCHAIR)
    merge(cast, kept, merged)
    assert states(kept) == [RequestState.OPEN, RequestState.SETTLED]
    stays = MoveRequest.objects.get(state=RequestState.OPEN)
    assert (stays.latest_at, stays.urgency, stays.berth) == (NOW + 3 * HOUR, "urgent", "wheelchair")
    watched = Deadline.objects.filter(kind="trips.request", state=DeadlineState.OPEN)
    assert [(one.subject_id, one.due_at) for one in watched] == [(str(stays.pk), NOW + 3 * HOUR)]
    undo(cast)
    assert states(kept) == states(merged) == [RequestState.OPEN]
    assert MoveRequest.objects.get(person=kept).latest_at == NOW + 8 * HOUR
    assert watch_requests(NOW + HOUR) == 1
    assert watched.all().count() == 2


def test_requests_for_two_ways_refuse_the_merge_until_somebody_says_which(cast, fleet, pair):
    kept, merged = pair
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院", latitude=23.14, longitude=113.28)
    ask(fleet, kept, Halt(site="H02"))
    ask(fleet, merged, Halt(place=hospital.pk))
    with pytest.raises(TwoWays):
        merge(cast, kept, merged)
    assert states(kept) == states(merged) == [RequestState.OPEN]


def test_on_one_list_they_take_one_place(cast, fleet, pair):
    kept, merged = pair
    trip = fleet.trip([])
    for person in pair:
        asked = ask(fleet, person, Halt(site="H02"))
        commands.add_rider(
            actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=person, from_stop=0, to_stop=1,
            request=MoveRequest.objects.get(pk=asked.request_id),
        )  # fmt: skip
    merge(cast, kept, merged)
    listed = trip.riders.filter(left_behind="", closed_at__isnull=True)
    assert [one.person for one in listed] == [kept]
    assert [one.taken for one in stretches(trip, trip.riders.all())[0].berths] == [1, 0]
    assert states(kept) == [RequestState.PLANNED, RequestState.SETTLED]
    undo(cast)
    assert {one.person for one in listed.all()} == {kept, merged}
    assert states(merged) == [RequestState.PLANNED]


def test_who_is_on_a_list_does_not_wait_for_the_same_way_too(cast, fleet, pair):
    kept, merged = pair
    trip = fleet.trip([kept])
    ask(fleet, merged, Halt(site="H02"))
    merge(cast, kept, merged)
    assert states(kept) == [RequestState.SETTLED]
    assert Rider.objects.get().trip == trip
    assert not Deadline.objects.filter(kind="trips.request", state=DeadlineState.OPEN).exists()


def test_on_the_lists_of_two_trips_they_are_not_merged_by_the_way(cast, fleet, pair):
    kept, merged = pair
    fleet.trip([kept])
    fleet.trip([merged], vehicle=fleet.vehicle("粤B20002"), driver=fleet.driver_named("冯师傅"))
    with pytest.raises(BothInCare):
        merge(cast, kept, merged)
    assert Rider.objects.filter(closed_at__isnull=True).count() == 2


def test_who_was_taken_off_a_list_under_one_record_rides_under_the_other(cast, fleet, pair):
    kept, merged = pair
    trip = fleet.trip([kept, merged])
    commands.remove_rider(actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=merged, reason="重复登记")
    merge(cast, kept, merged)
    assert trip.riders.filter(person=kept).count() == 2
    assert trip.riders.filter(person=kept, left_behind="").count() == 1
