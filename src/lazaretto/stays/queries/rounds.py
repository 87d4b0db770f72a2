"""Rounds: which doors, which are done, what a fever is here."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, QuerySet, Value

from lazaretto.core.access import Actor
from lazaretto.core.clock import local_date, local_moment
from lazaretto.core.prepared import prepared
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.queries import effective
from lazaretto.protocols.rules import NoPackAdopted
from lazaretto.stays.choices import Slot
from lazaretto.stays.models import Observation, Occupancy, Stay
from lazaretto.stays.rules import write_entry

# Where no pack is in force people who are still here are looked after all the same.
DEFAULT_FEVER = Decimal("37.3")
DEFAULT_DUE = {Slot.MORNING: 11, Slot.EVENING: 20}


@dataclass(frozen=True)
class RoundDue:
    """A round of a site: its day and slot, and when it must be done."""

    day: date
    slot: str
    due_at: datetime


@dataclass(frozen=True)
class Door:
    """A line of the round: who lives there, what was seen last, what stands for this round (as it would be typed)."""

    stay_id: UUID
    stay_number: str
    name: str
    room: str
    floor: str
    last: Decimal | None
    entry: str
    fever: bool


@dataclass(frozen=True)
class RoundSheet:
    """A round of a site, door by door, with how many are done and when it must be."""

    site: Site
    day: date
    slot: Slot
    doors: list[Door]
    due_at: datetime | None

    @property
    def done(self) -> int:
        """Doors with an entry."""
        return sum(1 for door in self.doors if door.entry)


def round_sheet(actor: Actor, site: Site, day: date, slot: Slot) -> RoundSheet:
    """Every door of a site for a round, in the order one walks: floor by floor, room by room. Five queries."""
    places = list(
        Occupancy.objects.filter(room__site=site, ended_at__isnull=True)
        .select_related("stay__person", "room__floor__building")
        .order_by("room__floor__building__name", "-room__floor__order", "room__position", "room__number", "stay_id")
    )
    seen = _seen(site, day)
    last = {row.stay_id: row.temperature for row in seen if (row.day, row.slot) != (day, slot) and row.temperature}
    entries = {row.stay_id: row for row in seen if (row.day, row.slot) == (day, slot)}
    limit = _limit(site, day)
    doors = [_door(actor, site, place, last.get(place.stay_id), entries.get(place.stay_id), limit) for place in places]
    due = next((found.due_at for found in round_slots(site, day) if found.slot == slot), None)
    return RoundSheet(site, day, slot, doors, due)


def _seen(site: Site, day: date) -> list[Observation]:
    """What stands of the last three days, the oldest first so that the newest wins."""
    since = date.fromordinal(day.toordinal() - 2)
    rows = Observation.objects.filter(
        stay__site=site, stay__ended_at__isnull=True, day__gte=since, day__lte=day, superseded_at__isnull=True
    )
    return list(rows.defer("note").order_by("taken_at"))


def _door(
    actor: Actor, site: Site, place: Occupancy, last: Decimal | None, entry: Observation | None, limit: Decimal
) -> Door:
    hot = entry is not None and entry.temperature is not None and entry.temperature >= limit
    return Door(
        stay_id=place.stay_id,
        stay_number=place.stay.number,
        name=display_name(actor, place.stay.person, unit_id=site.unit_id),
        room=place.room.number,
        floor=place.room.floor.label,
        last=last,
        entry=write_entry(entry.temperature, tuple(entry.symptoms), no_answer=entry.no_answer) if entry else "",
        fever=hot or bool(entry and entry.symptoms),
    )


def _limit(site: Site, day: date) -> Decimal:
    try:
        return effective(site.jurisdiction, day).rule(_category(site)).fever_from
    except NoPackAdopted:
        return DEFAULT_FEVER


def round_slots(site: Site, day: date) -> list[RoundDue]:
    """The rounds of a day at a site by the rule pack in force; morning and evening where none is."""
    zone = ZoneInfo(site.time_zone)
    try:
        rule = effective(site.jurisdiction, day).rule(_category(site))
    except NoPackAdopted:
        rule = None
    slots = {slot.code: slot.due for slot in rule.slots} if rule and rule.slots else {}
    due = {code: (when.hour, when.minute) for code, when in slots.items()} or {
        str(slot): (hour, 0) for slot, hour in DEFAULT_DUE.items()
    }
    return [RoundDue(day, code, local_moment(day, hour, minute, zone)) for code, (hour, minute) in due.items()]


def current_slot(site: Site, at: datetime) -> tuple[date, Slot]:
    """The round that is on: morning until 15:00, then evening; before 04:00 still last evening's."""
    local = at.astimezone(ZoneInfo(site.time_zone))
    if local.hour < 4:
        return date.fromordinal(local.date().toordinal() - 1), Slot.EVENING
    return local.date(), Slot.MORNING if local.hour < 15 else Slot.EVENING


def unseen(site: Site, day: date, slot: Slot) -> QuerySet[Stay]:
    """Open stays that nobody has looked at (or knocked for) in this round."""
    done = Observation.objects.filter(stay=OuterRef("pk"), day=day, slot=slot, superseded_at__isnull=True)
    return Stay.objects.filter(site=site, ended_at__isnull=True).filter(~Exists(done))


def doors_left(site: Site, day: date, slot: Slot) -> int:
    """How many those are; every observation asks."""
    return sum(_doors_left(site=site.pk, day=day, slot=str(slot)))


@prepared
def _doors_left(site: Any, day: Any, slot: Any) -> QuerySet[Stay, int]:
    return unseen(site, day, slot).values(all=Value(1)).annotate(left=Count("pk")).values_list("left", flat=True)


def fever_from(stay: Stay) -> Decimal:
    """The temperature (°C) from which the pack that governs a stay's first day at its site speaks of fever; one query.

    Ask once for a page.
    """
    try:
        pack = effective(stay.site.jurisdiction, local_date(stay.started_at, ZoneInfo(stay.site.time_zone)))
    except NoPackAdopted:
        return DEFAULT_FEVER
    return pack.rule(stay.category).fever_from


def _category(site: Site) -> str:
    return "inbound" if site.category == "mixed" else site.category
