"""Tokens of devices and programs."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lazaretto.accounts.errors import UnknownCapability
from lazaretto.accounts.models import ApiToken
from lazaretto.accounts.queries import active_user, digest_of
from lazaretto.accounts.roles import every_capability
from lazaretto.core.access import Actor
from lazaretto.core.checks import checked
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound

TOKEN_DAYS = 180
MOST_TOKEN_DAYS = 730
USE_NOTED_EVERY = timedelta(hours=1)


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


@command("accounts.issue_token", capability="accounts.self", keeps_answer=False)
def issue_token(
    *, actor: Actor, at: datetime, username: str, label: str, days: int = TOKEN_DAYS, capabilities: tuple[str, ...] = ()
) -> TokenIssued:
    """Issue a token for a device. One's own freely; another user's needs `accounts.manage` for the whole district.

    A token cannot issue tokens, or whoever stole one would keep it alive for ever. Raises `Forbidden`,
    `UnknownCapability`, `InvalidInput`.
    """
    if actor.token:
        raise Forbidden(capability="accounts.self")
    _possible(capabilities, days)
    user = active_user(username)
    if user.pk != actor.user_id and not actor.everywhere("accounts.manage"):
        raise NotFound(username=username)
    secret = f"lz_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        user=user,
        label=label.strip(),
        digest=digest_of(secret),
        hint=secret[-4:],
        capabilities=sorted(set(capabilities)),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    checked(token, but=("capabilities",)).save()
    said = {"user": user.pk, "expires_at": token.expires_at, "capabilities": token.capabilities}
    record(token, unit_id=None, data=said)
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


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Remember, at most once an hour, that a token is in use, so that forgotten ones can be found and revoked.

    No command: it is a trace of reading, nothing is decided by it.
    """
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def _possible(capabilities: tuple[str, ...], days: int) -> None:
    unknown = set(capabilities) - every_capability()
    if unknown:
        raise UnknownCapability(capability=", ".join(sorted(unknown)))
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise InvalidInput(fields={"days": f"1–{MOST_TOKEN_DAYS}"})
