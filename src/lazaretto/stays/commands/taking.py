"""Taking and leaving rooms: shared by admission, moves and release. Plain functions inside commands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import Changed, insert, write_together
from lazaretto.core.commands import record
from lazaretto.core.prepared import prepared
from lazaretto.people.queries import display_name
from lazaretto.places.choices import RoomState
from lazaretto.places.commands import occupy_room, vacate_room
from lazaretto.places.models import Bed, Room
from lazaretto.stays.commands.holds import come_back, holds_on
from lazaretto.stays.errors import (
    NoFreeBed,
    RoomElsewhere,
    RoomNotReady,
    RoomOccupied,
    SharingNeedsAssessment,
    SharingNotAllowed,
)
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.queries.sharing import Sharer, others_in, verdict
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
    assessment: str = "",
) -> Occupancy:
    """Put a stay into a locked room. `assessment` says why people may share it whom the rules want assessed by name.

    Raises `RoomElsewhere`, `RoomNotReady`, `RoomKept`, `RoomOccupied`, `NoFreeBed`, `SharingNotAllowed`,
    `SharingNeedsAssessment`.
    """
    if room.site_id != stay.site_id:
        raise RoomElsewhere(room=room.number)
    place = _place(room)
    if not place.open_to(str(party_id)):
        raise RoomOccupied(room=room.number)
    if room.state == RoomState.HELD:
        come_back(stay.person_id, party_id, room)
    elif room.state not in {RoomState.READY, RoomState.RESERVE, RoomState.OCCUPIED}:
        raise RoomNotReady(room=room.number, state=room.get_state_display())
    free = place.free_bed()
    if free is None and not shares_bed:
        raise NoFreeBed(room=room.number)
    judged = bool(place.parties) and _may_share(stay, room, party_id, assessment.strip(), actor, at)
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
    if judged:
        words = {"room": room.number, "sharing": "assessed"}
        record(taken, unit_id=room.site.unit_id, person_id=stay.person_id, data=words, reason=assessment.strip())
    return taken


def _may_share(stay: Stay, room: Room, party_id: UUID, assessment: str, actor: Actor, at: datetime) -> bool:
    """Whether an assessment by name was needed (and given). Raises `SharingNotAllowed`, `SharingNeedsAssessment`."""
    others = others_in(room, stay)
    found = verdict(room.site, [*others, Sharer(stay.person, stay.category, party_id)], at=at)
    if found.allowed and not (found.needs_assessment and not assessment):
        return found.needs_assessment
    kind = SharingNeedsAssessment if found.allowed else SharingNotAllowed
    unit_id = room.site.unit_id
    names = ", ".join(display_name(actor, other.person, unit_id=unit_id) for other in others)
    who = display_name(actor, stay.person, unit_id=unit_id)
    raise kind.of(who=who, others=names, room=room.number, why=found.words)


def leave_room(taken: Occupancy, room: Room, *, actor: Actor, at: datetime, beside: Sequence[Changed] = ()) -> None:
    """End an occupancy; the last one to leave makes the room wait for cleaning, or for those whom it is kept for.

    The room must be locked. `beside` is what else ends for whoever leaves, written with it.
    """
    taken.ended_at = at
    ends = *beside, Changed(Occupancy, ("ended_at",), [(at, taken.pk)])
    ((lived_in, kept),) = _use_of(room=room.pk, but=taken.pk)
    if lived_in:
        write_together(*ends)
    else:
        vacate_room(actor=actor, at=at, room=room, kept=kept, beside=ends)


@prepared
def _use_of(room: Any, but: Any) -> QuerySet[Room, tuple[bool, bool]]:
    """Whether anybody lives there but for one occupancy, and whether it is kept for anybody."""
    here = Occupancy.objects.filter(room=OuterRef("pk"), ended_at__isnull=True).exclude(pk=but)
    rooms = Room.objects.filter(pk=room).annotate(lived_in=Exists(here), kept=Exists(holds_on(OuterRef("pk"))))
    return rooms.values_list("lived_in", "kept")


def lock_places(stays: Sequence[Stay]) -> dict[UUID, Occupancy]:
    """Where these stays are now, by stay, each with its room: locked, so that two who leave one room take turns.

    Lock the stays before; one query for all of them.
    """
    return {taken.stay_id: taken for taken in _places(stays=[stay.pk for stay in stays])}


@prepared
def _places(stays: Any) -> QuerySet[Occupancy]:
    rows = Occupancy.objects.filter(stay__among=stays, ended_at__isnull=True).select_related("room__site")
    return locked(rows.order_by("room", "id"), with_them=("room",))


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
