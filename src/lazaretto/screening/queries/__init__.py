"""Reads of mass testing, within what an actor may see. Never writes."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import Alarm
from lazaretto.core.prepared import prepared
from lazaretto.headcounts.models import Organisation
from lazaretto.people.queries import name_for
from lazaretto.screening.deadlines import FEVER
from lazaretto.screening.models import (
    CountDelta,
    DuplicateScan,
    Fever,
    Point,
    RosterEntry,
    RosterShare,
    Round,
    Scan,
    Stranger,
    Tube,
    Upload,
)
from lazaretto.screening.queries.at_points import Promised, promised, works_at
from lazaretto.screening.queries.covering import Coverage, coverage
from lazaretto.screening.rules import (
    CAPTURE,
    FEVERS,
    FORETOLD,
    HOUR,
    MANAGE,
    READ,
    Pace,
    falls_behind,
    pace,
    queue_is_empty,
)


def rounds(actor: Actor) -> QuerySet[Round]:
    """Rounds, the last first."""
    return Round.objects.visible_to(actor, READ).order_by("-opens_at", "-id")


def units_to_test(actor: Actor) -> list[Unit]:
    """Areas for which the actor may prepare a round, each followed by those below it, by name; three queries.

    Only those with headcounts, in themselves or below, so that no work team is offered; all as long as nobody has any.
    """
    managed = list(Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True).order_by("name", "code"))
    homes = set(Organisation.objects.filter(ended_at__isnull=True).order_by().values_list("unit", flat=True).distinct())
    above = dict(Unit.objects.values_list("pk", "parent"))
    peopled = {unit for home in homes for unit in _upwards(home, above)}
    return _from_above([unit for unit in managed if unit.pk in peopled] or managed)


def _upwards(unit: UUID | None, above: dict[UUID, UUID | None]) -> Iterator[UUID]:
    while unit is not None:
        yield unit
        unit = above.get(unit)


def _from_above(units: Sequence[Unit]) -> list[Unit]:
    """As a tree is read."""
    known, below = {unit.pk for unit in units}, defaultdict[UUID | None, list[Unit]](list)
    for unit in units:
        below[unit.parent_id if unit.parent_id in known else None].append(unit)

    def branch(of: UUID | None) -> Iterator[Unit]:
        for unit in below[of]:
            yield unit
            yield from branch(unit.pk)

    return list(branch(None))


def round_by_id(actor: Actor, pk: UUID) -> Round:
    """One of them; raises `NotFound`."""
    found = rounds(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="screening.round", id=pk)
    return found


def point_by_id(actor: Actor, pk: UUID) -> Point:
    """One of them; raises `NotFound`."""
    found = Point.objects.visible_to(actor, READ).select_related("round").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="screening.point", id=pk)
    return found


def points(of: Round) -> QuerySet[Point]:
    """Its points, by code."""
    return of.points.order_by("code")


def duplicates(of: Round) -> QuerySet[DuplicateScan]:
    """Scans that do not count, as they came."""
    return of.duplicates.order_by("id")


# ---- how it goes


@dataclass(frozen=True)
class PointPace:
    """A point with how fast it works. `works`: it is open at this hour; `promised`: what it was promised, if anything.

    `behind`: people wait, it does not keep what the round was promised by now; where nothing was, see
    `rules.falls_behind`. `stays_away`: enterprises that are due do not turn up, which no faster table mends.
    """

    point: Point
    tested: int
    strangers: int
    pace: Pace
    works: bool
    behind: bool
    stays_away: bool = False
    promised: Promised | None = None


@dataclass(frozen=True)
class Progress:
    """A round as its screens show it; `hours`: people by the hour in which they were tested, in order.

    `working`: some point is open at this hour; while none is, and in the first half hour, no finish is foretold, nor
    when `no_shows`: whoever is left did not come. `far`: at this pace it lies so far after the deadline that a date
    would promise something.
    """

    coverage: Coverage
    pace: Pace
    hours: list[tuple[datetime, int]]
    points: list[PointPace]
    working: bool
    no_shows: bool
    late: bool
    far: bool

    @property
    def promised(self) -> bool:
        """Whether points were promised people."""
        return any(row.promised for row in self.points)

    @property
    def share(self) -> int:
        """Tested of those expected who are not excused, in whole per cent, never rounded up to all."""
        return self.coverage.tested * 100 // self.coverage.due if self.coverage.due else 0


def progress(of: Round, *, at: datetime) -> Progress:
    """How far it is, how fast, and when it will be done, what points were promised: ten queries at most, none of them
    over scans or people."""
    rows = list(points(of))
    covered, by_point = coverage(of, rows), _by_hour(of)
    hours: dict[datetime, int] = {}
    for counted in by_point.values():
        for hour, people in counted.items():
            hours[hour] = hours.get(hour, 0) + people
    since = of.opened_at or of.opens_at
    known = {row.point_id: row for row in covered.points}
    places = [
        (place, pace(by_point.get(place.pk, {}), since=since, now=at, remaining=0), works_at(place, of, at=at))
        for place in rows
    ]
    going = pace(hours, since=since, now=at, remaining=covered.missing)
    working = any(works for _place, _done, works in places)
    if not working or at - since < HOUR / 2:  # nothing is promised for a night, nor from the first few people
        going = replace(going, finish=at if not covered.missing else None)
    no_shows = working and bool(covered.missing) and at - since >= HOUR and _nobody_comes(of, covered, hours, going, at)
    if no_shows:
        going = replace(going, finish=None)
    told = promised(of, at=at)
    judged = at - since > HOUR / 2 and not no_shows
    slow = _behind(places, told) if judged else set()
    away = {
        place.pk for place, _p, works in places if judged and works and place.pk in told and told[place.pk].stays_away
    }
    return Progress(
        coverage=covered,
        pace=going,
        hours=sorted(hours.items()),
        points=[
            PointPace(
                place, known[place.pk].tested, known[place.pk].strangers, done, works, place.pk in slow,
                place.pk in away, told.get(place.pk),
            )
            for place, done, works in places
        ],
        working=working,
        no_shows=no_shows,
        late=covered.missing > 0 and max(at, going.finish or at) > of.deadline_at,
        far=going.finish is not None and going.finish > of.deadline_at + FORETOLD,
    )  # fmt: skip


def _behind(places: Sequence[tuple[Point, Pace, bool]], told: dict[UUID, Promised]) -> set[UUID]:
    """Points that work and fall behind: what was promised, where something was, else beside each other."""
    if told:
        return {place.pk for place, _pace, works in places if works and place.pk in told and told[place.pk].behind}
    found = falls_behind({str(place.pk): done.per_hour / place.tables for place, done, works in places if works})
    return {UUID(key) for key in found}


Awaited = Callable[[Round, datetime], bool]
_AWAITED: list[Awaited] = []


def awaited_by(awaited: Awaited) -> Awaited:
    """Let an app above say whether people are still due to come to a round later than at that moment."""
    _AWAITED.append(awaited)
    return awaited


def _nobody_comes(of: Round, covered: Coverage, hours: dict[datetime, int], going: Pace, at: datetime) -> bool:
    """An empty queue, and nobody whose time is still to come: that is asked only when the queue is empty."""
    if not queue_is_empty(hours, going, tested=covered.tested, expected=covered.due):
        return False
    return not any(awaited(of, at) for awaited in _AWAITED)


def _by_hour(of: Round) -> dict[UUID, dict[datetime, int]]:
    found: dict[UUID, dict[datetime, int]] = {}
    for row in CountDelta.objects.filter(round=of).values("point_id", "hour").annotate(people=Sum("n")):
        found.setdefault(row["point_id"], {})[row["hour"]] = row["people"]
    return found


def organisation_in(of: Round, pk: UUID) -> Organisation:
    """An enterprise with people in a round; raises `NotFound`."""
    found = Organisation.objects.filter(
        pk=pk, pk__in=RosterShare.objects.filter(round=of).values("organisation")
    ).first()
    if found is None:
        raise NotFound(kind="headcounts.organisation", id=pk)
    return found


# ---- fevers at the tables


@dataclass(frozen=True)
class FeverLine:
    """A fever with whom it is about, as the actor reads names, and who sees to it: `owner` of its alarm."""

    fever: Fever
    name: str
    phone: str
    organisation: str
    owner: str


def fevers(of: Round) -> QuerySet[Fever]:
    """Of a round, the last seen first."""
    return of.fevers.select_related("point", "answered_by").order_by("-seen_at", "-id")


def open_first(rows: QuerySet[Fever]) -> QuerySet[Fever]:
    """Those that nobody has answered before the others."""
    return rows.order_by(F("answered_at").desc(nulls_first=True), "-seen_at", "-id")


def fever_lines(actor: Actor, of: Round, rows: Sequence[Fever]) -> list[FeverLine]:
    """With names and owners; telephones only for who answers fevers. Three queries."""
    numbers = [row.number for row in rows if row.number]
    found = RosterEntry.objects.filter(round=of.pk, number__in=numbers).select_related("member", "organisation")
    people = {entry.number: entry for entry in found}
    due = {"deadline__kind": FEVER.code, "deadline__subject_id__in": [str(row.pk) for row in rows]}
    alarms = Alarm.objects.filter(**due).select_related("deadline", "owner").order_by("raised_at", "id")
    owners = {alarm.deadline.subject_id: str(alarm.owner) for alarm in alarms if alarm.owner}
    calls = actor.may(FEVERS, of.unit_id)
    lines = []
    for row in rows:
        entry = people.get(row.number or 0)
        name, phone = (entry.member.name, entry.member.phone) if entry else (row.name, row.phone)
        lines.append(
            FeverLine(
                row, name_for(actor, name, unit_id=of.unit_id) if name else "", (phone or "") if calls else "",
                entry.organisation.name if entry else "", owners.get(str(row.pk), ""),
            )
        )  # fmt: skip
    return lines


def fever_by_id(actor: Actor, pk: UUID) -> Fever:
    """One of them; raises `NotFound`."""
    found = Fever.objects.visible_to(actor, READ).select_related("round").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="screening.fever", id=pk)
    return found


# ---- for the capture


def point_for_capture(actor: Actor, pk: UUID) -> Point:
    """A point where the actor may capture; not locked, because uploads to one point do not wait for each other.

    Raises `NotFound`, `Forbidden`.
    """
    found = places([pk]).get(pk)
    unit = found.round.unit_id if found else None
    if found is None or unit is None or not (actor.everywhere() or unit in actor.units):
        raise NotFound(kind="screening.point", id=pk)
    if not actor.may(CAPTURE, unit):
        raise Forbidden(capability=CAPTURE)
    return found


def places(keys: Collection[UUID]) -> dict[UUID, Point]:
    """Points with their rounds, by key; who may capture there is for the caller to ask. One query."""
    return {point.pk: point for point in _points(keys=keys)}


@prepared
def _points(keys: Any) -> QuerySet[Point]:
    return Point.objects.filter(pk__among=keys).select_related("round")


def enterprise_of(of: Round) -> Callable[[int], UUID | None]:
    """Says with which enterprise a number of a roster is counted (a stranger: none). Asked once for each roster."""
    firsts, homes = _beginnings(of.pk)
    return lambda number: homes[bisect_right(firsts, number) - 1] if 1 <= number <= of.entries else None


@lru_cache(maxsize=64)
def _beginnings(round_id: UUID) -> tuple[list[int], list[UUID]]:
    """Where the numbers of each enterprise begin. A roster is fixed once, so this never changes.

    By UUID: two databases of one process never meet here.
    """
    rows = RosterShare.objects.filter(round=round_id).order_by("first").values_list("first", "organisation")
    found = list(rows)
    return [first for first, _home in found], [home for _first, home in found]


def receipts_among(batches: Collection[UUID]) -> set[UUID]:
    """Those of these batches that are here already. One query."""
    return set(_receipts(batches=batches))


@prepared
def _receipts(batches: Any) -> QuerySet[Upload, UUID]:
    return Upload.objects.filter(pk__among=batches).values_list("pk", flat=True)


@prepared
def tubes_with(codes: Any) -> "QuerySet[Tube, tuple[str, UUID, UUID, str]]":
    """Where tubes were first used: round, point, state of that round."""
    return Tube.objects.filter(code__among=codes).values_list("code", "round_id", "point_id", "round__state")


@prepared
def scans_of(round_id: Any, numbers: Any) -> "QuerySet[Scan, tuple[int, UUID, datetime]]":
    """Scans that count, by number."""
    return Scan.objects.filter(round=round_id, number__among=numbers).values_list("number", "scan", "taken_at")


@prepared
def scans_of_upload(round_id: Any, upload_id: Any, numbers: Any) -> "QuerySet[Scan, UUID]":
    """Scans of these people that came with an upload and count."""
    rows = Scan.objects.filter(round=round_id, upload=upload_id, number__among=numbers)
    return rows.values_list("scan", flat=True)


@prepared
def scans_in(round_id: Any, tubes: Any) -> "QuerySet[Scan, tuple[str, int, UUID, datetime]]":
    """Places of tubes that are taken."""
    return Scan.objects.filter(round=round_id, tube__among=tubes).values_list("tube", "slot", "scan", "taken_at")


@prepared
def entries_with(round_id: Any, digests: Any) -> "QuerySet[RosterEntry, tuple[str | None, int]]":
    """Numbers on the roster, by document."""
    rows = RosterEntry.objects.filter(round=round_id, document_digest__among=digests)
    return rows.values_list("document_digest", "number")


def strangers_among(
    round_id: UUID, *, numbers: Sequence[int] = (), scans: Sequence[UUID] = (), digests: Sequence[str] = ()
) -> list[Stranger]:
    """Strangers of a round with one of these numbers, scans or documents."""
    rows = Stranger.objects.filter(round=round_id)
    found = rows.filter(number__in=numbers) | rows.filter(scan__in=scans) | rows.filter(document_digest__in=digests)
    return list(found)
