"""The doors of a patrol: floor by floor, who was looked at last and what was found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max

from lazaretto.places.models import Floor, Room, Site
from lazaretto.stays.choices import DoorFinding
from lazaretto.stays.models import Breach, DoorCheck, Occupancy

# How long a look at a door counts towards the patrol that is on.
PATROL_LASTS = timedelta(hours=2)
# A slip of the finger is corrected by the next tap within this time; later it is a fresh look.
CORRECTABLE = timedelta(minutes=3)


@dataclass(frozen=True)
class Door:
    """A door with people behind it and the last check of it."""

    room: Room
    people: int
    check: DoorCheck | None
    fresh: bool

    @property
    def finding(self) -> str:
        """What was found on this patrol; empty when it has not come by yet."""
        return self.check.finding if self.check is not None and self.fresh else ""


@dataclass(frozen=True)
class PatrolFloor:
    """A floor of the patrol with how many of its doors were looked at."""

    floor: Floor
    doors: int
    done: int


def patrol_floors(site: Site, *, at: datetime) -> list[PatrolFloor]:
    """Floors with people on them, top first. Three queries."""
    taken = Occupancy.objects.filter(room__site=site, ended_at__isnull=True)
    doors = dict(taken.order_by().values_list("room__floor_id").annotate(n=Count("room", distinct=True)))
    seen = DoorCheck.objects.filter(room__in=taken.values("room"), checked_at__gt=at - PATROL_LASTS)
    done = dict(seen.order_by().values_list("room__floor_id").annotate(n=Count("room", distinct=True)))
    floors = Floor.objects.filter(pk__in=doors).select_related("building", "zone")
    ordered = floors.order_by("building__name", "-order", "label")
    return [PatrolFloor(floor, doors[floor.pk], done.get(floor.pk, 0)) for floor in ordered]


def patrol_doors(site: Site, floor_id: UUID, *, at: datetime) -> list[Door]:
    """The doors of a floor in walking order. Three queries."""
    taken = Occupancy.objects.filter(room__site=site, room__floor_id=floor_id, ended_at__isnull=True)
    people = dict(taken.order_by().values_list("room_id").annotate(n=Count("id")))
    rooms = Room.objects.filter(pk__in=people).select_related("floor").order_by("position", "number")
    last = _last_checks(list(people))
    return [_door(room, people[room.pk], last.get(room.pk), at) for room in rooms]


def patrol_door(room: Room, *, at: datetime) -> Door:
    """One door, after it was looked at."""
    people = Occupancy.objects.filter(room=room, ended_at__isnull=True).count()
    return _door(room, people, _last_checks([room.pk]).get(room.pk), at)


def correctable(room: Room, user_id: int | None, *, at: datetime) -> DoorCheck | None:
    """The same person's check of this door a moment ago: another tap corrects it."""
    last = DoorCheck.objects.filter(room=room).order_by("-checked_at", "-id").first()
    if last is None or last.checked_by_id != user_id or at - last.checked_at > CORRECTABLE:
        return None
    return last


def open_breaches(site: Site) -> int:
    """How many breaches nobody has closed."""
    return Breach.objects.filter(site=site, closed_at__isnull=True).count()


def _last_checks(rooms: list[UUID]) -> dict[UUID, DoorCheck]:
    newest = DoorCheck.objects.filter(room__in=rooms).order_by().values("room").annotate(last=Max("checked_at"))
    found = DoorCheck.objects.filter(room__in=rooms, checked_at__in=newest.values("last")).order_by("checked_at", "id")
    return {check.room_id: check for check in found}


def _door(room: Room, people: int, check: DoorCheck | None, at: datetime) -> Door:
    return Door(room, people, check, check is not None and at - check.checked_at < PATROL_LASTS)


FINDINGS = (DoorFinding.CLOSED, DoorFinding.OPEN, DoorFinding.NO_ANSWER, DoorFinding.SEAL_BROKEN)
