"""The room board: every room of a site with who is in it and what needs doing. A fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import day_bounds
from lazaretto.core.models import Alarm, Deadline
from lazaretto.people.queries import name_reader
from lazaretto.places.choices import RoomState
from lazaretto.places.models import Floor, Room, Site
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.deadlines import FEVER, NO_ANSWER, RELEASE, TEST
from lazaretto.stays.models import Occupancy, Specimen, Stay

# What a cell says, the most pressing first; `occupied` and the room's own states come last.
POSITIVE, SYMPTOMS, RELEASE_OVERDUE, RELEASE_TODAY, OCCUPIED = (
    "positive", "symptoms", "release_overdue", "release_today", "occupied",
)  # fmt: skip


CLOCK = ("stay__order__last_exposure_at", "stay__order__ends_at")


@dataclass(frozen=True)
class Guest:
    """Somebody in a room: name (masked where the actor needs none), day of the stay, of how many."""

    stay_id: UUID
    person_id: UUID
    name: str
    day: int
    days: int
    release_on: date


@dataclass
class Cell:
    """A room on the board."""

    room: Room
    status: str
    guests: list[Guest] = field(default_factory=list)
    test_due: bool = False
    no_answer: bool = False


@dataclass(frozen=True)
class FloorRow:
    """A floor with its cells in order, and the share of rooms taken, per cent."""

    floor: Floor
    cells: list[Cell]
    taken_percent: int


@dataclass(frozen=True)
class Figures:
    """The numbers above the board."""

    in_house: int
    free_rooms: int
    release_today: int
    released_today: int
    tests_due: int
    results_waiting: int
    results_late: int
    positives: int
    oldest_positive_at: datetime | None


@dataclass(frozen=True)
class Board:
    """A site at a moment."""

    site: Site
    at: datetime
    floors: list[FloorRow]
    counts: dict[str, int]
    figures: Figures


@dataclass(frozen=True)
class _Marks:
    """Ids of stays that need something."""

    tests: frozenset[str]
    fever: frozenset[str]
    silent: frozenset[str]
    positive: frozenset[str]
    release_due: dict[str, datetime]


def board(actor: Actor, site: Site, *, at: datetime) -> Board:
    """The board of a site, top floor first. Nine queries, whatever the number of rooms."""
    rooms = _rooms(site)
    guests = _guests(actor, site, at)
    marks = _marks(site, at) if actor.may("stays.read", site.unit_id) else _releases_only(site, at)
    cells = [_cell(room, guests.get(room.id, []), marks, at) for room in rooms]
    counts: dict[str, int] = defaultdict(int)
    for cell in cells:
        counts[cell.status] += 1
    return Board(site, at, _floors(cells), dict(counts), _figures(site, cells, marks, at))


def _rooms(site: Site) -> list[Room]:
    """The rooms with their floors, each floor fetched once."""
    floors = {row.pk: row for row in Floor.objects.filter(building__site=site).select_related("building", "zone")}
    rooms = list(Room.objects.filter(site=site))
    for room in rooms:
        room.floor = floors[room.floor_id]
    return rooms


def _guests(actor: Actor, site: Site, at: datetime) -> dict[UUID, list[Guest]]:
    """Who is in each room; plain values, because a large site has hundreds."""
    zone, reads = ZoneInfo(site.time_zone), name_reader(actor, site.unit_id)
    today = at.astimezone(zone).date()
    found: dict[UUID, list[Guest]] = defaultdict(list)
    taken = Occupancy.objects.filter(room__site=site, ended_at__isnull=True).order_by("started_at", "id")
    fields = ("room_id", "stay_id", "stay__person_id", "stay__person__name", *CLOCK)
    for room_id, stay_id, person_id, name, exposed_at, ends_at in taken.values_list(*fields):
        start, end = exposed_at.astimezone(zone).date(), ends_at.astimezone(zone).date()
        day, days = (today - start).days, (end - start).days
        found[room_id].append(Guest(stay_id, person_id, reads(name), day, days, end))
    return found


def _marks(site: Site, at: datetime) -> _Marks:
    _start, tomorrow = day_bounds(at.astimezone(ZoneInfo(site.time_zone)).date(), ZoneInfo(site.time_zone))
    # Test windows close at the end of their local day: what closes before tomorrow is over is due today.
    dues = Deadline.objects.filter(unit_id=site.unit_id, state=DeadlineState.OPEN).filter(
        kind__in=[TEST.code, RELEASE.code, NO_ANSWER.code, FEVER.code], due_at__lt=tomorrow + timedelta(seconds=1)
    )
    by_kind: dict[str, dict[str, datetime]] = defaultdict(dict)
    for kind, subject, due_at in dues.values_list("kind", "subject_id", "due_at"):
        by_kind[kind][subject] = due_at
    positive = Specimen.objects.filter(
        stay__site=site, stay__ended_at__isnull=True,
        state__in=[SpecimenState.PRELIMINARY_POSITIVE, SpecimenState.CONFIRMED_POSITIVE],
    ).values_list("stay_id", flat=True)  # fmt: skip
    return _Marks(
        tests=frozenset(by_kind[TEST.code]),
        fever=frozenset(by_kind[FEVER.code]),
        silent=frozenset(by_kind[NO_ANSWER.code]),
        positive=frozenset(str(stay) for stay in positive),
        release_due=by_kind[RELEASE.code],
    )


def _releases_only(site: Site, at: datetime) -> _Marks:
    """For roles that bring meals and clean: who leaves today, and nothing about anybody's health."""
    found, none = _marks(site, at), frozenset[str]()
    return _Marks(tests=none, fever=none, silent=none, positive=none, release_due=found.release_due)


