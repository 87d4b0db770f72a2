"""Read endpoints of headcounts. Documents and telephone numbers are not in them; names as the role reads them."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.headcounts.choices import Concern, ListState, OrganisationKind
from lazaretto.headcounts.commands import read_concerns
from lazaretto.headcounts.models import HeadcountList, Organisation
from lazaretto.headcounts.queries import CARE, READ, account_of, list_by_id, lists, members, organisations
from lazaretto.headcounts.queries.changes import ChangeLine, change_lines, changes
from lazaretto.headcounts.queries.families import FamilyLine, family_lines, to_care_for
from lazaretto.people.queries import name_for

router = Router(tags=["headcounts"])
WEEK = timedelta(days=7)


class HeadcountOrganisationsIn(Paging):
    """Filters of enterprises and communities."""

    q: Annotated[str, Field(max_length=120, description="Part of the name.")] = ""


class HeadcountOrganisationOut(Schema):
    """Who answers for people being tested."""

    id: UUID
    unit_id: UUID
    kind: OrganisationKind
    name: str
    contact: str
    started_at: datetime


class HeadcountPeopleIn(Paging):
    """Filters of people on headcounts."""

    organisation: UUID | None = None
    section: Annotated[str, Field(max_length=80)] = ""
    q: Annotated[
        str, Field(max_length=120, description="Beginning of a name or its initials, or a document's end.")
    ] = ""


class HeadcountPersonOut(Schema):
    """Somebody on a headcount."""

    id: int
    organisation_id: UUID
    name: str
    section: str
    building: str
    room: str
    inside: bool | None
    document_tail: str
    person_id: UUID | None
    started_at: datetime


class HeadcountListsIn(Paging):
    """Filters of lists."""

    state: ListState | None = None


class HeadcountListOut(Schema):
    """A list as it came."""

    id: UUID
    unit_id: UUID
    file_name: str
    kind: OrganisationKind
    digest: str
    complete: bool
    state: ListState
    lines: int
    left: int
    uploaded_at: datetime
    committed_at: datetime | None


class HeadcountAccountOut(Schema):
    """What became of every line of a list; `lines` is the sum of all but `leaving`."""

    lines: int
    ready: int
    held: int
    repeated: int
    empty: int
    made: int
    kept: int
    rejected: int
    leaving: int


class HeadcountFamiliesIn(Paging):
    """Filters of people to look after."""

    unit: UUID | None = None
    organisation: UUID | None = None
    kind: Concern | None = None


class HeadcountConcernOut(Schema):
    """What must be thought of about somebody; `by_hand`: no list said it."""

    kind: Concern
    note: str
    by_hand: bool
    started_at: datetime


class HeadcountKinOut(Schema):
    """Another of the same household."""

    id: int
    name: str
    organisation_id: UUID
    organisation: str


class HeadcountFamilyOut(Schema):
    """Somebody to look after. Without concerns: two of their family work, as headcounts of enterprises say."""

    id: int
    name: str
    organisation_id: UUID
    organisation: str
    section: str
    building: str
    room: str
    concerns: list[HeadcountConcernOut]
    household: list[HeadcountKinOut]


class HeadcountChangesIn(Paging):
    """Which changes; without `since` those of the last seven days."""

    show: Literal["joined", "left", "moved"] = "left"
    since: AwareDatetime | None = None
    unit: UUID | None = None
    organisation: UUID | None = None


class HeadcountChangeOut(Schema):
    """Somebody who joined, left or moved; `words` say what was and what is, `by` is the file that said it."""

    member: int
    name: str
    organisation_id: UUID
    organisation: str
    section: str
    at: datetime
    words: list[str]
    by: str


@router.get("/headcounts/families", response=PageOut[HeadcountFamilyOut], summary="People to look after")
@needs(CARE)
def family_list(request: HttpRequest, given: Query[HeadcountFamiliesIn]) -> Page[HeadcountFamilyOut]:
    """What must be thought of and their households; no telephone numbers. The journal keeps each look."""
    actor = actor_of(request)
    kind = given.kind.value if given.kind else ""
    rows = to_care_for(actor, kind=kind, unit=given.unit, organisation=given.organisation)
    piece = page(rows, ["id"], limit=given.limit, cursor=given.cursor)
    lines = family_lines(actor, piece.items)
    if lines:
        read_concerns(actor=actor, at=clock.now(), members=[line.member.pk for line in lines], kind=kind)
    return Page([_family(line) for line in lines], piece.next)


def _family(line: FamilyLine) -> HeadcountFamilyOut:
    row = line.member
    concerns = [
        HeadcountConcernOut(
            kind=Concern(one.kind), note=one.note or "", by_hand=one.from_list_id is None, started_at=one.started_at
        )
        for one in line.concerns
    ]
    kin = [
        HeadcountKinOut(
            id=other.pk, name=name, organisation_id=other.organisation_id, organisation=other.organisation.name
        )
        for other, name in line.others
    ]
    return HeadcountFamilyOut(
        id=row.pk, name=line.name, organisation_id=row.organisation_id, organisation=row.organisation.name,
        section=row.section, building=row.building, room=row.room, concerns=concerns, household=kin,
    )  # fmt: skip


@router.get(
    "/headcounts/changes", response=PageOut[HeadcountChangeOut], summary="Changes of headcounts, the last first"
)
@needs(READ)
def change_list(request: HttpRequest, given: Query[HeadcountChangesIn]) -> Page[HeadcountChangeOut]:
    """Who joined, left or moved since a moment. Names as the role reads them, numbers by their ends."""
    actor, since = actor_of(request), given.since or clock.now() - WEEK
    rows, order = changes(actor, given.show, since=since, unit=given.unit, organisation=given.organisation)
    piece = page(rows, order, limit=given.limit, cursor=given.cursor)
    return Page([_change(line) for line in change_lines(actor, given.show, piece.items)], piece.next)


def _change(line: ChangeLine) -> HeadcountChangeOut:
    row = line.member
    return HeadcountChangeOut(
        member=row.pk, name=line.name, organisation_id=row.organisation_id, organisation=row.organisation.name,
        section=row.section, at=line.at, words=line.words, by=line.by.file_name if line.by else "",
    )  # fmt: skip


@router.get(
    "/headcounts/organisations", response=PageOut[HeadcountOrganisationOut], summary="Enterprises and communities"
)
@needs(READ)
def organisation_list(request: HttpRequest, given: Query[HeadcountOrganisationsIn]) -> Page[Organisation]:
    """Those that go on, by name."""
    rows = organisations(actor_of(request), q=given.q)
    return page(rows, ["name", "id"], limit=given.limit, cursor=given.cursor)


@router.get("/headcounts/people", response=PageOut[HeadcountPersonOut], summary="People on headcounts, by name")
@needs(READ)
def member_list(request: HttpRequest, given: Query[HeadcountPeopleIn]) -> Page[HeadcountPersonOut]:
    """Those who are on one now."""
    actor = actor_of(request)
    rows = members(actor, q=given.q, section=given.section).select_related("organisation")
    if given.organisation is not None:
        rows = rows.filter(organisation=given.organisation)
    piece = page(rows, ["name", "id"], limit=given.limit, cursor=given.cursor)
    shown = [
        HeadcountPersonOut.from_orm(row).model_copy(
            update={"name": name_for(actor, row.name, unit_id=row.organisation.unit_id)}
        )
        for row in piece.items
    ]
    return Page(shown, piece.next)


@router.get("/headcounts/lists", response=PageOut[HeadcountListOut], summary="Headcount lists, the last first")
@needs(READ)
def list_list(request: HttpRequest, given: Query[HeadcountListsIn]) -> Page[HeadcountList]:
    """As they came."""
    rows = lists(actor_of(request))
    if given.state is not None:
        rows = rows.filter(state=given.state)
    return page(rows, ["-uploaded_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/headcounts/lists/{list_id}", response=HeadcountAccountOut, summary="What became of every line of a list")
@needs(READ)
def account(request: HttpRequest, list_id: UUID) -> HeadcountAccountOut:
    """Counted now."""
    return HeadcountAccountOut.from_orm(account_of(list_by_id(actor_of(request), list_id)))
