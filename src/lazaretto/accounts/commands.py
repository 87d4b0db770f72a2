"""Writes of accounts: users, units, memberships, tokens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.errors import (
    AlreadySetUp,
    LastAdministrator,
    MembershipExists,
    NameTaken,
    UnknownLanguage,
    UnknownRole,
    WeakPassword,
    WrongPassword,
)
from lazaretto.accounts.models import ApiToken, Membership, Unit, User
from lazaretto.accounts.queries import digest_of, is_set_up
from lazaretto.accounts.roles import roles
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Installation

TOKEN_DAYS = 180


@dataclass(frozen=True)
class UnitOpened:
    """A new unit."""

    unit_id: UUID
    code: str


@dataclass(frozen=True)
class UserCreated:
    """A new account."""

    user_id: int
    username: str


@dataclass(frozen=True)
class MembershipGranted:
    """A role held from now on."""

    membership_id: UUID


@dataclass(frozen=True)
class MembershipEnded:
    """A role no longer held."""

    membership_id: UUID


@dataclass(frozen=True)
class PasswordChanged:
    """A password was replaced."""

    user_id: int


@dataclass(frozen=True)
class LanguageChosen:
    """The language of one's pages."""

    language: str


@dataclass(frozen=True)
class SignedIn:
    """A session began."""

    user_id: int


@dataclass(frozen=True)
class TokenIssued:
    """A new token. The secret is shown once and kept nowhere."""

    token_id: UUID
    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class TokenRevoked:
    """A token that no longer opens anything."""

    token_id: UUID


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
    is one root), `WeakPassword`.
    """
    if is_set_up():
        raise AlreadySetUp
    Installation.objects.get_or_create(only=True, defaults={"created_at": at})
    try:
        with transaction.atomic():
            root = Unit.objects.create(kind=UnitKind.HEADQUARTERS, code="HQ", name=district.strip(), started_at=at)
    except IntegrityError as error:
        raise AlreadySetUp from error
    user = _new_user(username, display_name, password, language)
    Membership.objects.create(user=user, unit=root, role="administrator", started_at=at)
    record(user, unit_id=root.id, data={"role": "administrator"})
    return UserCreated(user.pk, user.username)


@command("accounts.open_unit", capability="accounts.manage")
def open_unit(*, actor: Actor, at: datetime, parent: Unit, kind: UnitKind, code: str, name: str) -> UnitOpened:
    """Add a unit below another. Raises `NameTaken`."""
    try:
        with transaction.atomic():
            unit = Unit.objects.create(parent=parent, kind=kind, code=code.strip(), name=name.strip(), started_at=at)
    except IntegrityError as error:
        raise NameTaken(code=code) from error
    record(unit, unit_id=unit.id, data={"parent": str(parent.id), "kind": kind, "code": code})
    return UnitOpened(unit.id, unit.code)


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
) -> UserCreated:
    """Make an account with its first role. Raises `UnknownRole`, `NameTaken`, `WeakPassword`."""
    _known(role)
    user = _new_user(username, display_name, password, language)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    Membership.objects.create(user=user, unit=unit, role=role, started_at=at)
    record(user, unit_id=unit.id, data={"role": role})
    return UserCreated(user.pk, user.username)


@command("accounts.grant_role", capability="accounts.manage")
def grant_role(
    *, actor: Actor, at: datetime, unit: Unit, username: str, role: str, ends_at: datetime | None = None
) -> MembershipGranted:
    """Let a user hold a role in a unit from now on. Raises `UnknownRole`, `MembershipExists`."""
    _known(role)
    user = _user(username)
    if Membership.objects.in_force(at).filter(user=user, unit=unit, role=role).exists():
        raise MembershipExists(username=username, role=role)
    membership = Membership.objects.create(user=user, unit=unit, role=role, started_at=at, ended_at=ends_at)
    record(membership, unit_id=unit.id, data={"user": user.pk, "role": role, "ends_at": ends_at})
    return MembershipGranted(membership.id)


@command("accounts.end_role", capability="accounts.manage")
def end_role(*, actor: Actor, at: datetime, membership: Membership, reason: str = "") -> MembershipEnded:
    """End a membership now. Raises `LastAdministrator` rather than leave nobody who can manage accounts."""
    others = (
        Membership.objects.in_force(at).filter(role="administrator", user__is_active=True).exclude(pk=membership.pk)
    )
    if membership.role == "administrator" and not others.exists():
        raise LastAdministrator
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record(
        membership,
        unit_id=membership.unit_id,
        data={"user": membership.user_id, "role": membership.role},
        reason=reason,
    )
    return MembershipEnded(membership.id)


@command("accounts.reset_password", capability="accounts.manage")
def reset_password(*, actor: Actor, at: datetime, unit: Unit, username: str, password: str) -> PasswordChanged:
    """Give a member of a unit a new first password, to be changed at the next sign-in. Raises `WeakPassword`."""
    user = _user(username)
    if not Membership.objects.in_force(at).filter(user=user, unit=unit).exists():
        raise NotFound(username=username)
    return _set_password(user, password, unit.id, must_change=True)


@command("accounts.change_own_password", capability="accounts.self", keeps_answer=False)
def change_own_password(*, actor: Actor, at: datetime, current: str, password: str) -> PasswordChanged:
    """Replace one's own password. Raises `WrongPassword`, `WeakPassword`."""
    user = _oneself(actor)
    if not user.check_password(current):
        raise WrongPassword
    return _set_password(user, password, None, must_change=False)


