"""Somebody of a round for whom we begin to care by name: the person they are, or become."""

from datetime import datetime

from lazaretto.core.access import locked
from lazaretto.headcounts.commands import as_newcomer, link, tidy
from lazaretto.headcounts.models import Member
from lazaretto.people.choices import DocumentKind
from lazaretto.people.commands import GivenDocument, NewPerson, open_access, take_up
from lazaretto.people.errors import NameInvalid
from lazaretto.people.models import Person
from lazaretto.screening.models import RosterEntry, Round, Stranger


def care_for(of: Round, number: int, *, at: datetime) -> Person:
    """The person under this number, whom the round's unit sees from now on; inside the running command.

    Whoever is linked on a headcount, or has the document of somebody we know under the same name, is that person.
    Raises `DocumentTaken` when the document belongs to somebody of another name, `NameInvalid` for nobody's name.
    """
    member = _member(of, number)
    if member is not None and member.person is not None:
        person = member.person.merged_into or member.person
        open_access([person.pk], of.unit_id, at)
        return person
    newcomer = as_newcomer(member, at=at) if member is not None else _stranger(of, number, at=at)
    made = take_up(newcomer, unit_id=of.unit_id, at=at)
    if member is not None:
        link(member, made.person_id)
    return Person.objects.get(pk=made.person_id)


def _member(of: Round, number: int) -> Member | None:
    row = RosterEntry.objects.filter(round=of.pk, number=number).first()
    if row is None:
        return None
    rows = locked(Member.objects.filter(pk=row.member_id))
    return rows.select_related("organisation", "person__merged_into").first()


def _stranger(of: Round, number: int, *, at: datetime) -> NewPerson:
    found = Stranger.objects.filter(round=of, number=number).first()
    if found is None or not found.name.strip():
        raise NameInvalid
    papers = (
        (GivenDocument(DocumentKind(found.document_kind), found.document),)
        if found.document and found.document_kind
        else ()
    )
    phones = (found.phone,) if found.phone else ()
    return tidy(NewPerson(found.name, documents=papers, phones=phones, employer=found.organisation), at=at)
