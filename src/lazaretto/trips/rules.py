"""Rules of trips: night, distance, drivers' hours, berths, states, device clocks. Pure; no database, no clock.

Sources of the numbers: `limits.toml`. The failures they answer: the coach of Guizhou (September 2022), the wrong
stairwell that was bussed away (Dandong, May 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from lazaretto.core.states import Edge
from lazaretto.trips.choices import Berth, Limit, RequestState, TripState, VehicleState
from lazaretto.trips.limits import Limits

V, T, R = VehicleState, TripState, RequestState
TRIP, ORDER, MOVEMENT = "trip", "order", "movement"
DAY = timedelta(days=1)
EARTH_KM = 6371.0
SKEW_NOTICED = timedelta(seconds=90)  # less is the way through the network


# ---- states


VEHICLE_EDGES: tuple[Edge, ...] = (
    Edge(V.READY, V.ON_TRIP, "trips.ride", through=TRIP),
    # Whoever was carried, and even if nobody was: the next ones get in after disinfection alone.
    Edge(V.ON_TRIP, V.TO_DISINFECT, "trips.ride", through=TRIP),
    Edge(V.TO_DISINFECT, V.DISINFECTING, "trips.ride"),
    Edge(V.DISINFECTING, V.READY, "trips.ride"),
    Edge(V.DISINFECTING, V.TO_DISINFECT, "trips.ride"),
    Edge(V.READY, V.TO_DISINFECT, "trips.ride"),
    Edge(V.READY, V.OUT_OF_SERVICE, "trips.manage"),
    Edge(V.TO_DISINFECT, V.OUT_OF_SERVICE, "trips.manage"),
    Edge(V.DISINFECTING, V.OUT_OF_SERVICE, "trips.manage"),
    # Mechanics were in it.
    Edge(V.OUT_OF_SERVICE, V.TO_DISINFECT, "trips.manage"),
)
TRIP_EDGES: tuple[Edge, ...] = (
    Edge(T.PLANNED, T.BOARDING, "trips.ride"),
    Edge(T.BOARDING, T.UNDER_WAY, "trips.ride"),
    Edge(T.UNDER_WAY, T.ARRIVED, "trips.ride"),
    Edge(T.PLANNED, T.CANCELLED, "trips.manage"),
    Edge(T.BOARDING, T.CANCELLED, "trips.manage"),
)
REQUEST_EDGES: tuple[Edge, ...] = (
    Edge(R.OPEN, R.PLANNED, "trips.manage", through=TRIP),
    Edge(R.PLANNED, R.OPEN, "trips.manage", through=TRIP),  # taken off the list, left behind, the trip cancelled
    Edge(R.PLANNED, R.WITHDRAWN, "trips.manage", through=TRIP),  # the same, and it was asked anew meanwhile
    Edge(R.OPEN, R.WITHDRAWN, "transfers.hand_over"),
    # The transfer order was withdrawn, has expired, or two sources do not agree any more.
    Edge(R.OPEN, R.LAPSED, "orders.draft", through=ORDER),
    Edge(R.PLANNED, R.LAPSED, "orders.draft", through=ORDER),
    # They left or arrived without the trip; or two records of one person asked twice.
    Edge(R.OPEN, R.SETTLED, "transfers.hand_over", through=MOVEMENT),
    Edge(R.PLANNED, R.SETTLED, "transfers.hand_over", through=MOVEMENT),
)
REASON_NEEDED = frozenset({V.OUT_OF_SERVICE})
OPEN = (T.PLANNED, T.BOARDING, T.UNDER_WAY)
ROLLING = (T.BOARDING, T.UNDER_WAY)


# ---- night


@dataclass(frozen=True)
class Drive:
    """A trip as the limits see it: from the first departure to the last arrival."""

    departs_at: datetime
    arrives_at: datetime
    km: float
    driving: timedelta

    @property
    def length(self) -> timedelta:
        """From the first departure to the last arrival."""
        return self.arrives_at - self.departs_at


def night_between(start: datetime, end: datetime, zone: ZoneInfo, limits: Limits) -> tuple[datetime, datetime] | None:
    """The first blocked night that [start, end] touches, as two moments; None when it touches none.

    Leaving at the very end of the block is allowed, leaving at its very beginning is not; arriving at its very
    beginning is allowed. Times of day are those of the zone, also where its clocks change.
    """
    day = start.astimezone(zone).date() - DAY
    last = end.astimezone(zone).date()
    while day <= last:
        begins = datetime.combine(day, limits.night_from, zone)
        ends = datetime.combine(day, limits.night_until, zone)
        if start < ends and (end > begins or start == begins):
            return begins, ends
        day += DAY
    return None


def next_departure(drive: Drive, zone: ZoneInfo, limits: Limits) -> datetime | None:
    """The next time at which a drive of this length may leave; None when it is too long for any day."""
    at = drive.departs_at
    for _try in range(3):
        night = night_between(at, at + drive.length, zone, limits)
        if night is None:
            return at
        at = max(at, night[1])
    return None


# ---- drivers


@dataclass(frozen=True)
class Duty:
    """A piece of a driver's work: one trip with what comes before and after it."""

    started_at: datetime
    ended_at: datetime
    driving: timedelta


