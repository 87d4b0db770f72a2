"""Makers of vehicles, drivers and trips for tests. Everything is invented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from lazaretto.people.models import Person
from lazaretto.protocols.choices import Category
from lazaretto.trips import commands
from lazaretto.trips.choices import VehicleKind, VehicleState
from lazaretto.trips.commands import Halt, Passenger
from lazaretto.trips.models import Driver, Trip, Vehicle
from tests import factories
from tests.cast import Cast, Member
from tests.factories import LONG_AGO, NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Fleet:
    """Vehicles and drivers of headquarters, and those who send and accompany them."""

    cast: Cast
    dispatcher: Member
    escort: Member
    made: int = field(default=0)

    @cached_property
    def bus(self) -> Vehicle:
        """Forty seats, one wheelchair, disinfected."""
        return self.vehicle("粤A12345", seats=40, wheelchairs=1)

    @cached_property
    def driver(self) -> Driver:
        """The first driver."""
        return self.driver_named("邓师傅")

    def vehicle(self, plate: str, *, seats: int = 10, state: str = VehicleState.READY, **more) -> Vehicle:
        """A vehicle in a state."""
        return Vehicle.objects.create(
            unit=factories.headquarters(), plate=plate, kind=VehicleKind.BUS, seats=seats, state=state,
            state_since=LONG_AGO, **more,
        )  # fmt: skip

    def driver_named(self, name: str) -> Driver:
        """A driver."""
        return Driver.objects.create(unit=factories.headquarters(), name=name, started_at=LONG_AGO)

    def guests(self, *names: str, category: str = "inbound") -> list[Person]:
        """People with a room at the first site."""
        found = []
        for name in names:
            stay = factories.stay(self.cast.site, who=factories.person(name, at_site=self.cast.site))
            stay.category = category
            stay.save(update_fields=["category"])
            found.append(stay.person)
        return found

    def trip(
        self, people: list[Person], *, departs_at: datetime = NOW + HOUR, minutes: int | None = None, **more
    ) -> Trip:
        """A trip of the bus from the first site to the second."""
        given = {"vehicle": self.bus, "driver": self.driver, "category": Category.INBOUND, **more}
        halts = (Halt(site=self.cast.site.code), Halt(site=self.cast.other_site.code, drive_minutes=minutes))
        made = commands.plan_trip(
            actor=self.dispatcher.actor, at=NOW, departs_at=departs_at, **{"stops": halts, **given},
            riders=tuple(Passenger(person=one.id, from_stop=0, to_stop=1) for one in people),
        )  # fmt: skip
        return Trip.objects.get(pk=made.trip_id)

    def board(self, trip: Trip, *, at: datetime = NOW + HOUR - 10 * MINUTE) -> Trip:
        """Doors open."""
        commands.begin_boarding(actor=self.dispatcher.actor, at=at, trip=trip)
        return Trip.objects.get(pk=trip.pk)

    def leave(self, trip: Trip, *, at: datetime = NOW + HOUR, seen: list[Person] | None = None, **more) -> Trip:
        """Off it goes from the first stop, with everybody seen."""
        people = [rider.person_id for rider in trip.riders.filter(closed_at__isnull=True)]
        aboard = tuple(people if seen is None else [one.id for one in seen])
        commands.depart(actor=self.dispatcher.actor, at=at, trip=trip, stop=0, seen=aboard, **more)
        return Trip.objects.get(pk=trip.pk)

    def scan(
        self, trip: Trip, card: str, kind: str, taken_at: datetime, *, scan_id: UUID, at: datetime | None = None, **more
    ):
        """The escort scans."""
        return commands.scan(
            actor=self.escort.actor, at=at or taken_at, trip=trip, scan_id=scan_id, kind=kind, card=card,
            taken_at=taken_at, **more,
        )  # fmt: skip
