"""Endpoint of the cadence: when each area is tested next."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.cadence import queries
from lazaretto.cadence.queries import Area
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.protocols.choices import CadenceStep
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.queries import round_by_id
from lazaretto.screening.rules import READ

router = Router(tags=["screening"])


class NextRoundOut(Schema):
    """The next round of an area. `due_on` is what holds: `set_day` of an officer, else `pack_due_on` of the pack."""

    unit_id: UUID
    unit: str
    pack: Annotated[str, Field(description="Key of the rule pack in force there; empty for none.")]
    cadence: Annotated[str, Field(description="Code of the pack's cadence that the rounds follow; empty for none.")]
    confidence: str
    step: CadenceStep | None
    clean_rounds: int | None
    due_on: date | None
    pack_due_on: date | None
    awaits: Annotated[int | None, Field(description="Number of the round whose results decide.")]
    set_at: datetime | None
    set_reason: str
    last_round_id: UUID | None
    planned_round_id: UUID | None
    opens_at: Annotated[datetime, Field(description="As the next round is proposed, with what follows.")]
    deadline_at: datetime
    tube_rule: TubeRule


class PlanOut(Schema):
    """What was due when a round was prepared; all empty for one from before. `late`: it was prepared for a later day
    than `due_on`, for the `reason`.
    """

    round_id: UUID
    cadence: str = ""
    apart: bool = False
    due_on: date | None = None
    late: bool = False
    reason: str = ""
    pack_tubes: Annotated[str, Field(description="The tube rule of the pack; empty where it says none.")] = ""


@router.get("/screening/rounds/{round_id}/plan", response=PlanOut, summary="What was due when a round was prepared")
@needs(READ)
def plan(request: HttpRequest, round_id: UUID) -> PlanOut:
    """By its rule pack, or as an officer had set it."""
    found = queries.plan_of(round_by_id(actor_of(request), round_id))
    return PlanOut.from_orm(found) if found else PlanOut(round_id=round_id)


@router.get("/screening/areas", response=PageOut[NextRoundOut], summary="When each area is tested next")
@needs(READ)
def next_rounds(request: HttpRequest, given: Query[Paging]) -> Page[NextRoundOut]:
    """Areas with a round of the last 60 days, by name."""
    at = clock.now()
    piece = page(queries.tested_units(actor_of(request), at=at), ["name", "id"], limit=given.limit, cursor=given.cursor)
    return Page([_out(area, at) for area in queries.areas(piece.items, at=at)], piece.next)


def _out(area: Area, at: datetime) -> NextRoundOut:
    found, proposed = area.found, queries.proposal(area, at=at)
    return NextRoundOut(
        unit_id=area.unit.pk,
        unit=area.unit.name,
        pack=area.pack.key if area.pack else "",
        cadence=proposed.cadence,
        confidence=area.cadence.source.confidence if area.cadence else "",
        step=CadenceStep(found.step) if found else None,
        clean_rounds=found.clean if found else None,
        due_on=area.due_on,
        pack_due_on=found.due_on if found else None,
        awaits=found.awaits if found else None,
        set_at=area.said.at if area.said else None,
        set_reason=area.said.reason if area.said else "",
        last_round_id=area.last.pk if area.last else None,
        planned_round_id=area.planned.pk if area.planned else None,
        opens_at=proposed.opens_at,
        deadline_at=proposed.deadline_at,
        tube_rule=TubeRule(proposed.tube_rule),
    )
