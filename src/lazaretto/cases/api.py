"""Read endpoints of changes of status. Codes are given, not labels; people by id."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.cases.choices import ChangeKind, ChangeState, FollowUpState
from lazaretto.cases.models import Change
from lazaretto.cases.queries.listing import READ, change_by_number, changes
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.places.queries import site_by_code

router = Router(tags=["cases"])


class ChangesIn(Paging):
    """Filters of changes of status."""

    site: Annotated[str, Field(max_length=12, description="Code of a site; empty for all.")] = ""
    state: ChangeState | None = None
    kind: ChangeKind | None = None


class ConsequenceOut(Schema):
    """One thing that follows, and why. `hours`: within how many it must be done; dates are the site's.

    `members` are people on a headcount who are nobody's person yet; of `number` more only the number is known; `where`
    is what they share.
    """

    kind: str
    why: str
    people: list[UUID]
    users: list[int]
    to: str
    category: str
    hours: int
    clock_on: str
    ended_on: str
    ends_on: str
    order: str
    tubes: list[str]
    members: list[int]
    number: int
    where: str


class FollowUpOut(Schema):
    """Something that has to be done, by whom and until when."""

    id: UUID
    kind: str
    people: list[UUID]
    users: list[int]
    to: str
    category: str
    due_at: datetime
    owner_id: int | None
    state: FollowUpState
    closed_at: datetime | None
    from_place_id: UUID | None
    number: int
    where: str


class StatusChangeOut(Schema):
    """A change of status or an event at a place: at a `site` (its code), or of a `person_id` who stays at none and whom
    the unit `unit_id` cares for."""

    id: UUID
    number: str
    site: str
    kind: ChangeKind
    unit_id: UUID
    person_id: UUID | None
    stay_id: UUID | None
    floor_id: UUID | None
    building_id: UUID | None
    evidence: str
    specimen_id: UUID | None
    happened_at: datetime
    first_on: date | None
    last_on: date | None
    state: ChangeState
    proposed_at: datetime
    proposed_by_id: int
    decided_at: datetime | None
    decided_by_id: int | None
    refutes_id: UUID | None
    follow_ups: list[FollowUpOut]

    @staticmethod
    def resolve_site(change: Change) -> str:
        return change.site.code if change.site else ""

    @staticmethod
    def resolve_unit_id(change: Change) -> UUID:
        return change.scope_id

    @staticmethod
    def resolve_person_id(change: Change) -> UUID | None:
        return change.subject_id

    @staticmethod
    def resolve_follow_ups(change: Change) -> list[Any]:
        return sorted(change.follow_ups.all(), key=lambda row: (row.due_at, row.pk))


class PreviewOut(Schema):
    """What follows as everything stands now; `digest` is what `cases.confirm` wants as `seen`."""

    pack: str
    digest: str
    now: list[ConsequenceOut]
    then: list[ConsequenceOut]


@router.get("/changes", response=PageOut[StatusChangeOut], summary="Changes of status, the latest first")
@needs(READ)
def listing(request: HttpRequest, given: Query[ChangesIn]) -> Page[Change]:
    """Proposed and decided ones."""
    actor = actor_of(request)
    found = changes(actor).prefetch_related("follow_ups")
    if given.site:
        found = found.filter(site=site_by_code(actor, given.site))
    exact = {name: value for name, value in (("state", given.state), ("kind", given.kind)) if value is not None}
    return page(found.filter(**exact), ["-proposed_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/changes/{number}", response=StatusChangeOut, summary="One change of status")
@needs(READ)
def one(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> Change:
    """By its number."""
    return change_by_number(actor_of(request), number)


@router.get("/changes/{number}/preview", response=PreviewOut, summary="What would follow from a change of status")
@needs(READ)
def preview(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> Any:
    """Computed from the rules in force at this moment."""
    return outcome_of(change_by_number(actor_of(request), number), at=clock.now())
