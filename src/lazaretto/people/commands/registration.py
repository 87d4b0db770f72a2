"""People come into our care: one at a desk, or a whole manifest at once; units come to see them and leave them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import Fresh, few, insert_rows, write_together
from lazaretto.core.commands import command, record, record_all
from lazaretto.core.ids import new_id
from lazaretto.core.journal import Note
from lazaretto.core.prepared import prepared, prepared_change
from lazaretto.core.turns import in_turn
from lazaretto.people.choices import ContactKind, PartyKind
from lazaretto.people.commands.newcomers import GivenDocument, NewPerson, clean_person
from lazaretto.people.commands.tokens import add_tokens, chunks, open_with_tokens
from lazaretto.people.digests import contact_digest, document_digest, last_four, normal_number, number_digest
from lazaretto.people.errors import DocumentTaken
from lazaretto.people.models import (
    ContactPoint,
    IdentityDocument,
    Need,
    Party,
    PartyMember,
    Person,
    PersonAccess,
    PersonName,
)
from lazaretto.people.queries import known_people
from lazaretto.people.search_text import romanised, script_of


@dataclass(frozen=True)
class PersonRegistered:
    """Somebody is in our care. `known` says that the document found a record that existed already."""

    person_id: UUID
    known: bool


@command("people.register_person", capability="people.manage", beside=("unit",))
def register_person(*, actor: Actor, at: datetime, unit: Unit, person: NewPerson) -> PersonRegistered:
    """Register one person for a unit. Whoever is known by the same document under the same name is not doubled.

    Who looks like somebody else is found by the duty that compares newcomers, a quarter of a minute later: nobody at
    the desk waits for it. Raises `NameInvalid`, `DocumentInvalid`, `PhoneInvalid`, `BirthDateImpossible`,
    and `DocumentTaken` when the document belongs to somebody of another name.
    """
    return take_up(clean_person(person, at=at), unit_id=unit.id, at=at)


def take_up(clean: NewPerson, *, unit_id: UUID, at: datetime) -> PersonRegistered:
    """The same of values in normal form, inside the running command. Raises `DocumentTaken`."""
    in_turn(f"document {number_digest(document.number)}" for document in clean.documents)
    known = set(known_people(clean.documents).values())
    if not known:
        (made,) = add_people([clean], unit_id=unit_id, at=at)
        return PersonRegistered(made, known=False)
    found = Person.objects.filter(pk__in=known).first()
    if len(known) > 1 or found is None or not _same_name(found, clean):
        raise DocumentTaken
    open_access([found.id], unit_id, at)
    record(found, unit_id=unit_id, person_id=found.id, data={"known_by": "document"})
    return PersonRegistered(found.id, known=True)


def _same_name(found: Person, given: NewPerson) -> bool:
    known = {full.casefold() for full in found.names.values_list("full", flat=True)} | {found.name.casefold()}
    return not known.isdisjoint(name.casefold() for name in (given.name, *given.other_names))


def add_people(people: Sequence[NewPerson], *, unit_id: UUID, at: datetime) -> list[UUID]:
    """Add people in bulk, inside the running command; ids in the order given, one journal note each.

    Values must be in normal form (`clean_person`, or the reading of an import). Nobody may be known by one of the
    documents (`known_people`): raises `DocumentTaken`.
    """
    rows = [(new_id(), new) for new in people]
    names = {person: tuple(dict.fromkeys((new.name, *new.other_names))) for person, new in rows}
    write_together(
        Fresh(Person, PERSON_FIELDS, (_person_row(person, new, at) for person, new in rows)),
        Fresh(
            PersonName,
            ("id", "person", "script", "full"),
            ((new_id(), person, script_of(full), full) for person, own in names.items() for full in own),
        ),
        Fresh(PersonAccess, _ACCESS_FIELDS, ((new_id(), person, unit_id, at) for person, _new in rows)),
        *_contacts_and_needs(rows, at),
        *_parties(rows, at),
    )
    add_tokens(names, [unit_id])
    _add_documents(rows, at)
    record_all([_note(person, new, unit_id) for person, new in rows])
    return [person for person, _new in rows]


Rows = list[tuple[UUID, NewPerson]]
PERSON_FIELDS = (
    "id", "name", "romanised", "sex", "birth_date", "nationality", "language", "employer", "dormitory", "address",
    "created_at",
)  # fmt: skip
DOCUMENT_FIELDS = ("id", "person", "kind", "country", "number", "digest", "number_digest", "last_four", "created_at")
CONTACT_FIELDS = ("id", "person", "kind", "value", "digest", "last_four", "created_at")


def _person_row(person: UUID, new: NewPerson, at: datetime) -> tuple[Any, ...]:
    return (
        person, new.name, romanised(new.name, new.other_names), new.sex, new.birth_date, new.nationality, new.language,
        new.employer, new.dormitory, new.address or None, at,
    )  # fmt: skip


def document_row(person: UUID, given: GivenDocument, at: datetime) -> tuple[Any, ...]:
    """The values of `DOCUMENT_FIELDS`: number in normal form, with its digests."""
    digest = document_digest(given.kind, given.country, given.number)
    number, country = normal_number(given.number), given.country.upper()
    return (new_id(), person, given.kind, country, number, digest, number_digest(number), last_four(number), at)


def contact_row(person: UUID, value: str, at: datetime, kind: str = ContactKind.PHONE) -> tuple[Any, ...]:
    """The values of `CONTACT_FIELDS`."""
    return (new_id(), person, kind, value, contact_digest(value), last_four(value), at)


def _add_documents(rows: Rows, at: datetime) -> None:
    documents = (document_row(person, given, at) for person, new in rows for given in new.documents)
    try:
        insert_rows(IdentityDocument, DOCUMENT_FIELDS, documents)
    except IntegrityError as error:
        raise DocumentTaken from error


def _contacts_and_needs(rows: Rows, at: datetime) -> tuple[Fresh, Fresh]:
    phones = ((person, value) for person, new in rows for value in dict.fromkeys(new.phones))
    needs = {(person, need.kind): need.note for person, new in rows for need in new.needs}
    return (
        Fresh(ContactPoint, CONTACT_FIELDS, (contact_row(person, value, at) for person, value in phones)),
        Fresh(
            Need,
            ("id", "person", "kind", "note", "started_at"),
            [(new_id(), person, kind, note or None, at) for (person, kind), note in needs.items()],
        ),
    )


def _parties(rows: Rows, at: datetime) -> tuple[Fresh, Fresh]:
    groups: dict[str, Rows] = defaultdict(list)
    for person, new in rows:
        if new.party_key:
            groups[new.party_key].append((person, new))
    parties = [(new_id(), members) for members in groups.values()]
    return (
        Fresh(
            Party,
            ("id", "kind", "label", "created_at"),
            [(party, members[0][1].party_kind, members[0][1].party_label, at) for party, members in parties],
        ),
        Fresh(
            PartyMember,
            ("id", "party", "person", "relation", "started_at"),
            [(new_id(), party, person, new.relation, at) for party, members in parties for person, new in members],
        ),
    )


def _note(person: UUID, new: NewPerson, unit_id: UUID) -> Note:
    data = {"documents": len(new.documents), "phones": len(new.phones), "needs": [need.kind for need in new.needs]}
    return Note(Person._meta.label_lower, str(person), person, unit_id, data)


def form_parties(
    groups: Mapping[str, Sequence[UUID]],
    *,
    at: datetime,
    kind: PartyKind = PartyKind.COMPANIONS,
    label: str = "",
    newcomers: Collection[UUID] = (),
) -> dict[str, UUID]:
    """Make a party of each group, new and known people together, inside the running command. Party ids by key.

    Someone's open party of the same kind is joined rather than doubled when all who have one have the same. Of
    `newcomers`, made by this very command, nobody needs to ask whether they have one.
    """
    known = {person for group in groups.values() for person in group}.difference(newcomers)
    present = dict(_in_a_party(people=known, kind=kind)) if known else {}
    result: dict[str, UUID] = {}
    fresh: list[tuple[UUID, str, str, datetime]] = []
    for key, group in groups.items():
        held_here = {present[person] for person in group if person in present}
        if len(held_here) == 1:
            result[key] = held_here.pop()
        else:
            result[key] = new_id()
            fresh.append((result[key], kind, label or key[:80], at))
    insert_rows(Party, ("id", "kind", "label", "created_at"), fresh)
    joining = [
        (new_id(), result[key], person, "", at)
        for key, group in groups.items()
        for person in dict.fromkeys(group)
        if present.get(person) != result[key]
    ]
    insert_rows(PartyMember, ("id", "party", "person", "relation", "started_at"), joining)
    return result


@prepared
def _in_a_party(people: Any, kind: Any) -> QuerySet[PartyMember, tuple[UUID, UUID]]:
    held = PartyMember.objects.filter(person__among=people, ended_at__isnull=True, party__kind=kind)
    return held.values_list("person_id", "party_id")


def open_access(person_ids: Iterable[UUID], unit_id: UUID, at: datetime) -> int:
    """Let a unit see these people from now on, inside the running command; returns for how many that is new."""
    return sum(_open(some, unit_id, at) for some in chunks(list(dict.fromkeys(person_ids))))


def _open(people: Sequence[UUID], unit_id: UUID, at: datetime) -> int:
    rows = [(new_id(), person, unit_id, at) for person in people]
    return open_with_tokens(few(PersonAccess, _ACCESS_FIELDS, rows), unit_id)


_ACCESS_FIELDS = ("id", "person", "unit_id", "started_at")


def close_access(person_ids: Iterable[UUID], unit_id: UUID, at: datetime) -> int:
    """The unit no longer cares for these people, inside the running command. What it saw it can still look up."""
    return _end_access(people=list(dict.fromkeys(person_ids)), unit=unit_id, ended_at=at)


@prepared_change("ended_at")
def _end_access(people: Any, unit: Any) -> QuerySet[PersonAccess]:
    return PersonAccess.objects.filter(person__among=people, unit_id=unit, ended_at__isnull=True)
