"""What of a round waits for somebody, found in the facts of the apps below; a fixed number of queries a round.

Nothing here carries a name: numbers, codes and keys, by which the pages show what a role may read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet

from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import kind_of
from lazaretto.core.models import Deadline
from lazaretto.core.prepared import adapted
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.queries.strangers import namesakes
from lazaretto.deciding.rules import FAR_OFF, due
from lazaretto.screening.choices import Reason, TubeRule
from lazaretto.screening.models import DuplicateScan, Fever, Point, Round, Scan, Upload
from lazaretto.tubes.choices import Doubt, FileState, LineState, RecallState, Standing
from lazaretto.tubes.models import Bag, EventUpload, Positive, Recall, ResultFile, Trail
from lazaretto.tubes.queries.agreed import agreed
from lazaretto.tubes.queries.trails import strays

Own = Mapping[tuple[str, str], Deadline]
DEADLINES = {
    Kind.FEVER: ("screening.fever",),
    Kind.POSITIVE: ("tubes.positive",),
    Kind.HAND_ON: ("tubes.hand_on",),
    Kind.TAKEN_BACK: ("tubes.taken_back",),
    Kind.RECALL: ("tubes.retest",),
    Kind.HELD: ("tubes.hidden", "tubes.look"),
    Kind.LATE: ("tubes.table", "tubes.courier", "tubes.result"),
}


@dataclass(frozen=True)
class Found:
    """One thing to be decided. `last`: the last fact of it; a decision made before that does not answer it."""

    kind: Kind
    subject: str
    since: datetime
    last: datetime
    point_id: UUID | None = None
    said: dict[str, Any] = field(default_factory=dict)
    deadline: Deadline | None = None

    @property
    def due_at(self) -> datetime:
        """Its own deadline's, else by the hours of its kind. What asks for somebody at once is given the time in which
        such an alarm is answered: until then nobody has neglected it."""
        if self.deadline is None:
            return due(self.kind, self.since)
        return max(self.deadline.overdue_at, self.since + kind_of(self.deadline.kind).answer_within)


def found_in(of: Round, *, at: datetime) -> dict[tuple[str, str], Found]:
    """Everything of a round that waits now, by kind and subject."""
    own = _deadlines(of)
    found: dict[tuple[str, str], Found] = {}
    for source in (_scans, _clocks, _strangers, _agreed, _bags, _tubes, _strays):
        found |= {(one.kind, one.subject): one for one in source(of)}
    found |= {(one.kind, one.subject): one for one in _households(of, at=at)}
    points = dict(Trail.objects.filter(round=of.pk, code__in=_codes(of)).values_list("code", "point_id"))
    for with_deadline in (_fevers, _held, _positives, _recalls, _confirmed, _taken_back):
        found |= {(one.kind, one.subject): one for one in with_deadline(of, own, points)}
    return found | {(one.kind, one.subject): one for one in _late(of, own, at)}


def _deadlines(of: Round) -> dict[tuple[str, str], Deadline]:
    kinds = [kind for several in DEADLINES.values() for kind in several]
    rows = Deadline.objects.filter(unit_id=of.unit_id, state=DeadlineState.OPEN, kind__in=kinds)
    return {(row.kind, row.subject_id): row for row in rows}


def _of(own: Own, kind: Kind, *subjects: object) -> Deadline | None:
    """The deadline that stands for one of these records, the first to fall due."""
    there = [own.get((name, str(one))) for name in DEADLINES[kind] for one in subjects]
    return min((row for row in there if row), key=lambda row: row.due_at, default=None)


# ---- scans that do not count


@dataclass
class _Heap:
    """Scans that are one question."""

    since: datetime
    last: datetime
    point_id: UUID
    said: dict[str, Any]
    scans: int = 0


def _keys() -> dict[str, tuple[Kind, Callable[[DuplicateScan], str]]]:
    """Why a scan does not count, as a question: its kind, and which scans are the same one."""
    tube: Callable[[DuplicateScan], str] = lambda row: f"{row.tube} {row.upload.point_id}"  # noqa: E731
    return {
        Reason.TESTED_BEFORE: (Kind.TWICE, lambda row: str(row.number)),
        Reason.SLOT_TAKEN: (Kind.PLACE, lambda row: f"{row.tube} {row.slot}"),
        Reason.TUBE_OVERFULL: (Kind.OVERFULL, tube),
        Reason.TUBE_OTHER_POINT: (Kind.TWO_POINTS, tube),
        Reason.TUBE_OTHER_ROUND: (Kind.REUSED, tube),
        Reason.TUBE_REUSED: (Kind.REUSED, tube),
        Reason.WRONG_ROUND: (Kind.WRONG_ROUND, lambda row: f"{row.upload.point_id} {row.upload.device}"),
        Reason.UNKNOWN_NUMBER: (Kind.NO_NUMBER, lambda row: str(row.number)),
    }


KEYS = _keys()


def unanswered(of: Round) -> QuerySet[DuplicateScan]:
    """Scans that do not count of which nobody has said how they were."""
    rows = DuplicateScan.objects.filter(round=of, reason__in=KEYS, corrections__isnull=True)
    return rows.select_related("upload").order_by("id")


def _scans(of: Round) -> Iterator[Found]:
    """The same scan that came again is none: phones send until they are answered."""
    rows = unanswered(of).only(
        "reason", "number", "tube", "slot", "table", "taken_at", "before_at", "upload__point_id", "upload__device",
        "upload__received_at",
    )  # fmt: skip
    answered = set(Recall.objects.filter(round=of).values_list("number", "retest_tube"))
    heaps: dict[tuple[Kind, str], _Heap] = {}
    for row in rows:
        if (row.number, row.tube) in answered:
            continue  # swabbed singly after a call, as they were asked to be
        kind, key_of = KEYS[row.reason]
        came = row.upload.received_at
        said = {"number": row.number, "tube": row.tube, "slot": row.slot, "table": row.table}
        heap = heaps.setdefault((kind, key_of(row)), _Heap(came, came, row.upload.point_id, said))
        heap.since, heap.last, heap.scans = min(heap.since, came), max(heap.last, came), heap.scans + 1
    for (kind, subject), heap in heaps.items():
        yield Found(kind, subject, heap.since, heap.last, heap.point_id, {**heap.said, "scans": heap.scans})


_MIXED = """SELECT s.tube FROM screening_scan s
JOIN screening_rosterentry e ON e.round_id = s.round_id AND e.number = s.number
WHERE s.round_id = %s AND e.household IS NOT NULL
GROUP BY s.tube HAVING MIN(e.household) < MAX(e.household)"""


# Everybody tested is compared with the roster: seconds of the processor in a round of a million, so not each time that
# the list follows. By UUID: two databases of one process never meet here.
MIXED_EVERY = timedelta(minutes=2)
_mixed: dict[UUID, tuple[datetime, list[str]]] = {}


def _households(of: Round, *, at: datetime) -> Iterator[Found]:
    """Household tubes with people of two households, as the frozen roster knows them; of whom none is known is of none.

    Uploads do not look for it: it is found beside them, in rounds of household tubes alone, within `MIXED_EVERY`; two
    queries there at most.
    """
    if of.tube_rule != TubeRule.HOUSEHOLD:
        return
    tubes = _mixed_in(of, at)
    rows = Scan.objects.filter(round=of.pk, tube__in=tubes).select_related("upload") if tubes else []
    inside: dict[str, list[Scan]] = {}
    for row in rows:
        inside.setdefault(row.tube, []).append(row)
    for tube, scans in inside.items():
        last = max(scans, key=lambda row: (row.upload.received_at, row.slot))
        said = {"tube": tube, "people": len(scans), "table": last.table, "numbers": sorted(row.number for row in scans)}
        first, came = min(row.upload.received_at for row in scans), last.upload.received_at
        yield Found(Kind.HOUSEHOLDS, tube, first, came, last.upload.point_id, said)


def _mixed_in(of: Round, at: datetime) -> list[str]:
    looked_at, tubes = _mixed.get(of.pk, (None, []))
    if looked_at is None or abs(at - looked_at) >= MIXED_EVERY:
        with connection.cursor() as cursor:
            cursor.execute(_MIXED, [adapted(of.pk)])
            tubes = [tube for (tube,) in cursor.fetchall()]
        _mixed[of.pk] = (at, tubes)
    return tubes


def _clocks(of: Round) -> Iterator[Found]:
    """Phones whose clock was far off, at each point: what they captured was put right by as much."""
    off = Q(skew_seconds__gte=FAR_OFF) | Q(skew_seconds__lte=-FAR_OFF)
    seen: dict[tuple[UUID | None, str], list[Any]] = {}
    for model in (Upload, EventUpload):
        rows: Any = model._default_manager.filter(off, round=of)
        sums = rows.values_list("point_id", "device").annotate(
            Min("received_at"), Max("received_at"), Count("id"), Max("skew_seconds"), Min("skew_seconds")
        )
        for point, device, *figures in sums:
            seen.setdefault((point, device), []).append(figures)
    for (point, device), several in seen.items():
        first, last = min(one[0] for one in several), max(one[1] for one in several)
        worst = max((skew for one in several for skew in one[3:]), key=abs)
        said = {"device": device, "minutes": round(worst / 60), "batches": sum(one[2] for one in several)}
        yield Found(Kind.CLOCK, f"{point} {device}", first, last, point, said)


def _strangers(of: Round) -> Iterator[Found]:
    for stranger, numbers in namesakes(of):
        came = stranger.upload.received_at
        said = {"number": stranger.number, "numbers": numbers}
        yield Found(Kind.NAMESAKE, str(stranger.pk), came, came, stranger.upload.point_id, said)


def _agreed(of: Round) -> Iterator[Found]:
    for one in agreed(of):
        if one.differs:
            point = one.point.pk if one.point else None
            whose = one.organisation.pk if one.organisation else one.said
            said = {"name": one.name, "count": one.count, "ours": one.ours, "table": one.table}
            subject = f"{whose} {point} {one.count} {one.ours}"
            yield Found(Kind.AGREED, subject[:200], one.at, one.at, point, said)


# ---- what is put right on its own page


def _bags(of: Round) -> Iterator[Found]:
    for row in Bag.objects.filter(round=of.pk).exclude(doubts=[]):
        since = row.received_at or row.arrived_at or row.left_at or row.closed_at or of.opens_at
        said = {"bag": row.code, "doubts": row.doubts, "count": row.said_tubes, "counted": row.counted}
        yield Found(Kind.BAG, row.code, since, since, row.point_id, said)


def _tubes(of: Round) -> Iterator[Found]:
    rows = Trail.objects.real().filter(~Q(doubts=[]) | Q(opened_at__isnull=True) & ~Q(bag=""), round=of.pk)
    for row in rows:
        since = row.received_at or row.bagged_at or row.sealed_at or row.opened_at or of.opens_at
        empty = [Doubt.NEVER_FILLED.value] if row.opened_at is None and row.bag else []
        said = {"tube": row.code, "bag": row.bag, "doubts": [*row.doubts, *empty]}
        yield Found(Kind.TUBE, row.code, since, since, row.point_id, said)


def _strays(of: Round) -> Iterator[Found]:
    rows = strays(of).annotate(came=F("upload__received_at"))
    several: dict[str, Found] = {}
    for row in rows:
        several.setdefault(
            row.tube, Found(Kind.STRAY, row.tube, row.came, row.came, row.point_id, {"tube": row.tube, "bag": row.bag})
        )
    yield from several.values()


def _codes(of: Round) -> Any:
    """Tubes whose point the questions below name: where somebody can be asked."""
    return Recall.objects.filter(round=of, closed_at__isnull=True).values("tube").union(
        Positive.objects.filter(round=of, standing=Standing.PRELIMINARY).values("tube")
    )  # fmt: skip


Points = Mapping[str, UUID | None]


def _fevers(of: Round, own: Own, _points: Points) -> Iterator[Found]:
    for row in Fever.objects.filter(round=of, answered_at__isnull=True):
        said = {"degrees": row.degrees, "number": row.number, "table": row.table, "step": row.step}
        due_ = _of(own, Kind.FEVER, row.pk)
        yield Found(Kind.FEVER, str(row.pk), row.seen_at, row.seen_at, row.point_id, said, due_)


def _held(of: Round, own: Own, _points: Points) -> Iterator[Found]:
    held = Count("entries", filter=Q(entries__state=LineState.HELD))
    rows = ResultFile.objects.filter(round=of).exclude(state=FileState.CANCELLED).annotate(held=held)
    for row in rows.filter(held__gt=0):
        said = {"file": row.file_name, "lines": row.held}
        yield Found(Kind.HELD, str(row.pk), row.sent_at, row.sent_at, None, said, _of(own, Kind.HELD, row.pk))


def _positives(of: Round, own: Own, points: Points) -> Iterator[Found]:
    """Also a confirmed one in which nobody is known: somebody has to find out who was swabbed into it."""
    asked = Q(standing=Standing.PRELIMINARY) | Q(standing=Standing.CONFIRMED, people=0)
    for row in Positive.objects.filter(asked, round=of):
        said, due_ = {"tube": row.tube, "people": row.people}, _of(own, Kind.POSITIVE, row.pk)
        yield Found(Kind.POSITIVE, str(row.pk), row.raised_at, row.raised_at, points.get(row.tube), said, due_)


def _recalls(of: Round, own: Own, points: Points) -> Iterator[Found]:
    """One question a tube: who of it is not swabbed yet."""
    rows = Recall.objects.filter(round=of, state=RecallState.OPEN).values("tube", "positive_id")
    for row in rows.annotate(people=Count("id"), since=Min("raised_at"), last=Max("raised_at")).order_by("tube"):
        said = {"tube": row["tube"], "people": row["people"], "positive": str(row["positive_id"] or "")}
        due_ = _of(own, Kind.RECALL, row["positive_id"], row["tube"])
        yield Found(Kind.RECALL, row["tube"], row["since"], row["last"], points.get(row["tube"]), said, due_)


def _confirmed(of: Round, own: Own, points: Points) -> Iterator[Found]:
    rows = Recall.objects.filter(round=of, state=RecallState.CONFIRMED, handed_on_at__isnull=True)
    for row in rows:
        said = {"tube": row.tube, "number": row.number, "positive": str(row.positive_id or "")}
        due_ = _of(own, Kind.HAND_ON, row.pk)
        yield Found(Kind.HAND_ON, str(row.pk), row.raised_at, row.raised_at, points.get(row.tube), said, due_)


def _taken_back(of: Round, own: Own, points: Points) -> Iterator[Found]:
    """A confirmed change of status rested on a result that counts no more."""
    keys = [subject for kind, subject in own if kind in DEADLINES[Kind.TAKEN_BACK]]
    for row in Recall.objects.filter(round=of, pk__in=_as_keys(keys)) if keys else ():
        due_ = own[DEADLINES[Kind.TAKEN_BACK][0], str(row.pk)]
        said = {"tube": row.tube, "number": row.number, "positive": str(row.positive_id or "")}
        yield Found(Kind.TAKEN_BACK, str(row.pk), due_.due_at, due_.due_at, points.get(row.tube), said, due_)


def _late(of: Round, own: Own, at: datetime) -> Iterator[Found]:
    """Legs of a tube's way whose time is over: at a point, of a bag, or of the round for tubes that have none."""
    late = [row for (kind, _subject), row in own.items() if kind in DEADLINES[Kind.LATE] and row.overdue_at <= at]
    if not late:
        return
    keys = [row.subject_id for row in late]
    points = {str(pk): pk for pk in Point.objects.filter(round=of, pk__in=_as_keys(keys)).values_list("pk", flat=True)}
    bags = {str(row.pk): row for row in Bag.objects.filter(round=of.pk, pk__in=_as_keys(keys))}
    for row in late:
        bag, point = bags.get(row.subject_id), points.get(row.subject_id)
        if bag is None and point is None and row.subject_id != str(of.pk):
            continue
        said = {"leg": row.kind, "bag": bag.code if bag else ""}
        subject = f"{row.kind} {row.subject_id}"
        yield Found(Kind.LATE, subject, row.due_at, row.due_at, bag.point_id if bag else point, said, row)


def _as_keys(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]
