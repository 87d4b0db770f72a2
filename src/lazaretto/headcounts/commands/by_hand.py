"""People put on and off by hand, and who stands at the table."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, ReasonRequired, whole
from lazaretto.headcounts.choices import Issue, OrganisationKind
from lazaretto.headcounts.commands.common import MEMBER_FIELDS, Paper, member_row, there_now
from lazaretto.headcounts.errors import HasLeft, OnItAlready
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.headcounts.queries import (
    MANAGE,
    digest_of,
    of_unit,
)
from lazaretto.headcounts.rules import Entry, folded, read_entry
from lazaretto.people.queries import known_people
from lazaretto.places.commands import point


@dataclass(frozen=True)
class Enrolled:
    """Somebody is on a headcount."""

    member: int
    organisation_id: UUID


@dataclass(frozen=True)
class Gone:
    """Somebody is on a headcount no more."""

    member: int


@dataclass(frozen=True)
class WhereaboutsSaid:
    """Where an enterprise is, and when its people can come."""

    organisation_id: UUID


@dataclass(frozen=True)
class ContactNamed:
    """Who stands at the table for an enterprise."""

    organisation_id: UUID


@command("headcounts.enrol", capability=MANAGE)
def enrol(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    organisation: str,
    name: str,
    document: str = "",
    phone: str = "",
    section: str = "",
    dormitory: str = "",
    kind: OrganisationKind = OrganisationKind.ENTERPRISE,
) -> Enrolled:
    """Put one person on a headcount, whose enterprise or community is made when it is new.

    Raises `InvalidInput` for a name, document or telephone number that cannot be read, `OnItAlready`.
    """
    said = {
        "organisation": organisation,
        "name": name,
        "document": document,
        "phone": phone,
        "section": section,
        "dormitory": dormitory,
    }
    entry = read_entry(said, by_hand=True)
    faults = _faults(entry)
    if faults or entry is None:
        raise InvalidInput(fields=faults)
    home = of_unit(unit.id, [folded(entry.organisation)]).get(folded(entry.organisation))
    if home is None:
        home = insert(
            Organisation(
                unit=unit, name=entry.organisation, folded=folded(entry.organisation), kind=kind, started_at=at
            )
        )
    digest = digest_of(entry.kind, entry.document)
    if (home.pk, digest) in there_now([digest]):
        raise OnItAlready(organisation=home.name)
    person = known_people([Paper(entry.kind, entry.document)]).get(digest) if digest else None
    member = Member(**dict(zip(_ATTRIBUTES, member_row(home, entry, digest, person, None, at), strict=True)))
    insert(member)
    record(member, unit_id=unit.id, person_id=person, data={"organisation": str(home.id)})
    return Enrolled(member.pk, home.id)


_KEYS = {"organisation", "person", "household", "from_list"}
_ATTRIBUTES = tuple(f"{name}_id" if name in _KEYS else name for name in MEMBER_FIELDS)
_FIELD_OF = {
    Issue.NO_NAME: "name", Issue.ODD_NAME: "name", Issue.NO_ORGANISATION: "organisation",
    Issue.BAD_DOCUMENT: "document", Issue.BAD_PHONE: "phone",
}  # fmt: skip


def _faults(entry: Entry | None) -> dict[str, str]:
    if entry is None:
        return {"name": str(Issue.NO_NAME.label)}
    return {_FIELD_OF[Issue(code)]: str(Issue(code).label) for code in entry.issues if Issue(code) in _FIELD_OF}


@command("headcounts.leave", capability=MANAGE)
def leave(*, actor: Actor, at: datetime, member: Member, reason: str) -> Gone:
    """Take somebody off a headcount: they moved, changed their work, died. Raises `HasLeft`, `ReasonRequired`."""
    if member.ended_at is not None:
        raise HasLeft(member=member.pk)
    if not reason.strip():
        raise ReasonRequired
    member.ended_at = at
    member.save(update_fields=["ended_at"])
    record(member, unit_id=member.organisation.unit_id, person_id=member.person_id, reason=reason.strip())
    return Gone(member.pk)


@command("headcounts.name_contact", capability=MANAGE)
def name_contact(
    *, actor: Actor, at: datetime, organisation: Organisation, contact: str, phone: str = ""
) -> ContactNamed:
    """Say who stands at the table for an enterprise, and their telephone. Raises `InvalidInput`, `TextTooLong`."""
    entry = read_entry({"name": contact, "phone": phone, "organisation": organisation.name})
    faults = {"contact" if field == "name" else field: said for field, said in _faults(entry).items()}
    if faults or entry is None:
        raise InvalidInput(fields=faults or {"contact": str(Issue.NO_NAME.label)})
    organisation.contact, organisation.contact_phone = whole(entry.name, 80), entry.phone or None
    organisation.save(update_fields=["contact", "contact_phone"])
    record(organisation, unit_id=organisation.unit_id, data={"with_phone": bool(entry.phone)})
    return ContactNamed(organisation.id)


@command("headcounts.say_whereabouts", capability=MANAGE)
def say_whereabouts(
    *,
    actor: Actor,
    at: datetime,
    organisation: Organisation,
    latitude: float | None = None,
    longitude: float | None = None,
    comes_from: time | None = None,
    comes_until: time | None = None,
) -> WhereaboutsSaid:
    """Say where an enterprise is, and between which hours its people can come to be tested; nothing means any time.

    Slots that stand already stay; the next plan keeps to it. Raises `InvalidInput` for half of either.
    """
    if (comes_from is None) != (comes_until is None) or (comes_from is not None and comes_from == comes_until):
        raise InvalidInput(fields={"comes_from": _("Give both hours, one after the other, or none.")})
    organisation.comes_from, organisation.comes_until = comes_from, comes_until
    for name, degrees in point(latitude, longitude).items():
        setattr(organisation, name, degrees)
    organisation.save(update_fields=["latitude", "longitude", "comes_from", "comes_until"])
    record(organisation, unit_id=organisation.unit_id, data={"on_the_map": latitude is not None})
    return WhereaboutsSaid(organisation.id)
