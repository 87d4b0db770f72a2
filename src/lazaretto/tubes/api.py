"""Endpoints of tubes: what devices saw."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.screening.commands.capturing import Moment
from lazaretto.tubes.commands import EventsAnswer, TakenEvent, take_events
from lazaretto.tubes.rules import HANDLE, MOST_EVENTS

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
