"""Needs and vulnerabilities: recorded, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command
from lazaretto.people.choices import NeedKind
from lazaretto.people.commands.common import note, still_one
from lazaretto.people.commands.newcomers import Words
from lazaretto.people.errors import NeedUnknown
from lazaretto.people.models import Need, Person


@dataclass(frozen=True)
class NeedRecorded:
    """The need is open."""

    need_id: UUID


@dataclass(frozen=True)
class NeedEnded:
    """The need is history."""

    need_id: UUID


@command("people.record_need", capability="people.care")
def record_need(*, actor: Actor, at: datetime, person: Person, kind: NeedKind, details: Words = "") -> NeedRecorded:
    """Record a need, or say more of one that is open. Details may be a health note; they lie encrypted.

    Raises `PersonMerged`.
    """
    still_one(person)
    need, fresh = Need.objects.select_for_update().get_or_create(
        person=person, kind=kind, ended_at=None, defaults={"note": details.strip() or None, "started_at": at}
    )
    if not fresh and details.strip():
        need.note = details.strip()
        need.save(update_fields=["note"])
    note(actor, person, need, data={"kind": kind, "new": fresh, "details": bool(details.strip())})
    return NeedRecorded(need.id)


@command("people.end_need", capability="people.care")
def end_need(*, actor: Actor, at: datetime, person: Person, need_id: UUID, reason: Words = "") -> NeedEnded:
    """The need is over. Raises `NeedUnknown` when it is not open."""
    still_one(person)
    need = Need.objects.select_for_update().filter(person=person, pk=need_id, ended_at__isnull=True).first()
    if need is None:
        raise NeedUnknown
    need.ended_at = max(at, need.started_at)
    need.save(update_fields=["ended_at"])
    note(actor, person, need, data={"kind": need.kind}, reason=reason)
    return NeedEnded(need.id)
