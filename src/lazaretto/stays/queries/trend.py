"""How a site moves: against yesterday, and day by day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from lazaretto.core.clock import day_bounds, local_date
from lazaretto.places.choices import RoomState
from lazaretto.places.models import RoomStateChange, Site
from lazaretto.stays.choices import SpecimenState, StayEnd
from lazaretto.stays.models import Occupancy, SpecimenResult, Stay

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """People in the house and rooms free, against the same hour yesterday."""

    in_house: int
    free_rooms: int


@dataclass(frozen=True)
class DayCount:
    """What happened on one local day."""

    day: date
    admitted: int
    released: int
    positive: int


def since_yesterday(site: Site, *, at: datetime) -> Change:
    """Arrivals less departures, rooms made ready less rooms taken, of the last 24 hours. Two queries."""
    then = at - ONE_DAY
    places = Occupancy.objects.filter(room__site=site).aggregate(
        came=Count("id", filter=Q(started_at__gt=then)),
        went=Count("id", filter=Q(ended_at__gt=then)),
    )
    steps = RoomStateChange.objects.filter(room__site=site, at__gt=then).aggregate(
        freed=Count("id", filter=Q(after=RoomState.READY)), taken=Count("id", filter=Q(before=RoomState.READY))
    )
    return Change(places["came"] - places["went"], steps["freed"] - steps["taken"])


def trend(site: Site, *, at: datetime, days: int = 14) -> list[DayCount]:
    """The last `days` local days, today the last. Three queries."""
    zone = ZoneInfo(site.time_zone)
    today = local_date(at, zone)
    first = today - timedelta(days=days - 1)
    since, _until = day_bounds(first, zone)
    stays = Stay.objects.filter(site=site)
    admitted = _by_day(stays.filter(started_at__gte=since), "started_at", zone)
    released = _by_day(stays.filter(ended_at__gte=since, end=StayEnd.RELEASED), "ended_at", zone)
    found = SpecimenResult.objects.filter(
        specimen__stay__site=site, reported_at__gte=since, state=SpecimenState.PRELIMINARY_POSITIVE
    )
    positive = _by_day(found, "reported_at", zone)
    return [
        DayCount(day, admitted[day], released[day], positive[day])
        for day in (first + timedelta(days=offset) for offset in range(days))
    ]


def _by_day(rows: QuerySet[Stay] | QuerySet[SpecimenResult], field: str, zone: ZoneInfo) -> Counter[date]:
    counted: Iterable[tuple[date, int]] = (
        rows.annotate(on=TruncDate(field, tzinfo=zone)).order_by().values_list("on").annotate(n=Count("id"))
    )
    return Counter(dict(counted))
