"""Several uploads in one transaction: batches that nobody brought before and in which nothing is unusual.

What `capturing` finds out step by step is left to the keys of the database here. Whatever stands in the way of one of
them ends the transaction (`NotFresh`); then each is taken in by `upload`, which says what stood there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from psycopg.errors import UniqueViolation

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_few, insert_rows, laid_out
from lazaretto.core.commands import Part
from lazaretto.core.prepared import statement_cursor
from lazaretto.screening.choices import RoundState
from lazaretto.screening.commands.answers import ANSWER, UploadAnswer
from lazaretto.screening.commands.receipts import batch_digest, note_of, receipt_of
from lazaretto.screening.commands.scans import EPOCH, FAR, Swab, TakenScan
from lazaretto.screening.models import CountDelta, Point, Scan, Tube, Upload
from lazaretto.screening.queries import enterprise_of, places, tubes_with
from lazaretto.screening.rules import CAPTURE, PLACES, clock_error, hour_of, is_fever, true_time

RECEIPT = tuple(field.attname for field in Upload._meta.concrete_fields)
TUBE = ("code", "round_id", "point_id", "opened_at")
SCAN = ("round_id", "upload_id", "number", "scan", "tube", "slot", "table", "taken_at", "temperature")
COUNT = ("round_id", "point_id", "organisation_id", "hour", "n")

# Receipts, tubes, scans: in the order in which `upload` goes through the tables. What is asked for is done first, from
# the left, the rest as it stands.
WRITE = """WITH receipt AS (INSERT INTO screening_upload ({0}) SELECT {0} FROM {1} ORDER BY id RETURNING 1),
tube AS (INSERT INTO screening_tube ({2}) SELECT {2} FROM {3} ORDER BY code ON CONFLICT DO NOTHING RETURNING 1),
scan AS (INSERT INTO screening_scan ({4}) SELECT {4} FROM {5} ORDER BY round_id, number),
counted AS (INSERT INTO screening_countdelta ({6}) SELECT {6} FROM {7})
SELECT (SELECT count(*) FROM receipt), (SELECT count(*) FROM tube)"""
TAKEN = {"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"}


class NotFresh(Exception):
    """Something of a batch is here already, or belongs elsewhere; nothing of any of them was written."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch, and who brings it; see `upload`."""

    actor: Actor
    batch: UUID
    point: UUID
    sent_at: datetime
    scans: Sequence[Swab | TakenScan]


@dataclass(slots=True)
class Fitting:
    """A batch all of which can be taken, as far as can be said without the tables that it goes into."""

    sent: Sent
    place: Point
    numbers: list[int]
    moments: list[datetime]  # the true ones
    answer: UploadAnswer
    receipt: Upload

    def part(self) -> Part[UploadAnswer]:
        """Of the command."""
        return Part(self.sent.actor, note_of(self.answer, self.place), self.answer)

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """Of the table of scans, with the fields in `SCAN`."""
        of, batch = self.place.round_id, self.sent.batch
        return [
            (
                of, batch, number, one.id, one.tube, one.slot, one.table, moment,
                None if one.temperature is None else round(one.temperature * 10),
            )
            for one, number, moment in zip(self.sent.scans, self.numbers, self.moments, strict=True)
        ]  # fmt: skip

    def counts(self) -> Iterable[tuple[Any, ...]]:
        """How many of each enterprise in each hour, with the fields in `COUNT`."""
        home_of, of, point = enterprise_of(self.place.round), self.place.round_id, self.place.pk
        homes = map(home_of, self.numbers)
        if hour_of(min(self.moments)) == (hour := hour_of(max(self.moments))):
            return [(of, point, home, hour, n) for home, n in Counter(homes).items()]
        both = Counter(zip(homes, map(hour_of, self.moments), strict=True))
        return [(of, point, home, hour, n) for (home, hour), n in both.items()]


def fitting(sent: Sequence[Sent], *, at: datetime) -> list[Fitting | None]:
    """Those of which nothing is to be said but that they are taken, as far as can be seen from here; one query."""
    there = places({one.point for one in sent})
    return [_fitting(one, there.get(one.point), at) for one in sent]


