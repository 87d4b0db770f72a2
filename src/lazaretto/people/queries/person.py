"""Everything about one person, as an actor may read it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import unit_names
from lazaretto.core.access import Actor
from lazaretto.core.models import JournalEntry
from lazaretto.people.choices import PartyKind
from lazaretto.people.masking import mask
from lazaretto.people.models import (
    ContactPoint,
    IdentityDocument,
    Merge,
    Need,
    PartyMember,
    Person,
    PersonAccess,
    PersonName,
)
from lazaretto.people.needs import WhatToDo, what_to_do
from lazaretto.people.queries.names import display_names, names_visible
from lazaretto.people.queries.records import READ, record_ids

STEPS = 12


@dataclass(frozen=True)
class NeedLine:
    """An open need and what to do about it."""

    need: Need
    todo: WhatToDo
    has_note: bool


@dataclass(frozen=True)
class Companion:
    """Somebody of the same party whom the actor may see."""

    person_id: UUID
    name: str
    relation: str


@dataclass(frozen=True)
class PartyLine:
    """An open party of the person; `hidden` of its members are cared for elsewhere."""

    party_id: UUID
    kind: str
    label: str
    relation: str
    others: list[Companion]
    hidden: int

    @property
    def kind_label(self) -> str:
        """What such a party is called."""
        return str(PartyKind(self.kind).label)


@dataclass(frozen=True)
class Card:
    """A person's page. Without `named` the person is somebody with stars."""

    person: Person
    named: bool
    name: str
    romanised: str
    names: list[PersonName]
    documents: list[IdentityDocument]
    contacts: list[ContactPoint]
    needs: list[NeedLine]
    past_needs: list[Need]
    parties: list[PartyLine]
    units: list[str]
    merges: list[Merge]

    @property
    def birth_year(self) -> int | None:
        """All of the birth date that a reader without names sees."""
        return self.person.birth_date.year if self.person.birth_date else None


def person_card(actor: Actor, person: Person) -> Card:
    """What the page of a person shows; a fixed number of queries."""
    named = bool(names_visible(actor, [person.id]))
    needs = list(Need.objects.filter(person=person).order_by("ended_at", "started_at").defer("note"))
    noted = set(Need.objects.filter(person=person, note__isnull=False).values_list("id", flat=True))
    merges = (
        Merge.objects.filter(kept=person, undone_at__isnull=True).select_related("merged_by").order_by("-merged_at")
    )
    return Card(
        person=person,
        named=named,
        name=person.name if named else mask(person.name),
        romanised=person.romanised if named else "",
        names=list(person.names.order_by("id")) if named else [],
        documents=list(person.documents.order_by("id").defer("number")),
        contacts=list(person.contacts.order_by("id").defer("value")),
        needs=[NeedLine(need, what_to_do(need.kind), need.id in noted) for need in needs if need.ended_at is None],
        past_needs=[need for need in needs if need.ended_at is not None],
        parties=_parties(actor, person),
        units=_units(person),
        merges=list(merges.select_related("merged_by")),
    )


def _parties(actor: Actor, person: Person) -> list[PartyLine]:
    own = list(
        PartyMember.objects.filter(person=person, ended_at__isnull=True).select_related("party").order_by("started_at")
    )
    others = list(
        PartyMember.objects.filter(party__in=[member.party_id for member in own], ended_at__isnull=True)
        .exclude(person=person)
        .select_related("person")
        .defer("person__address")
        .order_by("started_at", "id")
    )
    visible = set(
        Person.objects.visible_to(actor, READ)
        .filter(pk__in=[member.person_id for member in others])
        .values_list("id", flat=True)
    )
    names = display_names(actor, [member.person for member in others if member.person_id in visible])
    return [_party(member, [other for other in others if other.party_id == member.party_id], names) for member in own]


def _party(own: PartyMember, others: list[PartyMember], names: dict[UUID, str]) -> PartyLine:
    shown = [
        Companion(other.person_id, names[other.person_id], other.relation)
        for other in others
        if other.person_id in names
    ]
    return PartyLine(own.party_id, own.party.kind, own.party.label, own.relation, shown, len(others) - len(shown))


def _units(person: Person) -> list[str]:
    """The names of the units that care for the person now."""
    held = PersonAccess.objects.filter(person=person, ended_at__isnull=True).values("unit_id")
    rows = list(Unit.objects.filter(pk__in=held).order_by("code"))
    names = unit_names(rows)
    return [names[row.pk] for row in rows]


def person_journal(actor: Actor, person: Person, limit: int = STEPS) -> QuerySet[JournalEntry]:
    """What happened to a person, as far as the actor may read the journal: the latest first, by when it happened."""
    visible = JournalEntry.objects.visible_to(actor, "journal.read")
    return visible.filter(person_id__in=record_ids(person)).order_by("-occurred_at", "-id")[:limit]


def age_on(birth_date: date | None, today: date) -> int | None:
    """Full years on that day."""
    if birth_date is None:
        return None
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
