"""From a workbook to a manifest: every row of every sheet becomes exactly one line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lazaretto.arrivals.manifest.checks import (
    check_households,
    check_identification,
    count_declared,
    find_doubles,
    hold_hidden,
    outcomes,
)
from lazaretto.arrivals.manifest.fields import SHARED, Field
from lazaretto.arrivals.manifest.headers import Chosen, find_tables
from lazaretto.arrivals.manifest.lines import classify, declared_number, has_plain_document
from lazaretto.arrivals.manifest.model import (
    Declared,
    FileIssue,
    Issue,
    Line,
    LineKind,
    Manifest,
    Outcome,
    Severity,
    SheetReport,
    Table,
)
from lazaretto.arrivals.manifest.rows import RowReader
from lazaretto.core.tables import Cell, MergedRange, Sheet, Workbook, cell_text
from lazaretto.people.rules import fold, read_date

_DATE_IN_TITLE = re.compile(r"(?:20\d{2})\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_NOTHING_CHOSEN: Chosen = {}


@dataclass(frozen=True)
class _Source:
    """A sheet with what is known about its lines before any is read."""

    sheet: Sheet
    index: int
    header_rows: frozenset[int]
    spreads: Mapping[int, int]

    def kind(self, number: int, fields: Sequence[Field] | None, texts: Sequence[str]) -> LineKind:
        if number in self.header_rows:
            return LineKind.HEADER
        if fields is not None and has_plain_document(texts, fields):
            return LineKind.PERSON
        return classify(texts, fields, self.spreads.get(number, 1))


def read_manifest(workbook: Workbook, *, on: date, chosen: Chosen = _NOTHING_CHOSEN) -> Manifest:
    """Read all sheets. `on` is the day of import (no birth lies after it); `chosen` holds mappings by signature."""
    sheets = workbook.sheets
    tables: list[Table] = []
    lines: list[Line] = []
    for index, sheet in enumerate(sheets):
        found, header_rows = find_tables(sheet, index, chosen)
        source = _Source(sheet, index, header_rows, _spreads(sheet.merged))
        lines += _read_sheet(source, found, len(tables), on)
        tables += found
    people = [line for line in lines if line.kind is LineKind.PERSON]
    names = [sheet.name for sheet in sheets]
    find_doubles(people, names)
    check_identification(people)
    check_households(people)
    declared = count_declared(list(_stated(lines)), people, tables)
    return Manifest(
        tuple(_report(index, sheet, lines) for index, sheet in enumerate(sheets)),
        tuple(tables),
        tuple(lines),
        declared,
        tuple(_file_issues(workbook, tables, people, declared)),
    )


def _read_sheet(source: _Source, tables: Sequence[Table], first_table: int, on: date) -> list[Line]:
    lines: list[Line] = []
    start = 1
    for place, table in enumerate(tables, start=first_table):
        lines += [_outside(source, number) for number in range(start, _top(table))]
        lines += _table_lines(source, table, place, on)
        start = table.last_row + 1
    lines += [_outside(source, number) for number in range(start, len(source.sheet.rows) + 1)]
    if not source.sheet.visible:
        hold_hidden(lines)
    return lines


def _top(table: Table) -> int:
    return table.header_rows[0] if table.header_rows else table.first_row


def _outside(source: _Source, number: int) -> Line:
    """A line that belongs to no table: a title, a note; if it holds a document or a telephone, somebody to look at."""
    texts = tuple(map(cell_text, source.sheet.rows[number - 1]))
    kind = source.kind(number, None, texts)
    issues = (Issue("unrecognised_line", Severity.HOLD),) if kind is LineKind.PERSON else ()
    return Line(source.index, number, LineKind.TITLE if kind is LineKind.NOTE else kind, texts, issues=issues)


def _table_lines(source: _Source, table: Table, place: int, on: date) -> Iterable[Line]:
    sheet = source.sheet
    filled = _filled_down(sheet, table)
    reader = RowReader(table, filled, on=on, around=_day_of_list(sheet, table) or on)
    fields = [column.field for column in table.columns]
    for number in range(_top(table), table.last_row + 1):
        texts = tuple(map(cell_text, sheet.rows[number - 1]))
        line = Line(table.sheet, number, source.kind(number, fields, texts), texts, table=place)
        if line.kind is LineKind.PERSON:
            row = filled[number - table.first_row]
            draft = reader.read(row, texts if row is sheet.rows[number - 1] else tuple(map(cell_text, row)))
            line.person, line.mends, line.issues = draft.person, tuple(draft.mends), tuple(draft.issues)
        yield line


def _filled_down(sheet: Sheet, table: Table) -> Sequence[Sequence[Cell]]:
    """The table's rows, with what a merged block of a shared column says written into each of its rows."""
    rows: list[Sequence[Cell]] = list(sheet.rows[table.first_row - 1 : table.last_row])
    shared = {column.index for column in table.columns if column.field in SHARED}
    for block in sheet.merged:
        if block.first_row == block.last_row or block.first_column not in shared:
            continue
        if not table.first_row <= block.first_row <= block.last_row <= table.last_row:
            continue
        value = sheet.rows[block.first_row - 1][block.first_column]
        for number in range(block.first_row - table.first_row + 1, block.last_row - table.first_row + 1):
            if rows[number][block.first_column] in {"", None}:
                copy = list(rows[number])
                copy[block.first_column] = value
                rows[number] = copy
    return rows


