"""What is on the road and what leaves next; one trip with its stops and everybody of its list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import HandedOver
from lazaretto.people.queries import display_names
from lazaretto.trips import rules
from lazaretto.trips.choices import Berth, ScanOutcome, TripState
from lazaretto.trips.models import Driver, Rider, Scan, Stop, Trip, Vehicle
from lazaretto.trips.queries.company import riding_alone, riding_of, site_on

READ, MANAGE = "trips.read", "trips.manage"
PATIENCE = timedelta(minutes=15)  # later than planned by more than this is late
SHOWN = 200
OFF_AGAIN = Q(riders__seen_off_at__isnull=False, riders__leg__isnull=True)  # before the vehicle left with them


def trips(actor: Actor, capability: str = READ) -> QuerySet[Trip]:
    """Trips the actor may read, with what a line shows; riders are counted in the same query."""
    stops = Stop.objects.select_related("site", "external").order_by("position")
    return (
        Trip.objects.visible_to(actor, capability)
        .select_related("vehicle", "driver", "unit")
        .prefetch_related(Prefetch("stops", queryset=stops))
        .annotate(
            listed=Count("riders", filter=Q(riders__left_behind="")),
            aboard=Count("riders", filter=Q(riders__seen_on_at__isnull=False, riders__left_behind="") & ~OFF_AGAIN),
            off=Count("riders", filter=Q(riders__seen_off_at__isnull=False)),
        )
    )


def trip_by_number(actor: Actor, number: str, capability: str = READ) -> Trip:
    """One of them; raises `NotFound`."""
    found = trips(actor, capability).filter(number=number).first()
    if found is None:
        raise NotFound(kind="trips.trip", number=number)
    return found


@dataclass(frozen=True)
class Line:
    """A trip as a list shows it."""

    trip: Trip
    origin: str
    destination: str
    listed: int
    aboard: int
    late: int
    next_at: datetime


def lines(rows: Iterable[Trip], *, at: datetime) -> list[Line]:
    """With the two ends and the minutes that it is late. No query."""
    return [_line(row, at) for row in rows]


def _line(row: Trip, at: datetime) -> Line:
    stops = list(row.stops.all())
    ends = [spoken(stop) for stop in stops] or ["", ""]
    counted = {name: int(getattr(row, name, 0)) for name in ("listed", "aboard")}
    late, following = late_minutes(row, stops, at), _next(row, stops)
    return Line(row, ends[0], " → ".join(ends[1:]), late=late, next_at=following, **counted)


def _next(row: Trip, stops: Sequence[Stop]) -> datetime:
    ahead = [stop.arrives_at for stop in stops if stop.arrived_at is None]
    return ahead[0] if row.state == TripState.UNDER_WAY and ahead else row.departs_at


def late_minutes(row: Trip, stops: Sequence[Stop], at: datetime) -> int:
    """How many minutes it is late beyond what is borne with; 0 when it is not, or is over."""
    if row.state not in rules.OPEN:
        return 0
    by = at - _next(row, stops)
    return int(by.total_seconds() // 60) if by > PATIENCE else 0


def spoken(stop: Stop) -> str:
    """A stop's place in words."""
    if stop.site is not None:
        return f"{stop.site.code} {stop.site.spoken_name}"
    return stop.external.spoken_name if stop.external is not None else ""


@dataclass(frozen=True)
class Board:
    """Trips by what is to be done about them."""

    on_the_road: list[Line]
    planned: list[Line]
    arrived: list[Line]


def board(actor: Actor, *, at: datetime) -> Board:
    """On the road first, then what leaves within two days, then what ended within a day. Six queries."""
    rows = trips(actor)
    rolling = rows.filter(state__in=rules.ROLLING).order_by("departs_at", "id")[:SHOWN]
    ahead = rows.filter(state=TripState.PLANNED, departs_at__lt=at + timedelta(days=2))
    over = rows.filter(state=TripState.ARRIVED, ended_at__gt=at - timedelta(days=1)).order_by("-ended_at", "id")
    road = lines(rolling, at=at)
    road.sort(key=lambda line: -line.late)
    return Board(road, lines(ahead.order_by("departs_at", "id")[:SHOWN], at=at), lines(over[:SHOWN], at=at))


@dataclass(frozen=True)
class Passenger:
    """Somebody of the list as the trip's page shows them; `alone` says why they must not ride without their people."""

    rider: Rider
    name: str
    mark: str
    outcome: str
    alone: str = ""


@dataclass(frozen=True)
class AtStop:
    """A stop with those who get on and off there; `step` is what can be done: leave, come, or nothing."""

    stop: Stop
    name: str
    getting_on: list[Passenger]
    getting_off: list[Passenger]
    step: str


@dataclass(frozen=True)
class Unlisted:
    """A scan of somebody who is not on the list; the name if the card is somebody's whom we know."""

    scan: Scan
    name: str


@dataclass(frozen=True)
class Manifest:
    """Everything about one trip: stops, people, and what is wrong."""

    stops: list[AtStop]
    people: list[Passenger]
    strangers: list[Unlisted]
    missing: list[Passenger]
    alone: list[Passenger]
    names: dict[UUID, str]

    @property
    def unminded(self) -> list[Passenger]:
        """Those who ride alone and for whom nobody is named who looks after them."""
        return [one for one in self.alone if not one.rider.minded_by]

    @property
    def nobody(self) -> bool:
        """Whether nobody is on the list."""
        return all(one.rider.left_behind for one in self.people)


