"""A held row is decided by a person: corrected, taken as it stands, recognised as somebody known, or not taken."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lazaretto.arrivals.choices import ManifestState, RowDecision, RowOutcome, RowResolution
from lazaretto.arrivals.errors import ManifestClosed, NoCandidate, RowNotHeld, RowStillDoubtful
from lazaretto.arrivals.manifest import Field, Issue, Person, Severity, read_corrected
from lazaretto.arrivals.models import Manifest, ManifestRow
from lazaretto.arrivals.queries.known import match_people
from lazaretto.arrivals.staging import StagedRow, from_payload, household_key, to_payload
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import NotFound, ReasonRequired, whole
from lazaretto.core.tables import column_letters

# No reason makes these right: the record of the known person must be settled first.
_UNACCEPTABLE = frozenset(
    ("already_in_care", "already_expected", "document_of_another_name", "documents_of_two_people")
)


@dataclass(frozen=True)
class Corrections:
    """What somebody typed instead of the file's words; None leaves a field as it was read."""

    name: str | None = None
    document: str | None = None
    document_kind: str | None = None
    birth_date: str | None = None
    sex: str | None = None
    phone: str | None = None
    household: str | None = None
    exposure_date: str | None = None


@dataclass(frozen=True)
class RowDecided:
    """What became of a row; `left` counts the rows that still wait."""

    row_id: int
    outcome: RowOutcome
    decision: RowDecision
    left: int


@dataclass(frozen=True)
class RowShown:
    """Every cell of a row as the office wrote it, with the header over each, and what was read of it."""

    row_id: int
    cells: tuple[tuple[str, str], ...]
    read: Corrections


@command("arrivals.show_row", capability="arrivals.manage", keeps_answer=False)
def show_row(*, actor: Actor, at: datetime, manifest: Manifest, row_id: int) -> RowShown:
    """Show a row whole, numbers of documents and telephones included; that it was looked at is journalled."""
    row = manifest.rows.filter(pk=row_id).first()
    if row is None:
        raise NotFound(row=row_id)
    staged = from_payload(row.payload)
    data = {"sheet": row.sheet, "row": row.excel_row, "shown": True}
    record(manifest, unit_id=manifest.site.unit_id, person_id=row.person_id, data=data)
    headers = _headers(manifest, row)
    cells = tuple((headers.get(i, column_letters(i)), text) for i, text in enumerate(staged.cells) if text.strip())
    return RowShown(row.pk, cells, _as_read(staged))


def _headers(manifest: Manifest, row: ManifestRow) -> dict[int, str]:
    """The headers over the cells of a row, of the table that it stands in."""
    for table in manifest.report["sheets"][row.sheet]["tables"]:
        if table["first_row"] <= row.excel_row <= table["last_row"]:
            return {c["index"]: " ".join(c["header"].split()) or c["column"] for c in table["columns"]}
    return {}


def _as_read(staged: StagedRow) -> Corrections:
    """What was read, as the starting point of a correction; a field that could not be read holds the file's words."""
    person = staged.person or Person()
    doubted = {_COLUMN.get(issue.field, issue.field): issue.text for issue in staged.issues if issue.text}
    return Corrections(
        name=person.name or doubted.get("name", ""),
        document=person.documents[0].number if person.documents else doubted.get("document", ""),
        document_kind=person.documents[0].kind.value if person.documents else "",
        birth_date=str(person.birth_date) if person.birth_date else doubted.get("birth_date", ""),
        sex=person.sex.value,
        phone=", ".join(person.phones) or doubted.get("phone", ""),
        household=person.household,
        exposure_date=str(person.exposure_date) if person.exposure_date else doubted.get("exposure_date", ""),
    )


_COLUMN = {"id_card": "document", "passport": "document", "permit": "document"}


