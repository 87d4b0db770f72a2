"""Read endpoints of stranded people. What they are known by is for who reads names there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.stranded.choices import CarerKind, State, Why
from lazaretto.stranded.models import Group
from lazaretto.stranded.queries import READ, Line, Member, group_by_number, line_of, lines, listed

router = Router(tags=["stranded"])


class GroupsIn(Paging):
    """Filters of groups."""

    state: Annotated[str, Field(pattern="^(open|unowned|missing|ended|all)$")] = "open"


class StrandedOut(Schema):
    """One of a group, with the clocks that run."""

    id: UUID
    person_id: UUID
    name: str
    known_as: str
    nameless: bool
    age: int | None
    needs: list[str]
    state: State
    to_site: str
    to_place_id: UUID | None
    arrives_by: datetime | None
    carer_kind: CarerKind | None
    carer_until: datetime | None
    stay: str
    place_due_at: datetime | None
    care_due_at: datetime | None
    search_due_at: datetime | None


class GroupOut(Schema):
    """People found together, or a household left without anybody."""

    id: UUID
    number: str
    unit_id: UUID
    why: Why
    where: str
    found_at: datetime
    found_by: str
    cold: bool
    fed_by_us: bool
    owner_id: int | None
    ended_at: datetime | None
    owner_due_at: datetime | None
    meal_due_at: datetime | None
    people: list[StrandedOut]


def _group(line: Line) -> GroupOut:
    group = line.group
    return GroupOut(
        id=group.pk, number=group.number, unit_id=group.unit_id, why=Why(group.why), where=line.where,
        found_at=group.found_at, found_by=group.found_by if line.where else "", cold=group.cold,
        fed_by_us=group.fed_by_us, owner_id=group.owner_id, ended_at=group.ended_at, owner_due_at=line.owner_due,
        meal_due_at=line.meal_due,
        people=[_one(member) for member in line.members],
    )  # fmt: skip


def _one(member: Member) -> StrandedOut:
    row = member.row
    return StrandedOut(
        id=row.pk, person_id=row.person_id, name=member.name, known_as=member.words, nameless=row.nameless,
        age=member.age, needs=list(member.needs), state=State(row.state),
        to_site=row.to_site.code if row.to_site else "", to_place_id=row.to_place_id, arrives_by=row.arrives_by,
        carer_kind=CarerKind(row.carer_kind) if row.carer_kind else None, carer_until=row.carer_until,
        stay=row.stay.number if row.stay else "", place_due_at=member.place_due, care_due_at=member.care_due,
        search_due_at=member.search_due,
    )  # fmt: skip


@router.get("/stranded", response=PageOut[GroupOut], summary="Stranded people by group, those found last first")
@needs(READ)
def listing(request: HttpRequest, given: Query[GroupsIn]) -> Page[GroupOut]:
    """Those in our care, those nobody sees to, those with somebody missing, ended ones, or all."""
    actor = actor_of(request)
    piece = page(listed(actor, given.state), ["-found_at", "-id"], limit=given.limit, cursor=given.cursor)
    return Page(_groups(actor, piece.items), piece.next)


def _groups(actor: Actor, rows: Sequence[Group]) -> list[GroupOut]:
    return [_group(line) for line in lines(actor, rows, at=clock.now())]


@router.get("/stranded/{number}", response=GroupOut, summary="One group of stranded people")
@needs(READ)
def one(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> GroupOut:
    """By its number."""
    actor = actor_of(request)
    return _group(line_of(actor, group_by_number(actor, number), at=clock.now()))
