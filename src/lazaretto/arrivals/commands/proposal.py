"""Rooms for a bus: proposed for all at once, changed by hand one by one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.arrivals.choices import WhyUnplaced
from lazaretto.arrivals.errors import NotExpectedNow, RoomOutsideSite
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.lodging import broken_rules, rooms_of_households
from lazaretto.arrivals.queries.rooms import ON_THE_WAY, on_the_way, room_problem
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.places.models import Room
from lazaretto.planning import rooms as planner

NEED_SOMEBODY = {planner.Reason.CHILD_WITHOUT_ADULT, planner.Reason.CARER_MISSING}


@dataclass(frozen=True)
class WithoutRoom:
    """Somebody for whom no room was found, and the named reason."""

    expected_id: UUID
    reason: str


@dataclass(frozen=True)
class RoomsProposed:
    """The proposal as it was written: how many have a room, who has none, which floors are opened."""

    manifest_id: UUID
    placed: int
    without: tuple[WithoutRoom, ...]
    floors_opened: int


@dataclass(frozen=True)
class RoomGiven:
    """A room by hand. `breaks` names the rules that the choice breaks; the clerk sees them and decides."""

    expected_id: UUID
    room: str
    breaks: tuple[str, ...]


@command("arrivals.propose_rooms", capability="arrivals.manage")
def propose_rooms(*, actor: Actor, at: datetime, manifest: Manifest) -> RoomsProposed:
    """Propose rooms for everybody on the way who has none by hand; what a clerk chose stays.

    A child whose mother's room was chosen by hand, or who lives there already, joins her if no rule speaks against it.
    Why somebody is left without a room stays with them until they have one.
    """
    coming = on_the_way(manifest)
    open_ones = [one for one in coming if not (one.room_by_hand and one.room_id)]
    plan = planner.propose(room_problem(manifest, open_ones, at=at))
    rooms = {placement.person: UUID(placement.room) for placement in plan.placements}
    why = {one.person: str(one.reason) for one in plan.unplaced}
    for one in open_ones:
        one.room_id = rooms.get(str(one.id))
    joined = _join_their_household(manifest, coming, why, at)
    for one in joined:
        del why[str(one.id)]
    for one in open_ones:
        one.without_room_because = why.get(str(one.id), "")
    ExpectedArrival.objects.bulk_update(open_ones, ["room", "without_room_because"], batch_size=500)
    without = tuple(WithoutRoom(UUID(person), reason) for person, reason in why.items())
    record(
        manifest,
        unit_id=manifest.site.unit_id,
        data={"placed": len(rooms) + len(joined), "without": {str(one.expected_id): one.reason for one in without}},
    )
    return RoomsProposed(manifest.id, len(rooms) + len(joined), without, len(plan.floors_opened))


def _join_their_household(
    manifest: Manifest, coming: list[ExpectedArrival], why: dict[str, str], at: datetime
) -> list[ExpectedArrival]:
    """Who needs somebody with them and found nobody on the bus: into the first room of their household that fits."""
    dependent = [one for one in coming if why.get(str(one.id)) in NEED_SOMEBODY]
    theirs = rooms_of_households(manifest, coming) if dependent else {}
    joined = []
    for one in dependent:
        for room_id in theirs.get(one.party_id, ()):
            one.room_id, one.room_by_hand = room_id, True  # what a hand chose is judged by itself
            fits = one.id not in broken_rules(manifest, coming, at=at)
            one.room_id, one.room_by_hand = (room_id if fits else None), False
            if fits:
                joined.append(one)
                break
    return joined


@command("arrivals.give_room", capability="arrivals.manage")
def give_room(*, actor: Actor, at: datetime, expected: ExpectedArrival, room: Room | None = None) -> RoomGiven:
    """Give somebody a room by hand, or take it away (None). Says which rules that breaks.

    Raises `NotExpectedNow`, `RoomOutsideSite`.
    """
    if expected.state not in ON_THE_WAY:
        raise NotExpectedNow(expected=expected.id)
    if room is not None and room.site_id != expected.site_id:
        raise RoomOutsideSite(room=room.number)
    breaks = _breaks(expected, room, at) if room is not None else ()
    expected.room, expected.room_by_hand = room, room is not None
    expected.without_room_because = "" if room is not None else WhyUnplaced.TAKEN_OUT
    expected.save(update_fields=["room", "room_by_hand", "without_room_because"])
    number = room.number if room else ""
    record(
        expected,
        unit_id=expected.site.unit_id,
        person_id=expected.person_id,
        data={"room": number, "breaks": list(breaks)},
    )
    return RoomGiven(expected.id, number, breaks)


def _breaks(expected: ExpectedArrival, room: Room, at: datetime) -> tuple[str, ...]:
    """Names of the rules that somebody's choice of that room breaks, given where everybody else of the bus is."""
    coming = on_the_way(expected.manifest)
    for one in coming:
        if one.id == expected.id:
            one.room_id, one.room_by_hand = room.id, True
    return tuple(broken.rule for broken in broken_rules(expected.manifest, coming, at=at).get(expected.id, ()))
