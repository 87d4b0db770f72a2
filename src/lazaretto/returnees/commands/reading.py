"""Lists are read line by line, looked at, decided or put aside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.core.tables.lists import RawLine, SheetStart
from lazaretto.people.queries import document_digest
from lazaretto.returnees.choices import Agency, Decision, Issue, LineOutcome, ListState
from lazaretto.returnees.commands.common import place_of, settle
from lazaretto.returnees.commands.taking import take_in
from lazaretto.returnees.errors import LineSettled, ListClosed, NoNameColumn
from lazaretto.returnees.models import ListedLine, ReturneeList
from lazaretto.returnees.rules import (
    ASKS,
    FINAL,
    HEADINGS,
    HOLDS,
    MANAGE,
    MENDED,
    MOST_PEOPLE,
    Entry,
    read_entry,
    with_years,
)

LINE_FIELDS = (
    "returnee_list", "number", "outcome", "issues", "document_digest", "payload", "decision", "candidate", "returnee",
    "reason",
)  # fmt: skip
OPEN = frozenset({ListState.STAGED, ListState.COMMITTING})


@dataclass(frozen=True)
class ReturneeListBegun:
    """A list lies ready to be read. `known`: this very file came before for this area, here is how far it is."""

    list_id: UUID
    known: bool
    read_to: int


@dataclass(frozen=True)
class ReturneeLinesRead:
    """How far the reading is."""

    list_id: UUID
    lines: int


@dataclass(frozen=True)
class ReturneeLineDecided:
    """What a line is now, and how many others wait."""

    line: int
    outcome: str
    held: int


@dataclass(frozen=True)
class ReturneeLineShown:
    """A line as it came: its cells by what they mean."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class ReturneeListCancelled:
    """A list was put aside before anything came of it."""

    list_id: UUID


@command("returnees.begin_list", capability=MANAGE)
def begin_list(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    agency: Agency,
    file_name: str,
    digest: str,
    header: list[str],
    sender: str = "",
    declared: int | None = None,
    sheets: list[SheetStart] | None = None,
    passed: list[str] | None = None,
) -> ReturneeListBegun:
    """Begin a list that an agency sent for an area. `header` is the line that names its columns, `digest` the file's
    SHA-256 in hex, `declared` how many people the agency says are on it, `sender` its name where the kind is too
    little, `sheets` where each sheet of the file begins, if there are several, `passed` those that were passed over.

    Raises `NoNameColumn`, `TextTooLong`, `InvalidInput` for another agency without a name, for a number of people that
    no list has.
    """
    columns = HEADINGS.all_columns(header)
    if "name" not in columns.values():
        raise NoNameColumn(columns=", ".join(header)[:200])
    if agency == Agency.OTHER and not sender.strip():
        raise InvalidInput(fields={"sender": str(Agency.OTHER.label)})
    if declared is not None and not 0 <= declared <= MOST_PEOPLE:
        raise InvalidInput(fields={"declared": f"0 … {MOST_PEOPLE}"})
    held = ReturneeList.objects.filter(unit=unit, digest=digest).exclude(state=ListState.CANCELLED).first()
    known = held is not None
    if held is None:
        held = insert(
            ReturneeList(
                unit=unit, agency=agency, sender=whole(sender, 80), file_name=whole(file_name, 200), digest=digest,
                declared=declared, columns={str(index): field for index, field in columns.items()}, received_at=at,
                received_by_id=actor.user_id, sheets=[[whole(one.name, 80), one.after] for one in sheets or ()],
                passed=[whole(name, 80) for name in passed or ()],
            )
        )  # fmt: skip
        settle([unit.pk], at=at, by=actor.user_id)
    record(held, unit_id=unit.id, data={"known": known, "agency": held.agency, "declared": held.declared})
    return ReturneeListBegun(held.id, known, held.read_to)


@command("returnees.add_lines", capability=MANAGE)
def add_lines(*, actor: Actor, at: datetime, returnee_list: ReturneeList, lines: list[RawLine]) -> ReturneeLinesRead:
    """Lay out the next lines of the file. Lines that were read before are left out, so a piece may be sent twice.

    Raises `ListClosed` when the list is not being read.
    """
    if returnee_list.state != ListState.READING:
        raise ListClosed(list=returnee_list.id, state=returnee_list.state)
    columns = {int(index): field for index, field in returnee_list.columns.items()}
    fresh = [line for line in lines if line.number > returnee_list.read_to]
    said = [{field: line.cells[index] for index, field in columns.items() if index < len(line.cells)} for line in fresh]
    today = clock.local_date(at, place_of(returnee_list.unit_id)[0])
    meant = with_years([cells.get("arrived_on", "") for cells in said], today=today)
    for cells, day in zip(said, meant, strict=True):
        cells.update({MENDED: day.isoformat()} if day else {})
    rows = [_line(returnee_list, line.number, cells, today) for line, cells in zip(fresh, said, strict=True)]
    insert_rows(ListedLine, LINE_FIELDS, rows)
    returnee_list.lines += len(rows)
    returnee_list.read_to = max([returnee_list.read_to, *(line.number for line in fresh)])
    returnee_list.save(update_fields=["lines", "read_to"])
    record(returnee_list, unit_id=returnee_list.unit_id, data={"lines": len(rows), "read_to": returnee_list.read_to})
    return ReturneeLinesRead(returnee_list.id, returnee_list.lines)


def _line(returnee_list: ReturneeList, number: int, cells: Mapping[str, str], today: date) -> tuple[Any, ...]:
    payload, entry = json.dumps(cells, ensure_ascii=False), read_entry(cells, today=today)
    if entry is None:
        return (returnee_list.pk, number, LineOutcome.EMPTY, [], "", payload, "", None, None, "")
    issues = [str(issue) for issue in entry.issues]
    return (returnee_list.pk, number, entry.outcome, issues, digest_of(entry), payload, "", None, None, "")


