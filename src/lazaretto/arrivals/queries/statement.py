"""Counted in, counted out: rows with people = made + matched + held + rejected + still ready."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count

from lazaretto.arrivals.choices import LineKind, RowOutcome, RowResolution
from lazaretto.arrivals.models import Manifest


@dataclass(frozen=True)
class Statement:
    """The account of a list. `balances` is false only if a row was lost, which must never be."""

    people: int
    made: int
    matched: int
    held: int
    rejected: int
    ready: int
    skipped: int

    @property
    def balances(self) -> bool:
        return self.people == self.made + self.matched + self.held + self.rejected + self.ready


def statement_of(manifest: Manifest) -> Statement:
    """The account of a list, counted from its rows in one query."""
    counted = manifest.rows.values_list("kind", "outcome", "resolution").annotate(rows=Count("id"))
    totals = dict.fromkeys(Statement.__dataclass_fields__, 0)
    for kind, outcome, resolution, rows in counted:
        if kind != LineKind.PERSON:
            totals["skipped"] += rows
            continue
        totals["people"] += rows
        totals[_where(outcome, resolution)] += rows
    return Statement(**totals)


def _where(outcome: str, resolution: str) -> str:
    if resolution:
        return {RowResolution.CREATED: "made", RowResolution.MATCHED: "matched"}.get(resolution, "rejected")  # type: ignore[call-overload,no-any-return]
    return "ready" if outcome == RowOutcome.READY else "held"


def file_report(manifest: Manifest) -> dict[str, Any]:
    """Everything that can be told of a list without naming anybody: per sheet and Excel row the outcome and issues."""
    account = statement_of(manifest)
    rows: dict[int, list[dict[str, Any]]] = {}
    named = ("sheet", "excel_row", "kind", "outcome", "issues", "mends", "resolution", "decision")
    for sheet, excel_row, kind, outcome, issues, mends, resolution, decision in manifest.rows.order_by(
        "sheet", "excel_row"
    ).values_list(*named):
        rows.setdefault(sheet, []).append(
            {
                "excel_row": excel_row, "kind": kind, "outcome": outcome, "issues": issues, "mends": mends,
                "resolution": resolution, "decision": decision,
            }
        )  # fmt: skip
    report = manifest.report
    return {
        "file": manifest.file_name,
        "format": report["format"],
        "site": manifest.site.code,
        "manifest": str(manifest.pk),
        "state": manifest.state,
        "totals": report["totals"],
        "statement": asdict(account),
        "issues": report["issues"],
        "sheets": [{**sheet, "rows": rows.get(index, [])} for index, sheet in enumerate(report["sheets"])],
    }
