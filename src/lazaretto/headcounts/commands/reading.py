"""Lists are read line by line, looked at, decided or put aside."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.core.tables.lists import RawLine
from lazaretto.headcounts.choices import Issue, LineOutcome, ListState, OrganisationKind, Resolution
from lazaretto.headcounts.errors import LineSettled, ListClosed, NoNameColumn, SaidToBeOther
from lazaretto.headcounts.models import HeadcountList, ListLine
from lazaretto.headcounts.queries import (
    MANAGE,
    digest_of,
    employers_of,
    lines_with,
    without_employer,
)
from lazaretto.headcounts.rules import HEADINGS, HOLDS, Entry, folded, read_entry

LINE_FIELDS = (
    "headcount_list", "number", "outcome", "issues", "organisation", "document_digest", "payload", "resolution",
    "reason",
)  # fmt: skip


@dataclass(frozen=True)
class ListBegun:
    """A list lies ready to be read. `known`: this very file came before for this unit, here is how far it is."""

    list_id: UUID
    known: bool
    read_to: int


@dataclass(frozen=True)
class LinesRead:
    """How far the reading is."""

    list_id: UUID
    lines: int


@dataclass(frozen=True)
class LineDecided:
    """What a line is now, and how many others wait."""

    line: int
    outcome: str
    held: int


@dataclass(frozen=True)
class LineShown:
    """A line as it came: its cells by what they mean."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class ListCancelled:
    """A list was put aside before anything came of it."""

    list_id: UUID


@command("headcounts.begin_list", capability=MANAGE)
def begin_list(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    file_name: str,
    digest: str,
    header: list[str],
    organisation: str = "",
    kind: OrganisationKind = OrganisationKind.ENTERPRISE,
    complete: bool = False,
    passed: list[str] | None = None,
) -> ListBegun:
    """Begin a list of a unit's area. `header` is the line that names its columns, `digest` the file's SHA-256 in hex.

    `organisation` is whose list it is where its lines do not say, and `kind` of whom: of residents the community counts
    that a line names, whatever their employer; people without an employer are all of one headcount of the unit, which
    needs no name. `complete` says that whoever is not on it has left.

    `passed`: sheets that were passed over. Raises `NoNameColumn`, `SaidToBeOther` when this
    file lies here as a list of others, `TextTooLong`.
    """
    columns = HEADINGS.all_columns(header)
    if "name" not in columns.values():
        raise NoNameColumn(columns=", ".join(header)[:200])
    whose = whole(organisation.strip(), 120) or (without_employer(unit.pk) if kind == OrganisationKind.NONE else "")
    held = HeadcountList.objects.filter(unit=unit, digest=digest).exclude(state=ListState.CANCELLED).first()
    if held is None:
        held = HeadcountList(
            unit=unit, file_name=whole(file_name, 200), digest=digest, organisation=whose, kind=kind, complete=complete,
            columns={str(index): field for index, field in columns.items()}, uploaded_at=at,
            uploaded_by_id=actor.user_id, passed=[whole(name, 80) for name in passed or ()],
        )  # fmt: skip
        insert(held)
        known = False
    else:
        known = True
        if held.kind != kind:
            raise SaidToBeOther(list=held.id)
        if held.complete != complete and held.state in {ListState.READING, ListState.STAGED}:
            held.complete = complete  # said again before anybody left by it: what is said now counts
            held.save(update_fields=["complete"])
    record(held, unit_id=unit.id, data={"known": known, "complete": held.complete})
    return ListBegun(held.id, known, held.read_to)


