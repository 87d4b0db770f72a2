"""All sites at a glance. The number of queries does not grow with the number of sites, rooms or people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import day_bounds, local_date
from lazaretto.core.models import Alarm, Deadline
from lazaretto.headquarters.choices import RELEASE_KIND, TEST_KIND
from lazaretto.places.choices import RoomState, SiteState
from lazaretto.places.models import Site
from lazaretto.places.queries import SiteFigures, site_figures
from lazaretto.stays.models import Stay


@dataclass(frozen=True)
class Counts:
    """What is counted of a site, or of all: rooms, people, what is due, alarms."""

    rooms: int = 0
    occupied: int = 0
    free: int = 0
    reserve: int = 0
    cleaning: int = 0
    out_of_service: int = 0
    in_house: int = 0
    release_today: int = 0
    release_overdue: int = 0
    tests_due: int = 0
    alarms: int = 0
    alarms_unowned: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts)})

    @property
    def taken_percent(self) -> int:
        """Share of rooms with people, of those in service."""
        in_service = self.rooms - self.out_of_service
        return round(100 * self.occupied / in_service) if in_service else 0


@dataclass(frozen=True)
class SiteLine:
    """A site on the overview; `worst_since` is since when its oldest alarm without an owner waits."""

    site: Site
    counts: Counts
    reserve_short: int
    worst_since: datetime | None


@dataclass(frozen=True)
class Overview:
    """All sites of the reader, those with the most pressing matters first, and their sum."""

    at: datetime
    lines: Sequence[SiteLine]
    total: Counts

    @property
    def worst_since(self) -> datetime | None:
        """Since when the oldest alarm without an owner waits anywhere."""
        return min((line.worst_since for line in self.lines if line.worst_since), default=None)


def overview(actor: Actor, *, at: datetime) -> Overview:
    """Six queries. Rooms are counted with places.read, people with stays.read, alarms with alarms.read."""
    figures = site_figures(actor)
    people, due, alarms = _people(actor), _due(actor, [found.site for found in figures], at), _alarms(actor)
    lines = [_line(found, people, due, alarms) for found in figures]
    lines.sort(key=lambda line: (-line.counts.release_overdue, -line.counts.alarms_unowned, line.site.code))
    return Overview(at, lines, sum((line.counts for line in lines), Counts()))


@dataclass(frozen=True)
class _AlarmCount:
    open: int = 0
    unowned: int = 0
    worst_since: datetime | None = None


@dataclass(frozen=True)
class _DueCount:
    today: int = 0
    overdue: int = 0


def _line(
    found: SiteFigures,
    people: Mapping[UUID, int],
    due: Mapping[tuple[UUID, str], _DueCount],
    alarms: Mapping[UUID, _AlarmCount],
) -> SiteLine:
    unit, rooms = found.site.unit_id, found.counts
    release, alarm = due.get((unit, RELEASE_KIND), _DueCount()), alarms.get(unit, _AlarmCount())
    counts = Counts(
        rooms=found.rooms,
        occupied=rooms.get(RoomState.OCCUPIED, 0),
        free=found.free if found.site.state == SiteState.ACTIVE else 0,  # nobody can be sent to the others
        reserve=rooms.get(RoomState.RESERVE, 0),
        cleaning=found.in_turnround,
        out_of_service=rooms.get(RoomState.OUT_OF_SERVICE, 0),
        in_house=people.get(found.site.pk, 0),
        release_today=release.today,
        release_overdue=release.overdue,
        tests_due=due.get((unit, TEST_KIND), _DueCount()).today,
        alarms=alarm.open,
        alarms_unowned=alarm.unowned,
    )
    return SiteLine(found.site, counts, found.reserve.short, alarm.worst_since)


def _people(actor: Actor) -> dict[UUID, int]:
    stays = Stay.objects.visible_to(actor, "stays.read").filter(ended_at__isnull=True).order_by()
    return dict(stays.values_list("site_id").annotate(people=Count("id")))


def end_of_today(sites: Iterable[Site], at: datetime) -> dict[datetime, list[UUID]]:
    """Units of sites by the moment when their local day ends."""
    ends: dict[datetime, list[UUID]] = defaultdict(list)
    for site in sites:
        zone = ZoneInfo(site.time_zone)
        ends[day_bounds(local_date(at, zone), zone)[1]].append(site.unit_id)
    return ends


def due_before(ends: Mapping[datetime, list[UUID]]) -> Q:
    """Deadlines due by the end of the local day of their unit; a window that closes at midnight belongs to its day."""
    condition = Q(pk__in=())
    for end, units in ends.items():
        condition |= Q(unit_id__in=units, due_at__lte=end)
    return condition


def _due(actor: Actor, sites: Sequence[Site], at: datetime) -> dict[tuple[UUID, str], _DueCount]:
    visible = Deadline.objects.visible_to(actor, "stays.read").filter(state=DeadlineState.OPEN)
    wanted = visible.filter(kind__in=[RELEASE_KIND, TEST_KIND]).filter(due_before(end_of_today(sites, at))).order_by()
    counted = wanted.values_list("unit_id", "kind").annotate(
        today=Count("id"), late=Count("id", filter=Q(due_at__lte=at))
    )
    return {(unit, kind): _DueCount(today, late) for unit, kind, today, late in counted if unit is not None}


def _alarms(actor: Actor) -> dict[UUID, _AlarmCount]:
    waiting = Alarm.objects.visible_to(actor, "alarms.read").filter(answered_at__isnull=True).order_by()
    unowned = Q(owner__isnull=True)
    counted = waiting.values_list("unit_id").annotate(
        open=Count("id"), unowned=Count("id", filter=unowned), since=Min("raised_at", filter=unowned)
    )
    return {unit: _AlarmCount(number, without, since) for unit, number, without, since in counted if unit is not None}
