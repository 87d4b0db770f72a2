"""What a manifest becomes: lines with outcomes, people as read, mends, issues, totals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lazaretto.arrivals.manifest.fields import Field
from lazaretto.people.rules import DocumentKind, Sex


class LineKind(StrEnum):
    """What a line of the sheet is. Only PERSON lines are somebody."""

    PERSON = "person"
    BLANK = "blank"
    TITLE = "title"
    HEADER = "header"
    TOTAL = "total"
    NOTE = "note"


class Outcome(StrEnum):
    """READY can be committed, HELD waits for a person's decision, SKIPPED is no person."""

    READY = "ready"
    HELD = "held"
    SKIPPED = "skipped"


class Severity(StrEnum):
    """A HOLD needs a decision; a WARNING is shown and lets the row pass."""

    HOLD = "hold"
    WARNING = "warning"


# Every issue a row can have. The severity is fixed but for three, which depend on the row and stand at their rule.
HOLDS = frozenset(
    (
        "id_checksum", "id_precision_lost", "id_length", "id_impossible", "document_masked", "document_invalid",
        "document_kind_conflict", "birth_date_conflict", "birth_date_ambiguous", "sex_conflict", "duplicate_document",
        "duplicate_person", "name_missing", "name_invalid", "several_people_in_row", "exposure_date_invalid",
        "exposure_date_ahead",
        "hidden_sheet", "unrecognised_line",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """A named reason. `field` is the column's meaning, `text` what stands there, `rows` other lines concerned."""

    code: str
    severity: Severity
    field: str = ""
    text: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mend:
    """Something that was certain and has been put right. `reason` is a stable word."""

    field: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """An identity document as read: kind and normalised number."""

    kind: DocumentKind
    number: str


@dataclass(frozen=True, slots=True)
class Need:
    """A need of the person: its kind (see `needs.py`) and the office's own words."""

    kind: str
    text: str


@dataclass(slots=True)
class Person:
    """One person as the line states it. Empty means: not stated or not certain (then an issue says so).

    `phones` are E.164. `nationality` is ISO 3166-1 alpha-2, `nationality_text` the office's word. `household` is the
    office's label. `details` keeps all else under the field's name or the column's own header.
    """

    name: str = ""
    latin_name: str = ""
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    documents: tuple[Document, ...] = ()
    phones: tuple[str, ...] = ()
    nationality: str = ""
    nationality_text: str = ""
    flight: str = ""
    seat: str = ""
    arrival_date: date | None = None
    category: str = ""
    category_text: str = ""
    exposure_date: date | None = None
    household: str = ""
    needs: tuple[Need, ...] = ()
    language: str = ""
    origin: str = ""
    remarks: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One line of one sheet: what it is, what becomes of it, and every cell's text as it stood."""

    sheet: int
    excel_row: int
    kind: LineKind
    cells: tuple[str, ...]
    person: Person | None = None
    mends: tuple[Mend, ...] = ()
    issues: tuple[Issue, ...] = ()
    table: int | None = None

    @property
    def outcome(self) -> Outcome:
        if self.kind is not LineKind.PERSON:
            return Outcome.SKIPPED
        held = any(issue.severity is Severity.HOLD for issue in self.issues)
        return Outcome.HELD if held else Outcome.READY


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `index` counts from 0; `source` is header, content, chosen or none."""

    index: int
    header: str
    field: Field
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """A block of a sheet under one header. Rows are Excel's; no header rows when the columns speak for themselves.

    `signature` identifies the wording of the header, so that a chosen mapping can be remembered.
    """

    sheet: int
    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    signature: str

    def column_of(self, wanted: Field) -> Column | None:
        return next((column for column in self.columns if column.field is wanted), None)


@dataclass(frozen=True, slots=True)
class Declared:
    """A number of people that the file states, and how many lines of people stand there."""

    sheet: int
    excel_row: int
    declared: int
    counted: int
    text: str

    @property
    def agrees(self) -> bool:
        return self.declared == self.counted


@dataclass(frozen=True, slots=True)
class FileIssue:
    """Something about the file or a sheet as a whole."""

    code: str
    sheet: int | None = None
    excel_row: int | None = None
    params: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetReport:
    """A sheet and its count: people = ready + held."""

    index: int
    name: str
    visible: bool
    rows: int
    ready: int
    held: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole file as read. Lines are in the order of the file; every row of every sheet is one line."""

    sheets: tuple[SheetReport, ...]
    tables: tuple[Table, ...]
    lines: tuple[Line, ...]
    declared: tuple[Declared, ...]
    issues: tuple[FileIssue, ...]

    @property
    def people(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind is LineKind.PERSON)
