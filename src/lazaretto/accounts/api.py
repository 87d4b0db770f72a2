"""Reads of the core and of accounts: who one is, units, people who sign in, roles, journal, alarms, deadlines."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AfterValidator, AwareDatetime, Field

from lazaretto.accounts import queries
from lazaretto.accounts.doors import actor_of, needs, signed_in
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.accounts.roles import roles
from lazaretto.core import clock
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.paging import Page, PageOut, Paging, page

router = Router(tags=["accounts"])

Word = Annotated[str, Field(max_length=80)]


class MembershipOut(Schema):
    """A role in a unit for a period."""

    id: UUID
    user_id: int
    username: str = Field(alias="user.username")
    unit_id: UUID
    unit_code: str = Field(alias="unit.code")
    role: str
    started_at: datetime
    ended_at: datetime | None


class MeOut(Schema):
    """Who asks, what they may do where."""

    user_id: int | None
    name: str
    language: str
    token: bool
    district: list[str] = Field(description="Capabilities that hold in the whole district.")
    grants: dict[str, list[UUID]] = Field(description="For each capability the units where it holds.")


class UnitOut(Schema):
    """A unit of the command structure."""

    id: UUID
    parent_id: UUID | None
    kind: str
    code: str
    name: str
    dispatch_phone: str
    started_at: datetime
    ended_at: datetime | None


class UserOut(Schema):
    """Somebody who signs in."""

    id: int
    username: str
    display_name: str
    language: str
    is_active: bool
    must_change_password: bool
    last_login: datetime | None


class RoleOut(Schema):
    """A row of the table of roles."""

    code: str
    title: dict[str, str]
    capabilities: list[str]


class RolesOut(Schema):
    """The table of roles."""

    items: list[RoleOut]


class EntryOut(Schema):
    """An entry of the journal."""

    id: int
    command: str
    actor_id: int | None
    actor_name: str
    device: str
    unit_id: UUID | None
    person_id: UUID | None
    subject_type: str
    subject_id: str
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]
    reason: str
    sealed: bool = Field(description="Whether the entry has its place in the hash chain already.")

    @staticmethod
    def resolve_sealed(entry: JournalEntry) -> bool:
        """From the joined row."""
        return getattr(entry, "pending", None) is None


class AlarmOut(Schema):
    """A deadline that was missed, or an event that cannot wait."""

    id: UUID
    deadline_id: UUID
    kind: str
    unit_id: UUID | None
    person_id: UUID | None
    role: str
    raised_at: datetime
    owner_id: int | None
    taken_at: datetime | None
    answered_at: datetime | None
    answer: str


class DeadlineOut(Schema):
    """Something with a due time."""

    id: UUID
    kind: str
    subject_type: str
    subject_id: str
    slot: str
    unit_id: UUID | None
    person_id: UUID | None
    due_at: datetime
    overdue_at: datetime
    state: str
    closed_at: datetime | None


def in_utc(value: datetime) -> datetime:
    """The moment in UTC, which every database takes; raises ValueError for one beyond the calendar."""
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the calendar") from error


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


class JournalFilter(Paging):
    """What to show of the journal."""

    unit: UUID | None = None
    person: UUID | None = None
    subject_type: Word = ""
    subject_id: Word = ""
    command: Word = ""
    actor: Annotated[int | None, Field(ge=0, lt=2**63)] = None
    since: Moment | None = None
    until: Moment | None = None


class AlarmFilter(Paging):
    """What to show of the alarms."""

    state: Literal["open", "answered", "all"] = "open"
    unit: UUID | None = None
    kind: Word = ""


class DeadlineFilter(Paging):
    """What to show of the deadlines."""

    state: Literal["open", "met", "cancelled", "all"] = "open"
    unit: UUID | None = None
    person: UUID | None = None
    kind: Word = ""
    due_before: Moment | None = None


class UserFilter(Paging):
    """What to show of the people who sign in."""

    q: Annotated[str, Field(max_length=80, description="Part of the user name or the name.")] = ""
    active: bool | None = None


@router.get("/me", response=MeOut, summary="Who asks, and what they may do where")
@signed_in
def me(request: HttpRequest) -> dict[str, Any]:
    """The actor behind the session or the token."""
    actor = actor_of(request)
    return {
        "user_id": actor.user_id,
        "name": actor.name,
        "language": actor.language,
        "token": actor.token,
        "district": sorted(actor.district | actor.personal),
        "grants": {capability: sorted(units) for capability, units in sorted(actor.grants.items())},
    }


@router.get("/roles", response=RolesOut, summary="The table of roles")
@signed_in
def role_table(request: HttpRequest) -> dict[str, Any]:
    """Which capabilities each role carries, in the unit of the membership and below."""
    table = roles().values()
    return {
        "items": [{"code": row.code, "title": row.titles, "capabilities": sorted(row.capabilities)} for row in table]
    }


@router.get("/units", response=PageOut[UnitOut], summary="Units of the command structure")
@needs("accounts.read")
def units(request: HttpRequest, paging: Query[Paging]) -> Page[Unit]:
    """By code."""
    return page(queries.units(actor_of(request)), ("code",), limit=paging.limit, cursor=paging.cursor)


@router.get("/users", response=PageOut[UserOut], summary="People who sign in")
@needs("accounts.read")
def users(request: HttpRequest, wanted: Query[UserFilter]) -> Page[User]:
    """Those with a role, past or present, in the units where one may read accounts; by user name."""
    found = queries.users(actor_of(request), q=wanted.q, active=wanted.active)
    return page(found, ("username",), limit=wanted.limit, cursor=wanted.cursor)


@router.get("/memberships", response=PageOut[MembershipOut], summary="Who holds which role where now")
@needs("accounts.read")
def memberships(request: HttpRequest, paging: Query[Paging]) -> Page[Membership]:
    """In order of their beginning."""
    found = queries.members(actor_of(request), at=clock.now())
    return page(found, ("started_at", "id"), limit=paging.limit, cursor=paging.cursor)


@router.get("/journal", response=PageOut[EntryOut], tags=["journal"], summary="What happened, latest first")
@needs("journal.read")
def journal(request: HttpRequest, wanted: Query[JournalFilter]) -> Page[JournalEntry]:
    """By unit, person, subject, command, user or time of recording."""
    asked = wanted.model_dump(exclude={"limit", "cursor", "actor"})
    found = queries.journal(actor_of(request), actor_id=wanted.actor, **asked)
    return page(found, ("-id",), limit=wanted.limit, cursor=wanted.cursor)


@router.get("/alarms", response=PageOut[AlarmOut], tags=["alarms"], summary="Alarms, oldest first")
@needs("alarms.read")
def alarms(request: HttpRequest, wanted: Query[AlarmFilter]) -> Page[Alarm]:
    """Open ones unless asked otherwise."""
    found = queries.alarms(actor_of(request), state=wanted.state, unit=wanted.unit, kind=wanted.kind)
    return page(found, ("raised_at", "id"), limit=wanted.limit, cursor=wanted.cursor)


@router.get("/deadlines", response=PageOut[DeadlineOut], tags=["alarms"], summary="What is due, earliest first")
@needs("alarms.read")
def deadlines(request: HttpRequest, wanted: Query[DeadlineFilter]) -> Page[Deadline]:
    """Open ones unless asked otherwise."""
    asked = wanted.model_dump(exclude={"limit", "cursor"})
    return page(
        queries.deadlines(actor_of(request), **asked), ("due_at", "id"), limit=wanted.limit, cursor=wanted.cursor
    )