def _spreads(merged: Iterable[MergedRange]) -> dict[int, int]:
    widths: dict[int, int] = {}
    for block in merged:
        width = block.last_column - block.first_column + 1
        for number in range(block.first_row, block.last_row + 1):
            widths[number] = max(widths.get(number, 1), width)
    return widths


def _day_of_list(sheet: Sheet, table: Table) -> date | None:
    """The date in the lines above the table, when they state exactly one."""
    above = " ".join(fold(cell_text(value)) for row in sheet.rows[: _top(table) - 1] for value in row if value != "")
    days = {read_date(found).day for found in _DATE_IN_TITLE.findall(above)}
    return days.pop() if len(days) == 1 else None


def _stated(lines: Iterable[Line]) -> Iterable[tuple[Line, int, str, bool]]:
    for line in lines:
        if line.kind in {LineKind.TITLE, LineKind.NOTE, LineKind.TOTAL}:
            is_total = line.kind is LineKind.TOTAL
            if found := declared_number(line.cells, total_line=is_total):
                yield line, found[0], found[1], is_total


def _report(index: int, sheet: Sheet, lines: Iterable[Line]) -> SheetReport:
    counts = outcomes(line for line in lines if line.sheet == index)
    ready, held, skipped = (counts[outcome] for outcome in (Outcome.READY, Outcome.HELD, Outcome.SKIPPED))
    return SheetReport(index, sheet.name, sheet.visible, len(sheet.rows), ready, held, skipped)


def _file_issues(
    workbook: Workbook, tables: Sequence[Table], people: Sequence[Line], declared: Sequence[Declared]
) -> Iterable[FileIssue]:
    for total in declared:
        if not total.agrees:
            params = {"declared": total.declared, "counted": total.counted}
            yield FileIssue("total_mismatch", total.sheet, total.excel_row, params)
    for index, sheet in enumerate(workbook.sheets):
        yield from _sheet_issues(index, sheet, [table for table in tables if table.sheet == index])
    if workbook.damaged_characters:
        yield FileIssue("damaged_text", params={"places": workbook.damaged_characters})
    for note in workbook.notes:
        yield FileIssue(note)
    if not people:
        yield FileIssue("no_people")


def _sheet_issues(index: int, sheet: Sheet, tables: Sequence[Table]) -> Iterable[FileIssue]:
    if sheet.is_full:
        yield FileIssue("row_limit_reached", index, len(sheet.rows))
    if sheet.rows and not tables:
        yield FileIssue("no_table", index)
    for table in tables:
        if not table.header_rows:
            yield FileIssue("no_header", index)
        if table.column_of(Field.NAME) is None and table.column_of(Field.FAMILY_NAME) is None:
            yield FileIssue("name_column_missing", index, table.first_row)
