"""Moves from room to room within a site."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import ReasonRequired
from lazaretto.people.queries import display_name
from lazaretto.places.models import Room
from lazaretto.stays.commands.taking import leave_room, lock_places, take_room
from lazaretto.stays.errors import LeftAlone, SameRoom, StayEnded
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.queries.sharing import Lonely, Sharer, others_in, without_company


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
    `SharingNotAllowed`, `SharingNeedsAssessment`, `TextTooLong`, and `LeftAlone` where a child, or somebody who must be
    accompanied, would be alone afterwards and was not before: that too needs an assessment by name.
    """
    if not reason.strip():
        raise ReasonRequired
    if stay.ended_at is not None:
        raise StayEnded(stay=stay.number)
    taken = lock_places([stay])[stay.pk]
    left = taken.room
    if left == room:
        raise SameRoom(room=room.number)
    alone = _left_alone(stay, taken, room, at)
    if alone and not assessment.strip():
        raise _refusal(alone, stay, left, room, actor)
    leave_room(taken, left, actor=actor, at=at)
    take_room(
        stay, room, party_id=taken.party_id, shares_bed=shares_bed, reason=reason, assessment=assessment,
        actor=actor, at=at,
    )  # fmt: skip
    record(
        stay,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"from": left.number, "to": room.number, **({"alone": assessment.strip()} if alone else {})},
        reason=reason,
    )
    return RoomMoved(stay.id, left.number, room.number)


def _left_alone(stay: Stay, taken: Occupancy, room: Room, at: datetime) -> list[Lonely]:
    """Who would be without the company they need by this move, and had it before."""
    mover = Sharer(stay.person, stay.category, taken.party_id)
    behind = others_in(taken.room, stay)
    if not behind:
        return []
    before = {one.sharer.person.pk for one in without_company(stay.site, [mover, *behind], at=at)}
    there = without_company(stay.site, [mover, *others_in(room, stay)], at=at)
    after = [*without_company(stay.site, behind, at=at), *there]
    return [one for one in after if one.sharer.person.pk not in before]


def _refusal(alone: list[Lonely], stay: Stay, left: Room, room: Room, actor: Actor) -> LeftAlone:
    unit_id, first = stay.site.unit_id, alone[0]
    return LeftAlone.of(
        who=display_name(actor, stay.person, unit_id=unit_id),
        others=", ".join(display_name(actor, one.sharer.person, unit_id=unit_id) for one in alone),
        room=room.number if first.sharer.person.pk == stay.person_id else left.number,
        why=first.why,
    )
