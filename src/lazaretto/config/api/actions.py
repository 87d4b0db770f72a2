"""Commands through the API: one route for all of them; the description names each."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from lazaretto.accounts.doors import actor_of, signed_in
from lazaretto.config.api.problems import BadRequest
from lazaretto.core import clock
from lazaretto.core.commands import REGISTRY, Command
from lazaretto.core.errors import DomainError, InvalidInput, NotFound

router = Router(tags=["commands"])

# A device's clock may be a little fast; facts captured without a network may be a week late (a phone keeps its queue
# no longer: iOS Safari empties storage after seven days). Both times stand in the journal.
FAST = timedelta(minutes=5)
LATE = timedelta(days=7)


class OccurredInFuture(DomainError):
    """`X-Occurred-At` lies ahead of the server's clock."""

    code = "occurred_in_future"
    status = 422
    message = _("This is said to have happened in the future.")
    next_step = _("Set the clock of the device right.")


class OccurredTooLongAgo(DomainError):
    """`X-Occurred-At` lies more than seven days back."""

    code = "occurred_too_long_ago"
    status = 422
    message = _("This is said to have happened more than seven days ago.")
    next_step = _("Enter it with the present time, and write in the reason when it happened.")


class CommandOut(Schema):
    """A command as the catalogue shows it."""

    name: str
    capability: str
    district: bool
    allowed: bool
    description: str
    input: dict[str, Any]


class Catalogue(Schema):
    """All commands."""

    items: list[CommandOut]


@router.get("/commands", response=Catalogue, summary="Every command, and whether one may run it")
@signed_in
def catalogue(request: HttpRequest) -> dict[str, Any]:
    """Whether `allowed` somewhere; where exactly, the command decides by its objects."""
    actor = actor_of(request)
    return {
        "items": [
            {
                "name": command.name,
                "capability": command.capability,
                "district": command.district,
                "allowed": command.open_to(actor),
                "description": describe(command),
                "input": command.input_model.model_json_schema(),
            }
            for command in offered()
        ]
    }


@router.post("/commands/{name}", include_in_schema=False)
@signed_in
def run(request: HttpRequest, name: str) -> HttpResponse:
    """Run a command. Headers: `Idempotency-Key` (UUID), `X-Occurred-At` (ISO 8601), `X-Device`."""
    command = REGISTRY.get(name)
    if command is None or command.internal:
        raise NotFound(command=name)
    now = clock.now()
    actor = actor_of(request)
    device = request.headers.get("X-Device", "")
    answer = command.invoke(
        actor=actor.on_device(f"{actor.device} {device}") if device else actor,
        at=_moment_of(command, request, now),
        payload=_body(request),
        client_id=_client_id(request),
    )
    return HttpResponse(command.result.dump_json(answer), content_type="application/json")


def offered() -> list[Command[Any, Any]]:
    """The commands that the API offers, by name."""
    return [REGISTRY[name] for name in sorted(REGISTRY) if not REGISTRY[name].internal]


def describe(command: Command[Any, Any]) -> str:
    """The docstring of a command as one text."""
    return " ".join((command.__doc__ or "").split())


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        text = request.body.decode()
        found = json.loads(text or "{}", parse_constant=_refuse)
        _readable(found)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    if not isinstance(found, dict):
        raise InvalidInput(next_step=_("Send one JSON object."))
    return found


def _readable(value: Any) -> None:
    """Raises ValueError for text that no database keeps: half a surrogate pair, the NUL character."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError(value)
        value.encode()
    elif isinstance(value, dict):
        for name, part in value.items():
            _readable(name)
            _readable(part)
    elif isinstance(value, list):
        for part in value:
            _readable(part)


def _refuse(word: str) -> None:
    raise ValueError(word)


def _client_id(request: HttpRequest) -> UUID | None:
    value = request.headers.get("Idempotency-Key")
    if value is None:
        return None
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidInput(fields={"Idempotency-Key": "not a UUID"}) from error


def _moment_of(command: Command[Any, Any], request: HttpRequest, now: datetime) -> datetime:
    try:
        return _occurred_at(request, now)
    except (InvalidInput, OccurredInFuture, OccurredTooLongAgo):
        if not command.any_clock:
            raise
        return now


def _occurred_at(request: HttpRequest, now: datetime) -> datetime:
    value = request.headers.get("X-Occurred-At")
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidInput(fields={"X-Occurred-At": "not a moment in ISO 8601"}) from error
    if at.tzinfo is None:
        raise InvalidInput(fields={"X-Occurred-At": "the offset from UTC is missing"})
    if at - now > FAST:
        raise OccurredInFuture
    if now - at > LATE:
        raise OccurredTooLongAgo
    return min(at, now)
