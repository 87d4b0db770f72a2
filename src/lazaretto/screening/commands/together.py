"""Several uploads in one transaction: batches that nobody brought before and in which nothing is unusual.

What `capturing` finds out step by step is left to the keys of the database here. Whatever stands in the way of one of
them ends the transaction (`NotFresh`); then each is taken in by `upload`, which says what stood there.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, repeat
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from psycopg.errors import UniqueViolation

from lazaretto.core.access import Actor
from lazaretto.core.bulk import in_chunks, in_sqlite, insert_few, laid_out
from lazaretto.core.codes import is_tidy
from lazaretto.core.commands import Part
from lazaretto.core.databases import on_postgresql
from lazaretto.core.postgresql import packed
from lazaretto.core.prepared import statement_cursor
from lazaretto.screening.choices import RoundState
from lazaretto.screening.commands.answers import ANSWER, UploadAnswer
from lazaretto.screening.commands.receipts import batch_digest, note_of, receipt_of
from lazaretto.screening.commands.scans import EPOCH, FAR, Swab, TakenScan
from lazaretto.screening.models import CountDelta, Point, Upload
from lazaretto.screening.queries import enterprise_of, places, receipts_among, tubes_with
from lazaretto.screening.rules import CAPTURE, HOUR, PLACES, clock_error, hour_of, is_fever, true_times

RECEIPT = tuple(field.attname for field in Upload._meta.concrete_fields)
COUNT = ("round_id", "point_id", "organisation_id", "hour", "n")

# Receipts, tubes, scans: in the order in which `upload` goes through the tables. What is asked for is done first, from
# the left, the rest as it stands. Of tubes and scans come columns, with the place of their batch among the keys.
WRITE = """WITH receipt AS (INSERT INTO screening_upload ({0}) SELECT {0} FROM {1} ORDER BY id RETURNING 1),
tube AS (
    INSERT INTO screening_tube (round_id, point_id, code, opened_at)
    SELECT (%s::uuid[])[batch], (%s::uuid[])[batch], code, opened_at
    FROM unnest(%s::smallint[], %s::text[], %s::timestamptz[]) AS fresh(batch, code, opened_at)
    ORDER BY code ON CONFLICT DO NOTHING RETURNING 1
), scan AS (
    INSERT INTO screening_scan (round_id, upload_id, number, scan, tube, slot, "table", taken_at, temperature)
    SELECT (%s::uuid[])[batch], (%s::uuid[])[batch], number, scan, tube, slot, tab, taken_at, temperature
    FROM unnest(
        %s::smallint[], %s::int[], %s::uuid[], %s::text[], %s::smallint[], %s::smallint[], %s::timestamptz[],
        %s::smallint[]
    ) AS fresh(batch, number, scan, tube, slot, tab, taken_at, temperature)
    ORDER BY 1, number
), counted AS (INSERT INTO screening_countdelta ({2}) SELECT {2} FROM {3})
SELECT (SELECT count(*) FROM receipt), (SELECT count(*) FROM tube)"""
TUBES = "INSERT INTO screening_tube (code, round_id, point_id, opened_at) VALUES"
SCANS = """INSERT INTO screening_scan
(round_id, upload_id, number, scan, tube, slot, "table", taken_at, temperature) VALUES"""
LONGEST = timedelta(days=3)  # between the scans of a batch: a phone without a network for days; else a clock is odd
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
    """A batch all of which can be taken, as far as can be said without the tables that it goes into.

    Its scans by column: `moments` are the true ones, `tenths` the temperatures in tenths of a degree.
    """

    sent: Sent
    place: Point
    receipt: Upload
    answer: UploadAnswer
    numbers: list[int]
    scans: list[UUID]
    tubes: list[str]
    slots: list[int]
    tables: list[int]
    moments: list[datetime]
    tenths: list[int | None]

    def part(self) -> Part[UploadAnswer]:
        """Of the command."""
        return Part(self.sent.actor, note_of(self.answer, self.place), self.answer)

    def columns(self) -> tuple[Sequence[Any], ...]:
        """Of the table of scans, but what they have in common."""
        return self.numbers, self.scans, self.tubes, self.slots, self.tables, self.moments, self.tenths

    def opened(self) -> dict[str, datetime]:
        """Its tubes, each with the moment of the first who is in it."""
        return dict(zip(reversed(self.tubes), reversed(self.moments), strict=True))

    def counts(self) -> Iterable[tuple[Any, ...]]:
        """How many of each enterprise in each hour, with the fields in `COUNT`."""
        home_of, of, point = enterprise_of(self.place.round), self.place.round_id, self.place.pk
        home, hours = home_of(min(self.numbers)), _hours(min(self.moments), max(self.moments))
        alike = home == home_of(max(self.numbers))  # numbers of an enterprise follow each other
        homes = repeat(home, len(self.numbers)) if alike else map(home_of, self.numbers)
        if alike and len(hours) == 1:
            return [(of, point, home, hours[0], len(self.numbers))]
        both = Counter(zip(homes, (bisect_right(hours, moment) for moment in self.moments), strict=True))
        return [(of, point, home, hours[place - 1], n) for (home, place), n in both.items()]


def _hours(first: datetime, last: datetime) -> list[datetime]:
    """Every hour that has something of the time between."""
    begin = hour_of(first)
    return [begin + n * HOUR for n in range((hour_of(last) - begin) // HOUR + 1)]


def fitting(sent: Sequence[Sent], *, at: datetime) -> list[Fitting | None]:
    """Those of which nothing is to be said but that they are taken, as far as can be seen from here; two queries."""
    there, seen = places({one.point for one in sent}), receipts_among({one.batch for one in sent})
    found = []
    for one in sent:
        found.append(None if one.batch in seen else _fitting(one, there.get(one.point), at))
        seen.add(one.batch)  # the same once more in this group
    return found


def _fitting(sent: Sent, place: Point | None, at: datetime) -> Fitting | None:
    if place is None or not sent.actor.may(CAPTURE, place.round.unit_id):
        return None
    scans, of = sent.scans, place.round
    numbers = [one.number for one in scans if one.number is not None]
    ids, slots = [one.id for one in scans], [one.slot for one in scans]
    tubes, said, heats = [one.tube for one in scans], [one.at for one in scans], [one.temperature for one in scans]
    if (
        of.state == RoundState.DRAFT
        or len(numbers) < len(scans)
        or not 1 <= min(numbers) <= max(numbers) <= of.entries
        or not all(map(is_tidy, set(tubes)))
        or max(slots) > PLACES[of.tube_rule]
        or len({key.int for key in ids}) < len(scans)
        or not {one.round for one in scans} <= {None, of.pk}
        or not EPOCH <= min(said) <= max(said) < FAR
        or max(said) - min(said) > LONGEST
        or not EPOCH <= sent.sent_at < FAR
        or is_fever(max([heat or 0 for heat in heats]))
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
    return Fitting(
        sent, place, receipt, answer, numbers, ids, tubes, slots, [one.table for one in scans],
        true_times(said, error, at),
        list(map({heat: None if heat is None else round(heat * 10) for heat in set(heats)}.__getitem__, heats)),
    )  # fmt: skip


def ready(batches: Sequence[Fitting]) -> Callable[[], None]:
    """Lay out what goes into the tables, before anything is locked. Raises `NotFresh`, and so does what it returns.

    That puts it there inside a transaction, all or none.
    """
    tubes = _tubes(batches)
    write = (_at_once if on_postgresql() else _one_by_one)(batches, tubes)

    def written() -> None:
        try:
            made = write()
        except IntegrityError as error:
            raise (NotFresh() if _is_taken(error) else error) from error
        if made < len(tubes):
            _belong_here(tubes)

    return written


Opened = dict[str, tuple[int, Point, datetime]]  # tubes: the batch, counted from 1; where it is; when


def _tubes(batches: Sequence[Fitting]) -> Opened:
    found: Opened = {}
    for number, one in enumerate(batches, 1):
        for code, moment in one.opened().items():
            _batch, place, _moment = found.setdefault(code, (number, one.place, moment))
            if place.id != one.place.id:
                raise NotFresh
    return dict(sorted(found.items()))


def _at_once(batches: Sequence[Fitting], tubes: Opened) -> Callable[[], int]:
    """Writes all of it on PostgreSQL, and says how many tubes are new."""
    receipts = laid_out(Upload, RECEIPT, _receipts(batches), "fresh")
    counts = laid_out(CountDelta, COUNT, [row for one in batches for row in one.counts()], "fresh")
    rounds = packed.Uuids([one.place.round_id for one in batches])
    text = WRITE.format(", ".join(RECEIPT), receipts.text, ", ".join(COUNT), counts.text)
    numbers, moments = [place for place, _point, _moment in tubes.values()], [moment for *_, moment in tubes.values()]
    values = [
        *receipts.values,
        rounds, packed.Uuids([one.place.pk for one in batches]),
        packed.Shorts(numbers), packed.Texts(list(tubes)), packed.Moments(moments),
        rounds, packed.Uuids([one.sent.batch for one in batches]),
        packed.Shorts([number for number, one in enumerate(batches, 1) for _scan in one.scans]),
        *(kind(list(chain.from_iterable(columns))) for kind, columns in zip(_KINDS, _columns(batches), strict=True)),
        *counts.values,
    ]  # fmt: skip

    def write() -> int:
        with statement_cursor() as cursor:
            cursor.execute(text, values)
            return int(cursor.fetchone()[1])

    return write


_KINDS = (packed.Wholes, packed.Uuids, packed.Texts, packed.Shorts, packed.Shorts, packed.Moments, packed.Shorts)


def _columns(batches: Sequence[Fitting]) -> Iterable[Iterable[Sequence[Any]]]:
    """Each column, of all batches."""
    return zip(*(one.columns() for one in batches), strict=True)


def _one_by_one(batches: Sequence[Fitting], tubes: Opened) -> Callable[[], int]:
    """The same on SQLite, which has no arrays and keeps texts: a moment without its zone, which is UTC."""
    receipts = _receipts(batches)
    keys = {one.place.id: (one.place.round_id.hex, one.place.id.hex) for one in batches}
    moments = in_sqlite([moment for _batch, _place, moment in tubes.values()])
    opened = [
        (code, *keys[place.id], at) for (code, (_batch, place, _at)), at in zip(tubes.items(), moments, strict=True)
    ]
    new = list(in_chunks(TUBES, opened, " ON CONFLICT DO NOTHING"))
    scans = list(in_chunks(SCANS, sorted(chain.from_iterable(map(_rows, batches)), key=itemgetter(2))))
    counts = [row for one in batches for row in one.counts()]

    def write() -> int:
        insert_few(Upload, RECEIPT, receipts)
        made = 0
        with statement_cursor() as cursor:
            for step in new:
                cursor.execute(step.text, step.values)
                made += cursor.rowcount
            for step in scans:
                cursor.execute(step.text, step.values)
        insert_few(CountDelta, COUNT, counts)
        return made

    return write


def _rows(one: Fitting) -> Iterable[tuple[Any, ...]]:
    same = repeat(one.place.round_id.hex), repeat(one.sent.batch.hex)
    scans, moments = [f"{key.int:032x}" for key in one.scans], in_sqlite(one.moments)
    return zip(*same, one.numbers, scans, one.tubes, one.slots, one.tables, moments, one.tenths, strict=False)


def _receipts(batches: Sequence[Fitting]) -> list[list[Any]]:
    return [[getattr(one.receipt, name) for name in RECEIPT] for one in batches]


def _belong_here(tubes: Opened) -> None:
    """Raise `NotFresh` where one is another point's."""
    for code, round_id, point_id, _state in tubes_with(codes=list(tubes)):
        _batch, place, _moment = tubes[code]
        if (round_id, point_id) != (place.round_id, place.pk):
            raise NotFresh


def _is_taken(error: IntegrityError) -> bool:
    """Whether a key was there already."""
    cause = error.__cause__
    return isinstance(cause, UniqueViolation) or getattr(cause, "sqlite_errorname", "") in TAKEN
