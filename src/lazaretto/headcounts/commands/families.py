"""Families by hand: who belongs to whose household, what is to be thought of about somebody."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, ReasonRequired, whole
from lazaretto.headcounts.choices import Concern
from lazaretto.headcounts.commands.changing import SAID, differing, write_changes
from lazaretto.headcounts.commands.common import standing
from lazaretto.headcounts.errors import HasLeft, NoSuchConcern
from lazaretto.headcounts.models import Household, Member, MemberConcern
from lazaretto.headcounts.queries import CARE, MANAGE


@dataclass(frozen=True)
class HouseholdShared:
    """Somebody is of a household now; `household` is None for whoever is of none any more."""

    member: int
    household: int | None


@dataclass(frozen=True)
class ConcernSaid:
    """Something about somebody must be thought of, or need not any more."""

    member: int
    kind: str


@command("headcounts.share_household", capability=MANAGE)
def share_household(*, actor: Actor, at: datetime, member: Member, beside: Member) -> HouseholdShared:
    """Say that somebody belongs to the household of another, wherever each of them works.

    Whoever was of another household is of this one now, on all headcounts of the unit that know their document. Raises
    `HasLeft`, `InvalidInput` for one and the same person, or of two areas.
    """
    _there(member)
    _there(beside)
    if member.organisation.unit_id != beside.organisation.unit_id:
        raise InvalidInput(fields={"beside": _("They are on headcounts of another area.")})
    if member.pk == beside.pk or (member.document_digest and member.document_digest == beside.document_digest):
        raise InvalidInput(fields={"beside": _("This is the same person.")})
    household = beside.household_id
    if household is None:
        household = insert(Household(unit_id=beside.organisation.unit_id, started_at=at)).pk
        _moves_to(beside, household, at)
    _moves_to(member, household, at)
    record(member, unit_id=member.organisation.unit_id, person_id=member.person_id, data={"beside": beside.pk})
    return HouseholdShared(member.pk, household)


@command("headcounts.leave_household", capability=MANAGE)
def leave_household(*, actor: Actor, at: datetime, member: Member) -> HouseholdShared:
    """Say that somebody is of no household we know. Raises `HasLeft`."""
    _there(member)
    _moves_to(member, None, at)
    record(member, unit_id=member.organisation.unit_id, person_id=member.person_id)
    return HouseholdShared(member.pk, None)


def _moves_to(member: Member, household: int | None, at: datetime) -> None:
    rows = Member.objects.filter(pk=member.pk)
    if member.document_digest:
        unit = member.organisation.unit_id
        rows |= Member.objects.filter(
            document_digest=member.document_digest, ended_at__isnull=True, organisation__unit=unit
        )
    changes = []
    for row in locked(rows.order_by("pk")):
        now = standing(row)
        changes.append(differing(now, {name: getattr(now, name) for name in SAID} | {"household": household}))
    write_changes([change for change in changes if change is not None], at)
    member.household_id = household


def _there(member: Member) -> None:
    if member.ended_at is not None:
        raise HasLeft(member=member.pk)


@command("headcounts.note_concern", capability=CARE)
def note_concern(*, actor: Actor, at: datetime, member: Member, kind: Concern, note: str = "") -> ConcernSaid:
    """Write down what must be thought of about somebody; said again, it is theirs by hand and no list ends it.

    Raises `HasLeft`, `TextTooLong`, `InvalidInput` for something else without words.
    """
    _there(member)
    if kind == Concern.OTHER and not note.strip():
        raise InvalidInput(fields={"note": _("Say in a few words what it is.")})
    member.concerns.filter(kind=kind, ended_at__isnull=True).update(ended_at=at)
    insert(MemberConcern(member=member, kind=kind, note=whole(note.strip(), 300) or None, started_at=at))
    record(member, unit_id=member.organisation.unit_id, person_id=member.person_id, data={"kind": kind})
    return ConcernSaid(member.pk, kind)


@command("headcounts.end_concern", capability=CARE)
def end_concern(*, actor: Actor, at: datetime, member: Member, kind: Concern, reason: str) -> ConcernSaid:
    """It need not be thought of any more. Raises `NoSuchConcern`, `ReasonRequired`."""
    if not reason.strip():
        raise ReasonRequired
    if not member.concerns.filter(kind=kind, ended_at__isnull=True).update(ended_at=at):
        raise NoSuchConcern(kind=kind)
    data = {"kind": kind, "ended": True}
    record(
        member, unit_id=member.organisation.unit_id, person_id=member.person_id, data=data,
        reason=whole(reason.strip(), 200),
    )  # fmt: skip
    return ConcernSaid(member.pk, kind)
