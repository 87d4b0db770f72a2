"""What trips can prove about promise 1: nobody is lost on the way, and nobody is endangered by it."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from lazaretto.core import states
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import HandedOver
from lazaretto.trips import rules
from lazaretto.trips.choices import Limit, TripState, VehicleState
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Rider, Stop, Trip, Vehicle


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
    figures = {
        "trips_on_the_road": Trip.objects.filter(state__in=rules.ROLLING).count(),
        "trips_late": late.count(),
        "people_on_late_trips": aboard.values("person").distinct().count(),
    }
    return Finding(figures, offenders, in_use=Trip.objects.exists())


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