@command("headcounts.add_lines", capability=MANAGE)
def add_lines(*, actor: Actor, at: datetime, headcount_list: HeadcountList, lines: list[RawLine]) -> LinesRead:
    """Lay out the next lines of the file. Lines that were read before are left out, so a piece may be sent twice.

    Raises `ListClosed` when the list is not being read.
    """
    if headcount_list.state != ListState.READING:
        raise ListClosed(list=headcount_list.id, state=headcount_list.state)
    columns = {int(index): field for index, field in headcount_list.columns.items()}
    fresh = [line for line in lines if line.number > headcount_list.read_to]
    said = [{field: line.cells[index] for index, field in columns.items() if index < len(line.cells)} for line in fresh]
    whose, kind = headcount_list.organisation, OrganisationKind(headcount_list.kind)
    entries = [read_entry(cells, organisation=whose, kind=kind) for cells in said]
    digests = [digest_of(entry.kind, entry.document) if entry else "" for entry in entries]
    seen = _named_before(headcount_list, digests)
    elsewhere = _where(headcount_list.unit_id, digests)
    rows = [
        _line(headcount_list, line.number, cells, entry, digest, seen, elsewhere)
        for line, cells, entry, digest in zip(fresh, said, entries, digests, strict=True)
    ]
    insert_rows(ListLine, LINE_FIELDS, rows)
    headcount_list.lines += len(rows)
    headcount_list.read_to = max([headcount_list.read_to, *(line.number for line in fresh)])
    headcount_list.save(update_fields=["lines", "read_to"])
    record(headcount_list, unit_id=headcount_list.unit_id, data={"lines": len(rows), "read_to": headcount_list.read_to})
    return LinesRead(headcount_list.id, headcount_list.lines)


def _line(
    headcount_list: HeadcountList, number: int, cells: Mapping[str, str], entry: Entry | None, digest: str,
    seen: dict[str, set[str]], elsewhere: Mapping[str, set[str]],
) -> tuple[Any, ...]:  # fmt: skip
    payload = json.dumps(cells, ensure_ascii=False)
    if entry is None:
        return (headcount_list.pk, number, LineOutcome.EMPTY, [], "", "", payload, "", "")
    employer = folded(entry.organisation)
    issues, outcome = list(entry.issues), entry.outcome
    if digest:
        if employer in seen.setdefault(digest, set()):
            outcome = LineOutcome.REPEATED
        elif seen[digest] or elsewhere.get(digest, set()) - {employer}:
            issues.append(Issue.ELSEWHERE)
        seen[digest].add(employer)
    return (headcount_list.pk, number, outcome, issues, employer, digest, payload, "", "")


def _named_before(headcount_list: HeadcountList, digests: Iterable[str]) -> dict[str, set[str]]:
    """By which enterprises of this list these documents were named already."""
    return _by_document(lines_with(list_id=headcount_list.pk, digests=sorted(set(digests) - {""})))


def _where(unit_id: UUID, digests: Iterable[str]) -> dict[str, set[str]]:
    """On which headcounts of the unit these documents are."""
    return _by_document(employers_of(unit_id=unit_id, digests=sorted(set(digests) - {""})))


