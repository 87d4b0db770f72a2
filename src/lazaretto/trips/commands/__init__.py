"""Writes of trips: vehicles and drivers, trips, their way, what the escort sees, requests."""

from lazaretto.trips.commands.company import MinderNamed, name_minder
from lazaretto.trips.commands.inserting import UrgentInserted, insert_urgent
from lazaretto.trips.commands.links import LinkMade, LinksRevoked, make_link, revoke_links
from lazaretto.trips.commands.making import (
    Overridden,
    Passenger,
    TripChanged,
    TripPlanned,
    cancel_trip,
    change_times,
    override,
    plan_trip,
)
from lazaretto.trips.commands.plans import (
    PlanAccepted,
    PlanBettered,
    PlanMade,
    accept_plan,
    improve_plan,
    make_plan,
)
from lazaretto.trips.commands.requests import (
    MoveAsked,
    MoveSettled,
    RiderChanged,
    add_rider,
    ask,
    remove_rider,
    settle_request,
    withdraw,
)
from lazaretto.trips.commands.riding import (
    TripLeft,
    TripMoved,
    TripPostponed,
    arrive,
    begin_boarding,
    depart,
    postpone,
)
from lazaretto.trips.commands.scanning import Scanned, scan
from lazaretto.trips.commands.vehicles import (
    DriverSaved,
    VehicleSaved,
    add_driver,
    add_vehicle,
    change_vehicle,
    change_vehicle_state,
    end_driver,
)
from lazaretto.trips.queries.places import Halt

__all__ = [
    "DriverSaved",
    "Halt",
    "LinkMade",
    "LinksRevoked",
    "MinderNamed",
    "MoveAsked",
    "MoveSettled",
    "Overridden",
    "Passenger",
    "PlanAccepted",
    "PlanBettered",
    "PlanMade",
    "RiderChanged",
    "Scanned",
    "TripChanged",
    "TripLeft",
    "TripMoved",
    "TripPlanned",
    "TripPostponed",
    "UrgentInserted",
    "VehicleSaved",
    "accept_plan",
    "add_driver",
    "add_rider",
    "add_vehicle",
    "arrive",
    "ask",
    "begin_boarding",
    "cancel_trip",
    "change_times",
    "change_vehicle",
    "change_vehicle_state",
    "depart",
    "end_driver",
    "improve_plan",
    "insert_urgent",
    "make_link",
    "make_plan",
    "name_minder",
    "override",
    "plan_trip",
    "postpone",
    "remove_rider",
    "revoke_links",
    "scan",
    "settle_request",
    "withdraw",
]
