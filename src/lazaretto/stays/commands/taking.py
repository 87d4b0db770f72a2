"""Taking and leaving rooms: shared by admission, moves and release. Plain functions inside commands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.prepared import prepared
from lazaretto.places.choices import RoomState
from lazaretto.places.commands import occupy_room, vacate_room
from lazaretto.places.models import Bed, Room
from lazaretto.stays.errors import NoFreeBed, RoomElsewhere, RoomNotReady, RoomOccupied
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.rules import RoomPlace


def take_room(
    stay: Stay,
    room: Room,
    *,
    party_id: UUID,
    shares_bed: bool,
    reason: str,
    actor: Actor,
    at: datetime,
    bed: Bed | None = None,
) -> Occupancy:
    """Put a stay into a locked room. Raises `RoomElsewhere`, `RoomNotReady`, `RoomOccupied`, `NoFreeBed`."""
    if room.site_id != stay.site_id:
        raise RoomElsewhere(room=room.number)
    place = _place(room)
    if not place.open_to(str(party_id)):
        raise RoomOccupied(room=room.number)
    if room.state not in {RoomState.READY, RoomState.RESERVE, RoomState.OCCUPIED}:
        raise RoomNotReady(room=room.number, state=room.get_state_display())
    free = str(bed.pk) if bed is not None and str(bed.pk) not in place.taken_beds else None
    free = free if bed is not None else place.free_bed()
    if free is None and not shares_bed:
        raise NoFreeBed(room=room.number)
    taken = insert(
        Occupancy(
            stay=stay,
            room=room,
            bed_id=UUID(free) if free and not shares_bed else None,
            party_id=party_id,
            shares_bed=shares_bed,
            started_at=at,
            reason=reason,
        )
    )
    if room.state != RoomState.OCCUPIED:
        occupy_room(actor=actor, at=at, room=room)
    return taken


def leave_room(taken: Occupancy, room: Room, *, actor: Actor, at: datetime, reason: str) -> None:
    """End an occupancy; the last one to leave makes the room wait for cleaning. The room must be locked."""
    taken.ended_at = at
    taken.save(update_fields=["ended_at"])
    if not Occupancy.objects.filter(room=room, ended_at__isnull=True).exists():
        vacate_room(actor=actor, at=at, room=room, reason=reason)


def open_occupancy(stay: Stay) -> Occupancy:
    """Where a stay is now."""
    return Occupancy.objects.get(stay=stay, ended_at__isnull=True)


def lock_room(room_id: UUID) -> Room:
    """A room of the stay's own site, locked."""
    return Room.objects.select_for_update().get(pk=room_id)


def _place(room: Room) -> RoomPlace:
    here = _living(room=room.pk)
    return RoomPlace(
        parties=frozenset(str(party) for party, _bed in here),
        taken_beds=frozenset(str(bed) for _party, bed in here if bed),
        beds=tuple(str(bed) for bed in _beds(room=room.pk)),
    )


@prepared
def _living(room: Any) -> QuerySet[Occupancy, tuple[UUID, UUID | None]]:
    return Occupancy.objects.filter(room=room, ended_at__isnull=True).values_list("party_id", "bed_id")


@prepared
def _beds(room: Any) -> QuerySet[Bed, UUID]:
    return Bed.objects.filter(room=room).order_by("label").values_list("id", flat=True)