def _by_document(rows: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for digest, employer in rows:
        found.setdefault(digest, set()).add(employer)
    return found


@command("headcounts.end_reading", capability=MANAGE)
def end_reading(*, actor: Actor, at: datetime, headcount_list: HeadcountList) -> LinesRead:
    """The file is at its end: the list can be looked at. Raises `ListClosed`."""
    if headcount_list.state not in {ListState.READING, ListState.STAGED}:
        raise ListClosed(list=headcount_list.id, state=headcount_list.state)
    headcount_list.state = ListState.STAGED
    headcount_list.save(update_fields=["state"])
    record(headcount_list, unit_id=headcount_list.unit_id, data={"lines": headcount_list.lines})
    return LinesRead(headcount_list.id, headcount_list.lines)


@command("headcounts.cancel_list", capability=MANAGE)
def cancel_list(*, actor: Actor, at: datetime, headcount_list: HeadcountList, reason: str) -> ListCancelled:
    """Put a list aside of which nobody was taken in. Raises `ListClosed`, `ReasonRequired`."""
    if headcount_list.state not in {ListState.READING, ListState.STAGED}:
        raise ListClosed(list=headcount_list.id, state=headcount_list.state)
    if not reason.strip():
        raise ReasonRequired
    headcount_list.state = ListState.CANCELLED
    headcount_list.save(update_fields=["state"])
    record(headcount_list, unit_id=headcount_list.unit_id, reason=reason.strip())
    return ListCancelled(headcount_list.id)


@command("headcounts.decide_line", capability=MANAGE)
def decide_line(
    *,
    actor: Actor,
    at: datetime,
    headcount_list: HeadcountList,
    number: int,
    take: bool,
    name: str = "",
    document: str = "",
    organisation: str = "",
    reason: str = "",
) -> LineDecided:
    """Decide a held line: take it, with what is put right, or leave it out with a reason.

    Taken as it stands, a document number that is wrong counts as none, and an odd name as a name. Raises
    `LineSettled`, `ReasonRequired`, `InvalidInput` when it still names nobody or no enterprise.
    """
    line = headcount_list.entries.filter(number=number).first()
    if line is None:
        raise NotFound(kind="headcounts.listline", number=number)
    if line.outcome != LineOutcome.HELD or line.resolution or headcount_list.state == ListState.CANCELLED:
        raise LineSettled(number=number)
    if take:
        _put_right(headcount_list, line, {"name": name, "document": document, "organisation": organisation})
    elif reason.strip():
        line.resolution, line.reason = Resolution.REJECTED, whole(reason.strip(), 200)
    else:
        raise ReasonRequired
    line.save()
    record(headcount_list, unit_id=headcount_list.unit_id, data={"number": number, "take": take}, reason=line.reason)
    left = headcount_list.entries.filter(outcome=LineOutcome.HELD, resolution="").count()
    return LineDecided(number, line.outcome, left)


@command("headcounts.show_line", capability=MANAGE)
def show_line(*, actor: Actor, at: datetime, headcount_list: HeadcountList, number: int) -> LineShown:
    """The cells of a line as they came, numbers too; that somebody looked is in the journal."""
    line = headcount_list.entries.filter(number=number).first()
    if line is None:
        raise NotFound(kind="headcounts.listline", number=number)
    record(headcount_list, unit_id=headcount_list.unit_id, data={"shown": number})
    return LineShown(number, json.loads(line.payload))


def _put_right(headcount_list: HeadcountList, line: ListLine, typed: Mapping[str, str]) -> None:
    kind = OrganisationKind(headcount_list.kind)
    names = {"organisation": "community"} if kind == OrganisationKind.COMMUNITY else {}
    right = {names.get(field, field): text.strip() for field, text in typed.items() if text.strip()}
    cells = {**json.loads(line.payload), **right}
    by_hand = bool(typed["document"].strip())
    entry = read_entry(cells, organisation=headcount_list.organisation, kind=kind, by_hand=by_hand)
    wrong = set(entry.issues) if entry else {Issue.NO_NAME.value}
    if typed["document"].strip() and Issue.BAD_DOCUMENT in wrong:
        raise InvalidInput(fields={"document": str(Issue.BAD_DOCUMENT.label)})
    for field, issue in (("name", Issue.NO_NAME), ("organisation", Issue.NO_ORGANISATION)):
        if issue in wrong:
            raise InvalidInput(fields={field: str(issue.label)})
    assert entry is not None  # noqa: S101 - a line with a name is one
    line.issues = [code for code in entry.issues if code not in HOLDS]
    line.payload, line.organisation = json.dumps(cells, ensure_ascii=False), folded(entry.organisation)
    line.document_digest, line.outcome = digest_of(entry.kind, entry.document), LineOutcome.READY
    before = headcount_list.entries.filter(document_digest=line.document_digest, organisation=line.organisation)
    if line.document_digest and before.exclude(pk=line.pk).exclude(resolution=Resolution.REJECTED).exists():
        line.outcome = LineOutcome.REPEATED
