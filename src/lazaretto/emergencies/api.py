"""Read endpoints of emergencies. Codes are given, not labels; who it concerns only to roles that read names."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.emergencies.choices import EmergencyKind, EmergencyState
from lazaretto.emergencies.models import Emergency
from lazaretto.emergencies.queries import READ, emergencies, emergency_by_number, who_is
from lazaretto.places.queries import site_by_code

router = Router(tags=["emergencies"])


class EmergenciesIn(Paging):
    """Filters of emergencies."""

    site: Annotated[str, Field(max_length=12, description="Code of a site; empty for all.")] = ""
    open: bool | None = Field(None, description="True: going on; false: closed or a false alarm.")
    state: EmergencyState | None = None
    kind: EmergencyKind | None = None
    owned: bool | None = Field(None, description="False: nobody has it.")


class StepOut(Schema):
    """A row of the timeline."""

    step: str
    at: datetime
    by_id: int | None
    words: str | None


class ReviewOut(Schema):
    """What was learnt."""

    lessons: str
    reviewer_id: int
    at: datetime


class EmergencyOut(Schema):
    """An emergency with its timeline. `site` is null in the street; `who` is empty for roles that read no names."""

    id: UUID
    number: str
    site: str | None
    room: str | None
    person_id: UUID | None
    who: str = Field(alias="told_who")
    where: str | None
    what: str | None
    kind: str
    first_word_at: datetime
    state: str
    owner_id: int | None
    owned_at: datetime | None
    closed_at: datetime | None
    steps: list[StepOut]
    review: ReviewOut | None

    @staticmethod
    def resolve_site(emergency: Emergency) -> str | None:
        return emergency.site.code if emergency.site else None

    @staticmethod
    def resolve_room(emergency: Emergency) -> str | None:
        return emergency.room.number if emergency.room else None

    @staticmethod
    def resolve_steps(emergency: Emergency) -> list[Any]:
        return sorted(emergency.steps.all(), key=lambda step: step.position)

    @staticmethod
    def resolve_review(emergency: Emergency) -> Any:
        return getattr(emergency, "review", None)


@router.get("/emergencies", response=PageOut[EmergencyOut], summary="Emergencies, the latest first")
@needs(READ)
def listing(request: HttpRequest, given: Query[EmergenciesIn]) -> Page[Emergency]:
    """Open and ended ones."""
    actor = actor_of(request)
    found = emergencies(actor).prefetch_related("steps")
    if given.site:
        found = found.filter(site=site_by_code(actor, given.site))
    if given.open is not None:
        found = found.filter(closed_at__isnull=given.open)
    if given.owned is not None:
        found = found.filter(owner__isnull=not given.owned)
    exact = {name: value for name, value in (("state", given.state), ("kind", given.kind)) if value is not None}
    piece = page(found.filter(**exact), ["-first_word_at", "-id"], limit=given.limit, cursor=given.cursor)
    return Page([_told(request, row) for row in piece.items], piece.next)


@router.get("/emergencies/{number}", response=EmergencyOut, summary="One emergency")
@needs(READ)
def one(request: HttpRequest, number: Annotated[str, Path(max_length=30)]) -> Emergency:
    """By its number."""
    return _told(request, emergency_by_number(actor_of(request), number))


def _told(request: HttpRequest, row: Emergency) -> Emergency:
    """With whom it concerns, as far as this actor reads names."""
    row.told_who = who_is(actor_of(request), row)  # type: ignore[attr-defined]  # read by the schema
    return row