def digest_of(entry: Entry) -> str:
    """Under which digest the document of a line is known; empty without one."""
    return document_digest(entry.kind, "", entry.document) if entry.document else ""


@command("returnees.end_reading", capability=MANAGE)
def end_reading(*, actor: Actor, at: datetime, returnee_list: ReturneeList) -> ReturneeLinesRead:
    """The file is at its end: the list can be looked at. Raises `ListClosed`."""
    if returnee_list.state not in {ListState.READING, ListState.STAGED}:
        raise ListClosed(list=returnee_list.id, state=returnee_list.state)
    returnee_list.state = ListState.STAGED
    returnee_list.save(update_fields=["state"])
    record(returnee_list, unit_id=returnee_list.unit_id, data={"lines": returnee_list.lines})
    return ReturneeLinesRead(returnee_list.id, returnee_list.lines)


@command("returnees.cancel_list", capability=MANAGE)
def cancel_list(*, actor: Actor, at: datetime, returnee_list: ReturneeList, reason: str) -> ReturneeListCancelled:
    """Put a list aside of which nobody was taken in. Raises `ListClosed`, `ReasonRequired`."""
    if returnee_list.state not in {ListState.READING, ListState.STAGED}:
        raise ListClosed(list=returnee_list.id, state=returnee_list.state)
    if not reason.strip():
        raise ReasonRequired
    returnee_list.state = ListState.CANCELLED
    returnee_list.save(update_fields=["state"])
    settle([returnee_list.unit_id], at=at, by=actor.user_id)
    record(returnee_list, unit_id=returnee_list.unit_id, reason=reason.strip())
    return ReturneeListCancelled(returnee_list.id)


@command("returnees.decide_line", capability=MANAGE)
def decide_line(
    *,
    actor: Actor,
    at: datetime,
    returnee_list: ReturneeList,
    number: int,
    take: bool,
    who: Decision | None = None,
    name: str = "",
    document: str = "",
    phone: str = "",
    reason: str = "",
) -> ReturneeLineDecided:
    """Decide a held line: take it, with what is put right, or leave it out with a reason.

    Where the line asks whether it means somebody who is known, `who` answers. Taken as it stands, a wrong document
    number counts as none. In a list that is being taken in, the line is taken in at once. Raises `LineSettled`,
    `ReasonRequired`, `InvalidInput`.
    """
    line = returnee_list.entries.filter(number=number).first()
    if line is None:
        raise NotFound(kind="returnees.listedline", number=number)
    if line.outcome != LineOutcome.HELD or returnee_list.state not in OPEN:
        raise LineSettled(number=number)
    if not take and not reason.strip():
        raise ReasonRequired
    if take:
        today = clock.local_date(at, place_of(returnee_list.unit_id)[0])
        _put_right(line, {"name": name, "document": document, "phone": phone}, who, today)
    else:
        line.outcome, line.reason = LineOutcome.REJECTED, whole(reason, 200)
    line.save()
    data = {"number": number, "take": take, "who": who or ""}
    record(returnee_list, unit_id=returnee_list.unit_id, data=data, reason=line.reason)
    if returnee_list.state == ListState.COMMITTING:
        take_in(returnee_list, [line] if take else [], actor=actor, at=at)
    left = returnee_list.entries.filter(outcome=LineOutcome.HELD).count()
    return ReturneeLineDecided(number, ListedLine.objects.get(pk=line.pk).outcome, left)


@command("returnees.show_line", capability=MANAGE)
def show_line(*, actor: Actor, at: datetime, returnee_list: ReturneeList, number: int) -> ReturneeLineShown:
    """The cells of a line as they came, numbers too; that somebody looked is in the journal."""
    line = returnee_list.entries.filter(number=number).first()
    if line is None:
        raise NotFound(kind="returnees.listedline", number=number)
    record(returnee_list, unit_id=returnee_list.unit_id, data={"shown": number})
    return ReturneeLineShown(number, json.loads(line.payload))


def _put_right(line: ListedLine, typed: Mapping[str, str], who: Decision | None, today: date) -> None:
    cells = {**json.loads(line.payload), **{field: text.strip() for field, text in typed.items() if text.strip()}}
    entry = read_entry(cells, by_hand=bool(typed["document"].strip()), today=today)
    wrong = set(entry.issues) if entry else {Issue.NO_NAME.value}
    for field, issue in (("document", Issue.BAD_DOCUMENT), ("phone", Issue.BAD_PHONE)):
        if typed[field].strip() and issue in wrong:
            raise InvalidInput(fields={field: str(issue.label)})
    for field, issue in (("name", Issue.NO_NAME), ("phone", Issue.NOTHING_TO_REACH)):
        if issue in wrong:
            raise InvalidInput(fields={field: str(issue.label)})
    assert entry is not None  # noqa: S101 - a line with a name is one
    asked = [code for code in line.issues if code in ASKS]
    if asked and who is None:
        raise InvalidInput(fields={"who": str(Issue(asked[0]).label)})
    about = line.candidate
    if who == Decision.SAME and Issue.MAYBE_SAME in asked and about and about.closed_at and about.outcome not in FINAL:
        raise InvalidInput(fields={"who": str(Issue.CLOSED_BEFORE.label)})
    line.decision = who or ""
    line.issues = [str(code) for code in entry.issues if code not in HOLDS]
    line.payload, line.document_digest = json.dumps(cells, ensure_ascii=False), digest_of(entry)
    line.outcome = LineOutcome.READY