def _cell(room: Room, guests: list[Guest], marks: _Marks, at: datetime) -> Cell:
    ids = {str(guest.stay_id) for guest in guests}
    return Cell(
        room=room,
        status=_status(room, ids, marks, at),
        guests=guests,
        test_due=bool(ids & marks.tests),
        no_answer=bool(ids & marks.silent),
    )


def _status(room: Room, ids: set[str], marks: _Marks, at: datetime) -> str:
    if not ids:
        return room.state
    if ids & marks.positive:
        return POSITIVE
    if ids & marks.fever:  # a medic comes before any release
        return SYMPTOMS
    dues = [marks.release_due[stay] for stay in ids if stay in marks.release_due]
    if any(due <= at for due in dues):
        return RELEASE_OVERDUE
    return RELEASE_TODAY if dues else OCCUPIED


def _floors(cells: list[Cell]) -> list[FloorRow]:
    grouped: dict[UUID, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.room.floor_id].append(cell)
    rows = []
    for found in grouped.values():
        found.sort(key=lambda cell: (cell.room.position, cell.room.number))
        taken = sum(1 for cell in found if cell.guests)
        rows.append(FloorRow(found[0].room.floor, found, round(100 * taken / len(found))))
    return sorted(rows, key=lambda row: (row.floor.building.name, -row.floor.order))


def _figures(site: Site, cells: list[Cell], marks: _Marks, at: datetime) -> Figures:
    start, end = day_bounds(at.astimezone(ZoneInfo(site.time_zone)).date(), ZoneInfo(site.time_zone))
    waiting = list(
        Specimen.objects.filter(stay__site=site, state=SpecimenState.PENDING).values_list("collected_at", flat=True)
    )
    positives = Alarm.objects.filter(unit_id=site.unit_id, kind="stays.positive", answered_at__isnull=True)
    oldest = positives.order_by("raised_at").values_list("raised_at", flat=True).first()
    return Figures(
        in_house=sum(len(cell.guests) for cell in cells),
        free_rooms=sum(1 for cell in cells if cell.room.state == RoomState.READY and not cell.guests),
        release_today=len(marks.release_due),
        released_today=Stay.objects.filter(site=site, end="released", ended_at__gte=start, ended_at__lt=end).count(),
        tests_due=len(marks.tests),
        results_waiting=len(waiting),
        results_late=sum(1 for taken in waiting if at - taken > timedelta(hours=24)),
        positives=len(marks.positive),
        oldest_positive_at=oldest,
    )