@command("arrivals.decide_row", capability="arrivals.manage")
def decide_row(
    *,
    actor: Actor,
    at: datetime,
    manifest: Manifest,
    row_id: int,
    decision: RowDecision,
    corrections: Corrections = Corrections(),
    reason: str = "",
) -> RowDecided:
    """Decide about a held row. All but a correction need a reason.

    Corrected values go through the very rules of the import. "Taken as it stands" leaves out what could not be read
    (a person without a document, say), it never takes a doubtful value for true. Raises `RowNotHeld`,
    `RowStillDoubtful`, `NoCandidate`, `ReasonRequired`, `ManifestClosed`.
    """
    if manifest.state == ManifestState.CANCELLED:
        raise ManifestClosed(manifest=manifest.id)
    row = manifest.rows.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise NotFound(row=row_id)
    if row.outcome != RowOutcome.HELD or row.resolution:
        raise RowNotHeld(row=row_id)
    if decision != RowDecision.CORRECT and not reason.strip():
        raise ReasonRequired
    _apply(row, decision, corrections, at)
    row.decision, row.reason, row.decided_by_id, row.decided_at = decision, whole(reason, 200), actor.user_id, at
    row.save()
    data = {"sheet": row.sheet, "row": row.excel_row, "decision": decision, "issues": row.issues}
    record(manifest, unit_id=manifest.site.unit_id, person_id=row.person_id, data=data, reason=row.reason)
    left = manifest.rows.filter(outcome=RowOutcome.HELD, resolution="").count()
    return RowDecided(row.pk, RowOutcome(row.outcome), decision, left)


def _apply(row: ManifestRow, decision: RowDecision, corrections: Corrections, at: datetime) -> None:
    if decision == RowDecision.REJECT:
        row.resolution = RowResolution.REJECTED
        return
    staged = from_payload(row.payload)
    if decision == RowDecision.MATCH:
        _match(row)
    elif decision == RowDecision.ACCEPT:
        _accept(row, staged)
    else:
        _correct(row, staged, corrections, at)
        return
    row.outcome = RowOutcome.READY


def _match(row: ManifestRow) -> None:
    if row.candidate_id is None:
        raise NoCandidate(row=row.pk)
    remaining = set(row.issues) & {"already_in_care", "already_expected"}
    if remaining:
        raise RowStillDoubtful(issues=", ".join(sorted(remaining)))


def _accept(row: ManifestRow, staged: StagedRow) -> None:
    named = staged.person is not None and staged.person.name and "name_invalid" not in row.issues
    remaining = set(row.issues) & _UNACCEPTABLE
    if not named or remaining:
        raise RowStillDoubtful(issues=", ".join(sorted(remaining or set(row.issues))))
    row.candidate = None


def _correct(row: ManifestRow, staged: StagedRow, given: Corrections, at: datetime) -> None:
    """Put the typed values in place, judged anew. If they show somebody known, that is the next thing to decide."""
    today: date = at.astimezone(ZoneInfo(row.manifest.site.time_zone)).date()
    typed = {
        Field.NAME: given.name, Field.DOCUMENT: given.document, Field.DOCUMENT_KIND: given.document_kind,
        Field.BIRTH_DATE: given.birth_date, Field.SEX: given.sex, Field.PHONE: given.phone,
        Field.HOUSEHOLD: given.household, Field.EXPOSURE_DATE: given.exposure_date,
    }  # fmt: skip
    person, issues, mended = read_corrected(staged.person or Person(), typed, on=today)
    doubts = {issue.code for issue in issues if issue.severity is Severity.HOLD}
    if doubts:
        raise RowStillDoubtful(issues=", ".join(sorted(doubts)))
    (match,) = match_people([person])
    row.candidate_id = match.person_id
    if given.household is not None:
        row.party_key = household_key(row.sheet, person.household)
    row.outcome = RowOutcome.HELD if match.issue else RowOutcome.READY
    left = (*issues, Issue(match.issue, Severity.HOLD, "name")) if match.issue else issues
    row.issues = [issue.code for issue in left]
    mends = (*staged.mends, *mended)
    row.mends = len(mends)
    row.payload = to_payload(replace(staged, person=person, issues=left, mends=mends))
