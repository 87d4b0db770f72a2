"""Who on a list is known already, and who of them cannot come because they are here or on another bus."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from lazaretto.arrivals.manifest import Person
from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import ON_THE_WAY
from lazaretto.arrivals.staging import documents_of, same_name
from lazaretto.people.digests import contact_digest, document_digest
from lazaretto.people.models import ContactPoint, IdentityDocument
from lazaretto.people.models import Person as KnownPerson
from lazaretto.people.queries import known_people
from lazaretto.stays.models import Stay

CHUNK = 500
T = TypeVar("T")


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
    suggestion that must be decided. A fixed number of queries for every five hundred people.
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


def under_way(person_ids: Iterable[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Of these people, those who stay somewhere now, and those who are expected somewhere."""
    staying: set[UUID] = set()
    expected: set[UUID] = set()
    for some in _chunks(list(person_ids)):
        here = Stay.objects.filter(person_id__in=some, ended_at__isnull=True)
        staying.update(here.values_list("person_id", flat=True))
        coming = ExpectedArrival.objects.filter(person_id__in=some, state__in=ON_THE_WAY)
        expected.update(coming.values_list("person_id", flat=True))
    return staying, expected


def _load(person_ids: set[UUID]) -> _Known:
    known = _Known()
    for some in _chunks(sorted(person_ids)):
        rows = KnownPerson.objects.filter(pk__in=some).values_list("pk", "name", "birth_date", "names__full")
        for pk, name, born, other in rows:
            known.names.setdefault(pk, [name]).append(other or name)
            known.births[pk] = born
    known.staying, known.expected = under_way(person_ids)
    return known


@dataclass(frozen=True)
class _Suggested:
    person_id: UUID
    phones: frozenset[str]
    has_document: bool


def _suggestions(people: Sequence[Person]) -> Mapping[tuple[str, date], list[_Suggested]]:
    """Known people of the same name and birth date, with what would tell them apart."""
    wanted = sorted({(p.name, p.birth_date) for p in people if p.name and p.birth_date})
    found: dict[UUID, tuple[str, date]] = {}
    for some in _chunks(wanted):
        rows = KnownPerson.objects.current().filter(
            birth_date__in={born for _, born in some}, name__in={name for name, _ in some}
        )
        pairs = set(some)
        for pk, name, born in rows.values_list("pk", "name", "birth_date"):
            if born is not None and (name, born) in pairs:
                found[pk] = (name, born)
    phones: dict[UUID, set[str]] = {}
    documented: set[UUID] = set()
    for ids in _chunks(sorted(found)):
        for pk, digest in ContactPoint.objects.filter(person_id__in=ids).values_list("person_id", "digest"):
            phones.setdefault(pk, set()).add(digest)
        documented.update(IdentityDocument.objects.filter(person_id__in=ids).values_list("person_id", flat=True))
    result: dict[tuple[str, date], list[_Suggested]] = {}
    for pk, key in sorted(found.items()):
        result.setdefault(key, []).append(_Suggested(pk, frozenset(phones.get(pk, ())), pk in documented))
    return result


def _suggestion(person: Person, suggested: Mapping[tuple[str, date], list[_Suggested]]) -> _Verdict:
    if not person.birth_date:
        return _NOBODY
    for known in suggested.get((person.name, person.birth_date), ()):
        shares = bool(known.phones & {contact_digest(phone) for phone in person.phones})
        if shares or not person.documents or not known.has_document:
            return known.person_id, "possibly_known"
    return _NOBODY


def _chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
