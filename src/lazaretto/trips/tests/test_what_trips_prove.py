"""`lazaretto verify` sees whoever is lost on a trip, a vehicle that was not disinfected, and a drive at night."""

from datetime import timedelta

import pytest

from lazaretto.core.deadlines import sweep
from lazaretto.core.models import Deadline
from lazaretto.custody.models import Handover
from lazaretto.transfers import commands as transfers
from lazaretto.trips import commands
from lazaretto.trips.choices import VehicleState
from lazaretto.trips.commands import Halt
from lazaretto.trips.models import MoveRequest, Override, Rider, Stop, Trip, Vehicle, VehicleStateChange
from lazaretto.trips.proofs import (
    limits_are_kept,
    nights_are_kept,
    no_category_meets_another,
    requests_are_heard,
    riders_are_handed_over,
    vehicles_are_disinfected,
    who_gets_off_is_signed_in,
)
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from lazaretto.trips.tests.test_trips_are_proposed import ask
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_trip_that_went_as_it_should_proves_it(fleet):
    trip = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    found = riders_are_handed_over(NOW + 8 * HOUR)
    assert found.offenders == []
    figures = found.figures
    assert (figures["trips_on_the_road"], figures["people_on_the_road"], figures["people_on_late_trips"]) == (1, 1, 1)
    assert figures["minutes_longest_past_arrival"] == int((NOW + 8 * HOUR - trip.arrives_at) / MINUTE)
    assert vehicles_are_disinfected(NOW).offenders == nights_are_kept(NOW).offenders == []
    assert trip.departed_at is not None


def test_somebody_who_left_without_a_handover_is_named(fleet):
    fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    Rider.objects.update(leg=None)
    assert len(riders_are_handed_over(NOW).offenders) == 1


def test_a_vehicle_whose_steps_do_not_lead_to_its_state_is_named(fleet):
    fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    Vehicle.objects.filter(pk=fleet.bus.pk).update(state="to_disinfect")
    assert [one.id for one in vehicles_are_disinfected(NOW).offenders] == [str(fleet.bus.pk)]


def test_a_drive_at_night_that_nobody_allowed_is_named(fleet):
    trip = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    night = NOW + timedelta(hours=15) + 50 * MINUTE  # ten to two in Guangzhou
    Trip.objects.filter(pk=trip.pk).update(departed_at=night, driving_minutes=60)
    assert [one.id for one in nights_are_kept(NOW).offenders] == [str(trip.pk)]


def two_trips(fleet) -> tuple[Trip, Trip]:
    """One after the other in the same bus, disinfected in between as it must be."""
    first = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    commands.arrive(actor=fleet.dispatcher.actor, at=NOW + 2 * HOUR, trip=first, stop=1)
    for number, after in enumerate((VehicleState.DISINFECTING, VehicleState.READY)):
        commands.change_vehicle_state(
            actor=fleet.dispatcher.actor, at=NOW + 2 * HOUR + (number + 1) * 20 * MINUTE, vehicle=fleet.bus, after=after
        )
    guests = fleet.guests("柯安", category="close_contact")
    later = fleet.trip(guests, departs_at=NOW + 6 * HOUR, category="close_contact")
    return first, fleet.leave(fleet.board(later, at=NOW + 6 * HOUR - MINUTE), at=NOW + 6 * HOUR)


def test_a_vehicle_that_carried_another_category_without_disinfection_is_named(fleet):
    _first, second = two_trips(fleet)
    assert no_category_meets_another(NOW).offenders == []
    moved = Trip.objects.filter(pk=second.pk)
    moved.update(departed_at=NOW + HOUR + MINUTE)  # before it was disinfected
    assert [one.id for one in no_category_meets_another(NOW).offenders] == [str(fleet.bus.pk)]
    moved.update(departed_at=second.departed_at)
    Vehicle.objects.filter(pk=fleet.bus.pk).update(carried="inbound")
    assert [one.id for one in no_category_meets_another(NOW).offenders] == [str(fleet.bus.pk)]
    assert VehicleStateChange.objects.filter(after=VehicleState.READY).count() == 1


