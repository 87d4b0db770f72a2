"""Vehicles and drivers: who they are, and a vehicle's states."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lazaretto.accounts.models import Unit
from lazaretto.core import states
from lazaretto.core.access import Actor
from lazaretto.core.checks import checked
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, IllegalTransition, InvalidInput, ReasonRequired, whole
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.trips import rules
from lazaretto.trips.choices import VehicleKind, VehicleState
from lazaretto.trips.errors import DriverPromised, DriverTwice, PlateTaken
from lazaretto.trips.models import Driver, Trip, Vehicle, VehicleStateChange

MANAGE, RIDE = "trips.manage", "trips.ride"
LONGEST = 200


@dataclass(frozen=True)
class VehicleSaved:
    """A vehicle as it is now."""

    vehicle_id: UUID
    plate: str
    state: str


@dataclass(frozen=True)
class DriverSaved:
    """A driver as they are now."""

    driver_id: UUID
    name: str


@command("trips.add_vehicle", capability=MANAGE)
def add_vehicle(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    plate: str,
    kind: VehicleKind,
    seats: int,
    wheelchairs: int = 0,
    stretchers: int = 0,
    category: Category | None = None,
    base: Site | None = None,
    note: str = "",
) -> VehicleSaved:
    """Put a vehicle on a unit's list. It must be disinfected before its first trip, for nobody knows whom it carried.

    Raises `PlateTaken`, `InvalidInput`.
    """
    made = Vehicle(
        unit=unit, plate=_plate(plate), kind=kind, seats=seats, wheelchairs=wheelchairs, stretchers=stretchers,
        category=category or "", base=base, state_since=at, note=whole(note, 120),
    )  # fmt: skip
    _save(made, insert=True)
    record(made, unit_id=unit.id, data={"plate": made.plate, "seats": seats})
    return VehicleSaved(made.id, made.plate, made.state)


@command("trips.change_vehicle", capability=MANAGE)
def change_vehicle(
    *,
    actor: Actor,
    at: datetime,
    vehicle: Vehicle,
    plate: str,
    kind: VehicleKind,
    seats: int,
    wheelchairs: int = 0,
    stretchers: int = 0,
    category: Category | None = None,
    base: Site | None = None,
    note: str = "",
) -> VehicleSaved:
    """Correct what is written about a vehicle. Raises `PlateTaken`, `InvalidInput`."""
    fresh = {
        "plate": _plate(plate), "kind": kind, "seats": seats, "wheelchairs": wheelchairs, "stretchers": stretchers,
        "category": category or "", "base": base, "note": whole(note, 120),
    }  # fmt: skip
    changed = [name for name, value in fresh.items() if getattr(vehicle, name) != value]
    for name in changed:
        setattr(vehicle, name, fresh[name])
    _save(vehicle)
    record(vehicle, unit_id=vehicle.unit_id, data={"fields": changed})
    return VehicleSaved(vehicle.id, vehicle.plate, vehicle.state)


@command("trips.change_vehicle_state", capability=RIDE)
def change_vehicle_state(
    *, actor: Actor, at: datetime, vehicle: Vehicle, after: VehicleState, reason: str = ""
) -> VehicleSaved:
    """Bring a vehicle into its next state; disinfected, it is ready for the next people.

    Raises `IllegalTransition`, `Forbidden` where the role may not take that edge, `ReasonRequired`.
    """
    step = states.edge(rules.VEHICLE_EDGES, vehicle.state, after)
    if step is None or step.through:
        raise IllegalTransition(before=vehicle.state, after=after)
    if not actor.may(step.capability, vehicle.unit_id):
        raise Forbidden(capability=step.capability)
    if after in rules.REASON_NEEDED and not reason.strip():
        raise ReasonRequired
    go(vehicle, after, actor=actor, at=at, reason=whole(reason, LONGEST))
    return VehicleSaved(vehicle.id, vehicle.plate, vehicle.state)


def go(
    vehicle: Vehicle, after: VehicleState, *, actor: Actor, at: datetime, reason: str = "", carries: str = ""
) -> None:
    """Take a step that the table has, inside the running command; the vehicle is locked. Raises `IllegalTransition`.

    `carries` is the category of the trip that begins.
    """
    before = vehicle.state
    if states.edge(rules.VEHICLE_EDGES, before, after) is None:
        raise IllegalTransition(before=before, after=after)
    vehicle.state, vehicle.state_since = after, at
    vehicle.carried = "" if after == VehicleState.READY else carries or vehicle.carried
    vehicle.save(update_fields=["state", "state_since", "carried"])
    VehicleStateChange.objects.create(
        vehicle=vehicle, before=before, after=after, at=at, by_id=actor.user_id, reason=reason
    )
    record(vehicle, unit_id=vehicle.unit_id, data={"before": before, "after": after}, reason=reason)


@command("trips.add_driver", capability=MANAGE)
def add_driver(*, actor: Actor, at: datetime, unit: Unit, name: str, phone: str = "") -> DriverSaved:
    """Put a driver on a unit's list. Raises `DriverTwice`, `InvalidInput`."""
    made = Driver(unit=unit, name=whole(name, 80), phone=whole(phone, 40), started_at=at)
    checked(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise DriverTwice from error
    record(made, unit_id=unit.id, data={"driver": str(made.id)})
    return DriverSaved(made.id, made.name)


@command("trips.end_driver", capability=MANAGE)
def end_driver(*, actor: Actor, at: datetime, driver: Driver) -> DriverSaved:
    """Somebody drives here no longer. Raises `DriverPromised` while they have trips ahead."""
    if Trip.objects.filter(driver=driver, state__in=rules.OPEN).exists():
        raise DriverPromised
    if driver.ended_at is None:
        driver.ended_at = at
        driver.save(update_fields=["ended_at"])
    record(driver, unit_id=driver.unit_id, data={"ended": True})
    return DriverSaved(driver.id, driver.name)


def _plate(text: str) -> str:
    return whole(text.replace(" ", "").replace("·", "").upper(), 16)


def _save(vehicle: Vehicle, *, insert: bool = False) -> None:
    if vehicle.seats == 0 and vehicle.stretchers == 0:
        raise InvalidInput(fields={"seats": "0"})
    checked(vehicle)
    try:
        with transaction.atomic():
            vehicle.save(force_insert=insert)
    except IntegrityError as error:
        raise PlateTaken from error
