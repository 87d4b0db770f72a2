"""A person under an id: records that were merged lead to the one that was kept."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.paging import BadCursor
from lazaretto.core.prepared import prepared
from lazaretto.people.models import Person, PersonAccess

READ = "people.read"


def uuid_of(cursor: str) -> UUID:
    """The id in a cursor; raises `BadCursor`."""
    try:
        return UUID(cursor)
    except ValueError as error:
        raise BadCursor from error


def person_by_id(actor: Actor, person_id: UUID, capability: str = READ) -> Person:
    """The person under an id; of a merged record the one that was kept. Raises `NotFound` outside the actor's units."""
    units = list(actor.units_with(capability))
    current: UUID | None = person_id
    while current is not None:
        found = _seen_from(person=current, units=units)
        if not found:
            break
        person: Person = found[0]
        if person.merged_into_id is None and (found[0].seen or actor.everywhere(capability)):
            return person
        current = person.merged_into_id
    raise NotFound(person=person_id)


@prepared
def _seen_from(person: Any, units: Any) -> QuerySet[Any]:
    """A person, and whether one of these units cares or cared for them."""
    seen = PersonAccess.objects.filter(person=OuterRef("pk"), unit_id__among=units)
    return Person.objects.filter(pk=person).annotate(seen=Exists(seen))


def record_ids(person: Person) -> list[UUID]:
    """The ids under which a person was ever recorded: their own and those of merged records."""
    found, fresh = [person.id], [person.id]
    while fresh:
        fresh = list(Person.objects.filter(merged_into__in=fresh).exclude(pk__in=found).values_list("id", flat=True))
        found += fresh
    return found
