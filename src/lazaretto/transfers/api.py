"""Read endpoints of transfers: who is where, what is under way, what is asked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.custody.models import Handover, Holding, Question
from lazaretto.people.queries import display_names
from lazaretto.transfers import queries
from lazaretto.transfers.models import PlaceWord
from lazaretto.transfers.queries.whereabouts import READ

router = Router(tags=["transfers"])
HEALTH = "stays.health"


class Moment(Paging):
    """When; now if nothing is said."""

    at: AwareDatetime | None = Field(None, description="A moment of the past, with its offset; empty for now.")


class OpenOnly(Paging):
    """Filters of what can be open or closed."""

    open: bool | None = Field(None, description="True: not yet closed; false: closed.")


class WhereOut(Schema):
    """One person: at a site, at a place of others, or under way; one of the three. Names are masked for some roles."""

    person_id: UUID
    name: str
    site: str | None
    place_id: UUID | None
    handover: str | None
    since: datetime


class HandedOut(Schema):
    """One person of a handover."""

    person_id: UUID
    outcome: str
    settled_at: datetime | None


class HandoverOut(Schema):
    """A handover with its people. Each end is a site's code or the id of a place of others."""

    id: UUID
    number: str
    from_site: str | None
    from_place_id: UUID | None
    to_site: str | None
    to_place_id: UUID | None
    carrier: str
    escort: str
    signed_out_at: datetime
    due_at: datetime
    closed_at: datetime | None
    people: list[HandedOut]


class QuestionOut(Schema):
    """Two places contradict each other about somebody."""

    id: UUID
    person_id: UUID
    conflict: str
    first_site: str | None
    second_site: str | None
    opened_at: datetime
    closed_at: datetime | None
    explained: bool
    answer: str


class PlaceOut(Schema):
    """A place that others run."""

    id: UUID
    kind: str
    name: str
    name_en: str
    district: str
    address: str
    phone: str
    abilities: list[str]


class PlaceWordOut(Schema):
    """What a place of others told about somebody who is there."""

    id: UUID
    handover: str = Field(alias="handover.number")
    person_id: UUID
    place_id: UUID
    kind: str
    text: str
    told_by: str
    told_at: datetime


@router.get("/place-words", response=PageOut[PlaceWordOut], summary="What hospitals and others told about our people")
@needs(HEALTH)
def place_words(request: HttpRequest, given: Query[Paging]) -> Page[PlaceWord]:
    """The latest first; about people whom one's own sites sent there."""
    rows = PlaceWord.objects.visible_to(actor_of(request), HEALTH).select_related("handover")
    return page(rows, ["-told_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/whereabouts", response=PageOut[WhereOut], summary="Where everyone is, now or at a past moment")
@needs(READ)
def whereabouts(request: HttpRequest, given: Query[Moment]) -> Page[Any]:
    """By person."""
    actor = actor_of(request)
    at = queries.past(given.at, now=clock.now()) if given.at else None
    piece = page(queries.holdings(actor, at=at).order_by(), ["person_id", "id"], limit=given.limit, cursor=given.cursor)
    names = display_names(actor, [row.person for row in piece.items])
    return Page([_where(row, names[row.person_id]) for row in piece.items], piece.next)


def _where(row: Holding, name: str) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "name": name,
        "site": row.site.code if row.site else None,
        "place_id": row.external_id,
        "handover": row.handover.number if row.handover else None,
        "since": row.started_at,
    }


@router.get("/handovers", response=PageOut[HandoverOut], summary="Handovers from and to one's places")
@needs(READ)
def handovers(request: HttpRequest, given: Query[OpenOnly]) -> Page[Any]:
    """The latest first."""
    rows = Handover.objects.visible_to(actor_of(request), READ)
    if given.open is not None:
        rows = rows.filter(closed_at__isnull=given.open)
    found = rows.select_related("from_site", "to_site").prefetch_related("people")
    piece = page(found, ["-signed_out_at", "-id"], limit=given.limit, cursor=given.cursor)
    return Page([_handover(row) for row in piece.items], piece.next)


def _handover(row: Handover) -> dict[str, Any]:
    names = ("id", "number", "carrier", "escort", "signed_out_at", "due_at", "closed_at")
    return {
        **{name: getattr(row, name) for name in names},
        "from_site": row.from_site.code if row.from_site else None,
        "from_place_id": row.from_external_id,
        "to_site": row.to_site.code if row.to_site else None,
        "to_place_id": row.to_external_id,
        "people": [
            {"person_id": one.person_id, "outcome": one.outcome, "settled_at": one.settled_at}
            for one in row.people.all()
        ],
    }


@router.get("/custody-questions", response=PageOut[QuestionOut], summary="Contradictions about where people are")
@needs(READ)
def questions(request: HttpRequest, given: Query[OpenOnly]) -> Page[Any]:
    """The latest first."""
    rows = Question.objects.visible_to(actor_of(request), READ).select_related("first_site", "second_site")
    if given.open is not None:
        rows = rows.filter(closed_at__isnull=given.open)
    piece = page(rows, ["-opened_at", "-id"], limit=given.limit, cursor=given.cursor)
    return Page([_question(row) for row in piece.items], piece.next)


def _question(row: Question) -> dict[str, Any]:
    names = ("id", "person_id", "conflict", "opened_at", "closed_at", "explained", "answer")
    sites = {"first_site": row.first_site, "second_site": row.second_site}
    return {
        **{name: getattr(row, name) for name in names},
        **{name: site.code if site else None for name, site in sites.items()},
    }


@router.get("/places", response=PageOut[PlaceOut], summary="Places that others run: hospitals, homes, airports")
@needs(READ)
def places(request: HttpRequest, given: Query[Paging]) -> Page[Any]:
    """Those that can be chosen."""
    return page(queries.places(actor_of(request)), ["id"], limit=given.limit, cursor=given.cursor)
