"""Moves from room to room within a site."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import ReasonRequired
from lazaretto.places.models import Room
from lazaretto.stays.commands.taking import leave_room, lock_room, open_occupancy, take_room
from lazaretto.stays.errors import SameRoom, StayEnded
from lazaretto.stays.models import Stay


@dataclass(frozen=True)
class RoomMoved:
    """Somebody has another room."""

    stay_id: UUID
    before: str
    after: str


@command("stays.move_room", capability="stays.manage")
def move_room(
    *,
    actor: Actor,
    at: datetime,
    stay: Stay,
    room: Room,
    reason: str,
    shares_bed: bool = False,
    assessment: str = "",
) -> RoomMoved:
    """Move a stay to another room of its site. `assessment` says who judged that they may share it, and why.

    Raises `ReasonRequired`, `StayEnded`, `SameRoom`, `RoomElsewhere`, `RoomNotReady`, `RoomOccupied`, `NoFreeBed`,
    `SharingNotAllowed`, `SharingNeedsAssessment`.
    """
    if not reason.strip():
        raise ReasonRequired
    if stay.ended_at is not None:
        raise StayEnded(stay=stay.number)
    taken = open_occupancy(stay)
    if taken.room_id == room.id:
        raise SameRoom(room=room.number)
    left = lock_room(taken.room_id)
    leave_room(taken, left, actor=actor, at=at)
    take_room(
        stay, room, party_id=taken.party_id, shares_bed=shares_bed, reason=reason, assessment=assessment,
        actor=actor, at=at,
    )  # fmt: skip
    record(
        stay,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"from": left.number, "to": room.number},
        reason=reason,
    )
    return RoomMoved(stay.id, left.number, room.number)
