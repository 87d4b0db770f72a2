"""Endpoints of slots: what stands, who has none, what was proposed, who knows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.people.queries import name_for
from lazaretto.screening.choices import RoundState
from lazaretto.screening.queries import round_by_id
from lazaretto.slots import queries
from lazaretto.slots.models import Slot
from lazaretto.slots.queries.supplies import ShiftLine
from lazaretto.slots.rules import READ, Needs

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
    """What was proposed. `told_otherwise`: enterprises that would lose what they were told; `slots.accept` takes
    the number as `agreed`.
    """

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
    told_otherwise: int
    left: list[UnplacedOut]


class ShiftOut(Schema):
    """Who works from then until then, and how many people come."""

    begins_at: datetime
    ends_at: datetime
    people: int
    registrars: int
    samplers: int
    guides: int


class PointSuppliesOut(Schema):
    """What a point needs, and what is there: `staff` at the same time and `tables` for its fullest shift are needed,
    `there` (null where nobody said) and `tables_there` are there.
    """

    point_id: UUID
    people: int
    tubes: int
    swabs: int
    suits: int
    staff: int
    there: int | None
    tables: int
    tables_there: int
    shifts: list[ShiftOut]


class SuppliesOut(Schema):
    """Staff and supplies of a round, reserve included; `nowhere`: people for whom no point is open.

    Of a round that is `closed` or `cancelled` nothing of it is needed any more.
    """

    state: RoundState
    people: int
    tubes: int
    swabs: int
    suits: int
    staff: int
    unplaced: int
    nowhere: int
    points: list[PointSuppliesOut]
    shifts: list[ShiftOut]


class SlotNoticeOut(Schema):
    """What an enterprise is to be told, and what it knows. `digest` is what `slots.tell` takes as `read`."""

    organisation_id: UUID
    name: str
    people: int
    state: str
    digest: str
    last_at: datetime | None


class SlotNoticeStepOut(Schema):
    """Who was told, or said that they know: by whom, when and how."""

    step: str
    means: str
    who: str
    by: str
    at: datetime


class SlotNoticeTextOut(SlotNoticeOut):
    """The notice itself, and everything that was done about it."""

    text: str
    steps: list[SlotNoticeStepOut]


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
    shown["told_otherwise"] = queries.losing_by(row, clock.now())
    return ProposalOut(id=row.pk, made_at=row.made_at, accepted_at=row.accepted_at, left=left, **shown)


@router.get(
    "/screening/rounds/{round_id}/supplies", response=SuppliesOut, summary="Staff and supplies that a round needs"
)
@needs(READ)
def round_supplies(request: HttpRequest, round_id: UUID) -> dict[str, Any]:
    """From the slots that stand and, for whoever has none, from the roster."""
    of = round_by_id(actor_of(request), round_id)
    found = queries.supplies(of, queries.accepted(of))
    points = [
        {
            **_box(row.needed.needs), "point_id": row.point.pk, "staff": row.needed.staff, "there": row.point.staff,
            "tables": row.needed.tables, "tables_there": row.point.tables, "shifts": _shifts(row.shifts),
        }
        for row in found.points
    ]  # fmt: skip
    return {
        **_box(found.needs), "state": of.state, "staff": found.staff, "unplaced": found.unplaced,
        "nowhere": found.nowhere, "points": points, "shifts": _shifts(found.shifts),
    }  # fmt: skip


def _box(needed: Needs) -> dict[str, int]:
    return {name: getattr(needed, name) for name in ("people", "tubes", "swabs", "suits")}


def _shifts(lines: list[ShiftLine]) -> list[dict[str, Any]]:
    names = ("people", "registrars", "samplers", "guides")
    return [
        {"begins_at": line.begins_at, "ends_at": line.ends_at, **{name: getattr(line.shift, name) for name in names}}
        for line in lines
    ]


def _notice(found: queries.Holder) -> dict[str, Any]:
    return {
        "organisation_id": found.organisation.pk, "name": found.organisation.name, "people": found.people,
        "state": found.state.value, "digest": found.digest, "last_at": found.last.at if found.last else None,
    }  # fmt: skip


@router.get("/screening/rounds/{round_id}/slot-notices", response=list[SlotNoticeOut], summary="Who knows their slots")
@needs(READ)
def notice_list(request: HttpRequest, round_id: UUID) -> list[dict[str, Any]]:
    """Enterprises by the time they come: `untold`, `stale`, `told`, `confirmed`."""
    return [_notice(one) for one in queries.holders(round_by_id(actor_of(request), round_id), at=clock.now())]


@router.get(
    "/screening/rounds/{round_id}/slot-notices/{organisation_id}",
    response=SlotNoticeTextOut,
    summary="What an enterprise is told of its slots",
)
@needs(READ)
def one_notice(
    request: HttpRequest, round_id: UUID, organisation_id: UUID, language: str = "zh-hans"
) -> dict[str, Any]:
    """`language`: zh-hans or en."""
    actor = actor_of(request)
    of = round_by_id(actor, round_id)
    found = queries.holder(of, organisation_id, at=clock.now())
    steps = [
        {
            "step": one.step, "means": one.means, "who": name_for(actor, one.who, unit_id=of.unit_id),
            "by": str(one.by or ""), "at": one.at,
        }
        for one in found.notices
    ]  # fmt: skip
    return {**_notice(found), "text": queries.wording(found, language).text, "steps": steps}
