"""Scans go into the table and are counted with it: what the sums say and what is there cannot differ.

PostgreSQL takes all of it in one statement, planned once whatever the number of scans. SQLite has no statement that
writes two tables; it counts what the first one left.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lazaretto.core.bulk import insert_few, laid_out
from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import adapted, statement_cursor
from lazaretto.screening.models import Scan, Upload
from lazaretto.screening.queries import scans_of_upload

COLUMNS = ("number", "scan", "tube", "slot", "table", "taken_at", "temperature")
Line = tuple[int, UUID, str, int, int, datetime, int | None]

IN_ONE = """WITH kept AS (
    INSERT INTO screening_scan (round_id, upload_id, number, scan, tube, slot, "table", taken_at, temperature)
    SELECT %s::uuid, %s::uuid, number, scan, tube, slot, "table", taken_at, temperature FROM {lines}
    ORDER BY number, taken_at ON CONFLICT DO NOTHING RETURNING number, taken_at
), counted AS (
    INSERT INTO screening_countdelta (round_id, point_id, organisation_id, hour, n)
    SELECT %s::uuid, %s::uuid, entry.organisation_id, date_trunc('hour', kept.taken_at, 'UTC'), count(*) FROM kept
    LEFT JOIN screening_rosterentry entry ON entry.round_id = %s::uuid AND entry.number = kept.number
    GROUP BY 3, 4 RETURNING n
)
SELECT coalesce(sum(n), 0) FROM counted"""

COUNT = """INSERT INTO screening_countdelta (round_id, point_id, organisation_id, hour, n)
SELECT scan.round_id, %s, entry.organisation_id, substr(scan.taken_at, 1, 13) || ':00:00' AS full_hour, count(*)
FROM screening_scan scan
LEFT JOIN screening_rosterentry entry ON entry.round_id = scan.round_id AND entry.number = scan.number
WHERE scan.round_id = %s AND scan.upload_id = %s AND scan.number IN (SELECT value FROM json_each(%s))
GROUP BY entry.organisation_id, full_hour RETURNING n"""


def insert_and_count(receipt: Upload, lines: Sequence[Line]) -> set[UUID]:
    """Put scans into the table, and so many more of each enterprise in each hour (whoever is on no roster is of none).

    Returns the scans that are in it now: the first of a person and of a place of a tube wins.
    """
    if not lines:
        return set()
    taken = _in_one(receipt, lines) if on_postgresql() else _one_by_one(receipt, lines)
    if taken == len(lines):
        return {line[1] for line in lines}
    numbers = [line[0] for line in lines]
    return set(scans_of_upload(round_id=receipt.round_id, upload_id=receipt.id, numbers=numbers))


def _in_one(receipt: Upload, lines: Sequence[Line]) -> int:
    laid = laid_out(Scan, COLUMNS, lines, "fresh")
    of, point = receipt.round_id, receipt.point_id
    with statement_cursor() as cursor:
        cursor.execute(IN_ONE.format(lines=laid.text), [of, receipt.id, *laid.values, of, point, of])
        return int(cursor.fetchone()[0])


def _one_by_one(receipt: Upload, lines: Sequence[Line]) -> int:
    same = (receipt.round_id, receipt.id)
    insert_few(
        Scan, ("round", "upload", *COLUMNS), [(*same, *line) for line in sorted(lines, key=_first)],
        ignore_conflicts=True,
    )  # fmt: skip
    with statement_cursor() as cursor:
        numbers = [line[0] for line in lines]
        cursor.execute(COUNT, [adapted(value) for value in (receipt.point_id, *same, numbers)])
        return sum(n for (n,) in cursor.fetchall())


def _first(line: Line) -> tuple[int, datetime]:
    return line[0], line[5]
