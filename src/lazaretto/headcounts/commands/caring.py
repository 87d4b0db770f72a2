"""People of headcounts for whom we begin to care by name: matched with who is known, never doubled."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import locked
from lazaretto.core.errors import DomainError
from lazaretto.headcounts.commands.common import Paper
from lazaretto.headcounts.models import Member
from lazaretto.people.choices import DocumentKind
from lazaretto.people.commands import GivenDocument, NewPerson, add_people, clean_person, open_access
from lazaretto.people.queries import known_people


def people_for(members: Iterable[int], *, unit_id: UUID, at: datetime) -> dict[int, UUID]:
    """The person of each of these members, whom the unit sees from now on; inside the running command.

    Whoever has the document of somebody we know is that person; everybody else becomes one. All who stand on several
    headcounts under one document are linked at once.
    """
    rows = list(locked(Member.objects.filter(pk__in=list(members)).select_related("organisation").order_by("pk")))
    known = known_people([Paper(row.document_kind, row.document) for row in rows if row.document])
    found = {row.pk: row.person_id or known.get(row.document_digest) for row in rows}
    new = {row.document_digest or str(row.pk): row for row in rows if found[row.pk] is None}
    made = add_people([as_newcomer(row, at=at) for row in new.values()], unit_id=unit_id, at=at) if new else []
    fresh = dict(zip(new, made, strict=True))
    people = {row.pk: found[row.pk] or fresh[row.document_digest or str(row.pk)] for row in rows}
    open_access(people.values(), unit_id, at)
    for row in rows:
        link(row, people[row.pk])
    return people


def link(member: Member, person_id: UUID) -> None:
    """They are this person, wherever their document stands on a headcount."""
    same = Member.objects.filter(pk=member.pk)
    if member.document_digest:
        same |= Member.objects.filter(document_digest=member.document_digest, ended_at__isnull=True)
    same.filter(person__isnull=True).update(person=person_id)


def as_newcomer(member: Member, *, at: datetime) -> NewPerson:
    """What a headcount says of somebody, in normal form."""
    papers = (GivenDocument(DocumentKind(member.document_kind), member.document),) if member.document else ()
    said = NewPerson(
        member.name, documents=papers, phones=(member.phone,) if member.phone else (),
        employer=member.organisation.name,
        dormitory=" ".join(part for part in (member.building, member.room) if part)[:120],
    )  # fmt: skip
    return tidy(said, at=at)


def tidy(said: NewPerson, *, at: datetime) -> NewPerson:
    """In normal form; as it stands where somebody kept it so: nobody is left out for an odd name."""
    try:
        return clean_person(said, at=at)
    except DomainError:
        return said
