"""Read endpoints of headcounts. Documents and telephone numbers are not in them; names as the role reads them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.headcounts.choices import ListState, OrganisationKind
from lazaretto.headcounts.models import HeadcountList, Organisation
from lazaretto.headcounts.queries import READ, account_of, list_by_id, lists, members, organisations
from lazaretto.people.queries import name_for

router = Router(tags=["headcounts"])


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
