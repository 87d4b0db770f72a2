"""Lists are taken in piece by piece: each line makes a case, joins one, or asks."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert_rows, update_rows
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, raise_alarm
from lazaretto.core.ids import new_id
from lazaretto.core.numbers import next_numbers
from lazaretto.people.queries import known_people, last_four
from lazaretto.people.rules import initials
from lazaretto.returnees.choices import Decision, Issue, LineOutcome, ListState, Result, Risk, State, StepKind
from lazaretto.returnees.commands.common import below, place_of, settle, take_from, write_step
from lazaretto.returnees.deadlines import POSITIVE
from lazaretto.returnees.errors import ListClosed
from lazaretto.returnees.models import ListedLine, Phone, Returnee, ReturneeList
from lazaretto.returnees.numbers import number
from lazaretto.returnees.queries.lists import field_label
from lazaretto.returnees.queries.matching import Known, known_cases, phone_digest
from lazaretto.returnees.rules import FINAL, MANAGE, SAYS, Entry, folded, heard, is_riskier, next_call, read_entry

PIECE = 1_000  # lines
TRIES = 3
CASE_FIELDS = (
    "id", "number", "unit", "name", "folded", "initials", "document_kind", "document_digest", "document",
    "document_tail", "person", "came_from", "risk", "arrived_on", "travel", "address", "state", "due_at", "owner",
    "owned_at", "owner_until", "tries", "handed_up_at", "counted_from", "watch_until", "setting", "rule", "made_at",
    "outcome", "closed_at", "closed_by", "reason", "to_where", "despite",
)  # fmt: skip
DOCUMENT_FIELDS = ("document_kind", "document_digest", "document", "document_tail", "person")
HEARD_FIELDS = (*SAYS, "due_at")
PHONE_FIELDS = ("id", "returnee", "value", "digest", "last_four", "wrong_at")


@dataclass(frozen=True)
class ReturneePieceTaken:
    """How far a list is: `finished` when nothing is ready any more; `held` lines still wait for somebody."""

    list_id: UUID
    done: int
    of: int
    held: int
    finished: bool


@dataclass(frozen=True)
class _Paper:
    """A document as `people` is asked for it."""

    kind: str
    number: str
    country: str = ""


@command("returnees.commit_list", capability=MANAGE)
def commit_list(*, actor: Actor, at: datetime, returnee_list: ReturneeList, lines: int = PIECE) -> ReturneePieceTaken:
    """Take in the next `lines` ready lines; call again until `finished`.

    A line with the document of an open case joins it. One with the name and a telephone number of a case but not its
    document asks whether it means the same; so does one that names somebody whose case was closed without a finding.
    Every other line is a new case in the queue of its area. Raises `ListClosed`.
    """
    if returnee_list.state not in {ListState.STAGED, ListState.COMMITTING, ListState.COMMITTED}:
        raise ListClosed(list=returnee_list.id, state=returnee_list.state)
    waiting = returnee_list.entries.filter(outcome=LineOutcome.READY).order_by("number")
    piece = [] if returnee_list.state == ListState.COMMITTED else list(waiting[: max(1, lines)])
    return take_in(returnee_list, piece, actor=actor, at=at)


def take_in(
    returnee_list: ReturneeList, piece: Sequence[ListedLine], *, actor: Actor, at: datetime
) -> ReturneePieceTaken:
    """These lines, and what follows for the list and the areas."""
    work = _worked(returnee_list, piece, actor, at)
    counted = dict(returnee_list.entries.values_list("outcome").annotate(n=Count("id")))
    ready, held = counted.get(LineOutcome.READY, 0), counted.get(LineOutcome.HELD, 0)
    if returnee_list.state != ListState.COMMITTED:
        returnee_list.state = ListState.COMMITTING
        if not ready and not held:
            returnee_list.state, returnee_list.committed_at = ListState.COMMITTED, at
        returnee_list.save(update_fields=["state", "committed_at"])
    settle({returnee_list.unit_id, *work.areas}, at=at, by=actor.user_id)
    done = counted.get(LineOutcome.MADE, 0) + counted.get(LineOutcome.JOINED, 0)
    data = {"piece": len(piece), "done": done, "held": held}
    record(returnee_list, unit_id=returnee_list.unit_id, data=data)
    return ReturneePieceTaken(returnee_list.id, done, done + ready, held, finished=not ready)


def _worked(returnee_list: ReturneeList, piece: Sequence[ListedLine], actor: Actor, at: datetime) -> "_Work":
    """The piece, written. Where another list made a case of the same person at this very moment, the database refuses
    the second one: then that list has been waited for, its cases are seen, and the lines join them.
    """
    for left in reversed(range(TRIES)):
        work = _Work(returnee_list, actor, at)
        try:
            with transaction.atomic():
                work.take(piece)
                work.write()
        except IntegrityError:
            if not left:
                raise
        else:
            return work
    raise AssertionError("unreachable")


class _Work:
    """One piece: the cases that its lines may mean, and what is written in the end."""

    def __init__(self, returnee_list: ReturneeList, actor: Actor, at: datetime) -> None:
        self.list, self.actor, self.at = returnee_list, actor, at
        zone, _jurisdiction = place_of(returnee_list.unit_id)
        self.due_at = next_call(
            at, timedelta(), zone,
            from_hour=number("contact.from_hour"), until_hour=number("contact.until_hour"),
        )  # fmt: skip
        self.cases: list[tuple[Any, ...]] = []
        self.phones: list[tuple[Any, ...]] = []
        self.did: list[tuple[Any, ...]] = []
        self.named: dict[UUID, tuple[Any, ...]] = {}
        self.areas: set[UUID] = set()
        self.reopened: list[UUID] = []
        self.heard: dict[UUID, Returnee] = {}
        self.told: list[tuple[Returnee, str]] = []

    def take(self, piece: Sequence[ListedLine]) -> None:
        """Every line, in order: a later one may mean the case that an earlier one made."""
        entries = [_entry_of(line) for line in piece]
        self.known = known_cases(piece, entries)
        self.people = known_people([_Paper(one.kind, one.document) for one in entries if one.document])
        self.units = _areas(self.list.unit, entries)
        self.numbers = iter(next_numbers("returnees", len(piece))) if piece else iter(())
        for line, entry in zip(piece, entries, strict=True):
            self._one(line, entry)

    def _one(self, line: ListedLine, entry: Entry) -> None:
        case = self.known.by_document(line.document_digest, self.at, entry.arrived_on)
        if case is not None and not case.open and line.decision == Decision.SEPARATE:
            case = None
        if case is None and line.decision in {Decision.SAME, Decision.REOPENED}:
            case = self.known.by_id(line.candidate_id)
        if case is None:
            asks = None if line.decision else self.known.alike(entry, line.document_digest)
            if asks is not None:
                self._ask(line, Issue.MAYBE_SAME, asks)
                return
            self._make(line, entry)
            return
        if not case.open and case.outcome not in FINAL and not line.decision:
            self._ask(line, Issue.CLOSED_BEFORE, case)
            return
        self._join(line, entry, case)

    def _ask(self, line: ListedLine, issue: Issue, case: Known) -> None:
        self.did.append((LineOutcome.HELD, [*line.issues, issue.value], case.id, None, line.pk))

    def _join(self, line: ListedLine, entry: Entry, case: Known) -> None:
        if line.decision == Decision.REOPENED and not case.open:
            self.reopened.append(case.id)
        self._add_phones(case, entry)
        self._add_document(case, line, entry)
        self._hear(case, line, entry)
        self.areas.add(case.unit_id)
        self.did.append((LineOutcome.JOINED, line.issues, None, case.id, line.pk))

    def _make(self, line: ListedLine, entry: Entry) -> None:
        unit = self.units.get(folded(entry.area), self.list.unit_id) if entry.area else self.list.unit_id
        digest = line.document_digest
        case = Known(new_id(), unit, folded(entry.name), digest, self.at)
        self.cases.append(
            (
                case.id, f"R-{next(self.numbers):06}", unit, entry.name, case.folded, initials(entry.name)[:20],
                entry.kind, digest, entry.document or None, last_four(entry.document) if entry.document else "",
                self.people.get(digest) if digest else None, entry.came_from, entry.risk, entry.arrived_on,
                entry.travel, entry.address or None, State.TO_REACH, self.due_at, None, None, None, 0, None, None, None,
                "", "", self.at, "", None, None, None, None, None,
            )
        )  # fmt: skip
        self.known.add(case)
        self._add_phones(case, entry)
        self.areas.add(unit)
        self.did.append((LineOutcome.MADE, line.issues, None, case.id, line.pk))

    def _add_phones(self, case: Known, entry: Entry) -> None:
        for phone in entry.phones:
            digest = phone_digest(phone)
            if self.known.add_phone(case, digest):
                self.phones.append((new_id(), case.id, phone, digest, phone[-4:], None))

    def _add_document(self, case: Known, line: ListedLine, entry: Entry) -> None:
        """A case that had none is known by it from now on: the next list with it joins without a question."""
        digest = line.document_digest
        reopened = line.decision == Decision.REOPENED
        if not digest or case.document_digest or case.id in self.named or not (case.open or reopened):
            return
        self.named[case.id] = (entry.kind, digest, entry.document, last_four(entry.document), self.people.get(digest))
        self.known.documents[digest].append(case)

    def _hear(self, case: Known, line: ListedLine, entry: Entry) -> None:
        """What the case did not say is filled in; what the line says otherwise is told, and a higher risk at once.

        While nobody was reached nothing follows from the risk yet, so the higher one stands.
        """
        row = case.row
        if row is None or not case.open:
            return
        fresh, other = heard({name: getattr(row, name) for name in SAYS}, entry)
        words = [
            f"{field_label(name)}: {_shown(name, value)} ≠ {_shown(name, getattr(row, name))}"
            for name, value in other.items()
        ]
        if "risk" in other and is_riskier(entry.risk, row.risk):
            fresh |= {"risk": entry.risk} if row.state == State.TO_REACH else {}
            row.due_at = min(row.due_at or self.at, self.at)
        for name, value in fresh.items():
            setattr(row, name, value)
        if words:
            told = _("{agency}, line {line}").format(agency=self.list.from_whom, line=self.list.place_of(line.number))
            self.told.append((row, f"{told}: {'; '.join(words)}"))
        if fresh or words:
            self.heard[row.pk] = row

    def write(self) -> None:
        """In the order in which rows refer to each other; what the journal is told comes last, when nothing can be
        refused any more.
        """
        insert_rows(Returnee, CASE_FIELDS, self.cases)
        update_rows(Returnee, DOCUMENT_FIELDS, [(*values, pk) for pk, values in self.named.items()])
        heard_rows = [(*(getattr(row, name) for name in HEARD_FIELDS), pk) for pk, row in sorted(self.heard.items())]
        update_rows(Returnee, HEARD_FIELDS, heard_rows)
        insert_rows(Phone, PHONE_FIELDS, self.phones)
        update_rows(ListedLine, ("outcome", "issues", "candidate", "returnee"), self.did)
        for row, words in self.told:
            write_step(row, StepKind.SAID, actor=self.actor, at=self.at, words=words)
        for pk in self.reopened:
            open_again(locked(Returnee.objects.filter(pk=pk)).get(), self.list.from_whom, actor=self.actor, at=self.at)


def open_again(returnee: Returnee, why: str, *, actor: Actor, at: datetime) -> None:
    """The case is to be reached anew; what was tried and tested stays written."""
    returnee.state, returnee.outcome, returnee.tries = State.TO_REACH, "", 0
    returnee.closed_at = returnee.closed_by_id = returnee.handed_up_at = None
    returnee.reason = returnee.to_where = returnee.despite = None
    returnee.counted_from = returnee.watch_until = None
    returnee.due_at = at
    take_from(returnee)
    returnee.save()
    write_step(returnee, StepKind.REOPENED, actor=actor, at=at, words=why)
    if returnee.tests.filter(result=Result.POSITIVE).exists():
        due = Due(POSITIVE.code, returnee, at, unit_id=returnee.unit_id, person_id=returnee.person_id)
        raise_alarm(due, at=at)


def _shown(name: str, value: object) -> str:
    """A value of a case in words."""
    return str(Risk(str(value)).label) if name == "risk" else str(value)


def _entry_of(line: ListedLine) -> Entry:
    entry = read_entry(json.loads(line.payload), by_hand=bool(line.document_digest))
    if entry is None:
        raise RuntimeError(f"line {line.number} is ready without anybody")
    return entry


def _areas(unit: Unit, entries: Iterable[Entry]) -> dict[str, UUID]:
    """Areas below that of the list, by name and code, where lines name them."""
    if not any(entry.area for entry in entries):
        return {}
    rows = Unit.objects.filter(pk__in=below(unit.pk), ended_at__isnull=True).values_list("pk", "name", "code")
    return {key: pk for pk, name, code in rows for key in (folded(name), folded(code))}
