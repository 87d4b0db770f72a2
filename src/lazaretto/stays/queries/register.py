"""The exit register: who is in which room at this moment, for evacuation. Never more than a look away."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need
from lazaretto.places.models import Site
from lazaretto.stays.models import Occupancy

# Needs that change how somebody is brought out.
CARRIES_WEIGHT = frozenset({
    NeedKind.CANNOT_WALK, NeedKind.DISABILITY, NeedKind.ELDERLY, NeedKind.INFANT, NeedKind.CHILD_ALONE,
    NeedKind.PREGNANT, NeedKind.MENTAL_HEALTH, NeedKind.LANGUAGE, NeedKind.DIALYSIS,
})  # fmt: skip


@dataclass(frozen=True)
class RegisterPerson:
    """Somebody to be brought out: full name, needs that matter in a fire (codes), language."""

    person_id: UUID
    name: str
    needs: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class RegisterRoom:
    """A room with people in it."""

    number: str
    people: tuple[RegisterPerson, ...]


@dataclass(frozen=True)
class RegisterFloor:
    """A floor with people on it."""

    building: str
    floor: str
    rooms: tuple[RegisterRoom, ...]

    @property
    def count(self) -> int:
        """People on this floor."""
        return sum(len(room.people) for room in self.rooms)


@dataclass(frozen=True)
class ExitRegister:
    """Everybody in a site at a moment."""

    site_code: str
    site_name: str
    at: datetime
    floors: tuple[RegisterFloor, ...]

    @property
    def count(self) -> int:
        """People in the site."""
        return sum(floor.count for floor in self.floors)


def exit_register(site: Site, *, at: datetime) -> ExitRegister:
    """The register of a site, top floor first. Two queries."""
    taken = list(
        Occupancy.objects.filter(room__site=site, ended_at__isnull=True)
        .select_related("stay__person", "room__floor__building")
        .order_by("room__floor__building__name", "-room__floor__order", "room__number", "started_at", "id")
    )
    needs = _needs([place.stay.person_id for place in taken])
    floors: dict[tuple[str, str], dict[str, list[RegisterPerson]]] = {}
    for place in taken:
        floor = place.room.floor
        rooms = floors.setdefault((floor.building.name, floor.label), {})
        person = place.stay.person
        rooms.setdefault(place.room.number, []).append(
            RegisterPerson(person.id, person.name, needs.get(person.id, ()), person.language)
        )
    return ExitRegister(
        site.code,
        site.name,
        at,
        tuple(
            RegisterFloor(
                building, label, tuple(RegisterRoom(number, tuple(people)) for number, people in rooms.items())
            )
            for (building, label), rooms in floors.items()
        ),
    )


def _needs(people: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    open_needs = Need.objects.filter(person__in=people, ended_at__isnull=True, kind__in=CARRIES_WEIGHT)
    for person, kind in open_needs.order_by("kind").values_list("person_id", "kind"):
        found[person].append(kind)
    return {person: tuple(kinds) for person, kinds in found.items()}
