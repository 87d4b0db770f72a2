"""Where a trip stops and how long the ways between its stops are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.conf import settings

from lazaretto.places.models import ExternalPlace, Site
from lazaretto.trips import rules
from lazaretto.trips.errors import DistanceUnknown, PlaceUnknown, TwoStops
from lazaretto.trips.limits import limits

Place = Site | ExternalPlace


@dataclass(frozen=True)
class Halt:
    """A stop as somebody names it: the code of a site, or a place of others.

    `drive_minutes` is the way from the stop before; typed, it takes precedence over the coordinates.
    """

    site: str = ""
    place: UUID | None = None
    drive_minutes: int | None = None
    stop_minutes: int | None = None


@dataclass(frozen=True)
class Timed:
    """A stop with its planned times."""

    site: Site | None
    external: ExternalPlace | None
    arrives_at: datetime
    departs_at: datetime


@dataclass(frozen=True)
class Way:
    """All stops, the kilometres and the time of driving between them, and the zone of the first stop."""

    halts: tuple[Timed, ...]
    km: float
    driving: timedelta
    zone_name: str

    @property
    def departs_at(self) -> datetime:
        """From the first stop."""
        return self.halts[0].departs_at

    @property
    def arrives_at(self) -> datetime:
        """At the last stop."""
        return self.halts[-1].arrives_at


def way_of(halts: Sequence[Halt], departs_at: datetime) -> Way:
    """The timetable of a trip that leaves its first stop then.

    Raises `TwoStops`, `PlaceUnknown`, `DistanceUnknown`.
    """
    places = places_of(halts)
    if len(places) < 2 or any(a == b for a, b in pairwise(places)):
        raise TwoStops
    timed, km, driving, now = [_timed(places[0], departs_at, timedelta())], 0.0, timedelta(), departs_at
    for number, (before, place) in enumerate(pairwise(places), start=1):
        distance, minutes = leg_between(before, place, halts[number].drive_minutes)
        km, driving = km + distance, driving + minutes
        last = number == len(places) - 1
        typed = halts[number].stop_minutes
        stay = timedelta() if last else limits().stop if typed is None else timedelta(minutes=max(0, typed))
        timed.append(_timed(place, now + minutes, stay))
        now = now + minutes + stay
    zone = next((place.time_zone for place in places if isinstance(place, Site)), settings.TIME_ZONE)
    return Way(tuple(timed), km, driving, zone)


def leg_between(a: Place, b: Place, typed: int | None = None) -> tuple[float, timedelta]:
    """Kilometres and time from one place to another. Raises `DistanceUnknown`."""
    start, end = point_of(a), point_of(b)
    if typed is not None and typed < 1:
        raise DistanceUnknown
    if start is None or end is None:
        if typed is None:
            raise DistanceUnknown(between=f"{a} → {b}")
        time = timedelta(minutes=typed)
        return rules.km_in(time, limits()), time
    km = rules.road_km(start, end, limits())
    return km, timedelta(minutes=typed) if typed else max(rules.driving_time(km, limits()), timedelta(minutes=1))


def point_of(place: Place) -> tuple[float, float] | None:
    """Latitude and longitude, if it has them."""
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def places_of(halts: Sequence[Halt]) -> list[Place]:
    """The rows, in two queries. Raises `PlaceUnknown`."""
    sites = {row.code: row for row in Site.objects.filter(code__in=[halt.site for halt in halts if halt.site])}
    others = ExternalPlace.objects.in_bulk([halt.place for halt in halts if halt.place])
    found: list[Place] = []
    for halt in halts:
        row: Place | None = sites.get(halt.site) if halt.site else others.get(halt.place) if halt.place else None
        if row is None or (halt.site and halt.place):
            raise PlaceUnknown(place=halt.site or str(halt.place or ""))
        found.append(row)
    return found


def _timed(place: Place, at: datetime, stay: timedelta) -> Timed:
    site, external = (place, None) if isinstance(place, Site) else (None, place)
    return Timed(site, external, at, at + stay)
