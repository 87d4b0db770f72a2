"""Vehicles, drivers and trips: one on the road, one planned, some people who wait. All through the commands.

Times are relative to now and never in the blocked night: made then, the trip on the road has arrived before it.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.places.choices import SiteKind
from lazaretto.places.commands import change_site
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay
from lazaretto.trips import commands, rules
from lazaretto.trips.choices import Urgency, VehicleKind, VehicleState
from lazaretto.trips.commands import Halt, Passenger
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Driver, Trip, Vehicle

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FLEET = (
    ("粤A61201", VehicleKind.BUS, 38, 1, 0, Category.INBOUND, "H03", True),
    ("粤A61202", VehicleKind.BUS, 38, 1, 0, None, "H01", True),
    ("粤A61203", VehicleKind.VAN, 9, 1, 0, Category.CLOSE_CONTACT, "H11", True),
    ("粤A61204", VehicleKind.VAN, 9, 0, 0, None, "H05", False),
    ("粤A61120", VehicleKind.AMBULANCE, 2, 1, 1, None, "H02", True),
)
DRIVERS = (
    ("岑建国", "020-5550 2001"), ("骆志勇", "020-5550 2002"), ("麦伟明", "020-5550 2003"), ("邬海生", "020-5550 2004"),
)  # fmt: skip
ON_THE_ROAD, PLANNED, WAITING = ("H03", "H04", 4), ("H05", "H06", 3), ("H07", "H02", 3)


def tell(district: District, *, now: datetime) -> None:
    """The fleet, and trips between sites that are told and have guests."""
    _on_the_map(district, now - 3 * HOUR)
    dispatcher = district.member("dispatcher", now - 3 * HOUR)
    vehicles, drivers = _fleet(district, dispatcher, now - 3 * HOUR)
    zone = ZoneInfo("Asia/Shanghai")
    _ride(dispatcher, vehicles[0], drivers[0], now, zone)
    _planned(dispatcher, vehicles[1], drivers[1], now, zone)
    _wait(district, dispatcher, now)


def _on_the_map(district: District, at: datetime) -> None:
    """Sites lie on a grid of some kilometres: invented, as their streets are."""
    for number, site in enumerate(district.sites):
        written = {name: getattr(site, name) for name in ("name", "name_en", "address", "phone", "reserve_percent")}
        change_site(
            actor=Actor.system("demonstration"), at=at, site=site, kind=SiteKind(site.kind), **written,
            latitude=round(23.062 + 0.012 * (number % 4), 4), longitude=round(113.255 + 0.024 * (number // 4), 4),
        )  # fmt: skip
        site.refresh_from_db()


def _fleet(district: District, dispatcher: Actor, at: datetime) -> tuple[list[Vehicle], list[Driver]]:
    sites = {site.code: site for site in district.sites}
    vehicles, drivers = [], []
    for plate, kind, seats, wheelchairs, stretchers, category, base, clean in FLEET:
        made = commands.add_vehicle(
            actor=dispatcher, at=at, unit=district.root, plate=plate, kind=kind, seats=seats, wheelchairs=wheelchairs,
            stretchers=stretchers, category=category, base=sites.get(base),
        )  # fmt: skip
        vehicle = Vehicle.objects.get(pk=made.vehicle_id)
        for number, after in enumerate((VehicleState.DISINFECTING, VehicleState.READY) if clean else ()):
            commands.change_vehicle_state(actor=dispatcher, at=at + 40 * number * MINUTE, vehicle=vehicle, after=after)
        vehicles.append(vehicle)
    for name, phone in DRIVERS:
        driver = commands.add_driver(actor=dispatcher, at=at, unit=district.root, name=name, phone=phone)
        drivers.append(Driver.objects.get(pk=driver.driver_id))
    return vehicles, drivers


def _guests(code: str, count: int, at: datetime) -> list[Stay]:
    """Who stays there longest still, always the same ones; only some of the category of the site."""
    here = Stay.objects.filter(site__code=code, category=Category.INBOUND, ended_at__isnull=True, started_at__lt=at)
    return list(here.select_related("person").order_by("-order__ends_at", "number")[:count])


def _make(
    dispatcher: Actor, vehicle: Vehicle, driver: Driver, way: tuple[str, str, int], leaves: datetime
) -> Trip | None:
    origin, destination, count = way
    stays = _guests(origin, count, leaves - HOUR)
    if not stays or not Site.objects.filter(code=destination, state="active").exists():
        return None
    made = commands.plan_trip(
        actor=dispatcher, at=leaves - HOUR, vehicle=vehicle, driver=driver, category=Category.INBOUND,
        departs_at=leaves, stops=(Halt(site=origin), Halt(site=destination, drive_minutes=35)),
        riders=tuple(Passenger(person=one.person_id, from_stop=0, to_stop=1) for one in stays),
        escort="随车护士 阮清", escort_phone="020-5550 2010",
    )  # fmt: skip
    return Trip.objects.get(pk=made.trip_id)


def _ride(dispatcher: Actor, vehicle: Vehicle, driver: Driver, now: datetime, zone: ZoneInfo) -> None:
    """Left a quarter of an hour ago, all scanned; made in the night, it arrived before it."""
    leaves = now - 15 * MINUTE
    night = rules.night_between(leaves, leaves + HOUR, zone, limits())
    if night is not None:
        leaves = night[0] - HOUR
    trip = _make(dispatcher, vehicle, driver, ON_THE_ROAD, leaves)
    if trip is None:
        return
    commands.begin_boarding(actor=dispatcher, at=leaves - 20 * MINUTE, trip=trip)
    people = tuple(trip.riders.order_by("person_id").values_list("person_id", flat=True))
    commands.depart(actor=dispatcher, at=leaves, trip=trip, stop=0, seen=people)
    if night is not None:
        commands.arrive(actor=dispatcher, at=leaves + 35 * MINUTE, trip=trip, stop=1)


def _planned(dispatcher: Actor, vehicle: Vehicle, driver: Driver, now: datetime, zone: ZoneInfo) -> None:
    wanted = now + 90 * MINUTE
    drive = rules.Drive(wanted, wanted + 35 * MINUTE, 15, 35 * MINUTE)
    leaves = rules.next_departure(drive, zone, limits()) or wanted
    _make(dispatcher, vehicle, driver, PLANNED, leaves)


def _wait(district: District, dispatcher: Actor, now: datetime) -> None:
    """Some wait for a trip, one of them urgently."""
    origin, destination, count = WAITING
    for number, stay in enumerate(_guests(origin, count, now)):
        commands.ask(
            actor=dispatcher, at=now - 30 * MINUTE, unit=district.root, person=stay.person, category=Category.INBOUND,
            origin=Halt(site=origin), destination=Halt(site=destination), earliest_at=now, latest_at=now + 10 * HOUR,
            urgency=Urgency.ROUTINE if number else Urgency.URGENT,
        )  # fmt: skip
