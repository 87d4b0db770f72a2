"""Which names an actor reads, and which only masked."""

from collections.abc import Iterable
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.people.masking import mask
from lazaretto.people.models import Person, PersonAccess

CAPABILITY = "people.names"


def display_name(actor: Actor, person: Person, *, unit_id: UUID | None = None) -> str:
    """The person's name for this actor: whole, or masked where the role needs no names.

    Give the `unit_id` through which the person is looked at (a site's unit) where it is known: then no query is made.
    """
    return person.name if _reads_name(actor, person, unit_id) else mask(person.name)


def _reads_name(actor: Actor, person: Person, unit_id: UUID | None) -> bool:
    if actor.everywhere(CAPABILITY):
        return True
    if not actor.units_with(CAPABILITY):
        return False
    if unit_id is not None:
        return actor.may(CAPABILITY, unit_id)
    return person.id in names_visible(actor, [person.id])


def name_for(actor: Actor, name: str, *, unit_id: UUID) -> str:
    """The name of somebody who has no record yet, or its mask for a role that needs none in that unit."""
    return name if actor.may("people.names", unit_id) else mask(name)


def display_names(actor: Actor, people: Iterable[Person]) -> dict[UUID, str]:
    """The names of many people for this actor, by id; at most one query."""
    listed = list(people)
    whole = names_visible(actor, [person.id for person in listed])
    return {person.id: person.name if person.id in whole else mask(person.name) for person in listed}


def names_visible(actor: Actor, person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these people whose names the actor reads whole; at most one query."""
    wanted = set(person_ids)
    if actor.everywhere(CAPABILITY):
        return wanted
    units = actor.units_with(CAPABILITY)
    if not units or not wanted:
        return set()
    seen = PersonAccess.objects.filter(person_id__in=wanted, unit_id__in=units)
    return set(seen.values_list("person_id", flat=True))
