"""Read endpoints of orders. Codes are given, not labels; addresses and words only to roles that read names there."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.orders.choices import OrderState
from lazaretto.orders.models import ExceptionRequest, OrderPerson, TransferOrder
from lazaretto.orders.queries import exceptions as asked
from lazaretto.orders.queries import orders as queries
from lazaretto.orders.queries.agreement import agreement_of
from lazaretto.orders.queries.destinations import Destination, destinations, wish_of
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.places.queries import site_by_code
from lazaretto.protocols.choices import Category

router = Router(tags=["orders"])
READ, DRAFT = queries.READ, "orders.draft"


class OrdersIn(Paging):
    """Filters of transfer orders."""

    site: Annotated[str, Field(max_length=12, description="Code of a site at one of the ends; empty for all.")] = ""
    state: OrderState | None = None
    open: bool | None = Field(None, description="True: not yet ended; false: fulfilled or withdrawn.")


class CheckOut(Schema):
    """What a source said; the words are null for roles that read no names."""

    source: str
    identity: str
    identity_words: str | None
    address: str
    address_words: str | None
    told_by: str | None
    at: datetime
    by_id: int


class OrderPersonOut(Schema):
    """One person of an order. `agreed`: two sources say the same about who and where, and none says otherwise."""

    person_id: UUID
    name: str
    address: str | None
    state: str
    handover: str | None
    arrived_at: datetime | None
    agreed: bool
    checks: list[CheckOut]


class TransferOrderOut(Schema):
    """A transfer order. Each end is a site's code or the id of a place of others. `waits_for` says what is next."""

    id: UUID
    number: str
    issuer: str
    issuer_number: str
    from_site: str | None
    from_place_id: UUID | None
    to_site: str | None
    to_place_id: UUID | None
    category: str
    reason: str | None
    urgency: str
    papers: list[str]
    state: str
    waits_for: str
    valid_until: datetime
    written_at: datetime
    issued_at: datetime | None
    ended_at: datetime | None
    overridden_by_id: int | None
    people: list[OrderPersonOut]


class DestinationsIn(Schema):
    """Who has to go."""

    category: Category
    person: list[UUID] = Field([], max_length=200, description="People on record; their needs are read from there.")
    more: Annotated[int, Field(ge=0, le=500, description="How many others go along.")] = 0
    need: list[NeedKind] = Field([], max_length=20, description="Needs of the others.")
    leaves: Annotated[str, Field(max_length=60, description="`site:<code>` or `place:<id>` where they are.")] = ""


class DestinationOut(Schema):
    """A place with what speaks for it and against it. Rooms are those of our own sites."""

    key: str
    name: str
    ours: bool
    proposed: bool
    free: int
    coming: int
    left: int
    fits: list[str]
    cautions: list[str]
    obstacles: list[str]
    lacking: list[str]


class ExceptionsIn(Paging):
    """Filters of requests."""

    site: Annotated[str, Field(max_length=12, description="Code of a site; empty for all.")] = ""
    open: bool | None = Field(None, description="True: nobody has decided yet.")


class DecisionOut(Schema):
    """How a request ended."""

    verdict: str
    words: str | None
    at: datetime
    by_id: int


class ExceptionOut(Schema):
    """A request to admit somebody without an order. With a stay they were admitted first."""

    id: UUID
    number: str
    site: str
    person_id: UUID
    name: str
    stay: str | None
    missing: list[str]
    why_now: str | None
    asked_at: datetime
    asked_by_id: int | None
    approver_id: int | None
    due_at: datetime
    decision: DecisionOut | None


@router.get("/transfer-orders", response=PageOut[TransferOrderOut], summary="Transfer orders, the latest first")
@needs(READ)
def listing(request: HttpRequest, given: Query[OrdersIn]) -> Page[Any]:
    """Open and ended ones."""
    actor = actor_of(request)
    found = queries.with_people(queries.orders(actor))
    if given.site:
        site = site_by_code(actor, given.site)
        found = found.filter(from_site=site) | found.filter(to_site=site)
    if given.state is not None:
        found = found.filter(state=given.state)
    if given.open is not None:
        found = found.filter(ended_at__isnull=given.open)
    piece = page(found, ["-written_at", "-id"], limit=given.limit, cursor=given.cursor)
    names = display_names(actor, [line.person for row in piece.items for line in row.people.all()])
    at = clock.now()
    return Page([_order(actor, row, names, at) for row in piece.items], piece.next)


