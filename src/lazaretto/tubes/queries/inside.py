"""Who is in a tube: the one place that says so, for whoever calls, frees, shows or proves.

A scan that does not count is a swab all the same. Whoever was put into a place that was taken, was tested before or was
scanned into a tube of another point or round is in the tube that their scan names.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Value

from lazaretto.screening.choices import Put, Reason
from lazaretto.screening.models import DuplicateScan, Round, Scan, Stranger
from lazaretto.tubes.choices import Standing
from lazaretto.tubes.models import Recall, Trail
from lazaretto.tubes.queries.facts import scanned

NOBODYS = (Reason.WRONG_ROUND, Reason.UNKNOWN_NUMBER)  # what such a scan has for a number is none of its own round
Pair = tuple[UUID, int]  # somebody: a round, and their number in it


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody in a tube. `reason`: why their scan does not count; `single`: it is their own, after a call.

    `number` is None for whoever has none in any round (yet): `commands.positives` gives them one before it calls them.
    """

    round_id: UUID
    number: int | None
    scan: UUID | None
    taken_at: datetime
    received_at: datetime
    reason: str = ""
    single: bool = False
    duplicate: int | None = None  # the key of the scan that does not count

    @property
    def who(self) -> Pair:
        """Their round and number; 0 for whoever has none."""
        return self.round_id, self.number or 0

    @property
    def why(self) -> str:
        """Why their scan does not count, in words."""
        return str(Reason(self.reason).label) if self.reason else ""


def inside(codes: Collection[str]) -> dict[str, list[Inside]]:
    """Everybody in each of these tubes, once each, whose scan counts first. Six queries at most.

    The same scan sent again says nothing new, unless it names another tube.
    """
    rounds = {round_id for round_id, _point, _at in scanned(sorted(codes)).values()} if codes else set()
    found: dict[str, dict[object, Inside]] = {code: {} for code in codes}
    scans = Scan.objects.filter(round__in=rounds, tube__in=codes).order_by("tube", "slot")
    for row in scans.values_list("tube", "round_id", "number", "scan", "taken_at", "upload__received_at"):
        found[row[0]][row[1:3]] = Inside(*row[1:])
    for code, one in _kept(codes):
        found[code].setdefault(one.who if one.number else one.scan, one)
    for recall in Recall.objects.filter(retest_tube__in=codes).order_by("pk"):
        code, at = str(recall.retest_tube), recall.retested_at or recall.raised_at
        own = found[code].get((recall.round_id, recall.number))
        alone = Inside(recall.round_id, recall.number, None, at, at)
        found[code][recall.round_id, recall.number] = replace(own or alone, single=True)
    return {code: list(people.values()) for code, people in found.items()}


def _kept(codes: Collection[str]) -> Iterable[tuple[str, Inside]]:
    rows = list(kept_in(codes).select_related("upload").defer("words"))
    numbers = _numbers(rows)
    for row in rows:
        said = numbers.get(row.pk, (row.round_id, None if row.reason in NOBODYS else row.number))
        yield row.tube, Inside(*said, row.scan, row.taken_at, row.upload.received_at, row.reason, duplicate=row.pk)


@dataclass(frozen=True)
class Way:
    """How somebody came into a tube whose scan does not count: why, at which table, and what it said of a number."""

    reason: str
    point: str
    table: int
    taken_at: datetime
    said: int | None  # the number as it was captured, where it is none of this round


def ways_into(codes: Collection[str]) -> dict[tuple[str, UUID, int], Way]:
    """By tube, round and number, of those whose scan does not count."""
    kept = {
        one.duplicate: (code, *one.who) for code, people in inside(codes).items() for one in people if one.duplicate
    }  # fmt: skip
    rows = DuplicateScan.objects.filter(pk__in=[key for key in kept if key]).select_related("upload__point")
    return {
        kept[row.pk]: Way(
            row.get_reason_display(), row.upload.point.name, row.table, row.taken_at,
            row.number if row.reason in NOBODYS else None,
        )
        for row in rows.defer("words")
    }  # fmt: skip


def kept_in(codes: Collection[str]) -> QuerySet[DuplicateScan]:
    """Scans that do not count and name one of these tubes; one that a supervisor lets count is a scan beside it."""
    return DuplicateScan.objects.filter(tube__in=codes).exclude(corrections__put=Put.COUNTED).order_by("id")


def _numbers(rows: Sequence[DuplicateScan]) -> dict[int, Pair]:
    """Whom those mean whose number is none of their round: somebody of the round that it was captured for, within the
    same area, or the stranger that was made of the scan."""
    unsure = [row for row in rows if row.number is None or row.reason in NOBODYS]
    if not unsure:
        return {}
    strangers = Stranger.objects.filter(scan__in=[row.scan for row in unsure])
    found = {(row.round_id, row.scan): (row.round_id, row.number) for row in strangers}
    keys = {key for row in unsure for key in (row.round_id, row.meant) if key}
    rounds = Round.objects.in_bulk(keys)
    told: dict[int, Pair] = {}
    for row in unsure:
        meant = rounds.get(row.meant) if row.meant else None
        if meant and row.number and row.number <= meant.entries and meant.unit_id == rounds[row.round_id].unit_id:
            told[row.pk] = (meant.pk, row.number)
        elif (row.round_id, row.scan) in found:
            told[row.pk] = found[row.round_id, row.scan]
    return told


@dataclass(frozen=True, slots=True)
class Swab:
    """A tube that somebody is in, since when; `counts`: by the scan that counts."""

    tube: str
    taken_at: datetime
    counts: bool


def swabs_of(round_id: UUID, numbers: Collection[int]) -> dict[int, list[Swab]]:
    """The same the other way round: which tubes these people of a round are in, the one that counts first. One query.

    Without those of a call (`Recall.retest_tube`), and scans captured for this round that came in with another.
    """
    scans = Scan.objects.filter(round=round_id, number__in=numbers).order_by()
    kept = DuplicateScan.objects.filter(round=round_id, number__in=numbers).exclude(reason__in=NOBODYS)
    kept = kept.exclude(corrections__put=Put.COUNTED).order_by()
    rows = scans.annotate(of=F("number"), counts=Value(1)).values_list("of", "tube", "taken_at", "counts").union(
        kept.annotate(of=F("number"), counts=Value(0)).values_list("of", "tube", "taken_at", "counts"), all=True
    )  # fmt: skip
    found: dict[int, dict[str, Swab]] = {}
    for number, tube, at, counts in sorted(rows, key=lambda row: (-row[3], row[2])):
        found.setdefault(number, {}).setdefault(tube, Swab(tube, at, bool(counts)))
    return {number: list(tubes.values()) for number, tubes in found.items()}


CLEAR = (Standing.NEGATIVE, Standing.REFUTED)


def negative_elsewhere(round_id: UUID, numbers: Collection[int], *, than: str = "") -> set[int]:
    """Who of these has a negative tube in the round beside this one. Two queries."""
    swabs = swabs_of(round_id, numbers)
    codes = {one.tube for several in swabs.values() for one in several} - {than}
    clear = set(Trail.objects.filter(pk__in=codes, standing__in=CLEAR).values_list("pk", flat=True))
    return {number for number, several in swabs.items() if any(one.tube in clear for one in several)}
