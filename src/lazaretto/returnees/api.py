"""Read endpoints of returnees. Documents and telephone numbers are not in them; names as the role reads them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.returnees.choices import Agency, Answer, ListState, Means, Outcome, Result, Risk, State
from lazaretto.returnees.models import Returnee, ReturneeList
from lazaretto.returnees.queries.cases import CaseLine, case_by_number, case_lines, case_of, listed, order_of
from lazaretto.returnees.queries.lists import ReturneeAccount, account_of, list_by_id, lists
from lazaretto.returnees.rules import READ

router = Router(tags=["returnees"])


class ReturneeListsIn(Paging):
    """Filters of lists."""

    state: ListState | None = None


class ReturneeListOut(Schema):
    """A list as an agency sent it. `passed`: sheets that were passed over, because nobody is on them."""

    id: UUID
    unit_id: UUID
    agency: Agency
    sender: str
    file_name: str
    digest: str
    declared: int | None
    state: ListState
    lines: int
    passed: list[str]
    received_at: datetime
    committed_at: datetime | None


class ReturneeAccountOut(Schema):
    """What became of every line of a list; `lines` is the sum of all but `declared`."""

    lines: int
    ready: int
    held: int
    made: int
    joined: int
    rejected: int
    empty: int
    declared: int | None


class ReturneesIn(Paging):
    """Filters of cases."""

    show: Annotated[str, Field(pattern="^(queue|handed_up|owned|watched|late|open|closed)$")] = "open"
    q: Annotated[
        str, Field(max_length=60, description="Beginning of a name or initials, a number, a document's end.")
    ] = ""
    unit: UUID | None = None


class ReturneeOut(Schema):
    """A case."""

    id: UUID
    number: str
    unit_id: UUID
    name: str
    document_tail: str
    person_id: UUID | None
    came_from: str
    risk: Risk
    arrived_on: date | None
    agencies: list[str]
    state: State
    due_at: datetime | None
    owner_id: int | None
    owner_until: datetime | None
    tries: int
    handed_up_at: datetime | None
    watch_until: date | None
    outcome: Outcome | None
    closed_at: datetime | None


class ReturneeTestOut(Schema):
    """A test that is owed, or its result."""

    day: int
    due_at: datetime
    result: Result | None
    tested_at: datetime | None


class ReturneePhoneOut(Schema):
    """A number by its end; the whole one by `returnees.show_number`."""

    id: UUID
    last_four: str
    wrong_at: datetime | None


class ReturneeAttemptOut(Schema):
    """A try."""

    at: datetime
    by_id: int | None
    means: Means
    answer: Answer


class ReturneeWholeOut(ReturneeOut):
    """A case with its tries, tests and numbers."""

    phones: list[ReturneePhoneOut]
    tests: list[ReturneeTestOut]
    attempts: list[ReturneeAttemptOut]


def _fields(line: CaseLine) -> dict[str, Any]:
    row = line.row
    same = (
        "id", "number", "unit_id", "document_tail", "person_id", "came_from", "risk", "arrived_on", "state", "due_at",
        "owner_id", "owner_until", "tries", "handed_up_at", "watch_until", "closed_at",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    return {**told, "name": line.name, "agencies": list(line.agencies), "outcome": row.outcome or None}


def _lines(actor: Actor, rows: list[Returnee]) -> list[ReturneeOut]:
    return [ReturneeOut(**_fields(line)) for line in case_lines(actor, rows)]


@router.get("/returnees/lists", response=PageOut[ReturneeListOut], summary="Lists of agencies, the last first")
@needs(READ)
def list_list(request: HttpRequest, given: Query[ReturneeListsIn]) -> Page[ReturneeList]:
    """As they came."""
    rows = lists(actor_of(request))
    if given.state is not None:
        rows = rows.filter(state=given.state)
    return page(rows, ["-received_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get(
    "/returnees/lists/{list_id}", response=ReturneeAccountOut, summary="What became of every line of an agency's list"
)
@needs(READ)
def account(request: HttpRequest, list_id: UUID) -> ReturneeAccount:
    """Counted now."""
    return account_of(list_by_id(actor_of(request), list_id))


@router.get("/returnees/cases", response=PageOut[ReturneeOut], summary="Cases of returnees, the longest due first")
@needs(READ)
def case_list(request: HttpRequest, given: Query[ReturneesIn]) -> Page[ReturneeOut]:
    """Open ones by how they stand; of closed ones the last first."""
    actor = actor_of(request)
    rows = listed(actor, show=given.show, q=given.q, unit=given.unit, at=clock.now())
    piece = page(rows, order_of(given.show), limit=given.limit, cursor=given.cursor)
    return Page(_lines(actor, list(piece.items)), piece.next)


@router.get("/returnees/cases/{number}", response=ReturneeWholeOut, summary="One case of a returnee")
@needs(READ)
def one(request: HttpRequest, number: Annotated[str, Path(max_length=20)]) -> ReturneeWholeOut:
    """By its number."""
    actor = actor_of(request)
    case = case_of(actor, case_by_number(actor, number))
    line = CaseLine(case.row, case.name, case.agencies)
    return ReturneeWholeOut(
        **_fields(line),
        phones=[ReturneePhoneOut.from_orm(phone) for phone in case.phones],
        tests=[
            ReturneeTestOut(
                day=test.day, due_at=test.due_at, result=Result(test.result) if test.result else None,
                tested_at=test.tested_at,
            )
            for test in case.tests
        ],
        attempts=[ReturneeAttemptOut.from_orm(row) for row in case.row.attempts.order_by("at")],
    )  # fmt: skip
