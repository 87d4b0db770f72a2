"""A vehicle that carried somebody is not ready until it is disinfected; nothing and nobody is promised twice."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from lazaretto.core.errors import Forbidden, IllegalTransition, InvalidInput, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.protocols.choices import Category
from lazaretto.trips import commands
from lazaretto.trips.choices import TripState, VehicleKind, VehicleState
from lazaretto.trips.errors import (
    CategoriesMixed,
    DriverPromised,
    DriverTaken,
    DriverTwice,
    NotEnoughPlaces,
    PlateTaken,
    VehicleNotReady,
    VehicleTaken,
)
from lazaretto.trips.models import Booking, Driver, Trip, Vehicle, VehicleStateChange
from lazaretto.trips.tests.fleet import HOUR
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_new_vehicle_is_disinfected_before_its_first_trip(fleet):
    made = commands.add_vehicle(
        actor=fleet.dispatcher.actor, at=NOW, unit=factories.headquarters(), plate="粤a·88 k01", kind=VehicleKind.VAN,
        seats=7, wheelchairs=1, category=Category.CLOSE_CONTACT,
    )  # fmt: skip
    vehicle = Vehicle.objects.get(pk=made.vehicle_id)
    assert (vehicle.plate, vehicle.state) == ("粤A88K01", VehicleState.TO_DISINFECT)
    for after in (VehicleState.DISINFECTING, VehicleState.READY):
        commands.change_vehicle_state(actor=fleet.escort.actor, at=NOW, vehicle=vehicle, after=after)
    vehicle.refresh_from_db()
    assert (vehicle.state, vehicle.carried) == (VehicleState.READY, "")
    assert JournalEntry.objects.filter(command="trips.change_vehicle_state").count() == 2


def test_a_plate_stands_in_the_list_once_and_a_vehicle_carries_somebody(fleet):
    given = {"actor": fleet.dispatcher.actor, "at": NOW, "unit": factories.headquarters(), "kind": VehicleKind.CAR}
    commands.add_vehicle(**given, plate="粤A1", seats=4)
    with pytest.raises(PlateTaken):
        commands.add_vehicle(**given, plate="粤 A1", seats=4)
    with pytest.raises(InvalidInput):
        commands.add_vehicle(**given, plate="粤A2", seats=0)
    assert Vehicle.objects.count() == 1


def test_disinfection_is_never_skipped(fleet):
    vehicle = fleet.vehicle("粤A1", state=VehicleState.TO_DISINFECT, carried="inbound")
    with pytest.raises(IllegalTransition):
        commands.change_vehicle_state(actor=fleet.dispatcher.actor, at=NOW, vehicle=vehicle, after=VehicleState.READY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.filter(pk=vehicle.pk).update(state=VehicleState.READY)
    with pytest.raises(IntegrityError), transaction.atomic():
        VehicleStateChange.objects.create(vehicle=vehicle, before="to_disinfect", after="on_trip", at=NOW)
    change = VehicleStateChange.objects.create(vehicle=vehicle, before="to_disinfect", after="disinfecting", at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        VehicleStateChange.objects.filter(pk=change.pk).update(after="out_of_service")


def test_out_of_service_is_the_dispatchers_decision_with_a_reason(fleet):
    with pytest.raises(Forbidden):
        commands.change_vehicle_state(
            actor=fleet.escort.actor, at=NOW, vehicle=fleet.bus, after=VehicleState.OUT_OF_SERVICE, reason="刹车"
        )
    with pytest.raises(ReasonRequired):
        commands.change_vehicle_state(
            actor=fleet.dispatcher.actor, at=NOW, vehicle=fleet.bus, after=VehicleState.OUT_OF_SERVICE
        )


def test_after_a_trip_the_vehicle_takes_nobody_until_it_is_disinfected(fleet, cast):
    trip = fleet.leave(fleet.board(fleet.trip(fleet.guests("甘小雨"))))
    done = commands.arrive(actor=fleet.dispatcher.actor, at=NOW + 2 * HOUR, trip=trip, stop=1)
    assert done.state == TripState.ARRIVED
    fleet.bus.refresh_from_db()
    assert (fleet.bus.state, fleet.bus.carried) == (VehicleState.TO_DISINFECT, "inbound")

    again = fleet.trip(fleet.guests("石大山"), departs_at=NOW + 6 * HOUR)
    with pytest.raises(VehicleNotReady):
        fleet.board(again, at=NOW + 6 * HOUR)
    for after in (VehicleState.DISINFECTING, VehicleState.READY):
        commands.change_vehicle_state(actor=fleet.escort.actor, at=NOW + 3 * HOUR, vehicle=fleet.bus, after=after)
    assert fleet.board(again, at=NOW + 6 * HOUR).state == TripState.BOARDING
    steps = VehicleStateChange.objects.filter(vehicle=fleet.bus).order_by("id").values_list("after", flat=True)
    assert list(steps) == ["on_trip", "to_disinfect", "disinfecting", "ready", "on_trip"]


def test_vehicle_and_driver_are_promised_once_at_a_time(fleet):
    fleet.trip([])
    with pytest.raises(VehicleTaken):
        fleet.trip([], departs_at=NOW + 1.5 * HOUR, driver=fleet.driver_named("冯师傅"))
    with pytest.raises(DriverTaken):
        fleet.trip([], departs_at=NOW + 1.5 * HOUR, vehicle=fleet.vehicle("粤B1"))
    booked = Booking.objects.get()
    other = fleet.trip([], departs_at=NOW + 6 * HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database would refuse it too
        Booking.objects.filter(trip=other).update(started_at=booked.started_at)


def test_a_cancelled_trip_gives_vehicle_and_driver_back(fleet):
    trip = fleet.trip(fleet.guests("甘小雨"))
    commands.cancel_trip(actor=fleet.dispatcher.actor, at=NOW, trip=trip, reason="改为明日")
    assert not Booking.objects.exists()
    assert fleet.trip([rider.person for rider in trip.riders.all()]).state == TripState.PLANNED


def test_categories_never_ride_together(fleet):
    contact = fleet.guests("柯安", category="close_contact")
    with pytest.raises(CategoriesMixed):
        fleet.trip([*fleet.guests("甘小雨"), *contact])
    with pytest.raises(CategoriesMixed):
        fleet.trip([], vehicle=fleet.vehicle("粤B1", category="close_contact"))
    assert not Trip.objects.exists()


def test_everybody_has_a_place_of_their_kind(fleet):
    people = fleet.guests("甲一", "乙二")
    small = fleet.vehicle("粤B1", seats=1)
    with pytest.raises(NotEnoughPlaces):
        fleet.trip(people, vehicle=small)
    assert fleet.trip(people[:1], vehicle=small).riders.count() == 1


def test_a_driver_with_trips_ahead_stays_on_the_list(fleet):
    made = commands.add_driver(actor=fleet.dispatcher.actor, at=NOW, unit=factories.headquarters(), name="冯师傅")
    with pytest.raises(DriverTwice):
        commands.add_driver(actor=fleet.dispatcher.actor, at=NOW, unit=factories.headquarters(), name="冯师傅")
    driver = Driver.objects.get(pk=made.driver_id)
    fleet.trip([], driver=driver)
    with pytest.raises(DriverPromised):
        commands.end_driver(actor=fleet.dispatcher.actor, at=NOW + timedelta(days=1), driver=driver)
