"""Writes: a room list from a file, staged first, applied once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import fits
from lazaretto.places.choices import RowOutcome
from lazaretto.places.commands.structure import RoomsSaved, make_missing_floors, write_rows
from lazaretto.places.errors import ListAlreadyApplied, RoomRowsRefused
from lazaretto.places.models import RoomList, RoomListRow, Site
from lazaretto.places.queries import ground_of
from lazaretto.places.rows import StagedRow, stage


@dataclass(frozen=True)
class ListStaged:
    """A staged list with its rows by outcome."""

    list_id: UUID
    rows: int
    outcomes: dict[str, int]


@dataclass(frozen=True)
class ListApplied:
    """What an applied list did. `rows` = created + changed + same + held + skipped."""

    rows: int
    created: int
    changed: int
    same: int
    held: int
    skipped: int


@dataclass(frozen=True)
class SentRow:
    """A row as it stood in the file: cells by column name, already told apart from titles and blank lines."""

    sheet: str
    excel_row: int
    cells: dict[str, str]
    is_room: bool = True


@command("places.stage_room_list", capability="places.manage")
def stage_room_list(*, actor: Actor, at: datetime, site: Site, file_name: str, rows: list[SentRow]) -> ListStaged:
    """Keep a room list with every row it has, and say what would become of each. Changes no room.

    Raises `TextTooLong` for the name of the file or of a sheet.
    """
    staged = RoomList.objects.create(
        site=site, file_name=fits(file_name, 200), staged_at=at, staged_by_id=actor.user_id
    )
    judged = judge(site, rows)
    RoomListRow.objects.bulk_create(
        [
            RoomListRow(
                room_list=staged,
                sheet=fits(row.sheet, 80),
                excel_row=row.excel_row,
                cells=row.cells,
                outcome=verdict.outcome,
                issues=[{"column": one.column, "issue": one.issue} for one in verdict.issues],
            )
            for row, verdict in zip(rows, judged, strict=True)
        ],
        batch_size=500,
    )
    outcomes = _count(judged)
    record(staged, unit_id=site.unit_id, data={"rows": len(rows), **outcomes})
    return ListStaged(staged.id, len(rows), outcomes)


@command("places.apply_room_list", capability="places.manage")
def apply_room_list(*, actor: Actor, at: datetime, room_list: RoomList) -> ListApplied:
    """Make and change the rooms of a staged list; held rows stay in it, with their reasons.

    Rows are judged afresh, since the site may have changed after the preview; one that would take away a bed in use is
    held and keeps no other back. Raises `ListAlreadyApplied`.
    """
    if room_list.applied_at is not None:
        raise ListAlreadyApplied(file=room_list.file_name)
    site = room_list.site
    kept = list(room_list.rows.order_by("id"))
    rows = [SentRow(row.sheet, row.excel_row, row.cells, row.outcome != RowOutcome.SKIPPED) for row in kept]
    judged, saved = _write(site, judge(site, rows), at)
    for row, verdict in zip(kept, judged, strict=True):
        row.outcome, row.issues = verdict.outcome, [{"column": i.column, "issue": i.issue} for i in verdict.issues]
    RoomListRow.objects.bulk_update(kept, ["outcome", "issues"], batch_size=500)
    room_list.applied_at = at
    room_list.save(update_fields=["applied_at"])
    counts = _count(judged)
    answer = ListApplied(
        rows=len(rows),
        created=saved.created,
        changed=saved.changed,
        same=saved.same,
        held=counts.get(RowOutcome.HELD, 0),
        skipped=counts.get(RowOutcome.SKIPPED, 0),
    )
    record(room_list, unit_id=site.unit_id, data={"rows": answer.rows, "held": answer.held})
    return answer


def _write(site: Site, judged: list[StagedRow], at: datetime) -> tuple[list[StagedRow], RoomsSaved]:
    """Write what is not held; rows that the site refuses are held too, and the others written. The verdicts at last."""
    places = [n for n, verdict in enumerate(judged) if verdict.room is not None]
    rooms = [room for verdict in judged if (room := verdict.room) is not None]
    try:
        with transaction.atomic():
            make_missing_floors(site, rooms)
            return judged, write_rows(site, rooms, at)
    except RoomRowsRefused as refused:
        if not refused.faults:
            raise
        held = list(judged)
        for fault in refused.faults:
            held[places[fault.row]] = StagedRow(RowOutcome.HELD, None, (fault,))
        return _write(site, held, at)  # fewer rows than before: it comes to an end


def judge(site: Site, rows: Sequence[SentRow]) -> list[StagedRow]:
    """What becomes of each row at this site now."""
    return stage([row.cells if row.is_room else None for row in rows], ground_of(site))


def _count(judged: Sequence[StagedRow]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in judged:
        found[str(row.outcome)] = found.get(str(row.outcome), 0) + 1
    return found
