"""A room is kept for somebody in hospital, by decision, until a moment at which it is decided again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, meet, move_deadline, set_deadlines
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.core.prepared import prepared
from lazaretto.places.commands import give_up_room
from lazaretto.places.models import Room
from lazaretto.stays.choices import HoldEnd
from lazaretto.stays.deadlines import ROOM_HOLD
from lazaretto.stays.errors import HoldEnded, KeptTooLong, KeptTooShort, RoomKept
from lazaretto.stays.models import Occupancy, RoomHold, Stay

LONGEST = 200
LONGEST_KEPT = timedelta(days=31)  # our choice: longer than any stay in hospital that ends in a room of ours


@dataclass(frozen=True)
class RoomHeld:
    """A room is kept, or is kept no more (`until` None)."""

    hold_id: UUID
    room: str
    until: datetime | None


@command("stays.keep_room", capability="stays.manage")
def keep_room(*, actor: Actor, at: datetime, hold: RoomHold, until: datetime, reason: str) -> RoomHeld:
    """Keep it longer. Raises `ReasonRequired`, `HoldEnded`, `KeptTooShort`, `KeptTooLong`."""
    _open(hold)
    if not reason.strip():
        raise ReasonRequired
    if until <= at or until <= hold.until:
        raise KeptTooShort
    _not_too_long(until, at)
    hold.until = until
    hold.save(update_fields=["until"])
    move_deadline(ROOM_HOLD.code, hold, until, at=at, by=actor.user_id)
    record(hold, unit_id=hold.room.site.unit_id, person_id=hold.person_id, data={"until": until}, reason=reason)
    return RoomHeld(hold.id, hold.room.number, until)


@command("stays.give_up_room", capability="stays.manage")
def give_up(*, actor: Actor, at: datetime, hold: RoomHold, reason: str) -> RoomHeld:
    """They will not come back to it: it waits for cleaning, unless it is kept for others too.

    Raises `ReasonRequired`, `HoldEnded`.
    """
    _open(hold)
    if not reason.strip():
        raise ReasonRequired
    _end(hold, HoldEnd.FREED, actor, at)
    record(hold, unit_id=hold.room.site.unit_id, person_id=hold.person_id, data={"end": HoldEnd.FREED}, reason=reason)
    return RoomHeld(hold.id, hold.room.number, None)


def hold_room(stay: Stay, taken: Occupancy, until: datetime, reason: str, *, actor: Actor, at: datetime) -> RoomHold:
    """Keep the room of somebody who leaves for a while, inside the running command, before they leave it.

    Raises `KeptTooShort`, `KeptTooLong`, `TextTooLong`.
    """
    if until <= at:
        raise KeptTooShort
    _not_too_long(until, at)
    hold = RoomHold.objects.create(
        room_id=taken.room_id, person_id=stay.person_id, stay=stay, party_id=taken.party_id, until=until,
        reason=whole(reason, LONGEST), held_by_id=actor.user_id, held_at=at,
    )  # fmt: skip
    set_deadlines([Due(ROOM_HOLD.code, hold, until, unit_id=stay.site.unit_id, person_id=stay.person_id)], at=at)
    return hold


def _not_too_long(until: datetime, at: datetime) -> None:
    if until > at + LONGEST_KEPT:
        raise KeptTooLong


def come_back(person_id: UUID, party_id: UUID, room: Room) -> None:
    """Somebody takes a kept room: one whom it is kept for, or who may share with them. Raises `RoomKept`."""
    holds = _kept(room=room.pk)
    if not any(person_id == hold.person_id or party_id == hold.party_id for hold in holds):
        raise RoomKept(room=room.number)


def end_holds(people: Iterable[UUID], room: Room, *, actor: Actor, at: datetime) -> None:
    """They have a room again: nothing is kept for them any more; another room than this one waits for cleaning."""
    for hold in RoomHold.objects.filter(person__in=list(people), ended_at__isnull=True).select_related("room"):
        _end(hold, HoldEnd.RETURNED if hold.room_id == room.pk else HoldEnd.FREED, actor, at)


def _end(hold: RoomHold, end: HoldEnd, actor: Actor, at: datetime) -> None:
    hold.ended_at, hold.ended_by_id, hold.end = at, actor.user_id, end
    hold.save(update_fields=["ended_at", "ended_by", "end"])
    meet(ROOM_HOLD.code, hold, at=at, by=actor.user_id)
    if end == HoldEnd.FREED and not _kept(room=hold.room_id):
        give_up_room(actor=actor, at=at, room=hold.room)


def _open(hold: RoomHold) -> None:
    if hold.ended_at is not None:
        raise HoldEnded


def holds_on(room: Any) -> QuerySet[RoomHold]:
    """By whom a room is kept now; `room` may be the reference of a subquery."""
    return RoomHold.objects.filter(room=room, ended_at__isnull=True)


_kept = prepared(holds_on)
