"""People who sign in: the first one, new ones, their passwords, their leave."""

from dataclasses import dataclass
from datetime import datetime

from axes.utils import reset
from django.db import IntegrityError, transaction

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.commands.own import offered
from lazaretto.accounts.commands.passwords import PasswordChanged, check_password, replace_password
from lazaretto.accounts.commands.units import ADMINISTRATOR, hold, known, somebody_manages
from lazaretto.accounts.errors import AlreadySetUp, NameTaken, NotYours
from lazaretto.accounts.models import ApiToken, Membership, Unit, User
from lazaretto.accounts.queries import is_set_up, units_of
from lazaretto.core.access import Actor
from lazaretto.core.checks import checked
from lazaretto.core.commands import command, record
from lazaretto.core.errors import NotFound, ReasonRequired
from lazaretto.core.models import Installation


@dataclass(frozen=True)
class UserCreated:
    """A new account."""

    user_id: int
    username: str


@dataclass(frozen=True)
class UserChanged:
    """An account was suspended, restored or unlocked."""

    user_id: int
    is_active: bool


@command("accounts.set_up", capability="accounts.manage", internal=True)
def set_up(
    *,
    actor: Actor,
    at: datetime,
    username: str,
    display_name: str,
    password: str,
    district: str,
    language: str = "zh-hans",
) -> UserCreated:
    """The first visit: names the district, makes its headquarters and the first administrator.

    Run by the system actor on behalf of the visitor. Raises `AlreadySetUp` (also when two visitors come at once: there
    is one root), `WeakPassword`, `InvalidInput`.
    """
    if is_set_up():
        raise AlreadySetUp
    root = checked(Unit(kind=UnitKind.HEADQUARTERS, code="HQ", name=district.strip(), started_at=at))
    Installation.objects.get_or_create(only=True, defaults={"created_at": at})
    try:
        with transaction.atomic():
            root.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySetUp from error
    user = _new_user(username, display_name, password, language, must_change=False)
    Membership.objects.create(user=user, unit=root, role=ADMINISTRATOR, started_at=at)
    record(user, unit_id=root.id, data={"role": ADMINISTRATOR})
    return UserCreated(user.pk, user.username)


@command("accounts.create_user", capability="accounts.manage")
def create_user(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    role: str,
    username: str,
    display_name: str,
    password: str,
    language: str = "zh-hans",
    ends_at: datetime | None = None,
) -> UserCreated:
    """Make an account with its first role and a password to be changed at the first sign-in.

    Raises `UnknownRole`, `UnitClosed`, `NameTaken`, `WeakPassword`, `InvalidInput`.
    """
    known(role)
    user = _new_user(username, display_name, password, language, must_change=True)
    hold(user, unit, role, at=at, ends_at=ends_at)
    record(user, unit_id=unit.id, data={"role": role, "ends_at": ends_at})
    return UserCreated(user.pk, user.username)


@command("accounts.reset_password", capability="accounts.manage")
def reset_password(*, actor: Actor, at: datetime, unit: Unit, username: str, password: str) -> PasswordChanged:
    """Give a member of a unit a new first password, to be changed at the next sign-in.

    Raises `NotYours` for somebody who also works elsewhere (a site's administrator would else become headquarters'),
    `WeakPassword`.
    """
    user = _member(actor, username, unit, at)
    return replace_password(user, password, unit.id, must_change=True)


@command("accounts.unlock_user", capability="accounts.manage")
def unlock_user(*, actor: Actor, at: datetime, unit: Unit, username: str) -> UserChanged:
    """Forget the wrong passwords of a member of a unit, so that they can sign in again at once. Raises `NotYours`."""
    user = _member(actor, username, unit, at)
    reset(username=user.username)
    record(user, unit_id=unit.id, data={"unlocked": True})
    return UserChanged(user.pk, user.is_active)


@command("accounts.suspend_user", capability="accounts.manage")
def suspend_user(*, actor: Actor, at: datetime, unit: Unit, username: str, reason: str) -> UserChanged:
    """Let nobody sign in under this account any more, and end its sessions and tokens.

    Raises `ReasonRequired`, `NotYours`, `LastAdministrator`.
    """
    if not reason.strip():
        raise ReasonRequired
    user = _member(actor, username, unit, at)
    held = user.memberships.in_force(at).filter(role=ADMINISTRATOR, unit__parent__isnull=True)
    own = tuple(held.values_list("pk", flat=True))
    if own:
        somebody_manages(at, but=own)
    user.is_active = False
    user.save(update_fields=["is_active"])
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)
    record(user, unit_id=unit.id, data={"is_active": False}, reason=reason)
    return UserChanged(user.pk, user.is_active)


@command("accounts.restore_user", capability="accounts.manage")
def restore_user(*, actor: Actor, at: datetime, unit: Unit, username: str, reason: str = "") -> UserChanged:
    """Let a suspended member of a unit sign in again; revoked tokens stay revoked. Raises `NotYours`."""
    user = _member(actor, username, unit, at)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(user, unit_id=unit.id, data={"is_active": True}, reason=reason)
    return UserChanged(user.pk, user.is_active)


def _new_user(username: str, display_name: str, password: str, language: str, *, must_change: bool) -> User:
    offered(language)
    user = User(
        username=username.strip(),
        display_name=display_name.strip(),
        language=language,
        must_change_password=must_change,
    )
    check_password(password, user)
    user.set_password(password)
    checked(user)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise NameTaken(username=username) from error
    return user


def _member(actor: Actor, username: str, unit: Unit, at: datetime) -> User:
    """A user, locked, who holds or held a role in this unit and now works nowhere beyond the actor's reach."""
    found = User.objects.select_for_update().filter(username=username).first()
    if found is None or not found.memberships.filter(unit=unit).exists():
        raise NotFound(username=username)
    if not actor.everywhere("accounts.manage") and not units_of(found, at=at) <= actor.units_with("accounts.manage"):
        raise NotYours(username=username)
    return found
