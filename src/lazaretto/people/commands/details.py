"""What is known of a person changes or is put right."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows
from lazaretto.core.commands import command
from lazaretto.core.errors import NotFound
from lazaretto.people.choices import Sex
from lazaretto.people.commands.common import compare_again, need_reason, note, still_one
from lazaretto.people.commands.newcomers import (
    Country,
    GivenDocument,
    LanguageCode,
    Name,
    Short,
    Words,
    clean_name,
    clean_phones,
    read_typed,
    refuse_impossible_birth,
)
from lazaretto.people.commands.registration import (
    CONTACT_FIELDS,
    DOCUMENT_FIELDS,
    contact_row,
    document_row,
)
from lazaretto.people.commands.tokens import rewrite_tokens
from lazaretto.people.errors import DocumentTaken, NameInUse
from lazaretto.people.models import ContactPoint, IdentityDocument, Person, PersonName
from lazaretto.people.search_text import romanised, script_of


@dataclass(frozen=True)
class PersonChanged:
    """What of the person is different now; empty when everything was so already."""

    person_id: UUID
    changed: list[str]


@dataclass(frozen=True)
class DocumentStored:
    """A document of the person."""

    document_id: UUID


@command("people.change_details", capability="people.manage")
def change_details(
    *,
    actor: Actor,
    at: datetime,
    person: Person,
    sex: Sex | None = None,
    birth_date: date | None = None,
    nationality: Country | None = None,
    language: LanguageCode | None = None,
    employer: Short | None = None,
    dormitory: Short | None = None,
    address: Words | None = None,
    reason: Words = "",
) -> PersonChanged:
    """Change what is said of a person; what is not given stays. Raises `PersonMerged`, `BirthDateImpossible`."""
    still_one(person)
    given = {
        "sex": sex, "birth_date": birth_date, "nationality": nationality, "language": language, "employer": employer,
        "dormitory": dormitory, "address": address,
    }  # fmt: skip
    changed = [name for name, value in given.items() if value is not None and value != (getattr(person, name) or "")]
    if "birth_date" in changed:
        refuse_impossible_birth(birth_date, at=at)
    for name in changed:
        setattr(person, name, given[name] or (None if name == "address" else given[name]))
    person.compared_at = None
    person.save(update_fields=[*changed, "compared_at"])
    note(actor, person, data={"changed": changed}, reason=reason)
    return PersonChanged(person.id, changed)


@command("people.add_name", capability="people.manage")
def add_name(*, actor: Actor, at: datetime, person: Person, name: Name, shown: bool = False) -> PersonChanged:
    """Add a name in any script; `shown` makes it (or one the person has already) the one that lists show.

    Raises `NameInvalid`, `PersonMerged`.
    """
    still_one(person)
    full = clean_name(name)
    _row, fresh = PersonName.objects.get_or_create(person=person, full=full, defaults={"script": script_of(full)})
    renamed = shown and person.name != full
    if renamed:
        person.name = full
    _follow_names(person)
    compare_again(person)
    changed = [what for what, so in (("names", fresh), ("name", renamed)) if so]
    note(actor, person, data={"changed": changed})
    return PersonChanged(person.id, changed)


@command("people.remove_name", capability="people.manage")
def remove_name(*, actor: Actor, at: datetime, person: Person, name_id: UUID, reason: Words) -> PersonChanged:
    """Take away a name that was never theirs. Raises `NameInUse` for the one that is shown, `ReasonRequired`."""
    still_one(person)
    reason = need_reason(reason)
    row = PersonName.objects.filter(person=person, pk=name_id).first()
    if row is None:
        raise NotFound(name=name_id)
    if row.full == person.name:
        raise NameInUse
    row.delete()
    _follow_names(person)
    note(actor, person, data={"changed": ["names"], "name": str(name_id)}, reason=reason)
    return PersonChanged(person.id, ["names"])


@command("people.add_document", capability="people.manage")
def add_document(*, actor: Actor, at: datetime, person: Person, document: GivenDocument) -> DocumentStored:
    """Add an identity document. Raises `DocumentInvalid`, `DocumentTaken`, `PersonMerged`."""
    still_one(person)
    stored = _store(actor, person, _cleaned(document), at)
    compare_again(person)
    note(actor, person, stored, data={"kind": stored.kind})
    return DocumentStored(stored.id)


@command("people.correct_document", capability="people.manage")
def correct_document(
    *, actor: Actor, at: datetime, person: Person, document_id: UUID, document: GivenDocument, reason: Words
) -> DocumentStored:
    """Put a wrongly entered document right. Raises `DocumentInvalid`, `DocumentTaken`, `ReasonRequired`."""
    still_one(person)
    reason = need_reason(reason)
    clean = _cleaned(document)
    wrong = _document(person, document_id)
    wrong.delete()
    stored = _store(actor, person, clean, wrong.created_at, document_id)
    compare_again(person)
    note(actor, person, stored, data={"kind": stored.kind, "kind_before": wrong.kind}, reason=reason)
    return DocumentStored(stored.id)


@command("people.remove_document", capability="people.manage")
def remove_document(*, actor: Actor, at: datetime, person: Person, document_id: UUID, reason: Words) -> PersonChanged:
    """Take away a document that belongs to somebody else. Raises `ReasonRequired`."""
    still_one(person)
    reason = need_reason(reason)
    wrong = _document(person, document_id)
    note(actor, person, wrong, data={"kind": wrong.kind, "removed": True}, reason=reason)
    wrong.delete()
    return PersonChanged(person.id, ["documents"])


@command("people.add_phone", capability="people.manage")
def add_phone(*, actor: Actor, at: datetime, person: Person, phone: Short) -> PersonChanged:
    """Add the telephone numbers in a text; those known already are not doubled. Raises `PhoneInvalid`."""
    still_one(person)
    rows = [contact_row(person.id, value, at) for value in clean_phones(phone)]
    digest = CONTACT_FIELDS.index("digest")
    known = set(person.contacts.values_list("digest", flat=True))
    fresh = [row for row in rows if row[digest] not in known]
    insert_rows(ContactPoint, CONTACT_FIELDS, fresh)
    compare_again(person)
    note(actor, person, data={"changed": ["phones"], "contacts": [str(row[0]) for row in fresh]})
    return PersonChanged(person.id, ["phones"] if fresh else [])


@command("people.remove_phone", capability="people.manage")
def remove_phone(*, actor: Actor, at: datetime, person: Person, contact_id: UUID, reason: Words) -> PersonChanged:
    """Take away a number by which the person is not reached. Raises `ReasonRequired`."""
    still_one(person)
    reason = need_reason(reason)
    deleted, _by_model = ContactPoint.objects.filter(person=person, pk=contact_id).delete()
    if not deleted:
        raise NotFound(contact=contact_id)
    note(actor, person, data={"changed": ["phones"], "contact": str(contact_id)}, reason=reason)
    return PersonChanged(person.id, ["phones"])


def _follow_names(person: Person) -> None:
    """Latin letters and search tokens are those of the names that the person has now."""
    others = tuple(person.names.order_by("id").values_list("full", flat=True))
    person.romanised = romanised(person.name, others)
    person.save(update_fields=["name", "romanised"])
    rewrite_tokens([person.id])


def _cleaned(document: GivenDocument) -> GivenDocument:
    reading = read_typed(document)
    return GivenDocument(kind=document.kind, number=reading.number, country=document.country.upper())


def _document(person: Person, document_id: UUID) -> IdentityDocument:
    found = IdentityDocument.objects.filter(person=person, pk=document_id).first()
    if found is None:
        raise NotFound(document=document_id)
    return found


def _store(
    actor: Actor, person: Person, document: GivenDocument, at: datetime, document_id: UUID | None = None
) -> IdentityDocument:
    row = document_row(person.id, document, at)
    values = (document_id or row[0], *row[1:])
    try:
        with transaction.atomic():
            insert_rows(IdentityDocument, DOCUMENT_FIELDS, [values])
    except IntegrityError as error:
        raise _taken(actor, values[DOCUMENT_FIELDS.index("digest")]) from error
    return IdentityDocument.objects.get(pk=values[0])


def _taken(actor: Actor, digest: str) -> DocumentTaken:
    """The refusal; it names the other record only to who may see it."""
    holder = Person.objects.visible_to(actor, "people.read").filter(documents__digest=digest).first()
    return DocumentTaken(person=holder.id) if holder else DocumentTaken()
