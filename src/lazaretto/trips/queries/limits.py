"""What a trip exceeds: night, distance, hours at the wheel, the driver's day and rest."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from lazaretto.trips import rules
from lazaretto.trips.choices import Limit, TripState
from lazaretto.trips.errors import DriverTired, DriveTooLong, NightBlocked, TooFar
from lazaretto.trips.limits import limits
from lazaretto.trips.models import Driver, Trip

COVERS = timedelta(hours=1)  # an override given for a departure covers one that is this much later or sooner


def drive_of(trip: Trip, departs_at: datetime) -> rules.Drive:
    """The trip as the limits see it, when it leaves then."""
    length = trip.arrives_at - trip.departs_at
    return rules.Drive(departs_at, departs_at + length, trip.km, timedelta(minutes=trip.driving_minutes))


def zone_of(trip: Trip) -> ZoneInfo:
    """The zone of the first stop at a site of ours."""
    first = trip.stops.filter(site__isnull=False).order_by("position").select_related("site").first()
    return ZoneInfo(first.site.time_zone if first and first.site else settings.TIME_ZONE)


def exceeded_by(trip: Trip, drive: rules.Drive, zone_name: str = "") -> set[Limit]:
    """Every limit that the trip exceeds with that drive, overridden or not."""
    zone = ZoneInfo(zone_name) if zone_name else zone_of(trip)
    return rules.exceeded(drive, duties_around(trip, drive), zone, limits())


def duties_around(trip: Trip, drive: rules.Drive) -> list[rules.Duty]:
    """What else the driver does in the days around."""
    window = (drive.departs_at - timedelta(days=2), drive.arrives_at + timedelta(days=2))
    others = Trip.objects.filter(driver=trip.driver_id, departs_at__range=window).exclude(pk=trip.pk)
    return [_duty(other) for other in others.exclude(state=TripState.CANCELLED)]


def _trips_beside(trip: Trip, drive: rules.Drive) -> list[str]:
    """Numbers of the trips that the driver has within a day of this one."""
    window = (drive.departs_at - rules.DAY, drive.arrives_at + rules.DAY)
    others = Trip.objects.filter(driver=trip.driver_id, departs_at__range=window).exclude(pk=trip.pk)
    rows = others.exclude(state=TripState.CANCELLED).order_by("departs_at", "id")
    return list(rows.values_list("number", flat=True))


def duties_of(drivers: Iterable[Driver], start: datetime, end: datetime) -> dict[UUID, list[rules.Duty]]:
    """What these drivers do in the days around; one query."""
    found: dict[UUID, list[rules.Duty]] = {driver.pk: [] for driver in drivers}
    window = (start - timedelta(days=2), end + timedelta(days=2))
    trips = Trip.objects.filter(driver__in=found, departs_at__range=window).exclude(state=TripState.CANCELLED)
    for trip in trips:
        found[trip.driver_id].append(_duty(trip))
    return found


def _duty(trip: Trip) -> rules.Duty:
    """As planned, and as it was where it has happened."""
    start, end = trip.departed_at or trip.departs_at, trip.ended_at or trip.arrives_at
    drive = rules.Drive(start, max(start, end), trip.km, timedelta(minutes=trip.driving_minutes))
    return rules.duty_of(drive, limits())


def overridden(trip: Trip, departs_at: datetime) -> set[str]:
    """Limits that somebody let this departure exceed, by name."""
    near = (departs_at - COVERS, departs_at + COVERS)
    return set(trip.overrides.filter(departs_at__range=near).values_list("limit", flat=True))


def check_limits(trip: Trip, departs_at: datetime, zone_name: str = "") -> None:
    """Raises `NightBlocked` with the next time, `TooFar`, `DriveTooLong`, `DriverTired` for what nobody overrode."""
    zone = ZoneInfo(zone_name) if zone_name else zone_of(trip)
    drive = drive_of(trip, departs_at)
    allowed = overridden(trip, departs_at)
    beyond = {limit for limit in exceeded_by(trip, drive, zone.key) if limit.value not in allowed}
    if Limit.NIGHT in beyond:
        following = rules.next_departure(drive, zone, limits())
        raise NightBlocked(following, spoken_moment(following, zone) if following else "")
    if Limit.DISTANCE in beyond:
        raise TooFar(km=round(trip.km), longest=round(limits().longest_km))
    if Limit.HOURS in beyond:
        raise DriveTooLong(minutes=trip.driving_minutes)
    if beyond:
        words = ", ".join(sorted(str(Limit(one).label) for one in beyond))
        raise DriverTired.being(trip.driver.name, ", ".join(_trips_beside(trip, drive)), words)


def spoken_moment(moment: datetime, zone: ZoneInfo) -> str:
    """Day and time for a sentence, in that zone."""
    return date_format(timezone.localtime(moment, zone), "Y-m-d H:i")
