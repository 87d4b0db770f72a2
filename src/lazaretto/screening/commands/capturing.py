"""What phones captured, taken in: one upload is one transaction, and every scan in it counts or is kept with a reason.

In this order: the receipt (a second request under the same number waits for the first), strangers, tubes, scans, what
lost, the counts. Everybody goes through these tables in the same order and inserts in the order of their keys, so two
uploads with the same people wait for each other and do not lock; where two places of one tube cross after all, the
database picks one, which is run again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import connection

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_few, insert_rows, insert_unless_taken, laid_out, next_ids
from lazaretto.core.commands import command, record
from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import statement_cursor
from lazaretto.headcounts.queries import digest_of
from lazaretto.people.rules import BY_HAND, read_documents
from lazaretto.screening.choices import FeverStep, Reason, RoundState
from lazaretto.screening.commands.answers import ANSWER, Kept, NumberGiven, Refused, UploadAnswer
from lazaretto.screening.commands.counting import Line, insert_and_count
from lazaretto.screening.commands.fevers import Seen, SeenFever, keep_fevers
from lazaretto.screening.commands.receipts import batch_digest, note_of, receipt_of
from lazaretto.screening.commands.scans import EPOCH, Stranger, TakenScan, Unread
from lazaretto.screening.errors import BatchReused, RoundHasNoRoster
from lazaretto.screening.models import DuplicateScan, Point, Round, Tube, Upload
from lazaretto.screening.models import Stranger as StrangerRow
from lazaretto.screening.queries import entries_with, point_for_capture, scans_in, scans_of, strangers_among, tubes_with
from lazaretto.screening.queries.corrections import recognised
from lazaretto.screening.rules import CAPTURE, OVER, PLACES, clock_error, is_fever, true_time


class AnsweredBefore(Exception):
    """The batch is here already."""

    def __init__(self, answer: UploadAnswer) -> None:
        self.answer = answer
        super().__init__()


@command("screening.upload", capability=CAPTURE, internal=True)
def upload(
    *,
    actor: Actor,
    at: datetime,
    batch: UUID,
    point: UUID,
    sent_at: datetime,
    scans: list[TakenScan],
    unread: tuple[Unread, ...] = (),
) -> UploadAnswer:
    """Take in a batch of scans from a phone at a point; `sent_at` is what its clock says as it sends.

    What is `unread` among them is counted and told, and holds up none of the others.

    Raises `RoundHasNoRoster`, `BatchReused` for the same batch with other scans, `NotFound`, `Forbidden`.
    """
    place = point_for_capture(actor, point)
    if place.round.state == RoundState.DRAFT:
        raise RoundHasNoRoster(round=place.round_id)
    receipt = _claim(actor, at, batch, place, sent_at, scans, unread)
    sorting = _Sorting(place, receipt, clock_error(sent_at, at))
    rows = [_Row(scan) for scan in scans]
    counted = sorting.count_in(rows)
    _keep(receipt, sorting.kept)
    _tell_fevers(receipt, place, rows)
    answer = _settle(
        receipt, sorting, counted, len(scans), [Refused(one.place, one.scan, one.fields) for one in unread]
    )
    note = note_of(answer, place)
    record(receipt, unit_id=note.unit_id, data=note.data)
    return answer


def _claim(
    actor: Actor, at: datetime, batch: UUID, place: Point, sent_at: datetime, scans: list[TakenScan],
    unread: tuple[Unread, ...],
) -> Upload:  # fmt: skip
    receipt = receipt_of(actor, at, batch, place, sent_at, batch_digest(place.id, scans, unread))
    if insert_unless_taken(receipt):
        return receipt
    before = Upload.objects.get(pk=batch)
    if before.body_digest != receipt.body_digest:
        raise BatchReused(batch=batch)
    raise AnsweredBefore(ANSWER.validate_python(before.answer))


@dataclass(slots=True)
class _Row:
    """A scan on its way, with what is found out about it."""

    scan: TakenScan
    number: int | None = None
    taken_at: datetime = EPOCH
    digest: str = ""

    @property
    def tenths(self) -> int | None:
        """The temperature in tenths of a degree."""
        return None if self.scan.temperature is None else round(self.scan.temperature * 10)

    def line(self) -> Line:
        """As the table takes it; somebody has found the number."""
        scan, number = self.scan, cast("int", self.number)
        return number, scan.id, scan.tube, scan.slot, scan.table, self.taken_at, self.tenths


@dataclass
class _Sorting:
    """Sorts the scans of one upload into those that count and those that are kept with a reason."""

    place: Point
    receipt: Upload
    error: timedelta
    kept: list[tuple[_Row, Reason, datetime | None]] = field(default_factory=list)
    numbers: list[NumberGiven] = field(default_factory=list)

    @property
    def round(self) -> Round:
        """Of the point."""
        return self.place.round

    def count_in(self, rows: list[_Row]) -> list[_Row]:
        """Those that count are in the table now."""
        received_at = self.receipt.received_at
        for row in rows:
            row.number = row.scan.number
            row.taken_at = true_time(row.scan.at, self.error, received_at)
        rows = self._numbered(self._here(rows))
        rows = self._in_tubes(rows)
        counted = insert_and_count(self.receipt, [row.line() for row in rows])
        if len(counted) == len(rows):
            return rows
        self._lost([row for row in rows if row.scan.id not in counted])
        return [row for row in rows if row.scan.id in counted]

    def _here(self, rows: list[_Row]) -> list[_Row]:
        """Each once, and captured for this round."""
        seen: set[UUID] = set()
        left, here = [], (None, self.round.id)
        for row in rows:
            if row.scan.id in seen:
                self.kept.append((row, Reason.SAME_SCAN, None))
            elif row.scan.round not in here:
                self.kept.append((row, Reason.WRONG_ROUND, None))
            else:
                left.append(row)
            seen.add(row.scan.id)
        return left

    def _numbered(self, rows: list[_Row]) -> list[_Row]:
        """With the number of somebody of this round: numbers are dense, so only those after the end are looked up."""
        last = self.round.entries
        beyond = [row.number for row in rows if row.number and row.number > last]
        there = {row.number for row in strangers_among(self.round.id, numbers=beyond)} if beyond else set()
        unknown = [row for row in rows if row.number in set(beyond) - there]
        self.kept += [(row, Reason.UNKNOWN_NUMBER, None) for row in unknown]
        nameless = [row for row in rows if row.number is None]
        if nameless:
            _number(self.receipt, self.round, nameless)
            self.numbers = [NumberGiven(row.scan.id, row.number) for row in nameless if row.number]
        rows = [row for row in rows if row not in unknown] if unknown else rows
        self._recognised([row for row in rows if row.number and row.number > last])
        return rows

    def _recognised(self, strangers: list[_Row]) -> None:
        """Strangers of whom somebody said who they are: they are tested under their number on the roster."""
        known = recognised(self.round.id, [row.number for row in strangers if row.number]) if strangers else {}
        for row in strangers:
            row.number = known.get(row.number or 0, row.number)

    def _in_tubes(self, rows: list[_Row]) -> list[_Row]:
        """In a tube of this point that has such a place."""
        holders = _open_tubes(self.place, rows)
        most = PLACES[self.round.tube_rule]
        left = []
        for row in rows:
            fault = self._fault(holders.get(row.scan.tube))
            if fault is None and row.scan.slot > most:
                fault = Reason.TUBE_OVERFULL
            if fault is None:
                left.append(row)
            else:
                self.kept.append((row, fault, None))
        return left

    def _fault(self, holder: tuple[UUID, UUID, str] | None) -> Reason | None:
        if holder is None:
            return None
        round_id, point_id, state = holder
        if round_id != self.round.id:
            return Reason.TUBE_REUSED if state in OVER else Reason.TUBE_OTHER_ROUND
        return None if point_id == self.place.id else Reason.TUBE_OTHER_POINT

    def _lost(self, rows: list[_Row]) -> None:
        """Why the database took others instead."""
        if not rows:
            return
        people = {
            number: (scan, taken_at)
            for number, scan, taken_at in scans_of(round_id=self.round.id, numbers=[row.number for row in rows])
        }
        places = {
            (tube, slot): (scan, taken_at)
            for tube, slot, scan, taken_at in scans_in(round_id=self.round.id, tubes=[row.scan.tube for row in rows])
        }
        for row in rows:
            in_place = places.get((row.scan.tube, row.scan.slot), (None, None))
            reason, (scan, before_at) = Reason.TESTED_BEFORE, people.get(row.number or 0, (None, None))
            if before_at is None:
                reason, (scan, before_at) = Reason.SLOT_TAKEN, in_place
            if row.scan.id in {scan, in_place[0]}:  # in its place also where it was put right to be somebody else's
                reason = Reason.SAME_SCAN
            self.kept.append((row, reason, before_at))


# ---- strangers


def _number(receipt: Upload, of: Round, rows: list[_Row]) -> None:
    """Give those scanned without a number theirs: the roster's when it has their document, else a stranger's."""
    papers = {row.scan.id: _paper(row.scan.stranger) for row in rows}
    for row in rows:
        row.digest = papers[row.scan.id][1]
    entries = dict(entries_with(round_id=of.id, digests=[row.digest for row in rows if row.digest]))
    unknown = sorted((row for row in rows if row.digest not in entries), key=lambda row: (row.digest, row.scan.id))
    _add_strangers(receipt, of, unknown, papers)
    found = strangers_among(
        of.id, scans=[row.scan.id for row in unknown], digests=[row.digest for row in unknown if row.digest]
    )
    by_paper = {row.document_digest: row.number for row in found if row.document_digest} | entries
    by_scan = {row.scan: row.number for row in found}
    for row in rows:
        row.number = by_paper.get(row.digest) if row.digest in by_paper else by_scan[row.scan.id]


def _paper(stranger: Stranger | None) -> tuple[str, str]:
    """Kind and digest of a document that can be read for certain; a wrong number must not make two people one."""
    if stranger is None or not stranger.document.strip():
        return "", ""
    readings = read_documents(stranger.document, BY_HAND)
    if len(readings) != 1 or readings[0].trouble or not readings[0].number:
        return "", ""
    return readings[0].kind.value, digest_of(readings[0].kind.value, readings[0].number)


def _add_strangers(receipt: Upload, of: Round, rows: Sequence[_Row], papers: dict[UUID, tuple[str, str]]) -> None:
    """Their numbers lie after the roster's end; some are never used, where somebody else was faster."""
    fields = (
        "id", "round", "number", "scan", "upload", "name", "organisation", "document_kind", "document_digest",
        "document", "phone",
    )  # fmt: skip
    ids = next_ids(StrangerRow, len(rows)) if rows else []
    fresh = []
    for pk, row in zip(ids, rows, strict=True):
        said = row.scan.stranger or Stranger()
        fresh.append(
            (
                pk, of.id, of.entries + pk, row.scan.id, receipt.id, said.name, said.organisation,
                papers[row.scan.id][0], row.digest, said.document or None, said.phone or None,
            )
        )  # fmt: skip
    insert_few(StrangerRow, fields, fresh, ignore_conflicts=True)


