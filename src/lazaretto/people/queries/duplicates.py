"""Pairs of records that may be one person: how they are found, and the queue in which somebody decides."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.prepared import prepared
from lazaretto.people.choices import SuggestionState
from lazaretto.people.digests import contact_digest, number_digest
from lazaretto.people.likeness import Traits, reasons, sounds
from lazaretto.people.models import ContactPoint, DuplicateSuggestion, IdentityDocument, Person, PersonName, SearchToken

MERGE = "people.merge"
MOST_NAMESAKES = 400


@dataclass(frozen=True)
class Pair:
    """Two records, the older first, and why they may be one person."""

    first: UUID
    second: UUID
    reasons: list[str]


def suggestions(actor: Actor) -> QuerySet[DuplicateSuggestion]:
    """Open pairs of which the actor may see both, newest first; pairs with a merged record no longer count."""
    visible = DuplicateSuggestion.objects.visible_to(actor, MERGE).filter(state=SuggestionState.OPEN)
    alone = visible.filter(first__merged_into__isnull=True, second__merged_into__isnull=True)
    return alone.select_related("first", "second").order_by("-id")


def likely_pairs(person_ids: Collection[UUID]) -> list[Pair]:
    """Every pair of one of these people with anybody in the district that may be one person; few queries."""
    asked = traits(person_ids)
    candidates = _candidates(asked)
    others = traits({other for found in candidates.values() for other in found} - asked.keys())
    known = asked | others
    pairs = {
        (min(one, other), max(one, other))
        for one, found in candidates.items()
        for other in found
        if other in known and one != other
    }
    found = [Pair(first, second, reasons(known[first], known[second])) for first, second in sorted(pairs)]
    return [pair for pair in found if pair.reasons]


def alike(
    names: Iterable[str], *, numbers: Iterable[str] = (), phones: Iterable[str] = (), birth_date: date | None = None
) -> dict[UUID, list[str]]:
    """Who in the whole district may be somebody who is not registered yet, each with the reasons; seven queries.

    `numbers` are documents in normal form, `phones` E.164. For commands: the answer is not limited to what an actor
    may see, so that nobody is doubled whoever asks.
    """
    own = Traits(frozenset(names), frozenset(numbers), frozenset(map(contact_digest, phones)), birth_date)
    found = _namesakes(own) if own.names else set()
    holders = IdentityDocument.objects.filter(number_digest__in=[number_digest(number) for number in own.numbers])
    found |= set(holders.values_list("person_id", flat=True))
    found |= set(ContactPoint.objects.filter(digest__in=own.phones).values_list("person_id", flat=True))
    others = sorted(traits(found).items())
    return {person: why for person, other in others if (why := reasons(own, other))}


def traits(person_ids: Collection[UUID]) -> dict[UUID, Traits]:
    """What is compared of these people, merged records left out; four queries."""
    births = dict(_births(people=person_ids))
    names, numbers = _grouped(_names(people=births.keys())), _grouped(_numbers(people=births.keys()))
    phones = _grouped(_phones(people=births.keys()))
    return {
        person: Traits(frozenset(names[person]), frozenset(numbers[person]), frozenset(phones[person]), birth)
        for person, birth in births.items()
    }


def _grouped(rows: Iterable[tuple[UUID, Any]]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for person, value in rows:
        found[person].add(value)
    return found


def _candidates(asked: dict[UUID, Traits]) -> dict[UUID, set[UUID]]:
    """Whom each of these people shares a number, a phone, or a name (and birth date, where known) with."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for rows in (_same_number(people=asked.keys()), _same_phone(people=asked.keys())):
        holders: dict[str, set[UUID]] = defaultdict(set)
        for digest, person in rows:
            holders[digest].add(person)
        for people in holders.values():
            for person in people & asked.keys():
                found[person] |= people
    for person, own in asked.items():
        found[person] |= _namesakes(own)
    return found


def _namesakes(own: Traits) -> set[UUID]:
    spoken = sounds(own.names)
    if own.birth_date is None:
        return set(_sounding(tokens=spoken))
    return set(_sounding_and_born(tokens=spoken, born=own.birth_date))


@prepared
def _births(people: Any) -> QuerySet[Person, tuple[UUID, date | None]]:
    return Person.objects.current().filter(pk__among=people).values_list("id", "birth_date")


@prepared
def _names(people: Any) -> QuerySet[PersonName, tuple[UUID, str]]:
    return PersonName.objects.filter(person__among=people).values_list("person_id", "full")


@prepared
def _numbers(people: Any) -> QuerySet[IdentityDocument, tuple[UUID, Any]]:
    return IdentityDocument.objects.filter(person__among=people).values_list("person_id", "number")


@prepared
def _phones(people: Any) -> QuerySet[ContactPoint, tuple[UUID, str]]:
    return ContactPoint.objects.filter(person__among=people).values_list("person_id", "digest")


@prepared
def _same_number(people: Any) -> QuerySet[IdentityDocument, tuple[str, UUID]]:
    theirs = IdentityDocument.objects.filter(person__among=people).values("number_digest")
    found = IdentityDocument.objects.filter(number_digest__in=theirs)
    return found.values_list("number_digest", "person_id")


@prepared
def _same_phone(people: Any) -> QuerySet[ContactPoint, tuple[str, UUID]]:
    theirs = ContactPoint.objects.filter(person__among=people).values("digest")
    return ContactPoint.objects.filter(digest__in=theirs).values_list("digest", "person_id")


@prepared
def _sounding(tokens: Any) -> QuerySet[SearchToken, UUID]:
    return _everywhere(tokens).values_list("person_id", flat=True)[:MOST_NAMESAKES]


@prepared
def _sounding_and_born(tokens: Any, born: Any) -> QuerySet[SearchToken, UUID]:
    fitting = Q(person__birth_date=born) | Q(person__birth_date__isnull=True)
    return _everywhere(tokens).filter(fitting).values_list("person_id", flat=True)[:MOST_NAMESAKES]


def _everywhere(tokens: Any) -> QuerySet[SearchToken]:
    return SearchToken.objects.filter(unit_id=SearchToken.EVERYWHERE, token__among=tokens)
