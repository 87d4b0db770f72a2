"""Reads of emergencies, within what an actor may see. Never writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.emergencies import rules
from lazaretto.emergencies.choices import EmergencyState
from lazaretto.emergencies.models import Emergency, EmergencyStep
from lazaretto.people.models import Person
from lazaretto.people.queries import display_name
from lazaretto.places.models import Room, Site
from lazaretto.stays.models import Occupancy

READ, REPORT, NAMES = "emergencies.read", "emergencies.report", "people.names"
SHOWN = 20  # open ones that a page has room for


def room_named(site: Site | None, words: str) -> Room | None:
    """The room of a site whose number is all that was said of the place."""
    return Room.objects.filter(site=site, number=words).first() if site and words else None


def emergencies(actor: Actor) -> QuerySet[Emergency]:
    """Emergencies the actor may read, with what a line of a list shows."""
    related = ("site", "unit", "room", "person", "owner", "review")
    return Emergency.objects.visible_to(actor, READ).select_related(*related)


def emergency_by_number(actor: Actor, number: str) -> Emergency:
    """One of them; raises `NotFound`."""
    found = emergencies(actor).select_related("reported_by", "review__reviewer").filter(number=number).first()
    if found is None:
        raise NotFound(kind="emergencies.emergency", number=number)
    return found


def reported_by_number(actor: Actor, number: str) -> Emergency:
    """One where the actor works; raises `NotFound`."""
    seen = Emergency.objects.visible_to(actor, REPORT).select_related("site", "room", "owner", "unit")
    found = seen.filter(number=number).first()
    if found is None:
        raise NotFound(kind="emergencies.emergency", number=number)
    return found


def timeline(emergency: Emergency) -> list[EmergencyStep]:
    """What happened, the first word first."""
    return list(emergency.steps.select_related("by").order_by("position"))


@dataclass(frozen=True)
class Cry:
    """An open emergency as every page of those who work there shows it. Its kind only to those who read it."""

    number: str
    site: str
    room: str
    kind: str
    minutes: int
    owned: bool
    readable: bool


def open_where_one_works(actor: Actor, *, at: datetime) -> list[Cry]:
    """Open emergencies where the actor reports or reads them, the oldest first. One query."""
    rows = (
        Emergency.objects.visible_with(actor, REPORT, READ)
        .filter(closed_at__isnull=True)
        .select_related("site", "room")
    )
    rows = rows.order_by("first_word_at", "id")[:SHOWN]
    return [_cry(actor, row, at) for row in rows]


def _cry(actor: Actor, row: Emergency, at: datetime) -> Cry:
    readable = _may(actor, READ, row)
    kind = str(row.get_kind_display()) if readable else ""
    return Cry(
        row.number, row.site.spoken_name if row.site else "", row.room.number if row.room else "", kind,
        minutes_between(row.first_word_at, at), row.owner_id is not None, readable,
    )  # fmt: skip


def minutes_between(first: datetime, last: datetime) -> int:
    """Whole minutes that have passed; a clock that runs behind shows none."""
    return max(0, int((last - first).total_seconds() // 60))


@dataclass(frozen=True)
class Line:
    """An emergency as the list shows it."""

    emergency: Emergency
    who: str
    minutes: int
    unowned: bool


def lines(actor: Actor, rows: Iterable[Emergency], *, at: datetime) -> list[Line]:
    """With the names that the actor reads, and the minutes that ran. No query."""
    return [
        Line(row, who_is(actor, row), minutes_between(row.first_word_at, row.closed_at or at),
             row.state == EmergencyState.REPORTED)
        for row in rows
    ]  # fmt: skip


def who_is(actor: Actor, row: Emergency) -> str:
    """Whom it concerns: the person's name, or the words that were said; both only for those who read names."""
    name = display_name(actor, row.person, unit_id=row.unit_id) if row.person else ""
    said = row.who if _may(actor, NAMES, row) else ""
    return " · ".join(part for part in (name, said) if part)


def _may(actor: Actor, capability: str, row: Emergency) -> bool:
    """There; in the street (headquarters' unit) whoever sees it at all may read it as at their own site."""
    return actor.may(capability, row.unit_id if row.site_id else None)


@dataclass(frozen=True)
class Beginning:
    """What a report is begun with: chosen already, so that two taps are enough."""

    site: Site | None
    room: str
    person: Person | None
    name: str


def beginning(actor: Actor, *, site: Site | None, room: str, person: UUID | None) -> Beginning:
    """From the page that one comes from. What the actor may not see is left out: nothing holds up a cry for help."""
    found = Person.objects.visible_to(actor, REPORT).filter(pk=person).first() if person else None
    name = display_name(actor, found, unit_id=site.unit_id if site else None) if found else ""
    taken = Occupancy.objects.visible_to(actor, REPORT).filter(stay__person=found, ended_at__isnull=True)
    place = taken.select_related("room__site").first() if found else None
    if place is not None and (site is None or site == place.room.site):
        site, room = place.room.site, room or place.room.number
    return Beginning(site, room, found, name)


def sites_to_report_at(actor: Actor) -> QuerySet[Site]:
    """Where the actor may report."""
    return Site.objects.visible_to(actor, REPORT).order_by("code")


def next_steps(emergency: Emergency) -> list[EmergencyState]:
    """What can be stamped next; taking on is a button of its own."""
    return [state for state in rules.steps_ahead(emergency.state) if state != EmergencyState.OWNED]