def _fitting(sent: Sent, place: Point | None, at: datetime) -> Fitting | None:
    if place is None or not sent.actor.may(CAPTURE, place.round.unit_id):
        return None
    scans, of = sent.scans, place.round
    numbers = [one.number for one in scans if one.number is not None]
    said = [one.at for one in scans]
    if (
        of.state == RoundState.DRAFT
        or len(numbers) < len(scans)
        or not 1 <= min(numbers) <= max(numbers) <= of.entries
        or max([one.slot for one in scans]) > PLACES[of.tube_rule]
        or len({one.id.int for one in scans}) < len(scans)
        or not {one.round for one in scans} <= {None, of.pk}
        or not EPOCH <= min(said) <= max(said) < FAR
        or is_fever(max([one.temperature or 0 for one in scans]))
    ):
        return None
    error = clock_error(sent.sent_at, at)
    receipt = receipt_of(sent.actor, at, sent.batch, place, sent.sent_at, batch_digest(place.pk, scans))
    receipt.received = receipt.taken = len(scans)
    answer = UploadAnswer(
        batch=sent.batch, received=len(scans), taken=len(scans), strangers=0, late=receipt.late,
        skew_seconds=receipt.skew_seconds, numbers=[], duplicates=[],
    )  # fmt: skip
    receipt.answer = ANSWER.dump_python(answer, mode="json")
    return Fitting(sent, place, numbers, [true_time(one, error, at) for one in said], answer, receipt)


def written(batches: Sequence[Fitting]) -> list[Part[UploadAnswer]]:
    """Put them into the tables, all or none, inside a transaction. Raises `NotFresh`."""
    tubes = _tubes(batches)
    try:
        made = _write(batches, tubes)
    except IntegrityError as error:
        raise (NotFresh() if _is_taken(error) else error) from error
    if made < len(tubes):
        _belong_here(tubes)
    return [one.part() for one in batches]


def _write(batches: Sequence[Fitting], tubes: dict[str, tuple[Point, datetime]]) -> int:
    """How many tubes are new."""
    receipts = [[getattr(one.receipt, name) for name in RECEIPT] for one in batches]
    fresh = [(code, place.round_id, place.pk, moment) for code, (place, moment) in sorted(tubes.items())]
    scans = [row for one in batches for row in one.rows()]
    counts = [row for one in batches for row in one.counts()]
    if connection.vendor == "postgresql":
        return _at_once(receipts, fresh, scans, counts)
    insert_few(Upload, RECEIPT, receipts)
    made = insert_few(Tube, TUBE, fresh, ignore_conflicts=True, returning=True)
    insert_rows(Scan, SCAN, scans)
    insert_few(CountDelta, COUNT, counts)
    return len(made)


def _at_once(*rows: Sequence[Sequence[Any]]) -> int:
    words: list[str] = []
    values: list[Any] = []
    for some, (model, fields) in zip(
        rows, ((Upload, RECEIPT), (Tube, TUBE), (Scan, SCAN), (CountDelta, COUNT)), strict=True
    ):
        laid = laid_out(model, fields, some, "fresh")
        words += [", ".join(map(connection.ops.quote_name, fields)), laid.text]
        values += laid.values
    with statement_cursor() as cursor:
        cursor.execute(WRITE.format(*words), values)
        return int(cursor.fetchone()[1])


def _tubes(batches: Sequence[Fitting]) -> dict[str, tuple[Point, datetime]]:
    """Each with the point where it is used and the first who is in it."""
    found: dict[str, tuple[Point, datetime]] = {}
    for one in batches:
        for scan, moment in zip(one.sent.scans, one.moments, strict=True):
            place, _first = found.setdefault(scan.tube, (one.place, moment))
            if place.pk != one.place.pk:
                raise NotFresh
    return found


def _belong_here(tubes: dict[str, tuple[Point, datetime]]) -> None:
    """Raise `NotFresh` where one is another point's."""
    for code, round_id, point_id, _state in tubes_with(codes=list(tubes)):
        place, _first = tubes[code]
        if (round_id, point_id) != (place.round_id, place.pk):
            raise NotFresh


def _is_taken(error: IntegrityError) -> bool:
    """Whether a key was there already."""
    cause = error.__cause__
    return isinstance(cause, UniqueViolation) or getattr(cause, "sqlite_errorname", "") in TAKEN
