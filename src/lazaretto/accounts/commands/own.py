"""Writes on one's own account."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from lazaretto.accounts.commands.passwords import PasswordChanged, replace_password
from lazaretto.accounts.errors import UnknownLanguage, WrongPassword
from lazaretto.accounts.models import User
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import NotFound


@dataclass(frozen=True)
class LanguageChosen:
    """The language of one's pages."""

    language: str


@dataclass(frozen=True)
class SignedIn:
    """A session began."""

    user_id: int


@command("accounts.change_own_password", capability="accounts.self")
def change_own_password(*, actor: Actor, at: datetime, current: str, password: str) -> PasswordChanged:
    """Replace one's own password. Raises `WrongPassword`, `WeakPassword`."""
    user = _oneself(actor)
    if not user.check_password(current):
        raise WrongPassword
    return replace_password(user, password, None, must_change=False)


@command("accounts.choose_language", capability="accounts.self")
def choose_language(*, actor: Actor, at: datetime, language: str) -> LanguageChosen:
    """Choose the language of one's pages and papers from now on. Raises `UnknownLanguage`."""
    offered(language)
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


def offered(language: str) -> None:
    """Raises `UnknownLanguage`."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(language=language)


def _oneself(actor: Actor) -> User:
    """The actor's own account, locked; the program itself has none."""
    found = User.objects.select_for_update().filter(pk=actor.user_id or 0).first()
    if found is None:
        raise NotFound(kind="user")
    return found
