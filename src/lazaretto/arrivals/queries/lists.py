"""Lists of people as the pages show them: the lists of a site, one list line by line, its columns."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from lazaretto.arrivals.choices import ColumnMeaning, LineKind, RowOutcome
from lazaretto.arrivals.issues import issue_advice, issue_label, mend_label
from lazaretto.arrivals.manifest import Severity
from lazaretto.arrivals.models import Manifest, ManifestRow
from lazaretto.arrivals.queries.bus import manifest_by_id
from lazaretto.arrivals.queries.periods import over_before
from lazaretto.arrivals.staging import StagedRow, category_of, exposure_day, from_payload
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.paging import BadCursor
from lazaretto.people.choices import DocumentKind, Sex
from lazaretto.people.masking import mask
from lazaretto.places.models import Site

PAGE = 50
# Which rows a tab shows.
FILTERS: dict[str, Q] = {
    "all": Q(),
    "held": Q(outcome=RowOutcome.HELD, resolution=""),
    "warned": Q(outcome=RowOutcome.READY) & ~Q(issues=[]),
    "mended": Q(mends__gt=0, kind=LineKind.PERSON),
    "ready": Q(outcome=RowOutcome.READY, resolution=""),
    "done": ~Q(resolution=""),
    "skipped": Q(outcome=RowOutcome.SKIPPED),
}
_DIGITS = re.compile(r"[0-9A-Za-z]{5,}")
_PLACE = re.compile(r"([0-9]{1,4})\.([0-9]{1,9})")  # no more than a database holds
_SECRET = frozenset(("document", "id_card", "passport", "permit", "phone"))


@dataclass(frozen=True)
class ShownIssue:
    """An issue in words. `holds` tells a decision from a warning; `rows` are other rows concerned."""

    code: str
    label: str
    advice: str
    holds: bool
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownMend:
    """A mend in words; numbers of documents and telephones show their last four only."""

    field: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class ShownRow:
    """A line of the list as the table shows it; `over_on` is the day their isolation would end, if before arrival."""

    id: int
    sheet: str
    excel_row: int
    kind: str
    is_person: bool
    outcome: str
    name: str
    document: str
    birth_date: date | None
    sex: str
    household: str
    needs: tuple[str, ...]
    issues: tuple[ShownIssue, ...]
    mends: tuple[ShownMend, ...]
    text: str
    resolution: str
    decision: str
    reason: str
    person_id: UUID | None
    over_on: date | None = None


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins (empty: none)."""

    rows: list[ShownRow]
    next_cursor: str


def list_by_id(actor: Actor, site: Site, manifest_id: UUID) -> Manifest:
    """A list of a site; raises `NotFound`."""
    return manifest_by_id(actor, site, manifest_id)


def lists(actor: Actor, site: Site) -> QuerySet[Manifest]:
    """The lists of a site, the newest first."""
    visible = Manifest.objects.visible_to(actor, "arrivals.read").filter(site=site)
    return visible.defer("content", "mapping").select_related("uploaded_by").order_by("-uploaded_at", "-id")


def page_of(actor: Actor, manifest: Manifest, chosen: str, cursor: str, *, at: datetime) -> Page:
    """The rows of a tab from a cursor (`sheet.row`) on. Two queries; the payloads of the page are decrypted.

    Raises `BadCursor`.
    """
    rows = manifest.rows.filter(FILTERS.get(chosen, FILTERS["all"])).order_by("sheet", "excel_row")
    if cursor:
        rows = rows.filter(_behind(cursor))
    found = list(rows[: PAGE + 1])
    whole = actor.may("people.names", manifest.site.unit_id)
    last = found[PAGE - 1] if len(found) > PAGE else None
    names = [sheet["name"] for sheet in manifest.report["sheets"]]
    staged = [(row, from_payload(row.payload)) for row in found[:PAGE]]
    over = over_before(manifest.site, dict(_exposures(manifest, staged)), moment=manifest.expected_at or at)
    shown = [replace(shown_row(row, read, names, whole=whole), over_on=over.get(row.pk)) for row, read in staged]
    return Page(shown, f"{last.sheet}.{last.excel_row}" if last else "")


def _behind(cursor: str) -> Q:
    place = _PLACE.fullmatch(cursor)
    if place is None:
        raise BadCursor
    sheet, excel_row = map(int, place.groups())
    return Q(sheet__gt=sheet) | Q(sheet=sheet, excel_row__gt=excel_row)


def _exposures(
    manifest: Manifest, staged: Iterable[tuple[ManifestRow, StagedRow]]
) -> Iterable[tuple[int, tuple[str, datetime]]]:
    """Category and last exposure of the rows that are still to come, by row."""
    zone = ZoneInfo(manifest.site.time_zone)
    for row, read in staged:
        day = exposure_day(read.person, manifest.category) if read.person and not row.resolution else None
        if read.person and day:
            yield row.pk, (category_of(read.person, manifest.category), clock.local_moment(day, 0, 0, zone))