def duty_of(drive: Drive, limits: Limits) -> Duty:
    """What a trip is for its driver."""
    return Duty(drive.departs_at - limits.before, drive.arrives_at + limits.after, drive.driving)


def driver_faults(others: Sequence[Duty], own: Duty, limits: Limits) -> set[Limit]:
    """Which of the driver's limits would be exceeded with one duty more.

    Looks at every window of 24 hours that ends with one of the duties around it.
    """
    around = sorted([*others, own], key=lambda duty: duty.started_at)
    near = [duty for duty in around if abs(duty.started_at - own.started_at) <= 2 * DAY]
    found: set[Limit] = set()
    for last in near:
        window = last.ended_at - DAY
        inside = [duty for duty in near if duty.ended_at > window and duty.started_at < last.ended_at]
        if own not in inside:
            continue
        if sum((duty.driving for duty in inside), timedelta()) > limits.driving_in_24h:
            found.add(Limit.DRIVING_DAY)
        if sum((duty.ended_at - max(duty.started_at, window) for duty in inside), timedelta()) > limits.duty_in_24h:
            found.add(Limit.DUTY_DAY)
    if _too_little_rest(near, own, limits):
        found.add(Limit.REST)
    return found


def _too_little_rest(duties: Sequence[Duty], own: Duty, limits: Limits) -> bool:
    """A gap that is longer than a break within one duty and shorter than the rest between two, beside the own duty."""
    for before, after in pairwise(duties):
        gap = after.started_at - before.ended_at
        if own in {before, after} and limits.one_duty_gap < gap < limits.rest:
            return True
    return False


def exceeded(drive: Drive, others: Sequence[Duty], zone: ZoneInfo, limits: Limits) -> set[Limit]:
    """Every limit that a trip exceeds."""
    found = driver_faults(others, duty_of(drive, limits), limits)
    if night_between(drive.departs_at, drive.arrives_at, zone, limits) is not None:
        found.add(Limit.NIGHT)
    if drive.km > limits.longest_km:
        found.add(Limit.DISTANCE)
    if drive.driving > limits.longest_drive:
        found.add(Limit.HOURS)
    return found


# ---- distance


def road_km(a: tuple[float, float], b: tuple[float, float], limits: Limits) -> float:
    """Kilometres by road between two (latitude, longitude): great circle × road factor."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    half = sin(radians(lat_b - lat_a) / 2) ** 2
    half += cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half)) * limits.road_factor


def driving_time(km: float, limits: Limits) -> timedelta:
    """Whole minutes for that distance, rounded up."""
    return timedelta(minutes=-(-km * 60 // limits.kmh))


def km_in(time: timedelta, limits: Limits) -> float:
    """What is driven in that time, where only the time is known."""
    return time.total_seconds() / 3600 * limits.kmh


# ---- berths


@dataclass(frozen=True)
class Room:
    """What a vehicle can take at once."""

    seats: int
    wheelchairs: int
    stretchers: int

    def of(self, berth: str) -> int:
        """How many of one kind."""
        return {Berth.SEAT: self.seats, Berth.WHEELCHAIR: self.wheelchairs, Berth.STRETCHER: self.stretchers}[
            Berth(berth)
        ]


@dataclass(frozen=True)
class Ride:
    """Somebody rides from one stop to a later one; stops are counted from 0."""

    from_stop: int
    to_stop: int
    berth: str


def short_of(rides: Sequence[Ride], room: Room, stops: int) -> Mapping[str, int]:
    """How many berths of each kind are missing on the fullest stretch; empty when everybody has one."""
    missing: dict[str, int] = {}
    for stretch in range(stops - 1):
        aboard = [ride.berth for ride in rides if ride.from_stop <= stretch < ride.to_stop]
        for berth in set(aboard):
            over = aboard.count(berth) - room.of(berth)
            if over > missing.get(berth, 0):
                missing[berth] = over
    return missing


# ---- the clock of a device


@dataclass(frozen=True)
class Moment:
    """When something truly happened, and what the device said where that differs."""

    at: datetime
    claimed_at: datetime | None


def true_moment(taken_at: datetime, sent_at: datetime | None, now: datetime) -> Moment:
    """When a device's scan happened. `sent_at` is what its clock showed when it sent; the difference is its skew.

    Nothing happens in the future: what a clock that runs ahead says is kept as its claim.
    """
    skew = sent_at - now if sent_at is not None else timedelta()
    if abs(skew) < SKEW_NOTICED:
        skew = timedelta()
    at = min(taken_at - skew, now)
    return Moment(at, taken_at if at != taken_at else None)
