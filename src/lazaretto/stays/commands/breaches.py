"""The breach register, and the door and patrol checks that feed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import DeadlineKind, Due, meet, raise_alarm
from lazaretto.core.errors import ReasonRequired
from lazaretto.people.models import Person
from lazaretto.places.models import Room, Site
from lazaretto.stays.choices import BreachKind, DoorFinding
from lazaretto.stays.deadlines import ALONE, BREACH
from lazaretto.stays.errors import AlreadyClosed, RoomElsewhere
from lazaretto.stays.models import Breach, DoorCheck
from lazaretto.stays.queries.sharing import Behind

CORRECTED = gettext_noop("Entered by mistake at the door; found: %(found)s")
OF_FINDING = {DoorFinding.OPEN: BreachKind.DOOR_OPEN, DoorFinding.SEAL_BROKEN: BreachKind.LEFT_ROOM}


@dataclass(frozen=True)
class BreachReported:
    """A breach stands in the register and an alarm was raised."""

    breach_id: UUID


@dataclass(frozen=True)
class BreachClosed:
    """What was done about a breach is written down."""

    breach_id: UUID


@dataclass(frozen=True)
class DoorChecked:
    """A door was looked at; `breach_id` when that was a breach."""

    check_id: UUID
    breach_id: UUID | None


@command("stays.report_breach", capability="stays.breach")
def report_breach(
    *, actor: Actor, at: datetime, site: Site, kind: BreachKind, description: str, room: Room | None = None
) -> BreachReported:
    """Put a breach into the register and tell the site lead at once. Raises `ReasonRequired`, `RoomElsewhere`."""
    if not description.strip():
        raise ReasonRequired
    breach = _breach(site, room, kind, description, actor, at)
    return BreachReported(breach.id)


@command("stays.close_breach", capability="stays.breach")
def close_breach(*, actor: Actor, at: datetime, breach: Breach, action: str) -> BreachClosed:
    """Close a breach with what was done about it. Raises `ReasonRequired`, `AlreadyClosed`."""
    if not action.strip():
        raise ReasonRequired
    if breach.closed_at is not None:
        raise AlreadyClosed(breach=breach.id)
    _close(breach, action, actor, at)
    return BreachClosed(breach.id)


@command("stays.check_door", capability="stays.breach")
def check_door(
    *, actor: Actor, at: datetime, room: Room, finding: DoorFinding, corrects: DoorCheck | None = None
) -> DoorChecked:
    """Write down what a patrol found at a door. An open door or a broken seal is a breach at once.

    `corrects` names a check of the same door that was a slip of the finger: it stays written, and the breach that came
    of it is closed as a wrong entry if nobody has acted on it yet. Raises `RoomElsewhere`, `AlreadyClosed`.
    """
    if corrects is not None:
        _correctable(corrects, room)
    kind = OF_FINDING.get(finding)
    words = str(finding.label)
    breach = _breach(room.site, room, kind, "", actor, at) if kind else None  # the kind says it all
    check = DoorCheck.objects.create(
        room=room, finding=finding, checked_at=at, checked_by_id=actor.user_id, breach=breach, corrects=corrects
    )
    if corrects is not None and corrects.breach is not None and corrects.breach.closed_at is None:
        _close(corrects.breach, gettext(CORRECTED) % {"found": words}, actor, at)
    data = {"room": room.number, "finding": finding, "corrects": corrects.id if corrects else None}
    record(check, unit_id=room.site.unit_id, data=data)
    return DoorChecked(check.id, breach.id if breach else None)


def _correctable(check: DoorCheck, room: Room) -> None:
    if check.room_id != room.id:
        raise RoomElsewhere(room=room.number)
    if DoorCheck.objects.filter(corrects=check).exists():
        raise AlreadyClosed(check=check.id)


def _close(breach: Breach, action: str, actor: Actor, at: datetime) -> None:
    breach.action, breach.closed_at, breach.closed_by_id = action, at, actor.user_id
    breach.save(update_fields=["action", "closed_at", "closed_by"])
    meet(_alarm_of(breach.kind).code, breach, at=at, by=actor.user_id, answer=action)
    record(breach, unit_id=breach.site.unit_id, person_id=breach.person_id, data={"kind": breach.kind}, reason=action)


def report_alone(found: Sequence[Behind], site: Site, words: str, *, actor: Actor, at: datetime) -> None:
    """Somebody who must not be alone is, or goes, alone because the others had to leave; inside the running command.

    It stands in the register until somebody writes down who looks after them.
    """
    for one in found:
        person = one.lonely.sharer.person
        _breach(site, one.room, BreachKind.LEFT_ALONE, f"{words} {one.lonely.why}", actor, at, person=person)


def _alarm_of(kind: str) -> DeadlineKind:
    return ALONE if kind == BreachKind.LEFT_ALONE else BREACH


def _breach(
    site: Site,
    room: Room | None,
    kind: BreachKind,
    words: str,
    actor: Actor,
    at: datetime,
    *,
    person: Person | None = None,
) -> Breach:
    if room is not None and room.site_id != site.id:
        raise RoomElsewhere(room=room.number)
    breach = Breach.objects.create(
        site=site, room=room, person=person, kind=kind, noticed_at=at, noticed_by_id=actor.user_id, description=words
    )
    who = person.pk if person else None
    raise_alarm(Due(_alarm_of(kind).code, breach, at, unit_id=site.unit_id, person_id=who), at=at)
    record(breach, unit_id=site.unit_id, person_id=who, data={"kind": kind, "room": room.number if room else None})
    return breach
