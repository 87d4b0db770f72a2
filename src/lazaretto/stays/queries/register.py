"""The exit register: who is in which room at this moment, for evacuation. Never more than a look away.

Whom the site holds and who has no room yet (signed in, waiting in the lobby) is in the building too, and listed first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import get_language, gettext

from lazaretto.core.access import Actor
from lazaretto.custody.models import Holding
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need, Person
from lazaretto.people.needs import what_to_do
from lazaretto.people.queries import display_name
from lazaretto.places.models import Floor, Site
from lazaretto.stays.models import Occupancy

# Needs that change how somebody is brought out.
CARRIES_WEIGHT = frozenset({
    NeedKind.CANNOT_WALK, NeedKind.DISABILITY, NeedKind.ELDERLY, NeedKind.INFANT, NeedKind.CHILD_ALONE,
    NeedKind.PREGNANT, NeedKind.MENTAL_HEALTH, NeedKind.LANGUAGE, NeedKind.DIALYSIS,
})  # fmt: skip


@dataclass(frozen=True)
class RegisterPerson:
    """Somebody to be brought out: name, needs that matter in a fire (codes), language."""

    person_id: UUID
    name: str
    needs: tuple[str, ...]
    language: str

    @property
    def need_labels(self) -> list[str]:
        """The needs in the reader's language."""
        return [str(NeedKind(need).label) for need in self.needs]

    @property
    def in_fire(self) -> list[str]:
        """What to do about each need when the building is left, in the reader's language."""
        return [what_to_do(need).in_fire for need in self.needs]

    @property
    def need_text(self) -> str:
        """The needs as one text."""
        chinese = (get_language() or "").startswith("zh")
        return ("、" if chinese else ", ").join(self.need_labels)


@dataclass(frozen=True)
class RegisterRoom:
    """A room with people in it."""

    number: str
    people: tuple[RegisterPerson, ...]


@dataclass(frozen=True)
class RegisterFloor:
    """A floor with people on it, and how many of its rooms are empty."""

    building: str
    floor: str
    rooms: tuple[RegisterRoom, ...]
    empty_rooms: int

    @property
    def count(self) -> int:
        """People on this floor."""
        return sum(len(room.people) for room in self.rooms)


@dataclass(frozen=True)
class ExitRegister:
    """Everybody in a site at a moment; `without_room` are those whom custody says are here and who have no room yet."""

    site_code: str
    site_name: str
    at: datetime
    floors: tuple[RegisterFloor, ...]
    without_room: tuple[RegisterPerson, ...] = ()

    @property
    def count(self) -> int:
        """People in the site."""
        return len(self.without_room) + sum(floor.count for floor in self.floors)

    @property
    def room_count(self) -> int:
        """Rooms with people in them."""
        return sum(len(floor.rooms) for floor in self.floors)

    @property
    def helped(self) -> list[tuple[RegisterFloor, RegisterRoom, RegisterPerson]]:
        """Those who cannot get out alone: who has no room first, then in the order of the floors."""
        lobby = RegisterFloor("", gettext("Here, without a room"), (RegisterRoom("—", self.without_room),), 0)
        return [
            (floor, room, person)
            for floor in (lobby, *self.floors)
            for room in floor.rooms
            for person in room.people
            if person.needs
        ]

    @property
    def buildings(self) -> list[tuple[str, list[RegisterFloor]]]:
        """The floors by building."""
        grouped: dict[str, list[RegisterFloor]] = {}
        for floor in self.floors:
            grouped.setdefault(floor.building, []).append(floor)
        return list(grouped.items())


def exit_register(site: Site, *, at: datetime, reader: Actor | None = None) -> ExitRegister:
    """The register of a site, top floor first. Four queries.

    Names are whole without a `reader` (the copy on disk); a reader whose role needs no names gets them masked.
    """
    floors = _floors(site)
    taken = list(
        Occupancy.objects.filter(room__site=site, ended_at__isnull=True)
        .select_related("stay__person", "room")
        .defer("stay__person__address")
        .order_by("room__number", "started_at", "id")
    )
    waiting = list(
        _without_room([site]).select_related("person").defer("person__address").order_by("person__name", "id")
    )
    needs = _needs([*(place.stay.person_id for place in taken), *(row.person_id for row in waiting)])
    rooms: dict[UUID, dict[str, list[RegisterPerson]]] = defaultdict(dict)
    for place in taken:
        listed = _person(place.stay.person, site, reader, needs)
        rooms[place.room.floor_id].setdefault(place.room.number, []).append(listed)
    return ExitRegister(
        site.code,
        site.name,
        at,
        tuple(_floor(floor, count, rooms[floor.id]) for floor, count in floors if rooms[floor.id]),
        tuple(_person(row.person, site, reader, needs) for row in waiting),
    )


def people_by_site(sites: Iterable[Site]) -> dict[UUID, int]:
    """How many people are in each of these sites now, with and without a room. Two queries."""
    asked = list(sites)
    taken = Occupancy.objects.filter(room__site__in=asked, ended_at__isnull=True)
    found = Counter(dict(taken.order_by().values_list("room__site_id").annotate(n=Count("id"))))
    found.update(dict(_without_room(asked).order_by().values_list("site_id").annotate(n=Count("id"))))
    return dict(found)


def _without_room(sites: Collection[Site]) -> QuerySet[Holding]:
    """Whom these sites hold and who is in no room of the site that holds them."""
    roomed = Occupancy.objects.filter(
        stay__person=OuterRef("person"), ended_at__isnull=True, room__site=OuterRef("site")
    )
    return Holding.objects.filter(~Exists(roomed), site__in=sites, ended_at__isnull=True)


def _person(person: Person, site: Site, reader: Actor | None, needs: dict[UUID, tuple[str, ...]]) -> RegisterPerson:
    name = person.name if reader is None else display_name(reader, person, unit_id=site.unit_id)
    return RegisterPerson(person.id, name, needs.get(person.id, ()), person.language)


def _floors(site: Site) -> list[tuple[Floor, int]]:
    found = Floor.objects.filter(building__site=site).select_related("building").annotate(room_count=Count("rooms"))
    return [(floor, floor.room_count) for floor in found.order_by("building__name", "-order", "label")]


def _floor(floor: Floor, count: int, rooms: dict[str, list[RegisterPerson]]) -> RegisterFloor:
    listed = tuple(RegisterRoom(number, tuple(people)) for number, people in rooms.items())
    return RegisterFloor(floor.building.name, floor.label, listed, count - len(listed))


def _needs(people: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    listed = list(people)
    open_needs = Need.objects.filter(person__in=listed, ended_at__isnull=True, kind__in=CARRIES_WEIGHT)
    for person, kind in open_needs.order_by("kind").values_list("person_id", "kind"):
        found[person].append(kind)
    return {person: tuple(kinds) for person, kinds in found.items()}
