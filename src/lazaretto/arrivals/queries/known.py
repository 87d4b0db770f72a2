"""Who on a list is known already, and who of them cannot come because they are here or on another bus."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.arrivals.manifest import Person
from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import ON_THE_WAY
from lazaretto.arrivals.staging import documents_of, same_name
from lazaretto.core.prepared import prepared
from lazaretto.people.digests import contact_digest, document_digest
from lazaretto.people.models import ContactPoint, IdentityDocument
from lazaretto.people.models import Person as KnownPerson
from lazaretto.people.queries import known_people
from lazaretto.stays.models import Stay


@dataclass(frozen=True)
class Match:
    """What is known about one person of a list. `issue` names why a person must decide; empty: all is clear.

    `documents` are the digests of the person's documents.
    """

    person_id: UUID | None = None
    issue: str = ""
    documents: tuple[str, ...] = ()


@dataclass
class _Known:
    names: dict[UUID, list[str]] = field(default_factory=dict)
    births: dict[UUID, date | None] = field(default_factory=dict)
    staying: set[UUID] = field(default_factory=set)
    expected: set[UUID] = field(default_factory=set)


def match_people(people: Sequence[Person]) -> list[Match]:
    """The match of each person, in the order given. The answer does not depend on who asks: nobody is doubled.

    By document: the same name (and no other birth date) is the known person, another name must be decided. Without
    that, the same name and birth date together with a telephone number, or where one side has no document, is a
    suggestion that must be decided. A fixed number of queries, however many people.
    """
    given = [documents_of(person) for person in people]
    by_document = known_people(dict.fromkeys(document for documents in given for document in documents))
    digests = [tuple(document_digest(d.kind, d.country, d.number) for d in documents) for documents in given]
    holders = [{by_document[digest] for digest in own if digest in by_document} for own in digests]
    known = _load({person_id for held in holders for person_id in held})
    suggested = _suggestions([person for person, held in zip(people, holders, strict=True) if not held])
    return [
        Match(*(_judge(person, held, known) if held else _suggestion(person, suggested)), documents=own)
        for person, held, own in zip(people, holders, digests, strict=True)
    ]


_Verdict = tuple[UUID | None, str]
_NOBODY: _Verdict = (None, "")


def _judge(person: Person, held: set[UUID], known: _Known) -> _Verdict:
    found = min(held)
    if len(held) > 1:
        return found, "documents_of_two_people"
    if not any(same_name(person.name, name) for name in known.names[found]):
        return found, "document_of_another_name"
    born = known.births[found]
    if born and person.birth_date and born != person.birth_date:
        return found, "known_birth_date_differs"
    return found, standing(found, known.staying, known.expected)


def standing(person_id: UUID, staying: set[UUID], expected: set[UUID]) -> str:
    """Why a known person cannot come: here already, or on another list; empty when they can."""
    if person_id in staying:
        return "already_in_care"
    return "already_expected" if person_id in expected else ""


def under_way(person_ids: Collection[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Of these people, those who stay somewhere now, and those who are expected somewhere."""
    if not person_ids:
        return set(), set()
    return set(_staying(people=person_ids)), set(_expected(people=person_ids))


@prepared
def _staying(people: Any) -> QuerySet[Stay, UUID]:
    return Stay.objects.filter(person__among=people, ended_at__isnull=True).values_list("person_id", flat=True)


@prepared
def _expected(people: Any) -> QuerySet[ExpectedArrival, UUID]:
    coming = ExpectedArrival.objects.filter(person__among=people, state__in=ON_THE_WAY)
    return coming.values_list("person_id", flat=True)


def _load(person_ids: set[UUID]) -> _Known:
    known = _Known()
    if not person_ids:
        return known
    for pk, name, born, other in _named(people=person_ids):
        known.names.setdefault(pk, [name]).append(other or name)
        known.births[pk] = born
    known.staying, known.expected = under_way(person_ids)
    return known


@prepared
def _named(people: Any) -> QuerySet[KnownPerson, tuple[UUID, str, date | None, str | None]]:
    return KnownPerson.objects.filter(pk__among=people).values_list("pk", "name", "birth_date", "names__full")


@dataclass(frozen=True)
class _Suggested:
    person_id: UUID
    phones: frozenset[str]
    has_document: bool


def _suggestions(people: Sequence[Person]) -> Mapping[tuple[str, date], list[_Suggested]]:
    """Known people of the same name and birth date, with what would tell them apart."""
    wanted = {(p.name, p.birth_date) for p in people if p.name and p.birth_date}
    if not wanted:
        return {}
    rows = _alike(names={name for name, _ in wanted}, births={born for _, born in wanted})
    found = {pk: (name, born) for pk, name, born in rows if (name, born) in wanted and born}
    phones: dict[UUID, set[str]] = {}
    for pk, digest in _phones(people=found.keys()) if found else ():
        phones.setdefault(pk, set()).add(digest)
    documented = set(_documented(people=found.keys())) if found else set()
    result: dict[tuple[str, date], list[_Suggested]] = {}
    for pk, key in sorted(found.items()):
        result.setdefault(key, []).append(_Suggested(pk, frozenset(phones.get(pk, ())), pk in documented))
    return result


@prepared
def _alike(names: Any, births: Any) -> QuerySet[KnownPerson, tuple[UUID, str, date | None]]:
    """More than wanted: the name of one with the birth date of another is left out afterwards."""
    found = KnownPerson.objects.current().filter(birth_date__among=births, name__among=names)
    return found.values_list("pk", "name", "birth_date")


@prepared
def _phones(people: Any) -> QuerySet[ContactPoint, tuple[UUID, str]]:
    return ContactPoint.objects.filter(person__among=people).values_list("person_id", "digest")


@prepared
def _documented(people: Any) -> QuerySet[IdentityDocument, UUID]:
    return IdentityDocument.objects.filter(person__among=people).values_list("person_id", flat=True)


def _suggestion(person: Person, suggested: Mapping[tuple[str, date], list[_Suggested]]) -> _Verdict:
    if not person.birth_date:
        return _NOBODY
    for known in suggested.get((person.name, person.birth_date), ()):
        shares = bool(known.phones & {contact_digest(phone) for phone in person.phones})
        if shares or not person.documents or not known.has_document:
            return known.person_id, "possibly_known"
    return _NOBODY
