"""Where somebody can move to within a site, and what each choice breaks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q

from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need
from lazaretto.places.choices import RoomState
from lazaretto.places.models import Floor, Room
from lazaretto.stays.choices import MoveRemark
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.queries.sharing import NOTHING_AGAINST, Sharer, Verdict, others_in, verdict

NEEDS_ACCESS = frozenset({NeedKind.CANNOT_WALK, NeedKind.DISABILITY})
COHORT = timedelta(days=2)  # people of one floor arrived within so many days of each other


@dataclass
class RoomChoice:
    """A room with free beds, who of the same party is there, what speaks against it, and may they share it."""

    room: Room
    beds: int
    company: int
    remarks: list[MoveRemark] = field(default_factory=list)
    sharing: Verdict = NOTHING_AGAINST


@dataclass(frozen=True)
class _Mover:
    stay: Stay
    present: Occupancy | None
    party_left: bool
    needs_access: bool
    cohorts: dict[object, bool]


def room_choices(stay: Stay, *, at: datetime) -> list[RoomChoice]:
    """Rooms that are ready or in reserve, and those where the party has a free bed; best first.

    Six queries, and three for each room in which somebody of the party is.
    """
    present = Occupancy.objects.filter(stay=stay, ended_at__isnull=True).select_related("room").first()
    party = _party_rooms(stay, present)
    mover = _Mover(
        stay=stay,
        present=present,
        party_left=present is not None and present.room_id in party,
        needs_access=Need.objects.filter(person=stay.person_id, ended_at__isnull=True, kind__in=NEEDS_ACCESS).exists(),
        cohorts=_cohorts(stay),
    )
    wanted = Q(state__in=[RoomState.READY, RoomState.RESERVE]) | Q(pk__in=party)
    rooms = Room.objects.filter(wanted, site=stay.site_id).select_related("floor__building")
    rooms = rooms.exclude(pk=present.room_id) if present else rooms
    counted = rooms.annotate(bed_count=Count("beds")).order_by("floor__building__name", "floor__order", "number")
    choices = [_choice(room, room.bed_count, party.get(room.pk, 0), mover) for room in counted]
    open_ones = [one for one in choices if one.company < one.beds]
    for one in open_ones:
        if one.company and present is not None:
            one.sharing = _sharing(stay, one.room, present, at)
    return sorted(open_ones, key=lambda one: (not one.sharing.allowed, not one.company, len(one.remarks)))


def _sharing(stay: Stay, room: Room, present: Occupancy, at: datetime) -> Verdict:
    """Whether they may join those of their party who are there."""
    return verdict(stay.site, [*others_in(room), Sharer(stay.person, stay.category, present.party_id)], at=at)


def _party_rooms(stay: Stay, present: Occupancy | None) -> dict[object, int]:
    """Rooms where others of the same party are, with how many."""
    if present is None:
        return {}
    others = Occupancy.objects.filter(party_id=present.party_id, ended_at__isnull=True).exclude(stay=stay)
    return dict(others.order_by().values_list("room_id").annotate(n=Count("id")))


def _cohorts(stay: Stay) -> dict[object, bool]:
    """For each floor with people whether all of them arrived within the cohort's days of this person."""
    there = Occupancy.objects.filter(room__site=stay.site_id, ended_at__isnull=True).exclude(stay=stay)
    near: dict[object, bool] = {}
    for floor, started in there.values_list("room__floor_id", "stay__started_at"):
        near[floor] = near.get(floor, True) and abs(started - stay.started_at) <= COHORT
    return near


def _choice(room: Room, beds: int, company: int, mover: _Mover) -> RoomChoice:
    floor: Floor = room.floor
    broken = {
        MoveRemark.RESERVE: room.state == RoomState.RESERVE,
        MoveRemark.OTHER_CATEGORY: bool(floor.category) and floor.category not in {mover.stay.category, "mixed"},
        MoveRemark.NOT_ACCESSIBLE: mover.needs_access and not room.accessible,
        MoveRemark.LEAVES_PARTY: mover.party_left and not company,
        MoveRemark.OTHER_COHORT: not mover.cohorts.get(floor.id, True),
        MoveRemark.NO_WINDOW: not room.has_window,
    }
    return RoomChoice(room, beds, company, [remark for remark, is_so in broken.items() if is_so])
