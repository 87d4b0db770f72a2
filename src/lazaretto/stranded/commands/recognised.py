"""Somebody known was recognised: what was typed of them completes their record; nothing there is changed or lost."""

from datetime import datetime

from django.utils.translation import gettext as _

from lazaretto.core.access import Actor
from lazaretto.people.choices import Sex
from lazaretto.people.commands import (
    GivenNeed,
    NewPerson,
    add_document,
    add_name,
    add_phone,
    change_details,
    record_need,
)
from lazaretto.people.digests import contact_digest, number_digest
from lazaretto.people.models import Need, Person
from lazaretto.stranded.models import Group

WRITTEN_WITH = ("people.manage", "people.care")
LANGUAGE = "zh-hans"  # what nobody said


def complete_known(person: Person, said: NewPerson, *, named: bool, actor: Actor, group: Group, at: datetime) -> str:
    """Add to the record what it does not have, whoever found them: it belongs to the finding, not to their role.

    Answers what differs from the record in words, for the history: whoever may write records decides which is right.
    Raises `DocumentTaken` where the paper is somebody else's.
    """
    writer = actor.also_with(WRITTEN_WITH, group.unit_id)
    if named:
        _names(person, said, writer, at)
    _papers(person, said, writer, at)
    reached = set(person.contacts.values_list("digest", flat=True))
    for phone in said.phones:
        if contact_digest(phone) not in reached:
            add_phone(actor=writer, at=at, person=person, phone=phone)
    for need in said.needs:
        _need(person, need, writer, at)
    return _details(person, said, writer, at)


def _names(person: Person, said: NewPerson, writer: Actor, at: datetime) -> None:
    known = set(person.names.values_list("full", flat=True))
    for name in (said.name, *said.other_names):
        if name not in known:
            add_name(actor=writer, at=at, person=person, name=name)


def _papers(person: Person, said: NewPerson, writer: Actor, at: datetime) -> None:
    known = set(person.documents.values_list("number_digest", flat=True))
    for document in said.documents:
        if number_digest(document.number) not in known:
            add_document(actor=writer, at=at, person=person, document=document)


def _need(person: Person, need: GivenNeed, writer: Actor, at: datetime) -> None:
    """What is noted of a need already stays before what is said now."""
    noted = Need.objects.filter(person=person, kind=need.kind, ended_at__isnull=True).first()
    before, now = ((noted.note or "") if noted else ""), need.note.strip()
    if noted is None or (now and now not in before):
        words = "; ".join(part for part in (before, now) if part)
        record_need(actor=writer, at=at, person=person, kind=need.kind, details=words)


def _details(person: Person, said: NewPerson, writer: Actor, at: datetime) -> str:
    person.refresh_from_db()
    given = {
        "sex": "" if said.sex == Sex.UNKNOWN else said.sex, "birth_date": said.birth_date, "employer": said.employer,
        "address": said.address, "language": "" if said.language == LANGUAGE else said.language,
    }  # fmt: skip
    blank = {"sex": Sex.UNKNOWN, "language": LANGUAGE}
    told = {name: value for name, value in given.items() if value}
    fresh = {name: value for name, value in told.items() if (getattr(person, name) or "") in {"", blank.get(name)}}
    if fresh:
        change_details(actor=writer, at=at, person=person, **fresh)  # type: ignore[arg-type]
    other = {name: value for name, value in told.items() if name not in fresh and value != getattr(person, name)}
    return "; ".join(f"{_words()[name]}: {_spoken(value)}" for name, value in other.items())


def _words() -> dict[str, str]:
    return {
        "sex": _("Sex"), "birth_date": _("Date of birth"), "employer": _("Employer"), "address": _("Home"),
        "language": _("Language"),
    }  # fmt: skip


def _spoken(value: object) -> str:
    return str(value.label) if isinstance(value, Sex) else str(value)
