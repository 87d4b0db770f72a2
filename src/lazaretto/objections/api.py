"""Read endpoints of objections. What was said is for roles that read objections there, who all work with the person."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.objections.choices import About, Level, OfferAnswer, OfferKind, State
from lazaretto.objections.models import Objection
from lazaretto.objections.queries import READ, objection_by_number, objections
from lazaretto.places.queries import site_by_code

router = Router(tags=["objections"])


class ObjectionsIn(Paging):
    """Filters of objections."""

    site: Annotated[str, Field(max_length=12, description="Code of a site; empty for all.")] = ""
    state: State | None = None
    level: Level | None = None
    about: About | None = None


class ConversationOut(Schema):
    """A conversation, both sides of it."""

    at: datetime
    by_id: int
    level: Level
    language: str
    with_whom: str
    explained: str
    said: str


class OfferOut(Schema):
    """What was offered, and what they said to it."""

    id: UUID
    kind: OfferKind
    words: str | None
    at: datetime
    answer: OfferAnswer
    answered_at: datetime | None


class NoticeOut(Schema):
    """A medical observation notice that was issued to them."""

    number: str
    language: str
    issued_at: datetime


class ObjectionOut(Schema):
    """An objection with what was said and offered."""

    id: UUID
    number: str
    site: str
    stay_id: UUID
    about: About
    transfer_order_id: UUID | None
    reason: str
    language: str
    level: Level
    state: State
    raised_at: datetime
    owner_id: int
    reply_due_at: datetime
    reply: str | None
    closed_at: datetime | None
    handed_at: datetime | None
    conversations: list[ConversationOut]
    offers: list[OfferOut]
    notices: list[NoticeOut]

    @staticmethod
    def resolve_site(objection: Objection) -> str:
        return objection.stay.site.code

    @staticmethod
    def resolve_conversations(objection: Objection) -> list[Any]:
        return sorted(objection.conversations.all(), key=lambda row: (row.at, row.pk))

    @staticmethod
    def resolve_offers(objection: Objection) -> list[Any]:
        return sorted(objection.offers.all(), key=lambda row: (row.at, row.pk))

    @staticmethod
    def resolve_notices(objection: Objection) -> list[Any]:
        return sorted(objection.notices.all(), key=lambda row: (row.issued_at, row.pk))


@router.get("/objections", response=PageOut[ObjectionOut], summary="Objections, the latest first")
@needs(READ)
def listing(request: HttpRequest, given: Query[ObjectionsIn]) -> Page[Objection]:
    """Open and ended ones."""
    actor = actor_of(request)
    found = objections(actor).prefetch_related("conversations", "offers", "notices")
    if given.site:
        found = found.filter(stay__site=site_by_code(actor, given.site))
    values = (("state", given.state), ("level", given.level), ("about", given.about))
    found = found.filter(**{name: value for name, value in values if value is not None})
    return page(found, ["-raised_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/objections/{number}", response=ObjectionOut, summary="One objection")
@needs(READ)
def one(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> Objection:
    """By its number."""
    return objection_by_number(actor_of(request), number)