# ---- tubes


def _open_tubes(place: Point, rows: Sequence[_Row]) -> dict[str, tuple[UUID, UUID, str]]:
    """Make the tubes that are new this point's; returns where those that are not new belong."""
    codes = {row.scan.tube: row.taken_at for row in reversed(rows)}
    if not codes:
        return {}
    laid = laid_out(Tube, ("code", "opened_at"), sorted(codes.items()), "fresh")
    with statement_cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO screening_tube (code, round_id, point_id, opened_at)
            SELECT code, {_uuid()}, {_uuid()}, opened_at FROM {laid.text} WHERE true ORDER BY code
            ON CONFLICT DO NOTHING RETURNING code""",  # noqa: S608 - our own words
            [_key(place.round_id), _key(place.id), *laid.values],
        )
        fresh = {code for (code,) in cursor.fetchall()}
    older = sorted(codes.keys() - fresh)
    return (
        {code: (round_id, point_id, state) for code, round_id, point_id, state in tubes_with(codes=older)}
        if older
        else {}
    )


def _keep(receipt: Upload, kept: Iterable[tuple[_Row, Reason, datetime | None]]) -> None:
    fields = (
        "round", "upload", "scan", "number", "tube", "slot", "table", "taken_at", "temperature", "reason",
        "before_at", "words", "meant",
    )  # fmt: skip
    rows = [
        (
            receipt.round_id, receipt.id, row.scan.id, row.number, row.scan.tube, row.scan.slot, row.scan.table,
            row.taken_at, row.tenths, reason, before_at,
            json.dumps(asdict(row.scan.stranger), ensure_ascii=False) if row.scan.stranger else None,
            row.scan.round if reason == Reason.WRONG_ROUND else None,
        )
        for row, reason, before_at in kept
    ]  # fmt: skip
    insert_rows(DuplicateScan, fields, rows)


def _tell_fevers(receipt: Upload, place: Point, rows: Sequence[_Row]) -> None:
    """Somebody looks after whoever had a fever, also where their scan does not count."""
    seen = [
        Seen(
            SeenFever(
                id=one.id, fever=one.id, step=FeverStep.SWABBED, at=one.at, temperature=one.temperature, tube=one.tube,
                stranger=one.stranger, table=one.table,
            ),
            row.number if one.round in {None, place.round_id} else None, row.taken_at,
        )
        for row in rows
        for one in [row.scan]
        if one.temperature is not None and is_fever(one.temperature)
    ]  # fmt: skip
    if seen:
        keep_fevers(place, seen, at=receipt.received_at, device=receipt.device)


def _settle(
    receipt: Upload, sorting: _Sorting, counted: Sequence[_Row], readable: int, refused: list[Refused]
) -> UploadAnswer:
    """Write the figures and the answer onto the receipt."""
    received = readable + len(refused)
    strangers = sum(1 for row in counted if (row.number or 0) > sorting.round.entries)
    answer = UploadAnswer(
        batch=receipt.id,
        received=received,
        taken=len(counted),
        strangers=strangers,
        late=receipt.late,
        skew_seconds=receipt.skew_seconds,
        numbers=sorting.numbers,
        duplicates=[Kept(row.scan.id, reason, row.number, before) for row, reason, before in sorting.kept],
        refused=refused,
    )
    with statement_cursor() as cursor:
        cursor.execute(
            "UPDATE screening_upload SET received = %s, taken = %s, strangers = %s, duplicates = %s, refused = %s,"
            " answer = %s WHERE id = %s",
            [
                received,
                len(counted),
                strangers,
                len(sorting.kept),
                len(refused),
                ANSWER.dump_json(answer).decode(),
                _key(receipt.id),
            ],
        )
    return answer


def _uuid() -> str:
    """The place of a key in a statement; among values that are only selected PostgreSQL must be told."""
    return "%s::uuid" if on_postgresql() else "%s"


def _key(pk: UUID) -> Any:
    return Upload._meta.pk.get_db_prep_value(pk, connection)
