"""Writes: states of rooms, one edge of the declared table at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core import states
from lazaretto.core.access import Actor
from lazaretto.core.bulk import Changed, Fresh, write_together
from lazaretto.core.commands import command, record_all
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, ReasonRequired, StaleState, whole
from lazaretto.core.journal import Note
from lazaretto.core.prepared import prepared
from lazaretto.places import rules
from lazaretto.places.choices import RoomState, SiteState
from lazaretto.places.errors import RoomNotOccupied, RoomNotReady, SiteNotActivated
from lazaretto.places.models import Room, RoomStateChange, Site


@dataclass(frozen=True)
class RoomStateChanged:
    """A room after its change of state."""

    room_id: UUID
    before: str
    after: str


@dataclass(frozen=True)
class RoomStatesChanged:
    """Rooms after a change of state together."""

    after: str
    rooms: int


@command("places.change_room_state", capability="places.rooms")
def change_room_state(
    *, actor: Actor, at: datetime, room: Room, after: RoomState, before: str = "", reason: str = ""
) -> RoomStateChanged:
    """Take a room one step on. With `before`, only if the room is still so (`StaleState`).

    Raises `IllegalTransition` for a step that the table does not have or that only a stay's command takes,
    `Forbidden` when the edge asks for another role, `ReasonRequired` for taking it out of service.
    """
    if before and room.state != before:
        raise StaleState(room=room.number, state=room.state)
    was = room.state
    _step([room], after, actor, at, reason)
    return RoomStateChanged(room.id, was, after)


@command("places.change_room_states", capability="places.rooms")
def change_room_states(
    *, actor: Actor, at: datetime, site: Site, rooms: list[UUID], after: RoomState, reason: str = ""
) -> RoomStatesChanged:
    """Take rooms of one site one step on together; all or none. Raises as `change_room_state`, `NotFound`."""
    found = list(_lockable().filter(site=site, pk__in=rooms).order_by("id"))
    if len(found) != len(set(rooms)) or not found:
        raise NotFound(rooms=len(set(rooms)) - len(found))
    _step(found, after, actor, at, reason)
    return RoomStatesChanged(after, len(found))


def _step(rooms: Sequence[Room], after: RoomState, actor: Actor, at: datetime, reason: str) -> None:
    for room in rooms:
        edge = states.edge(rules.ROOM_EDGES, room.state, after)
        if edge is None or edge.through:
            raise IllegalTransition(room=room.number, before=room.state, after=after)
        if not actor.may(edge.capability, _unit(room)):
            raise Forbidden(capability=edge.capability)
    if after in rules.REASON_NEEDED and not reason.strip():
        raise ReasonRequired
    _write(rooms, after, actor, at, whole(reason, 200))


def occupy_room(*, actor: Actor, at: datetime, room: Room) -> bool:
    """A stay takes a locked room: ready → occupied. Called by the commands of stays, inside their transaction only.

    Answers False when the room is occupied already (the household is in it; the constraint on occupancies says who
    may join them). Raises `SiteNotActivated`, `RoomNotReady`.
    """
    if room.site.state != SiteState.ACTIVE:
        raise SiteNotActivated(site=room.site.code, state=room.site.state)
    if room.state == RoomState.OCCUPIED:
        return False
    if states.edge(rules.ROOM_EDGES, room.state, RoomState.OCCUPIED) is None:
        raise RoomNotReady(room=room.number, state=room.state)
    _write([room], RoomState.OCCUPIED, actor, at, "")
    return True


def vacate_room(
    *,
    actor: Actor,
    at: datetime,
    room: Room,
    entered: bool = True,
    kept: bool = False,
    beside: Sequence[Changed] = (),
) -> None:
    """The last stay leaves a locked room: occupied → to clean, → ready if nobody set foot in it, → held if it is kept.

    Called by the commands of stays, inside their transaction, once nobody else is left; `beside` is what ends for those
    who leave, written in the same statement. Why they left is said of the stay, not of the room. Raises
    `RoomNotOccupied`.
    """
    if room.state != RoomState.OCCUPIED:
        raise RoomNotOccupied(room=room.number, state=room.state)
    _write([room], _left_as(entered=entered, kept=kept), actor, at, "", beside)


def give_up_room(*, actor: Actor, at: datetime, room: Room) -> None:
    """A room is kept for nobody any more: held → to clean. Called by commands of stays, inside their transaction."""
    room = _locked(room)
    if room.state == RoomState.HELD:
        _write([room], RoomState.TO_CLEAN, actor, at, "")


def _left_as(*, entered: bool, kept: bool) -> RoomState:
    if kept:
        return RoomState.HELD
    return RoomState.TO_CLEAN if entered else RoomState.READY


def _lockable() -> QuerySet[Room]:
    return Room.objects.select_for_update(of=("self",)).select_related("site")


@prepared
def _one(room: Any) -> QuerySet[Room]:
    return _lockable().filter(pk=room)


def _locked(room: Room) -> Room:
    return _one(room=room.pk)[0]


def _unit(room: Room) -> UUID:
    unit_id: UUID = room.site.unit_id
    return unit_id


def _write(
    rooms: Sequence[Room], after: RoomState, actor: Actor, at: datetime, reason: str, beside: Sequence[Changed] = ()
) -> None:
    """The rooms, their rows of history and the journal. A room that changed meanwhile stops everything."""
    moved = [(str(after), at, room.pk, room.state) for room in rooms]
    changes = [(room.pk, room.state, str(after), at, actor.user_id, reason) for room in rooms]
    steps = *beside, Changed(Room, ("state", "state_since"), moved, by=("id", "state"))
    missed = sum(len(step.rows) for step in steps) - write_together(*steps, Fresh(RoomStateChange, _CHANGE, changes))
    if missed:
        raise StaleState(rooms=min(missed, len(rooms)))
    record_all([_note(room, after, reason) for room in rooms])
    for room in rooms:
        room.state, room.state_since = after, at


_CHANGE = ("room", "before", "after", "at", "by", "reason")


def _note(room: Room, after: RoomState, reason: str) -> Note:
    data = {"before": room.state, "after": str(after)}
    return Note(room._meta.label_lower, str(room.pk), unit_id=_unit(room), data=data, reason=reason)
