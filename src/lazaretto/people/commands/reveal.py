"""Sensitive reads: each gives one plain value, and the journal knows who read it and what for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from lazaretto.core.access import Actor
from lazaretto.core.commands import command
from lazaretto.core.errors import NotFound
from lazaretto.people.choices import RevealPurpose
from lazaretto.people.commands.common import note
from lazaretto.people.models import ContactPoint, IdentityDocument, Need, Person


@dataclass(frozen=True)
class Revealed:
    """The plain value."""

    value: str


@command("people.reveal_document", capability="people.reveal", keeps_answer=False)
def reveal_document(
    *, actor: Actor, at: datetime, person: Person, document_id: UUID, purpose: RevealPurpose
) -> Revealed:
    """The whole number of a document."""
    document = _of(IdentityDocument, person, document_id)
    note(actor, person, document, data={"kind": document.kind}, reason=purpose)
    return Revealed(document.number)


@command("people.reveal_phone", capability="people.reveal", keeps_answer=False)
def reveal_phone(*, actor: Actor, at: datetime, person: Person, contact_id: UUID, purpose: RevealPurpose) -> Revealed:
    """A whole telephone number or address."""
    contact = _of(ContactPoint, person, contact_id)
    note(actor, person, contact, data={"kind": contact.kind}, reason=purpose)
    return Revealed(contact.value)


@command("people.reveal_note", capability="people.reveal", keeps_answer=False)
def reveal_note(*, actor: Actor, at: datetime, person: Person, need_id: UUID, purpose: RevealPurpose) -> Revealed:
    """What was written beside a need; it may be a health note."""
    need = _of(Need, person, need_id)
    note(actor, person, need, data={"kind": need.kind}, reason=purpose)
    return Revealed(need.note or "")


@command("people.reveal_address", capability="people.reveal", keeps_answer=False)
def reveal_address(*, actor: Actor, at: datetime, person: Person, purpose: RevealPurpose) -> Revealed:
    """Where the person lives."""
    note(actor, person, data={"kind": "address"}, reason=purpose)
    return Revealed(person.address or "")


def _of(model: type[Model], person: Person, pk: UUID) -> Any:
    manager: Any = model._default_manager
    found = manager.filter(person=person, pk=pk).first()
    if found is None:
        raise NotFound(kind=model._meta.label_lower, id=pk)
    return found
