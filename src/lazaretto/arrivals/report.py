"""What a file said as a whole, kept beside its rows: sheets, headers, columns, declared totals, issues. No person."""

from collections.abc import Sequence
from typing import Any

from lazaretto.arrivals.manifest import FileIssue, Line, Manifest, Outcome, Table
from lazaretto.arrivals.reading import ReadFile
from lazaretto.core.tables import column_letters


def report_of(read: ReadFile, lines: Sequence[Line]) -> dict[str, Any]:
    """The report of a file as plain JSON; counts are taken from the lines as they stand now."""
    manifest = read.manifest
    sheets = [_sheet(index, manifest, lines) for index in range(len(manifest.sheets))]
    return {
        "format": read.format,
        "totals": {name: sum(sheet["totals"][name] for sheet in sheets) for name in _TOTALS},
        "issues": [_issue(issue, manifest) for issue in manifest.issues],
        "sheets": sheets,
    }


_TOTALS = ("rows", "people", "ready", "held", "skipped")


def _sheet(index: int, manifest: Manifest, lines: Sequence[Line]) -> dict[str, Any]:
    sheet = manifest.sheets[index]
    outcomes = [line.outcome for line in lines if line.sheet == index]
    counts = {outcome.value: outcomes.count(outcome) for outcome in Outcome}
    people = counts[Outcome.READY] + counts[Outcome.HELD]
    return {
        "name": sheet.name,
        "visible": sheet.visible,
        "totals": {"rows": len(outcomes), "people": people, **counts},
        "declared": [
            {"excel_row": total.excel_row, "declared": total.declared, "counted": total.counted, "agrees": total.agrees}
            for total in manifest.declared
            if total.sheet == index
        ],
        "tables": [_table(table) for table in manifest.tables if table.sheet == index],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "signature": table.signature,
        "header_rows": list(table.header_rows),
        "first_row": table.first_row,
        "last_row": table.last_row,
        "columns": [
            {
                "column": column_letters(column.index),
                "index": column.index,
                "header": column.header,
                "field": column.field.value,
                "confidence": column.confidence,
                "source": column.source,
            }
            for column in table.columns
        ],
    }


def _issue(issue: FileIssue, manifest: Manifest) -> dict[str, Any]:
    said: dict[str, Any] = {"code": issue.code}
    if issue.sheet is not None:
        said["sheet"] = manifest.sheets[issue.sheet].name
    if issue.excel_row is not None:
        said["excel_row"] = issue.excel_row
    return said | dict(issue.params)
