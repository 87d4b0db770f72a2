"""Enterprises and communities begun and corrected; people in the area who belong to neither."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, whole
from lazaretto.headcounts.choices import OrganisationKind
from lazaretto.headcounts.commands.common import MEMBER_FIELDS, member_row
from lazaretto.headcounts.errors import ThereAlready
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.headcounts.queries import MANAGE, digest_of, of_unit, without_employer
from lazaretto.headcounts.rules import Entry, folded
from lazaretto.people.models import IdentityDocument, Person


@dataclass(frozen=True)
class OrganisationSaid:
    """An enterprise or community, and which of them it is."""

    organisation_id: UUID
    kind: str


@command("headcounts.add_organisation", capability=MANAGE)
def add_organisation(*, actor: Actor, at: datetime, unit: Unit, name: str, kind: OrganisationKind) -> OrganisationSaid:
    """Begin the headcount of an enterprise, a community, or of people without an employer, before a list comes.

    Raises `InvalidInput`, `TextTooLong`, `ThereAlready`.
    """
    name = whole(" ".join(name.split()), 120)
    if not folded(name):
        raise InvalidInput(fields={"name": _("Say what it is called.")})
    if of_unit(unit.pk, [folded(name)]):
        raise ThereAlready(name=name)
    made = insert(Organisation(unit=unit, kind=kind, name=name, folded=folded(name), started_at=at))
    record(made, unit_id=unit.pk, data={"kind": kind})
    return OrganisationSaid(made.pk, kind)


@command("headcounts.say_kind", capability=MANAGE)
def say_kind(*, actor: Actor, at: datetime, organisation: Organisation, kind: OrganisationKind) -> OrganisationSaid:
    """Say whether it is an enterprise, a community, or people without an employer; who is on it stays."""
    before, organisation.kind = organisation.kind, kind
    organisation.save(update_fields=["kind"])
    record(organisation, unit_id=organisation.unit_id, data={"kind": {"before": before, "after": kind}})
    return OrganisationSaid(organisation.pk, kind)


def enrol_without_employer(people: Sequence[Person], *, unit_id: UUID, at: datetime) -> int:
    """Put people of ours on the headcount of those without an employer, so that the next round counts them due.

    Inside the running command. Whoever is on a headcount of the unit already, by name or by paper, is left as they
    are; answers how many are new on it.
    """
    papers = _papers(people)
    digests = {person: digest_of(kind, number) for person, (kind, number) in papers.items()}
    there = Member.objects.filter(organisation__unit=unit_id, ended_at__isnull=True)
    known = set(there.filter(person__in=people).values_list("person_id", flat=True))
    named = set(there.filter(document_digest__in=digests.values()).values_list("document_digest", flat=True))
    fresh = [one for one in people if one.pk not in known and digests.get(one.pk) not in named]
    home = _without_employer(unit_id, at) if fresh else None
    if home is not None:
        rows = [member_row(home, _entry(one, papers), digests.get(one.pk, ""), one.pk, None, at) for one in fresh]
        insert_rows(Member, MEMBER_FIELDS, rows)
    return len(fresh)


def leave_area(people: Iterable[UUID], *, unit_id: UUID, at: datetime) -> int:
    """They are in the area no more, or somebody else tests them: off the headcount that `enrol_without_employer` uses.

    On others, which a list or an officer keeps, they stay.
    """
    rows = Member.objects.filter(
        person__in=list(people), organisation__unit=unit_id, organisation__kind=OrganisationKind.NONE,
        organisation__folded=folded(without_employer(unit_id)), from_list__isnull=True, ended_at__isnull=True,
    )  # fmt: skip
    return rows.update(ended_at=at)


def _entry(person: Person, papers: dict[UUID, tuple[str, str]]) -> Entry:
    kind, number = papers.get(person.pk, ("", ""))
    return Entry(name=person.name[:120], kind=kind, document=number)


def _papers(people: Sequence[Person]) -> dict[UUID, tuple[str, str]]:
    """The first paper of each."""
    found: dict[UUID, tuple[str, str]] = {}
    for row in IdentityDocument.objects.filter(person__in=people).order_by("pk"):
        found.setdefault(row.person_id, (row.kind, row.number))
    return found


def _without_employer(unit_id: UUID, at: datetime) -> Organisation:
    name = without_employer(unit_id)
    found = of_unit(unit_id, [folded(name)]).get(folded(name))
    return found or insert(
        Organisation(unit_id=unit_id, kind=OrganisationKind.NONE, name=name, folded=folded(name), started_at=at)
    )
