"""From rows to a problem of trips and back: who waits, which vehicles and drivers are free and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.people.queries import display_names, party_ids
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.planning import trips as planner
from lazaretto.trips import rules
from lazaretto.trips.choices import RequestState, VehicleState
from lazaretto.trips.limits import Limits, limits
from lazaretto.trips.models import Booking, Driver, MoveRequest, TripPlan, Vehicle
from lazaretto.trips.queries.company import Riding, riding_alone
from lazaretto.trips.queries.limits import duties_of
from lazaretto.trips.queries.places import Place, point_of

MINUTE = timedelta(minutes=1)
LEAD = timedelta(minutes=20)  # nobody is ready at once
AHEAD = timedelta(hours=24)
SHORT = timedelta(minutes=30)  # the trip by which a driver is asked whether they could begin
WORTH = timedelta(hours=1)  # nobody sets out for less than this before the night
MOST = 400  # people of one plan
ROUNDS, SECONDS = 4, 1.5  # how often, and how long each time, a better plan is sought: within ten seconds


def open_requests(actor: Actor, capability: str) -> QuerySet[MoveRequest]:
    """Who waits for a trip, the urgent and most pressing first."""
    rows = MoveRequest.objects.visible_to(actor, capability).filter(state=RequestState.OPEN)
    related = ("person", "from_site", "from_external", "to_site", "to_external", "order_line__order")
    return rows.select_related(*related).order_by("-urgency", "latest_at", "id")


def ends_of(request: MoveRequest) -> tuple[Place, Place]:
    """From where to where."""
    origin, destination = request.from_site or request.from_external, request.to_site or request.to_external
    if origin is None or destination is None:
        raise ValueError(f"{request} has no two ends")
    return origin, destination


def place_name(place: Place) -> str:
    """A place as lists show it: our sites with their code."""
    return f"{place.code} {place.spoken_name}" if isinstance(place, Site) else str(place.spoken_name)


def key_of(place: Place) -> str:
    """A place as the planner and the forms name it."""
    return f"site:{place.code}" if isinstance(place, Site) else f"place:{place.pk}"


@dataclass(frozen=True)
class Asked:
    """A problem, and those who cannot be planned because nobody knows where their places lie."""

    problem: planner.Problem
    off_the_map: tuple[UUID, ...]


def problem_of(
    requests: Sequence[MoveRequest], vehicles: Iterable[Vehicle], drivers: Iterable[Driver], *, at: datetime
) -> Asked:
    """What is asked of the planner; times are minutes after `at`. Vehicles that are under way are left alone."""
    ends = {request.pk: ends_of(request) for request in requests}
    off = tuple(pk for pk, both in ends.items() if any(point_of(place) is None for place in both))
    planned = [request for request in requests if request.pk not in off]
    places = {key_of(place): place for request in planned for place in ends[request.pk]}
    fallback = next(iter(places), "")
    crews = _crews(vehicles, drivers, fallback, at) if planned else []
    for vehicle, _crew in crews:
        if vehicle.base is not None and point_of(vehicle.base) is not None:
            places[key_of(vehicle.base)] = vehicle.base
    parties = party_ids([request.person_id for request in planned])
    problem = planner.Problem(
        places=tuple(_spot(key, place) for key, place in sorted(places.items())),
        requests=tuple(_request(request, ends[request.pk], str(parties[request.person_id]), at) for request in planned),
        crews=tuple(crew for _vehicle, crew in crews),
        road_factor=limits().road_factor, kmh=limits().kmh, hours=_hours(),
    )  # fmt: skip
    return Asked(problem, off)


def _spot(key: str, place: Place) -> planner.Place:
    latitude, longitude = point_of(place) or (0.0, 0.0)
    return planner.Place(key, latitude, longitude)


def _request(request: MoveRequest, ends: tuple[Place, Place], household: str, at: datetime) -> planner.Request:
    return planner.Request(
        str(request.pk), key_of(ends[0]), key_of(ends[1]), request.category,
        earliest=max(0, _minutes(request.earliest_at - at)), latest=_minutes(request.latest_at - at),
        berth=request.berth, household=household, urgent=request.urgency == "urgent",
    )  # fmt: skip


def _crews(
    vehicles: Iterable[Vehicle], drivers: Iterable[Driver], fallback: str, at: datetime
) -> list[tuple[Vehicle, planner.Crew]]:
    """Each vehicle that may go with a driver, the soonest free with the soonest free and rested."""
    usable = [one for one in vehicles if one.state not in {VehicleState.OUT_OF_SERVICE, VehicleState.ON_TRIP}]
    taken, hands = list(Booking.objects.filter(ended_at__gt=at).select_related("trip")), list(drivers)
    duties = duties_of(hands, at, at + AHEAD)
    free = sorted((vehicle_from(one, taken, at), one.plate, one) for one in usable)
    rested = [(rested_from(driver_from(one, taken, at), duties[one.pk]), one) for one in hands]
    able = sorted((start, one.name, str(one.pk), one) for start, one in rested if start is not None)
    found = []
    for (ready, _plate, vehicle), (soonest, _name, _pk, driver) in zip(free, able, strict=False):
        together = rested_from(max(ready, soonest), duties[driver.pk])
        if together is None:
            continue
        start, end = _window(together, vehicle, driver, taken)
        crew = _crew(vehicle, driver, fallback, start, end, at, duties[driver.pk])
        if crew.free_until > crew.free_from and crew.driving_left > 0:
            found.append((vehicle, crew))
    return found


def rested_from(ready: datetime, duties: Sequence[rules.Duty]) -> datetime | None:
    """From when a driver could take a short trip beside what is planned for them; None where they could not in a day.

    They begin at once, after the break of one duty, or after a whole rest.
    """
    own = limits()
    ends = [duty.ended_at + _kept(own) + own.before for duty in duties]
    starts = sorted({ready, *ends, *(end + own.rest for end in ends)})
    return next((one for one in starts if ready <= one < ready + AHEAD and _may_begin(one, duties)), None)


def _kept(own: Limits) -> timedelta:
    """A booking ends this much after the duty: the vehicle is disinfected."""
    return max(own.disinfection - own.after, MINUTE)


def _may_begin(start: datetime, duties: Sequence[rules.Duty]) -> bool:
    trip = rules.Drive(start, start + SHORT, 0.0, SHORT)
    own = rules.duty_of(trip, limits())
    kept = _kept(limits())
    elsewhere = any(one.started_at < own.ended_at + kept and own.started_at < one.ended_at + kept for one in duties)
    return not elsewhere and not rules.driver_faults(duties, own, limits())


def vehicle_from(vehicle: Vehicle, taken: Sequence[Booking], at: datetime) -> datetime:
    """When it could be ready, with the disinfection that it waits for."""
    waits = limits().disinfection if vehicle.state != VehicleState.READY else timedelta()
    running = [one.ended_at for one in taken if one.vehicle_id == vehicle.pk and one.started_at <= at + LEAD]
    return max([at + LEAD + waits, *(end + limits().before for end in running)])


def driver_from(driver: Driver, taken: Sequence[Booking], at: datetime) -> datetime:
    """When they could begin."""
    running = [one.ended_at for one in taken if one.driver_id == driver.pk and one.started_at <= at + LEAD]
    return max([at + LEAD, *(end + limits().before for end in running)])


def _window(start: datetime, vehicle: Vehicle, driver: Driver, taken: Sequence[Booking]) -> tuple[datetime, datetime]:
    """From then until the night or the next promise. A start in the night waits for its end."""
    zone = ZoneInfo(vehicle.base.time_zone if vehicle.base else settings.TIME_ZONE)
    now = rules.night_between(start, start + MINUTE, zone, limits())
    start = max(start, now[1]) if now else start
    night = rules.night_between(start, start + AHEAD, zone, limits())
    if night and night[0] - start < WORTH:
        start = night[1]
        night = rules.night_between(start, start + AHEAD, zone, limits())
    end = night[0] if night else start + AHEAD
    after = limits().before + max(limits().disinfection, limits().after)
    promised = [
        one.started_at - after for one in taken
        if one.started_at > start and (one.vehicle_id == vehicle.pk or one.driver_id == driver.pk)
    ]  # fmt: skip
    return start, min([end, *promised])


def _crew(
    vehicle: Vehicle, driver: Driver, fallback: str, start: datetime, end: datetime, at: datetime,
    duties: Sequence[rules.Duty],
) -> planner.Crew:  # fmt: skip
    """What the driver does before and after goes with them: the planner keeps their hours and their rest."""
    known = vehicle.base is not None and point_of(vehicle.base) is not None
    around = tuple(
        (_minutes(one.started_at - at), -_minutes(at - one.ended_at), _minutes(one.driving)) for one in duties
    )
    return planner.Crew(
        f"{vehicle.pk}+{driver.pk}", key_of(vehicle.base) if vehicle.base and known else fallback,
        vehicle.seats, vehicle.wheelchairs, vehicle.stretchers, vehicle.category or None,
        free_from=_minutes(start - at), free_until=_minutes(end - at),
        driving_left=_minutes(min(limits().longest_drive, limits().driving_in_24h)),
        duty_left=_minutes(limits().duty_in_24h - limits().before - limits().after), duties=around,
    )  # fmt: skip


def _hours() -> planner.Hours:
    own = limits()
    minutes = (own.before, own.after, own.rest, own.one_duty_gap, own.driving_in_24h, own.duty_in_24h)
    return planner.Hours(*(_minutes(one) for one in minutes))


def _minutes(length: timedelta) -> int:
    return length // MINUTE


# ---- a plan as people read it


@dataclass(frozen=True)
class StopLine:
    """A stop of a proposed trip."""

    name: str
    at: datetime
    on: list[str]
    off: int


@dataclass(frozen=True)
class TripLine:
    """A proposed trip; `alone` names who must not ride without their people, and why."""

    vehicle: Vehicle
    driver: Driver
    category: str
    leaves_at: datetime
    people: int
    stops: list[StopLine]
    alone: list[tuple[str, str]]


@dataclass(frozen=True)
class PlanView:
    """A plan with names."""

    trips: list[TripLine]
    left: list[tuple[str, str]]
    driving: int
    bound: int
    gap: int
    engine: str
    people: int


def plan_view(actor: Actor, row: TripPlan) -> PlanView:
    """The plan as its page shows it; a fixed number of queries."""
    plan = planner.plan_from_json(row.plan)
    ids = [one["id"] for one in row.problem["requests"]]
    asked = {str(one.pk): one for one in MoveRequest.objects.filter(pk__in=ids).select_related("person")}
    names = display_names(actor, [one.person for one in asked.values()])
    told = {pk: names[one.person_id] for pk, one in asked.items()}
    crews = [route.crew.split("+") for route in plan.routes]
    vehicles = Vehicle.objects.in_bulk([UUID(crew[0]) for crew in crews])
    drivers = Driver.objects.in_bulk([UUID(crew[1]) for crew in crews])
    places = named_places({visit.place for route in plan.routes for visit in route.visits})
    ridings = [_ridings(route, asked) for route in plan.routes]
    site = Site.objects.filter(code__in=_codes(places)).order_by("code").first()
    alone = riding_alone(site, ridings, at=row.made_at)
    lonely = [[(names[who], one.why) for who, one in found.items()] for found in alone]
    lines = [
        _trip_line(route, row.made_at, vehicles, drivers, places, told, those)
        for route, those in zip(plan.routes, lonely, strict=True)
    ]
    left = [(told.get(one.request, ""), str(one.why)) for one in plan.unserved]
    served = sum(line.people for line in lines)
    return PlanView(lines, left, plan.driving, plan.bound, round(100 * plan.gap), plan.engine, served)


def _trip_line(
    route: planner.Route, start: datetime, vehicles: dict[UUID, Vehicle], drivers: dict[UUID, Driver],
    places: dict[str, Any], told: dict[str, str], alone: list[tuple[str, str]],
) -> TripLine:  # fmt: skip
    vehicle, driver = (UUID(part) for part in route.crew.split("+"))
    stops = [
        StopLine(places[one.place], start + one.arrives * MINUTE, [told.get(name, "") for name in one.on], len(one.off))
        for one in route.visits
    ]
    leaves = start + route.visits[0].departs * MINUTE
    people = sum(len(stop.on) for stop in stops)
    return TripLine(vehicles[vehicle], drivers[driver], route.category, leaves, people, stops, alone)


def _ridings(route: planner.Route, asked: dict[str, MoveRequest]) -> list[Riding]:
    """Who sits in it from stop to stop."""
    off = {one: number for number, visit in enumerate(route.visits) for one in visit.off}
    return [
        Riding(asked[one].person, route.category, number, off[one])
        for number, visit in enumerate(route.visits)
        for one in visit.on
        if one in asked
    ]


def named_places(keys: Iterable[str]) -> dict[str, str]:
    """The places of keys in words, in two queries."""
    wanted = [key.partition(":")[::2] for key in keys]
    sites = Site.objects.filter(code__in=_codes(keys))
    others = ExternalPlace.objects.filter(pk__in=[key for kind, key in wanted if kind == "place"])
    return {key_of(place): place_name(place) for place in (*sites, *others)}


def _codes(keys: Iterable[str]) -> list[str]:
    """The sites among the keys of places."""
    return [key.partition(":")[2] for key in keys if key.startswith("site:")]


def better_plan(row: TripPlan) -> dict[str, Any]:
    """What the solver finds within its time, in a process of its own; the plan itself when it finds nothing."""
    problem, plan = planner.from_json(row.problem), planner.plan_from_json(row.plan)
    found, _answered = planner.better(problem, plan, seconds=SECONDS, seed=row.rounds + 1)
    return planner.to_json(found)
