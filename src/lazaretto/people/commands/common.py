"""What every command about one person needs."""

from typing import Any
from uuid import UUID

from django.db.models import Model

from lazaretto.core.access import Actor
from lazaretto.core.commands import record
from lazaretto.core.errors import ReasonRequired
from lazaretto.people.errors import PersonMerged
from lazaretto.people.models import Person, PersonAccess


def still_one(*people: Person) -> None:
    """Refuse records that were merged into another; raises `PersonMerged` naming the kept one."""
    for person in people:
        if person.merged_into_id is not None:
            raise PersonMerged(kept=person.merged_into_id)


def need_reason(reason: str) -> str:
    """The reason without spaces around; raises `ReasonRequired`."""
    if not reason.strip():
        raise ReasonRequired
    return reason.strip()


def note(
    actor: Actor, person: Person, subject: Model | None = None, *, data: dict[str, Any] | None = None, reason: str = ""
) -> None:
    """A note of the running command about a person, in the unit through which the actor sees them."""
    record(subject or person, unit_id=unit_of(actor, person), person_id=person.id, data=data, reason=reason)


def unit_of(actor: Actor, person: Person) -> UUID | None:
    """A unit that cares for the person, rather one of the actor's own; None when nobody does."""
    units = list(
        PersonAccess.objects.filter(person=person).order_by("ended_at", "-started_at").values_list("unit_id", flat=True)
    )
    return next((unit for unit in units if unit in actor.units), units[0] if units else None)


def compare_again(*people: Person) -> None:
    """Something changed by which a duplicate might show."""
    Person.objects.filter(pk__in=[person.pk for person in people]).update(compared_at=None)
