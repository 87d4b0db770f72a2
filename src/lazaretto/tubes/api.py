"""Endpoints of tubes: what devices saw, where tubes are."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.screening.commands.capturing import Moment
from lazaretto.screening.queries import round_by_id
from lazaretto.tubes.commands import EventsAnswer, TakenEvent, take_events
from lazaretto.tubes.models import Trail
from lazaretto.tubes.queries.trails import trails
from lazaretto.tubes.rules import HANDLE, MOST_EVENTS, READ

router = Router(tags=["tubes"])


class EventsIn(BaseModel):
    """A batch of events from a device, of a point or of a round. The same `batch` again gets the first answer."""

    model_config = ConfigDict(extra="forbid")

    batch: UUID
    point: UUID | None = None
    round: UUID | None = None
    sent_at: Annotated[
        Moment, Field(description="What the device's clock says now: what it captured is put right by it.")
    ]
    events: Annotated[list[TakenEvent], Field(min_length=1, max_length=MOST_EVENTS)]


_ANSWER = TypeAdapter(EventsAnswer)


class TrailOut(Schema):
    """A tube of a round and where it is. Without `opened_at` nobody's scan names it yet."""

    code: str
    point_id: UUID | None
    opened_at: datetime | None
    sealed_at: datetime | None
    bag: str
    received_at: datetime | None
    rejected_at: datetime | None
    doubts: list[str]


@router.post("/tubes/events", response=dict[str, Any], summary="A batch of events of tubes and bags from a device")
@needs(HANDLE)
def events(request: HttpRequest) -> HttpResponse:
    """Taken in as one transaction. Every event is kept; none is refused for what it says, or for coming late."""
    try:
        given = EventsIn.model_validate_json(request.body)
    except ValidationError as error:
        faults = {".".join(str(part) for part in item["loc"]): item["msg"] for item in error.errors()}
        raise InvalidInput(fields=faults) from error
    actor, device = actor_of(request), request.headers.get("X-Device", "")
    answer = take_events(
        actor=actor.on_device(f"{actor.device} {device}") if device else actor, at=clock.now(), batch=given.batch,
        point=given.point, test_round=given.round, sent_at=given.sent_at, events=given.events,
    )  # fmt: skip
    return HttpResponse(_ANSWER.dump_json(answer), content_type="application/json")


@router.get("/tubes/rounds/{round_id}/tubes", response=PageOut[TrailOut], summary="Tubes of a round, by code")
@needs(READ)
def tube_list(request: HttpRequest, round_id: UUID, given: Query[Paging]) -> Page[Trail]:
    """With the bag that has them."""
    rows = trails(round_by_id(actor_of(request), round_id))
    return page(rows, ["code"], limit=given.limit, cursor=given.cursor)
