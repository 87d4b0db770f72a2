"""Writes: buildings, zones, floors, rooms and beds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, Q

from lazaretto.core.access import Actor
from lazaretto.core.checks import checked
from lazaretto.core.commands import command, record, record_all
from lazaretto.core.errors import NotFound, fits
from lazaretto.core.journal import Note
from lazaretto.places import rules
from lazaretto.places.choices import RoomState, RowIssue, SiteCategory, ZoneKind
from lazaretto.places.errors import PatternUnreadable, PlaceNameTaken, RoomHasHistory, RoomRowsRefused
from lazaretto.places.models import Bed, Building, Floor, Room, Site, Zone
from lazaretto.places.queries import ground_of
from lazaretto.places.rows import LONGEST_NUMBER, MOST_BEDS, Fault, RoomRow, examine

MOST_ROOMS = 3_000  # at once; a site has four hundred, a camp some thousands


@dataclass(frozen=True)
class PlaceSaved:
    """A building, zone or floor."""

    id: UUID
    name: str


@dataclass(frozen=True)
class RoomsCreated:
    """Rooms made by a pattern, and the numbers that existed already and were left as they are."""

    created: list[str]
    existing: list[str]


@dataclass(frozen=True)
class RoomsSaved:
    """How many rooms a block of rows made, changed and left as they were."""

    created: int
    changed: int
    same: int


@dataclass(frozen=True)
class RoomsRemoved:
    """Rooms that were recorded by mistake and are gone."""

    rooms: int


@command("places.add_building", capability="places.manage")
def add_building(*, actor: Actor, at: datetime, site: Site, name: str) -> PlaceSaved:
    """Add a building. Raises `PlaceNameTaken`."""
    return _add(Building(site=site, name=name.strip()), site, name)


@command("places.add_zone", capability="places.manage")
def add_zone(*, actor: Actor, at: datetime, site: Site, kind: ZoneKind, name: str) -> PlaceSaved:
    """Add one of the three zones or two passages. Raises `PlaceNameTaken`."""
    return _add(Zone(site=site, kind=kind, name=name.strip()), site, name)


@command("places.save_floor", capability="places.manage")
def save_floor(
    *,
    actor: Actor,
    at: datetime,
    building: Building,
    label: str,
    order: int | None = None,
    zone: Zone | None = None,
    category: SiteCategory | None = None,
) -> PlaceSaved:
    """Add a floor, or change the one of that label: its order, zone and the category it is kept for.

    Without `order`, the storey that the label tells. Raises `NotFound` for a zone of another site.
    """
    site = building.site
    if zone is not None and zone.site_id != site.id:
        raise NotFound(kind="places.zone", id=zone.id)
    label = label.strip()
    floor = Floor.objects.filter(building=building, label=label).first() or Floor(building=building, label=label)
    made = floor._state.adding
    floor.zone, floor.category = zone, category or ""
    floor.order = rules_order(label) if order is None else order
    checked(floor).save()
    record(floor, unit_id=site.unit_id, data={"label": floor.label, "category": floor.category, "new": made})
    return PlaceSaved(floor.id, floor.label)


@command("places.create_rooms", capability="places.manage")
def create_rooms(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    building: str,
    floors: str,
    rooms: str,
    without: str = "",
    pattern: str = "{floor:02}{room:02}",
    floor_pattern: str = "{floor}F",
    beds: int = 1,
) -> RoomsCreated:
    """Make rooms by pattern: floors `3-12`, rooms `1-18` without `4`, and the building if its name is new.

    What exists already stays as it is. Raises `PatternUnreadable`.
    """
    storeys, doors = _span(floors), _span(rooms, without)
    sound = rules.pattern_is_sound(pattern) and len(rules.room_number(pattern, 9999, 9999)) <= LONGEST_NUMBER
    if not (sound and 1 <= len(storeys) * len(doors) <= MOST_ROOMS and 1 <= beds <= MOST_BEDS):
        raise PatternUnreadable(part=pattern)
    house, _made = Building.objects.get_or_create(
        site=site, name=checked(Building(site=site, name=building.strip())).name
    )
    known = _floors_for(house, {rules.floor_label(floor_pattern, storey): storey for storey in storeys})
    held = set(Room.objects.filter(site=site).values_list("number", flat=True))
    wanted = [
        RoomRow(
            house.name,
            rules.floor_label(floor_pattern, storey),
            rules.room_number(pattern, storey, door),
            door,
            beds,
        )
        for storey in storeys
        for door in doors
    ]
    fresh = [row for row in wanted if row.number not in held]
    _make(site, [(row, known[row.floor]) for row in fresh], at)
    record(house, unit_id=site.unit_id, data={"rooms": [row.number for row in fresh], "beds": beds})
    return RoomsCreated([row.number for row in fresh], [row.number for row in wanted if row.number in held])


@command("places.save_rooms", capability="places.manage")
def save_rooms(*, actor: Actor, at: datetime, site: Site, rows: list[RoomRow]) -> RoomsSaved:
    """Save a block of the grid: rows with `room_id` change that room, others make one. All or none.

    Raises `RoomRowsRefused` with `cells`, the faults by row (counted from 0) and column.
    """
    return write_rows(site, rows, at)


@command("places.remove_rooms", capability="places.manage")
def remove_rooms(*, actor: Actor, at: datetime, site: Site, rooms: list[UUID]) -> RoomsRemoved:
    """Remove rooms that were recorded by mistake. Raises `RoomHasHistory` for one that was ever used."""
    found = list(Room.objects.select_for_update().filter(site=site, pk__in=rooms))
    if len(found) != len(set(rooms)) or not found:
        raise NotFound(rooms=len(set(rooms)) - len(found))
    numbers = [room.number for room in found]
    try:
        with transaction.atomic():
            Bed.objects.filter(room__in=found).delete()
            Room.objects.filter(pk__in=[room.pk for room in found]).delete()
    except ProtectedError as error:
        raise RoomHasHistory(rooms=", ".join(numbers)) from error
    record(site, unit_id=site.unit_id, data={"removed": numbers})
    return RoomsRemoved(len(found))


def write_rows(site: Site, rows: Sequence[RoomRow], at: datetime) -> RoomsSaved:
    """Rows onto the rooms of a site, inside a command. Raises `RoomRowsRefused`."""
    faults = examine(list(enumerate(rows)), ground_of(site))
    if faults:
        raise RoomRowsRefused(faults)
    floors = {(floor.building.name, floor.label): floor for floor in _floors_of(site)}
    ids = [row.room_id for row in rows if row.room_id is not None]
    rooms = {room.pk: room for room in Room.objects.select_for_update().filter(site=site, pk__in=ids).order_by("id")}
    beds = _bed_labels(ids)
    changed = [
        (row, rooms[row.room_id], _differences(row, rooms[row.room_id], floors, len(beds.get(row.room_id, []))))
        for row in rows
        if row.room_id is not None
    ]
    changed = [entry for entry in changed if entry[2]]
    fresh = [(row, floors[row.building, row.floor]) for row in rows if row.room_id is None]
    _update(changed, beds, list(rows))
    _make(site, fresh, at)
    _note(site, changed, fresh)
    return RoomsSaved(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))


Change = tuple[RoomRow, Room, dict[str, object]]


def _differences(row: RoomRow, room: Room, floors: dict[tuple[str, str], Floor], beds: int) -> dict[str, object]:
    wanted: dict[str, object] = {
        "floor_id": floors[row.building, row.floor].pk,
        "number": row.number,
        "position": row.position,
        "accessible": row.accessible,
        "has_window": row.has_window,
        "note": row.note,
    }
    found = {name: value for name, value in wanted.items() if getattr(room, name) != value}
    return found | ({"beds": row.beds} if row.beds != beds else {})


def _update(changed: Sequence[Change], beds: dict[UUID, list[str]], rows: list[RoomRow]) -> None:
    """Renamed rooms first step aside, so that two rooms can exchange their numbers."""
    renamed = [room for _row, room, fields in changed if "number" in fields]
    for room in renamed:
        room.number = f"~{room.pk.hex[-11:]}"
    Room.objects.bulk_update(renamed, ["number"], batch_size=500)
    for _row, room, fields in changed:
        for name, value in fields.items():
            if name != "beds":
                setattr(room, name, value)
    columns = {name for _row, _room, fields in changed for name in fields} - {"beds"}
    if columns:
        Room.objects.bulk_update([room for _row, room, _fields in changed], sorted(columns), batch_size=500)
    _change_beds([(row, room) for row, room, fields in changed if "beds" in fields], beds, rows)


def _change_beds(wanted: Sequence[tuple[RoomRow, Room]], beds: dict[UUID, list[str]], rows: list[RoomRow]) -> None:
    fresh: list[Bed] = []
    going = Q(pk__in=())
    for row, room in wanted:
        have = sorted(beds.get(room.pk, []), key=lambda label: (len(label), label))
        labels = (str(number) for number in range(1, MOST_BEDS + len(have) + 1) if str(number) not in have)
        fresh += [Bed(room=room, label=next(labels)) for _ in range(row.beds - len(have))]
        if have[row.beds :]:
            going |= Q(room=room, label__in=have[row.beds :])
    try:
        with transaction.atomic():
            Bed.objects.filter(going).delete()
    except ProtectedError as error:
        stuck = {bed.room_id for bed in Bed.objects.filter(going, pk__in=_beds_held(error))}
        places = [number for number, row in enumerate(rows) if row.room_id in stuck]
        raise RoomRowsRefused([Fault(number, "beds", RowIssue.BEDS_IN_USE) for number in places]) from error
    Bed.objects.bulk_create(fresh)


def _beds_held(error: ProtectedError) -> set[UUID]:
    """Beds that the rows which protect them point at."""
    return {bed_id for row in error.protected_objects if (bed_id := getattr(row, "bed_id", None)) is not None}


def _make(site: Site, rows: Sequence[tuple[RoomRow, Floor]], at: datetime) -> None:
    rooms = [
        Room(
            site=site, floor=floor, number=row.number, position=row.position, accessible=row.accessible,
            has_window=row.has_window, note=row.note, state=RoomState.READY, state_since=at,
        )
        for row, floor in rows
    ]  # fmt: skip
    Room.objects.bulk_create(rooms, batch_size=500)
    beds = [
        Bed(room=room, label=str(label))
        for room, (row, _floor) in zip(rooms, rows, strict=True)
        for label in range(1, row.beds + 1)
    ]
    Bed.objects.bulk_create(beds, batch_size=500)


def _note(site: Site, changed: Sequence[Change], fresh: Sequence[tuple[RoomRow, Floor]]) -> None:
    """One entry for each changed room, and one for the site that says what was made."""
    notes = [
        Note(room._meta.label_lower, str(room.pk), unit_id=site.unit_id, data={"fields": sorted(fields)})
        for _row, room, fields in changed
    ]
    made = {"created": [row.number for row, _floor in fresh], "changed": len(changed)}
    record_all([*notes, Note(site._meta.label_lower, str(site.pk), unit_id=site.unit_id, data=made)])


def make_missing_floors(site: Site, rows: Sequence[RoomRow]) -> None:
    """Buildings and floors that an imported list names and the site does not have yet."""
    wanted: dict[str, dict[str, int]] = {}
    for row in rows:
        floors = wanted.setdefault(row.building, {})
        floors.setdefault(row.floor, rules_order(row.floor, len(floors)))
    for name, labels in wanted.items():
        building, _made = Building.objects.get_or_create(site=site, name=name)
        _floors_for(building, labels)


def rules_order(label: str, otherwise: int = 0) -> int:
    """The storey of a floor's label, or `otherwise` when it tells none."""
    storey = rules.storey(label)
    return otherwise if storey is None else storey


def _floors_for(building: Building, labels: dict[str, int]) -> dict[str, Floor]:
    have = {floor.label: floor for floor in building.floors.all()}
    fresh = [
        Floor(building=building, label=fits(label, LONGEST_NUMBER), order=order)
        for label, order in labels.items()
        if label not in have
    ]
    return have | {floor.label: floor for floor in Floor.objects.bulk_create(fresh)}


def _floors_of(site: Site) -> list[Floor]:
    return list(Floor.objects.filter(building__site=site).select_related("building"))


def _bed_labels(rooms: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for room_id, label in Bed.objects.filter(room_id__in=rooms).values_list("room_id", "label"):
        found.setdefault(room_id, []).append(label)
    return found


def _span(text: str, without: str = "") -> list[int]:
    try:
        return rules.numbers(text, without)
    except rules.SpanError as error:
        raise PatternUnreadable(part=error.part) from error


def _add(place: Building | Zone, site: Site, name: str) -> PlaceSaved:
    saved: Model = place
    try:
        with transaction.atomic():
            checked(saved).save(force_insert=True)
    except IntegrityError as error:
        raise PlaceNameTaken(name=name) from error
    record(saved, unit_id=site.unit_id, data={"name": place.name})
    return PlaceSaved(place.id, place.name)