def manifest(actor: Actor, trip: Trip) -> Manifest:
    """Who rides, who is missing, who is a stranger, who rides alone; a fixed number of queries."""
    found = trip.riders.select_related("person", "from_stop__site", "to_stop__site", "leg__handover")
    riders = list(found.order_by("from_stop__position", "berth", "person__name", "id"))
    odd = unlisted_scans(trip)
    names = display_names(actor, [*(rider.person for rider in riders), *(scan.person for scan in odd if scan.person)])
    outcomes = _outcomes(riders)
    alone = alone_on(trip, riders)
    people = [
        Passenger(rider, names[rider.person_id], *_mark(rider, outcomes), alone.get(rider.pk, "")) for rider in riders
    ]
    stops = [_at(trip, stop, people) for stop in trip.stops.all()]
    rolling = trip.state in rules.ROLLING
    missing = [
        one for one in people
        if one.mark == "missing" or (rolling and one.mark in {"not_on", "off_again"} and _gone(one.rider))
    ]  # fmt: skip
    strangers = [Unlisted(scan, names.get(scan.person_id, "") if scan.person_id else "") for scan in odd]
    return Manifest(stops, people, strangers, missing, [one for one in people if one.alone], names)


def unlisted_scans(trip: Trip) -> list[Scan]:
    """Cards that were read and are nobody's of the list, as they were read; one query."""
    found = trip.scans.filter(outcome__in=[ScanOutcome.STRANGER, ScanOutcome.UNKNOWN])
    return list(found.select_related("person").order_by("at", "id"))


def alone_on(trip: Trip, riders: Sequence[Rider]) -> dict[UUID, str]:
    """Why, by rider, of those on the list who must not be alone and have nobody of theirs on some stretch of their way.

    By the rules of the day of the departure. Four queries; none for a trip that is over.
    """
    if trip.state not in rules.OPEN:
        return {}
    (alone,) = riding_alone(site_on(riders), [riding_of(riders, trip.category)], at=trip.departs_at)
    return {
        one.pk: alone[one.person_id].why
        for one in riders
        if one.person_id in alone and not one.left_behind and one.closed_at is None
    }


def _outcomes(riders: Sequence[Rider]) -> dict[UUID, str]:
    handovers = [rider.leg.handover_id for rider in riders if rider.leg]
    rows = HandedOver.objects.filter(handover__in=handovers).values_list("person_id", "outcome")
    return dict(rows)


def _mark(rider: Rider, outcomes: dict[UUID, str]) -> tuple[str, str]:
    outcome = outcomes.get(rider.person_id, "")
    if rider.left_behind:
        return "left", outcome
    if outcome and outcome != Outcome.UNDER_WAY:
        return "received", str(Outcome(outcome).label)
    if _off_before_it_left(rider):
        return "off_again", outcome
    if rider.seen_off_at is not None:
        return "off", outcome
    if rider.to_stop.arrived_at is not None:
        return "missing", outcome
    return ("on" if rider.seen_on_at is not None else "not_on"), outcome


def _off_before_it_left(rider: Rider) -> bool:
    """They got off where they had got on: nobody saw them leave with the vehicle, whatever the list says."""
    left = rider.from_stop.departed_at
    return rider.seen_off_at is not None and (left is None or rider.seen_off_at <= left)


def _gone(rider: Rider) -> bool:
    return rider.from_stop.departed_at is not None


def _at(trip: Trip, stop: Stop, people: Sequence[Passenger]) -> AtStop:
    on = [one for one in people if one.rider.from_stop_id == stop.pk]
    off = [one for one in people if one.rider.to_stop_id == stop.pk and not one.rider.left_behind]
    return AtStop(stop, spoken(stop), on, off, _step(trip, stop))


def _step(trip: Trip, stop: Stop) -> str:
    stops = list(trip.stops.all())
    if trip.state in rules.ROLLING and stop.arrived_at is not None and stop.departed_at is None and stop != stops[-1]:
        return "leave"
    before = stops[stop.position - 1] if stop.position else None
    if trip.state == TripState.UNDER_WAY and stop.arrived_at is None and before is not None and before.departed_at:
        return "come"
    return ""


@dataclass(frozen=True)
class Seats:
    """How many places of a kind a vehicle has and how many the list takes."""

    label: str
    taken: int
    of: int


def seats(trip: Trip, people: Sequence[Passenger]) -> list[Seats]:
    """By kind of place; on the fullest stretch."""
    room = rules.Room(trip.vehicle.seats, trip.vehicle.wheelchairs, trip.vehicle.stretchers)
    taken = dict.fromkeys(Berth, 0)
    for stretch in range(len(trip.stops.all()) - 1):
        for berth in Berth:
            riding = [one.rider for one in people if not one.rider.left_behind and one.rider.berth == berth]
            here = [one for one in riding if one.from_stop.position <= stretch < one.to_stop.position]
            taken[berth] = max(taken[berth], len(here))
    return [Seats(str(berth.label), taken[berth], room.of(berth)) for berth in Berth if room.of(berth) or taken[berth]]


def vehicles(actor: Actor, capability: str = READ) -> QuerySet[Vehicle]:
    """The vehicles of the actor's units."""
    return Vehicle.objects.visible_to(actor, capability).select_related("base", "unit").order_by("plate")


def drivers(actor: Actor, capability: str = READ) -> QuerySet[Driver]:
    """Those who drive now."""
    return Driver.objects.visible_to(actor, capability).filter(ended_at__isnull=True).order_by("name", "id")