@command("accounts.choose_language", capability="accounts.self")
def choose_language(*, actor: Actor, at: datetime, language: str) -> LanguageChosen:
    """The language of one's pages and papers from now on. Raises `UnknownLanguage`."""
    _offered(language)
    user = _oneself(actor)
    user.language = language
    user.save(update_fields=["language"])
    record(user, unit_id=None, data={"language": language})
    return LanguageChosen(language)


@command("accounts.sign_in", capability="accounts.self", internal=True)
def sign_in(*, actor: Actor, at: datetime) -> SignedIn:
    """Note that somebody signed in; the password was checked by the view."""
    user = _oneself(actor)
    record(user, unit_id=None)
    return SignedIn(user.pk)


@command("accounts.issue_token", capability="accounts.self")
def issue_token(
    *, actor: Actor, at: datetime, username: str, label: str, days: int = TOKEN_DAYS, capabilities: tuple[str, ...] = ()
) -> TokenIssued:
    """Issue a token for a device. One's own freely; another user's needs `accounts.manage` for the whole district."""
    user = _user(username)
    if user.pk != actor.user_id and not actor.everywhere("accounts.manage"):
        raise NotFound(username=username)
    secret = f"lz_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=user,
        label=label.strip()[:80],
        digest=digest_of(secret),
        hint=secret[-4:],
        capabilities=list(capabilities),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    record(
        token, unit_id=None, data={"user": user.pk, "expires_at": token.expires_at, "capabilities": list(capabilities)}
    )
    return TokenIssued(token.id, secret, token.expires_at)


@command("accounts.revoke_token", capability="accounts.self")
def revoke_token(*, actor: Actor, at: datetime, token_id: UUID) -> TokenRevoked:
    """Revoke a token: one's own, or anybody's with `accounts.manage` for the whole district."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None or (token.user_id != actor.user_id and not actor.everywhere("accounts.manage")):
        raise NotFound(token=token_id)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    record(token, unit_id=None, data={"user": token.user_id})
    return TokenRevoked(token.id)


def _new_user(username: str, display_name: str, password: str, language: str) -> User:
    _offered(language)
    user = User(username=username.strip(), display_name=display_name.strip(), language=language)
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise NameTaken(username=username) from error
    return user


def _set_password(user: User, password: str, unit_id: UUID | None, *, must_change: bool) -> PasswordChanged:
    _check_password(password, user)
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    record(user, unit_id=unit_id, data={"must_change": must_change})
    return PasswordChanged(user.pk)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(next_step=" ".join(error.messages)) from error


def _oneself(actor: Actor) -> User:
    """The actor's own account, locked; the program itself has none."""
    found = User.objects.select_for_update().filter(pk=actor.user_id or 0).first()
    if found is None:
        raise NotFound(kind="user")
    return found


def _user(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(username=username)
    return found


def _offered(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(language=language)


def _known(role: str) -> None:
    if role not in roles():
        raise UnknownRole(role=role)
