"""Couriers: named with a code for their badge, given a key for their phone, ended."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import active_user
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, NotFound, whole
from lazaretto.tubes.errors import CourierOver, NotYourBadge
from lazaretto.tubes.models import Courier
from lazaretto.tubes.queries.couriers import key_digest
from lazaretto.tubes.rules import COURIER_KEY, HANDLE, MANAGE

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")


@dataclass(frozen=True)
class CourierNamed:
    """A courier is known by the code on their badge."""

    courier_id: UUID
    code: str


@dataclass(frozen=True)
class CourierKeyMade:
    """A key for a courier's phone. It is shown once and kept nowhere; the one before opens nothing any more."""

    courier_id: UUID
    key: str
    until: datetime


@dataclass(frozen=True)
class CourierEnded:
    """Badge and phone of a courier open nothing any more."""

    courier_id: UUID


@command("tubes.add_courier", capability=MANAGE)
def add_courier(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    code: str,
    name: str,
    plate: str = "",
    phone: str = "",
    username: str = "",
) -> CourierNamed:
    """Name somebody who carries bags in a unit's area. `code`: 2 to 20 letters and digits, as the badge says it.

    `username`: the account with which they open their phone themselves. Raises `InvalidInput`, `RefusedByDatabase` for
    a code or an account taken, `TextTooLong`.
    """
    code = tidy_code(code)
    faults = {
        **({} if _CODE.fullmatch(code) else {"code": "2 to 20 letters and digits"}),
        **({} if name.strip() else {"name": "missing"}),
    }
    user = None
    if username:
        try:
            user = active_user(username)
        except NotFound:
            faults["username"] = "unknown"
    if faults:
        raise InvalidInput(fields=faults)
    made = insert(
        Courier(
            unit=unit, code=code, name=whole(name, 60), plate=whole(plate, 20), phone=whole(phone, 40), user=user,
            made_at=at,
        )
    )  # fmt: skip
    record(made, unit_id=unit.id, data={"code": code})
    return CourierNamed(made.id, made.code)


@command("tubes.make_courier_key", capability=HANDLE, keeps_answer=False)
def make_courier_key(*, actor: Actor, at: datetime, courier: Courier) -> CourierKeyMade:
    """A key with which one phone becomes this courier's, for a week; the phone before sends nothing any more.

    For the courier's own account, and for whoever names couriers. Raises `NotYourBadge`, `CourierOver`.
    """
    own = actor.user_id is not None and courier.user_id == actor.user_id
    if not own and not actor.may(MANAGE, courier.unit_id):
        raise NotYourBadge(courier=courier.id)
    if courier.ended_at is not None:
        raise CourierOver(courier=courier.id)
    key = f"lzc_{secrets.token_urlsafe(24)}"
    courier.key_digest, courier.key_until = key_digest(key), at + COURIER_KEY
    courier.save(update_fields=["key_digest", "key_until"])
    record(courier, unit_id=courier.unit_id, data={"until": courier.key_until})
    return CourierKeyMade(courier.id, key, courier.key_until)


@command("tubes.end_courier", capability=MANAGE)
def end_courier(*, actor: Actor, at: datetime, courier: Courier, reason: str = "") -> CourierEnded:
    """Somebody carries no bags any more, or the phone was lost. Raises `CourierOver`."""
    if courier.ended_at is not None:
        raise CourierOver(courier=courier.id)
    courier.ended_at, courier.key_digest, courier.key_until = max(at, courier.made_at), None, None
    courier.save(update_fields=["ended_at", "key_digest", "key_until"])
    record(courier, unit_id=courier.unit_id, reason=reason)
    return CourierEnded(courier.id)