def test_somebody_off_the_bus_and_in_nobodys_hands_is_counted_and_named_when_nothing_watches(fleet, cast):
    (guest,) = fleet.guests("甘小雨")
    trip = fleet.leave(fleet.board(fleet.trip([guest])))
    assert who_gets_off_is_signed_in(NOW).figures == {"off_the_vehicle_not_signed_in": 0}
    Rider.objects.update(seen_off_at=NOW + 2 * HOUR)
    found = who_gets_off_is_signed_in(NOW + 2 * HOUR)
    assert (found.figures["off_the_vehicle_not_signed_in"], found.offenders) == (1, [])
    Deadline.objects.filter(kind="custody.handover").delete()
    assert [one.id for one in who_gets_off_is_signed_in(NOW).offenders] == [str(trip.pk)]
    transfers.sign_in(actor=cast.duty_officer.actor, at=NOW + 2 * HOUR, handover=Handover.objects.get(), person=guest)
    assert who_gets_off_is_signed_in(NOW).offenders == []


@pytest.mark.parametrize("beyond", [{"km": 301}, {"driving_minutes": 241}])
def test_a_trip_beyond_a_limit_that_nobody_allowed_is_named(fleet, beyond):
    trip = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    assert limits_are_kept(NOW).offenders == []
    Trip.objects.filter(pk=trip.pk).update(**beyond)
    assert [one.id for one in limits_are_kept(NOW).offenders] == [str(trip.pk)]
    for limit in ("distance", "hours"):
        Override.objects.create(
            trip=trip, limit=limit, departs_at=trip.departs_at, arrives_at=trip.arrives_at, reason="无替代",
            by=fleet.dispatcher.user, at=NOW,
        )  # fmt: skip
    found = limits_are_kept(NOW)
    assert (found.offenders, found.figures) == ([], {"trips_allowed_beyond_limits": 1})


def test_a_driver_who_drove_too_long_in_a_day_is_named(fleet):
    first, second = two_trips(fleet)
    Trip.objects.filter(pk__in=[first.pk, second.pk]).update(driving_minutes=239)
    assert limits_are_kept(NOW).offenders == []
    Trip.objects.filter(pk=first.pk).update(driving_minutes=240)
    Trip.objects.filter(pk=second.pk).update(driving_minutes=240)
    assert limits_are_kept(NOW).offenders == []
    Trip.objects.filter(pk=first.pk).update(departed_at=NOW - HOUR, driving_minutes=241)
    assert {one.why.split(": ")[1].split(",")[0] for one in limits_are_kept(NOW).offenders} == {
        "beyond hours", "beyond driving_day",
    }  # fmt: skip


def test_somebody_made_later_than_the_tolerance_is_named(fleet):
    trip = fleet.trip(fleet.guests("甘小雨"))
    Stop.objects.filter(trip=trip, position=1).update(upset_minutes=20)
    assert limits_are_kept(NOW).offenders == []
    Stop.objects.filter(trip=trip, position=1).update(upset_minutes=21)
    assert [one.id for one in limits_are_kept(NOW).offenders] == [str(trip.pk)]


def test_a_request_past_its_time_is_counted_and_named_when_nobody_hears_of_it(fleet):
    asked = ask(fleet, fleet.guests("甘小雨")[0], Halt(site="H02"), hours=2)
    assert requests_are_heard(NOW).figures["requests_past_their_time"] == 0
    late = NOW + 3 * HOUR
    assert [one.id for one in requests_are_heard(late).offenders] == [str(asked.request_id)]
    sweep(at=late)
    found = requests_are_heard(late)
    assert (found.offenders, found.figures["requests_past_their_time"]) == ([], 1)
    assert found.figures["minutes_longest_past_request"] == 60
    Deadline.objects.filter(kind="trips.request").update(next_at=late - HOUR)
    assert len(requests_are_heard(late).offenders) == 1, "a ladder that stands still"
    assert MoveRequest.objects.count() == 1
