"""Households and companions: who belongs with whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command
from lazaretto.core.errors import NotFound, whole
from lazaretto.people.choices import PartyKind
from lazaretto.people.commands.common import note, still_one
from lazaretto.people.commands.newcomers import Short
from lazaretto.people.errors import AlreadyInParty, SamePerson
from lazaretto.people.models import Party, PartyMember, Person


@dataclass(frozen=True)
class PartyJoined:
    """The person belongs to this party now."""

    party_id: UUID


@dataclass(frozen=True)
class PartyLeft:
    """The person no longer belongs to this party; with one member left it is closed for that one too."""

    party_id: UUID


@command("people.join_party", capability="people.manage")
def join_party(
    *,
    actor: Actor,
    at: datetime,
    person: Person,
    other: Person,
    kind: PartyKind = PartyKind.HOUSEHOLD,
    relation: Short = "",
) -> PartyJoined:
    """Say that a person belongs with another one: they join that one's party, or both form a new one.

    Raises `SamePerson`, `PersonMerged`, `AlreadyInParty` when both have parties of this kind that differ.
    """
    still_one(person, other)
    if person == other:
        raise SamePerson
    own, theirs = _open_party(person, kind), _open_party(other, kind)
    if own is not None and theirs is not None and own != theirs:
        raise AlreadyInParty
    party = own or theirs or Party.objects.create(kind=kind, created_at=at)
    for member, present, words in ((person, own, relation), (other, theirs, "")):
        if present is None:
            PartyMember.objects.create(party=party, person=member, relation=whole(words, 40), started_at=at)
            note(actor, member, party, data={"joined": True})
    if own is not None and theirs is not None:
        note(actor, person, party, data={"joined": False})
    return PartyJoined(party.id)


@command("people.leave_party", capability="people.manage")
def leave_party(*, actor: Actor, at: datetime, person: Person, party_id: UUID) -> PartyLeft:
    """The person no longer belongs with the others. Raises `NotFound` when they did not."""
    still_one(person)
    members = list(PartyMember.objects.select_for_update().filter(party_id=party_id, ended_at__isnull=True))
    if person.id not in {member.person_id for member in members}:
        raise NotFound(party=party_id)
    leaving = members if len(members) <= 2 else [member for member in members if member.person_id == person.id]
    for member in leaving:
        member.ended_at = max(at, member.started_at)
    PartyMember.objects.bulk_update(leaving, ["ended_at"])
    note(actor, person, Party(pk=party_id), data={"left": [str(member.person_id) for member in leaving]})
    return PartyLeft(party_id)


def _open_party(person: Person, kind: PartyKind) -> Party | None:
    held = PartyMember.objects.filter(person=person, ended_at__isnull=True, party__kind=kind)
    member = held.select_related("party").order_by("started_at").first()
    return member.party if member else None
