"""What trips can prove: nobody is lost on the way or endangered by it (1), nobody waits unheard for one (2)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.core import states
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.custody.choices import Outcome
from lazaretto.custody.deadlines import HANDOVER
from lazaretto.custody.models import HandedOver
from lazaretto.trips import rules
from lazaretto.trips.choices import Limit, RequestState, TripState, VehicleState
from lazaretto.trips.deadlines import REQUEST
from lazaretto.trips.limits import limits
from lazaretto.trips.models import MoveRequest, Rider, Stop, Trip, Vehicle, VehicleStateChange

SLACK = timedelta(minutes=2)  # a sweeper that restarts


@proof(1, "riders_are_handed_over", _("Whoever left on a trip is on a handover, and a late trip is known"))
def riders_are_handed_over(at: datetime) -> Finding:
    """Everybody who was on the list when a stop was left is on its handover or stayed with a reason."""
    gone = Rider.objects.filter(from_stop__departed_at__isnull=False, left_behind="", leg__isnull=True)
    lost = gone.filter(closed_at__isnull=True) | gone.filter(closed_at__gt=F("from_stop__departed_at"))
    listed = HandedOver.objects.filter(handover=OuterRef("leg__handover"), person=OuterRef("person"))
    unlisted = Rider.objects.filter(~Exists(listed), leg__isnull=False)
    offenders = [Offender("trip", str(row.trip_id), f"{row.pk}: left without a handover") for row in lost]
    offenders += [Offender("trip", str(row.trip_id), f"{row.pk}: not on the handover") for row in unlisted]
    late = Trip.objects.filter(state=TripState.UNDER_WAY, arrives_at__lt=at)
    aboard = HandedOver.objects.filter(handover__trip_leg__trip__in=late, outcome=Outcome.UNDER_WAY)
    on_the_road = HandedOver.objects.filter(handover__trip_leg__isnull=False, outcome=Outcome.UNDER_WAY)
    figures = {
        "trips_on_the_road": Trip.objects.filter(state__in=rules.ROLLING).count(),
        "people_on_the_road": on_the_road.values("person").distinct().count(),
        "trips_late": late.count(),
        "minutes_longest_past_arrival": _longest(late.values_list("arrives_at", flat=True), at),
        "people_on_late_trips": aboard.values("person").distinct().count(),
    }
    return Finding(figures, offenders, in_use=Trip.objects.exists())


@proof(1, "who_gets_off_is_signed_in", _("Whoever was seen getting off is signed in, or their place is asked"))
def who_gets_off_is_signed_in(at: datetime) -> Finding:
    """Somebody off a vehicle and in nobody's hands is watched by their handover; where nothing watches, they are lost.

    Between two places of others nobody of ours signs in: there the call that confirms the arrival counts.
    """
    rows = Rider.objects.filter(seen_off_at__isnull=False, leg__isnull=False).select_related("leg__handover")
    open_ones = HandedOver.objects.filter(
        handover=OuterRef("leg__handover"), person=OuterRef("person"), outcome=Outcome.UNDER_WAY
    )
    off = list(rows.filter(Exists(open_ones)))
    watched = set(
        Deadline.objects.filter(kind=HANDOVER.code, state=DeadlineState.OPEN).values_list("subject_id", flat=True)
    )
    offenders = []
    for rider in off:
        handover = rider.leg.handover if rider.leg else None
        if handover is None or str(handover.pk) in watched or not (handover.from_site_id or handover.to_site_id):
            continue
        why = f"{handover.number}: off the vehicle, signed in nowhere, and nothing watches it"
        offenders.append(Offender("trip", str(rider.trip_id), why))
    return Finding({"off_the_vehicle_not_signed_in": len(off)}, offenders, in_use=Trip.objects.exists())


@proof(1, "vehicles_are_disinfected", _("No vehicle carried people before it was disinfected"))
def vehicles_are_disinfected(_at: datetime) -> Finding:
    """The steps of every vehicle follow the table and end with its state; each trip left with one that was ready."""
    offenders = []
    for vehicle in Vehicle.objects.prefetch_related("state_changes").iterator(chunk_size=200):
        changes = sorted(vehicle.state_changes.all(), key=lambda change: change.pk)
        for before, after in pairwise(changes):
            if before.after != after.before:
                offenders.append(Offender("vehicle", str(vehicle.pk), f"{vehicle.plate}: a step is missing"))
        wrong = [one for one in changes if states.edge(rules.VEHICLE_EDGES, one.before, one.after) is None]
        if wrong or (changes and changes[-1].after != vehicle.state):
            why = f"{vehicle.plate}: its steps do not lead to its state"
            offenders.append(Offender("vehicle", str(vehicle.pk), why))
    waiting = Vehicle.objects.filter(state__in=[VehicleState.TO_DISINFECT, VehicleState.DISINFECTING]).count()
    return Finding({"vehicles_to_disinfect": waiting}, offenders, in_use=Vehicle.objects.exists())


@proof(1, "no_category_meets_another", _("No vehicle carried one category after another without disinfection"))
def no_category_meets_another(_at: datetime) -> Finding:
    """Between two trips of one vehicle lies a disinfection; whom it carries now is whom it carried last."""
    offenders, ready = [], _disinfections()
    gone = Trip.objects.filter(departed_at__isnull=False).order_by("vehicle", "departed_at", "id")
    for before, after in pairwise(gone.only("vehicle", "number", "category", "departed_at").iterator(chunk_size=500)):
        if before.vehicle_id != after.vehicle_id or before.departed_at is None or after.departed_at is None:
            continue
        if not any(before.departed_at < moment <= after.departed_at for moment in ready.get(after.vehicle_id, ())):
            why = f"{after.number}: {after.category} after {before.category} of {before.number}, not disinfected"
            offenders.append(Offender("vehicle", str(after.vehicle_id), why))
    for trip in Trip.objects.filter(state__in=rules.ROLLING).select_related("vehicle"):
        if trip.vehicle.carried != trip.category:
            why = f"{trip.number}: carries {trip.category}, written is {trip.vehicle.carried or 'nothing'}"
            offenders.append(Offender("vehicle", str(trip.vehicle_id), why))
    return Finding({}, offenders, in_use=Trip.objects.exists())


def _disinfections() -> dict[UUID, list[datetime]]:
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for vehicle, at in VehicleStateChange.objects.filter(after=VehicleState.READY).values_list("vehicle", "at"):
        found[vehicle].append(at)
    return found


@proof(1, "limits_are_kept", _("No trip went beyond a limit, and nobody was made later than allowed, without a name"))
def limits_are_kept(_at: datetime) -> Finding:
    """Distance, hours at the wheel, the driver's driving in a day; and minutes by which urgent ones upset others."""
    offenders, allowed = [], 0
    gone = (
        Trip.objects.filter(departed_at__isnull=False).prefetch_related("overrides").order_by("driver", "departed_at")
    )
    driven: list[Trip] = []
    for trip in gone.prefetch_related("overrides").iterator(200):
        driven = [one for one in driven if one.driver_id == trip.driver_id and _recent(one, trip)] + [trip]
        named = {one.limit for one in trip.overrides.all()}
        for limit in _exceeded(trip, driven):
            if limit in named:
                allowed += 1
            else:
                offenders.append(
                    Offender("trip", str(trip.pk), f"{trip.number}: beyond {limit}, and nobody allowed it")
                )
    upset = Stop.objects.filter(upset_minutes__gt=limits().upset.total_seconds() // 60)
    offenders += [
        Offender("trip", str(stop.trip_id), f"stop {stop.position}: {stop.upset_minutes} minutes later than promised")
        for stop in upset
    ]
    return Finding({"trips_allowed_beyond_limits": allowed}, offenders, in_use=Trip.objects.exists())


def _recent(one: Trip, trip: Trip) -> bool:
    """Within the 24 hours that end with the later trip: what was known when it left."""
    since = trip.arrives_at + limits().after - timedelta(days=1)
    return one.departed_at is not None and one.departed_at > since


def _exceeded(trip: Trip, driven: list[Trip]) -> set[Limit]:
    found = set()
    if trip.km > limits().longest_km:
        found.add(Limit.DISTANCE)
    if timedelta(minutes=trip.driving_minutes) > limits().longest_drive:
        found.add(Limit.HOURS)
    if timedelta(minutes=sum(one.driving_minutes for one in driven)) > limits().driving_in_24h:
        found.add(Limit.DRIVING_DAY)
    return found


@proof(2, "requests_are_heard", _("Whoever waits for a trip longer than asked is heard of"))
def requests_are_heard(at: datetime) -> Finding:
    """One past its latest time whose ladder stands still is one that nobody hears."""
    waiting = MoveRequest.objects.filter(state=RequestState.OPEN)
    late = waiting.filter(latest_at__lt=at)
    heard = Deadline.objects.filter(kind=REQUEST.code, state=DeadlineState.OPEN)
    climbing = set(
        heard.filter(rung__gte=1).filter(Q(next_at__isnull=True) | Q(next_at__gte=at - SLACK)).values_list(
            "subject_id", flat=True
        )
    )  # fmt: skip
    offenders = [
        Offender("request", str(row.pk), "past the time by which they were to be there, and no alarm climbs")
        for row in late.filter(latest_at__lt=at - SLACK)
        if str(row.pk) not in climbing
    ]
    figures = {
        "requests_open": waiting.count(),
        "requests_past_their_time": late.count(),
        "minutes_longest_past_request": _longest(late.values_list("latest_at", flat=True), at),
    }
    return Finding(figures, offenders, in_use=MoveRequest.objects.exists())


def _longest(moments: Iterable[datetime], at: datetime) -> int:
    """Minutes since the first of them; 0 when there is none."""
    first = min(moments, default=at)
    return int((at - first).total_seconds() // 60)


@proof(1, "nights_are_kept", _("Nobody was driven in the blocked night without a name and a reason"))
def nights_are_kept(_at: datetime) -> Finding:
    """Departures in the night, or that were to drive into it, have an override of the night."""
    offenders, allowed = [], 0
    gone = Trip.objects.filter(departed_at__isnull=False).prefetch_related("stops__site", "overrides")
    for trip in gone.iterator(200):
        stops = sorted(trip.stops.all(), key=lambda stop: stop.position)
        if trip.departed_at is None or not _in_the_night(stops[0], trip.departed_at, trip.driving_minutes):
            continue
        if any(one.limit == Limit.NIGHT for one in trip.overrides.all()):
            allowed += 1
        else:
            offenders.append(Offender("trip", str(trip.pk), f"{trip.number}: drove in the blocked night"))
    return Finding({"trips_allowed_at_night": allowed}, offenders, in_use=Trip.objects.exists())


def _in_the_night(first: Stop, departed_at: datetime, driving_minutes: int) -> bool:
    """What was known at the departure counts: a trip that is held up on the road until the night waits at a place."""
    zone = ZoneInfo(first.site.time_zone if first.site else settings.TIME_ZONE)
    return (
        rules.night_between(departed_at, departed_at + timedelta(minutes=driving_minutes), zone, limits()) is not None
    )