@router.get("/transfer-orders/{number}", response=TransferOrderOut, summary="One transfer order")
@needs(READ)
def one(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> dict[str, Any]:
    """By its number."""
    actor = actor_of(request)
    found = queries.order_by_number(actor, number)
    return _order(actor, found, display_names(actor, [line.person for line in found.people.all()]), clock.now())


def _order(actor: Actor, row: TransferOrder, names: dict[UUID, str], at: datetime) -> dict[str, Any]:
    reads = queries.reads_names(actor, row)
    plain = (
        "id", "number", "issuer", "issuer_number", "category", "urgency", "papers", "state", "valid_until",
        "written_at", "issued_at", "ended_at", "overridden_by_id",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "from_site": row.from_site.code if row.from_site else None,
        "from_place_id": row.from_external_id,
        "to_site": row.to_site.code if row.to_site else None,
        "to_place_id": row.to_external_id,
        "reason": row.reason if reads else None,
        "waits_for": queries.waits_for(row, at=at),
        "people": [_person(line, names, reads=reads) for line in row.people.all()],
    }


def _person(line: OrderPerson, names: dict[UUID, str], *, reads: bool) -> dict[str, Any]:
    return {
        "person_id": line.person_id,
        "name": names[line.person_id],
        "address": line.address if reads else None,
        "state": line.state,
        "handover": line.handover.number if line.handover else None,
        "arrived_at": line.arrived_at,
        "agreed": agreement_of(line).reached,
        "checks": [
            {
                **{name: getattr(check, name) for name in ("source", "identity", "address", "at", "by_id")},
                **{
                    name: getattr(check, name) if reads else None
                    for name in ("identity_words", "address_words", "told_by")
                },
            }
            for check in line.checks.all()
            if check.edition == line.edition
        ],
    }


@router.get("/transfer-destinations", response=list[DestinationOut], summary="Where people can go, and why not there")
@needs(DRAFT)
def proposals(request: HttpRequest, given: Query[DestinationsIn]) -> list[Destination]:
    """The proposed places first."""
    people = Person.objects.visible_to(actor_of(request), DRAFT).filter(pk__in=given.person)
    wish = wish_of(
        list(people.values_list("pk", flat=True)), given.category, more=given.more, needs=given.need,
        leaves=given.leaves,
    )  # fmt: skip
    return destinations(wish)


@router.get("/admission-exceptions", response=PageOut[ExceptionOut], summary="Requests to admit without an order")
@needs(READ)
def exceptions(request: HttpRequest, given: Query[ExceptionsIn]) -> Page[Any]:
    """The latest first."""
    actor = actor_of(request)
    found = asked.exceptions(actor)
    if given.site:
        found = found.filter(site=site_by_code(actor, given.site))
    if given.open is not None:
        found = found.filter(decision__isnull=given.open)
    piece = page(found, ["-asked_at", "-id"], limit=given.limit, cursor=given.cursor)
    names = display_names(actor, [row.person for row in piece.items])
    return Page([_exception(actor, row, names) for row in piece.items], piece.next)


@router.get("/admission-exceptions/{number}", response=ExceptionOut, summary="One request to admit without an order")
@needs(READ)
def exception(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> dict[str, Any]:
    """By its number."""
    actor = actor_of(request)
    found = asked.exception_by_number(actor, number)
    return _exception(actor, found, display_names(actor, [found.person]))


def _exception(actor: Actor, row: ExceptionRequest, names: dict[UUID, str]) -> dict[str, Any]:
    reads = actor.may(queries.NAMES, row.unit_id)
    decision = getattr(row, "decision", None)
    plain = ("id", "number", "person_id", "missing", "asked_at", "asked_by_id", "approver_id", "due_at")
    return {
        **{name: getattr(row, name) for name in plain},
        "site": row.site.code,
        "name": names[row.person_id],
        "stay": row.stay.number if row.stay else None,
        "why_now": row.why_now if reads else None,
        "decision": {
            "verdict": decision.verdict,
            "words": decision.words if reads else None,
            "at": decision.at,
            "by_id": decision.by_id,
        }
        if decision is not None
        else None,
    }
