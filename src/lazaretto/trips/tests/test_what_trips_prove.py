"""`lazaretto verify` sees whoever is lost on a trip, a vehicle that was not disinfected, and a drive at night."""

from datetime import timedelta

import pytest

from lazaretto.trips.models import Rider, Trip, Vehicle
from lazaretto.trips.proofs import nights_are_kept, riders_are_handed_over, vehicles_are_disinfected
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_trip_that_went_as_it_should_proves_it(fleet):
    trip = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    found = riders_are_handed_over(NOW + 8 * HOUR)
    assert found.offenders == []
    assert (found.figures["trips_on_the_road"], found.figures["people_on_late_trips"]) == (1, 1)
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
