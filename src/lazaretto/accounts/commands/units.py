"""The tree of units, and who holds which role in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.errors import (
    LastAdministrator,
    MembershipExists,
    NameTaken,
    UnitClosed,
    UnitInUse,
    UnitMoveImpossible,
    UnitRunsSomething,
    UnknownRole,
)
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.accounts.queries import active_user, chain_of
from lazaretto.accounts.roles import roles
from lazaretto.core.access import Actor, locked
from lazaretto.core.checks import checked
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, StaleState, whole

ADMINISTRATOR = "administrator"
PHONE = re.compile(r"\+?[0-9][0-9 ()/,;*#-]{1,38}")  # as it is dialled; no words, for a phone calls it
LONGEST_PHONE = 40


@dataclass(frozen=True)
class UnitOpened:
    """A new unit."""

    unit_id: UUID
    code: str


@dataclass(frozen=True)
class UnitChanged:
    """A unit has another name, place or end."""

    unit_id: UUID


@dataclass(frozen=True)
class MembershipGranted:
    """A role held from now on."""

    membership_id: UUID


@dataclass(frozen=True)
class MembershipEnded:
    """A role no longer held."""

    membership_id: UUID


@command("accounts.open_unit", capability="accounts.manage")
def open_unit(*, actor: Actor, at: datetime, parent: Unit, kind: UnitKind, code: str, name: str) -> UnitOpened:
    """Add a unit below another. Raises `NameTaken`."""
    unit = checked(Unit(parent=parent, kind=kind, code=code.strip(), name=name.strip(), started_at=at))
    if parent.ended_at is not None or kind == UnitKind.HEADQUARTERS:
        raise UnitMoveImpossible
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken(code=code) from error
    record(unit, unit_id=unit.id, data={"parent": str(parent.id), "kind": kind, "code": unit.code})
    return UnitOpened(unit.id, unit.code)


@command("accounts.rename_unit", capability="accounts.manage")
def rename_unit(*, actor: Actor, at: datetime, unit: Unit, name: str) -> UnitChanged:
    """Give a unit another name; its code stays."""
    before, unit.name = unit.name, name.strip()
    checked(unit).save(update_fields=["name"])
    record(unit, unit_id=unit.id, data={"name": unit.name, "before": before})
    return UnitChanged(unit.id)


@command("accounts.set_dispatch_phone", capability="accounts.manage")
def set_dispatch_phone(*, actor: Actor, at: datetime, unit: Unit, phone: str) -> UnitChanged:
    """Say at which number whoever sends the unit's vehicles is reached; empty: at that of the unit above.

    Raises `TextTooLong`, `InvalidInput` for what is no telephone number.
    """
    said = whole(phone, LONGEST_PHONE)
    if said and not PHONE.fullmatch(said):
        raise InvalidInput(fields={"dispatch_phone": _("Write the number that is to be called, digits first.")})
    before, unit.dispatch_phone = unit.dispatch_phone, said
    checked(unit).save(update_fields=["dispatch_phone"])
    record(unit, unit_id=unit.id, data={"dispatch_phone": said, "before": before})
    return UnitChanged(unit.id)


@command("accounts.move_unit", capability="accounts.manage")
def move_unit(*, actor: Actor, at: datetime, unit: Unit, parent: Unit, reason: str = "") -> UnitChanged:
    """Put a unit, with all below it, under another. Raises `UnitMoveImpossible` for the root or a loop."""
    locked(Unit.objects.filter(parent__isnull=True)).get()  # one move at a time, or two could close a loop
    if unit.parent_id is None or parent.ended_at is not None or unit.id in chain_of(parent.id):
        raise UnitMoveImpossible
    before, unit.parent = unit.parent_id, parent
    unit.save(update_fields=["parent"])
    record(unit, unit_id=unit.id, data={"parent": str(parent.id), "before": str(before)}, reason=reason)
    return UnitChanged(unit.id)


_answers_for: list[Callable[[Unit], str]] = []


def ask_before_closing(function: Callable[[Unit], str]) -> None:
    """An app above says what of its own a unit still answers for, in words; empty for nothing."""
    if function not in _answers_for:
        _answers_for.append(function)


@command("accounts.close_unit", capability="accounts.manage")
def close_unit(*, actor: Actor, at: datetime, unit: Unit, reason: str = "") -> UnitChanged:
    """End a unit that nobody works in any more. Raises `UnitInUse`, `UnitRunsSomething`."""
    below = unit.children.filter(ended_at__isnull=True)
    if unit.parent_id is None or below.exists() or Membership.objects.in_force(at).filter(unit=unit).exists():
        raise UnitInUse
    if run := next(filter(None, (ask(unit) for ask in _answers_for)), ""):
        raise UnitRunsSomething(run)
    unit.ended_at = at
    unit.save(update_fields=["ended_at"])
    record(unit, unit_id=unit.id, data={"closed": True}, reason=reason)
    return UnitChanged(unit.id)


@command("accounts.grant_role", capability="accounts.manage")
def grant_role(
    *, actor: Actor, at: datetime, unit: Unit, username: str, role: str, ends_at: datetime | None = None
) -> MembershipGranted:
    """Let a user hold a role in a unit from now on.

    Raises `UnknownRole`, `UnitClosed`, `MembershipExists`, `InvalidInput` for an end that is past.
    """
    known(role)
    user = active_user(username)
    if Membership.objects.in_force(at).filter(user=user, unit=unit, role=role).exists():
        raise MembershipExists(username=username, role=role)
    membership = hold(user, unit, role, at=at, ends_at=ends_at)
    record(membership, unit_id=unit.id, data={"user": user.pk, "role": role, "ends_at": ends_at})
    return MembershipGranted(membership.id)


@command("accounts.end_role", capability="accounts.manage")
def end_role(*, actor: Actor, at: datetime, membership: Membership, reason: str = "") -> MembershipEnded:
    """End a membership now, also one that was to end later.

    Raises `LastAdministrator` rather than leave nobody who can manage accounts, `StaleState` for one that is over.
    """
    if membership.ended_at is not None and membership.ended_at <= at:
        raise StaleState(membership=membership.pk)
    if membership.role == ADMINISTRATOR and membership.unit.parent_id is None:
        somebody_manages(at, but=(membership.pk,))
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    said = {"user": membership.user_id, "role": membership.role}
    record(membership, unit_id=membership.unit_id, data=said, reason=reason)
    return MembershipEnded(membership.id)


def somebody_manages(at: datetime, *, but: tuple[UUID, ...]) -> None:
    """Raises `LastAdministrator` when without these memberships nobody would manage the whole district.

    The rows are locked, so that two administrators cannot end each other at the same moment.
    """
    held = Membership.objects.in_force(at).filter(role=ADMINISTRATOR, unit__parent__isnull=True, user__is_active=True)
    left = {row.pk for row in locked(held).order_by("pk")}
    if not left - set(but):
        raise LastAdministrator


def hold(user: User, unit: Unit, role: str, *, at: datetime, ends_at: datetime | None) -> Membership:
    """The new membership; raises `UnitClosed`, and `InvalidInput` for an end that is past."""
    if unit.ended_at is not None:
        raise UnitClosed(unit=unit.code)
    if ends_at is not None and ends_at <= at:
        raise InvalidInput(fields={"ends_at": _("Choose a moment that lies ahead.")})
    return Membership.objects.create(user=user, unit=unit, role=role, started_at=at, ended_at=ends_at)


def known(role: str) -> None:
    """Raises `UnknownRole`."""
    if role not in roles():
        raise UnknownRole(role=role)
