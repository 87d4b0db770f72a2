"""Endpoints of slots: what stands, who has none, what was proposed."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.screening.queries import round_by_id
from lazaretto.slots import queries
from lazaretto.slots.models import Slot
from lazaretto.slots.rules import READ

router = Router(tags=["slots"])


class RoundSlotOut(Schema):
    """So many of an enterprise come to a point; `part` is their department or dormitory, empty for all of them."""

    id: UUID
    organisation_id: UUID
    part: str
    turn: int
    point_id: UUID
    starts_at: datetime
    ends_at: datetime
    people: int
    portions: list[int]
    waiting: bool


class UnplacedOut(Schema):
    """So many of an enterprise have no slot."""

    organisation_id: UUID
    name: str
    part: str
    people: int
    why: str


class ProposalOut(Schema):
    """What was proposed; `change` says whom it tells something else."""

    id: UUID
    made_at: datetime
    accepted_at: datetime | None
    people: int
    finish: datetime | None
    bound: datetime | None
    gap: int
    mean_way: int | None
    splits: int
    moved: int
    moved_bound: int
    left: list[UnplacedOut]


@router.get("/screening/rounds/{round_id}/slots", response=PageOut[RoundSlotOut], summary="Slots that stand, by time")
@needs(READ)
def slot_list(request: HttpRequest, round_id: UUID, given: Query[Paging]) -> Page[Slot]:
    """Those who wait at a point are among them."""
    of = round_by_id(actor_of(request), round_id)
    rows = queries.current(of).order_by("starts_at", "id")
    return page(rows, ["starts_at", "id"], limit=given.limit, cursor=given.cursor)


@router.get("/screening/rounds/{round_id}/without-slot", response=list[UnplacedOut], summary="Who has no slot, and why")
@needs(READ)
def unplaced_list(request: HttpRequest, round_id: UUID) -> list[UnplacedOut]:
    """Empty until a plan is accepted."""
    of = round_by_id(actor_of(request), round_id)
    found = queries.accepted(of)
    rows = queries.unplaced(of, found, list(queries.current(of))) if found else []
    return [UnplacedOut.from_orm(row) for row in rows]


@router.get("/screening/slot-proposals/{proposal_id}", response=ProposalOut, summary="Slots that were proposed")
@needs(READ)
def one_proposal(request: HttpRequest, proposal_id: UUID) -> ProposalOut:
    """With its bound: nobody could be done sooner."""
    row = queries.proposal_by_id(actor_of(request), proposal_id)
    view = queries.proposal_view(row)
    shown = {name: getattr(view, name) for name in ProposalOut.model_fields if hasattr(view, name) and name != "left"}
    left = [UnplacedOut.from_orm(one) for one in view.left]
    return ProposalOut(id=row.pk, made_at=row.made_at, accepted_at=row.accepted_at, left=left, **shown)