def row_by_id(manifest: Manifest, row_id: int) -> ManifestRow:
    """A row of a list; raises `NotFound`."""
    found = manifest.rows.select_related("candidate", "decided_by").filter(pk=row_id).first()
    if found is None:
        raise NotFound(row=row_id)
    return found


def shown_row(row: ManifestRow, staged: StagedRow, sheets: list[str], *, whole: bool) -> ShownRow:
    """A row in words; names are masked unless the actor reads them whole."""
    person = staged.person
    name = person.name if person else ""
    document = person.documents[0] if person and person.documents else None
    return ShownRow(
        id=row.pk,
        sheet=sheets[row.sheet],
        excel_row=row.excel_row,
        kind=row.get_kind_display(),
        is_person=row.kind == LineKind.PERSON,
        outcome=row.outcome,
        name=name if whole else mask(name),
        document=f"{DocumentKind(document.kind).label} …{document.number[-4:]}" if document else "",
        birth_date=person.birth_date if person else None,
        sex=str(Sex(person.sex.value).label) if person and person.sex.value != Sex.UNKNOWN else "",
        household=person.household if person else "",
        needs=tuple(dict.fromkeys(need.text for need in person.needs)) if person else (),
        issues=tuple(shown_issues(staged)),
        mends=tuple(_shown_mends(staged, whole=whole)),
        text=_line_text(row, staged, whole=whole) if person is None else "",
        resolution=row.resolution,
        decision=row.decision,
        reason=row.reason,
        person_id=row.person_id,
    )


def _line_text(row: ManifestRow, staged: StagedRow, *, whole: bool) -> str:
    """The words of a line that was not read as a person; one that may name somebody only for who reads names."""
    if row.kind == LineKind.PERSON and not whole:
        return ""
    return masked_text(" ".join(cell for cell in staged.cells if cell.strip()))


def shown_issues(staged: StagedRow) -> Iterable[ShownIssue]:
    """The issues of a row in words, those that hold first."""
    ordered = sorted(staged.issues, key=lambda issue: issue.severity is not Severity.HOLD)
    for issue in ordered:
        holds = issue.severity is Severity.HOLD
        yield ShownIssue(issue.code, str(issue_label(issue.code)), str(issue_advice(issue.code)), holds, issue.rows)


def _shown_mends(staged: StagedRow, *, whole: bool) -> Iterable[ShownMend]:
    for mend in staged.mends:
        before, after = (_mend_text(mend.field, text, whole=whole) for text in (mend.before, mend.after))
        label = ColumnMeaning(mend.field).label if mend.field in ColumnMeaning.values else mend.field
        yield ShownMend(str(label), before, after, str(mend_label(mend.reason)))


def _mend_text(field: str, text: str, *, whole: bool) -> str:
    if "name" in field and not whole:
        return mask(text)
    return masked_text(text) if field in _SECRET or not whole else visible_text(text)


def visible_text(text: str) -> str:
    """The text with a mark where an invisible character stands, so that a mend can be seen."""
    return "".join(letter if letter.isprintable() else "␣" for letter in text.replace("\u00a0", "␣"))


def masked_text(text: str) -> str:
    """The text with long numbers shown by their last four characters."""
    return _DIGITS.sub(lambda found: "…" + found[0][-4:], visible_text(text))


@dataclass(frozen=True)
class ShownColumn:
    """A column with its header, three of its cells, and what it is taken for."""

    index: int
    letter: str
    header: str
    meaning: str
    source: str
    confidence: int
    samples: tuple[str, ...]


@dataclass(frozen=True)
class ShownTable:
    """A block under one header."""

    signature: str
    sheet: str
    header_rows: list[int]
    columns: list[ShownColumn]


def tables_of(manifest: Manifest) -> list[ShownTable]:
    """Every table of the file with its columns and a few cells of each, long numbers masked."""
    shown = []
    for index, sheet in enumerate(manifest.report["sheets"]):
        for table in sheet["tables"]:
            rows = manifest.rows.filter(
                sheet=index, kind=LineKind.PERSON, excel_row__range=(table["first_row"], table["last_row"])
            ).order_by("excel_row")[:3]
            cells = [from_payload(row.payload).cells for row in rows]
            columns = [_column(column, cells) for column in table["columns"]]
            shown.append(ShownTable(table["signature"], sheet["name"], table["header_rows"], columns))
    return shown


def _column(column: dict[str, Any], cells: list[tuple[str, ...]]) -> ShownColumn:
    index = column["index"]
    samples = tuple(masked_text(row[index]) for row in cells if index < len(row) and row[index].strip())
    percent = round(column["confidence"] * 100)
    return ShownColumn(index, column["column"], column["header"], column["field"], column["source"], percent, samples)
