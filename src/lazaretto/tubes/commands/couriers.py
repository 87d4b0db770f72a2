"""Couriers: named with a code for their badge, put right, given a key for their phone, ended."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit, User
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, whole
from lazaretto.people.rules import read_phones
from lazaretto.tubes.errors import CourierOver, NotYourBadge
from lazaretto.tubes.models import Courier
from lazaretto.tubes.queries.couriers import free_code, key_digest
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

    `username`: the account with which they open their phone themselves. Raises `InvalidInput`, also for a code or an
    account that another courier has, `TextTooLong`.
    """
    code = tidy_code(code)
    told = _told(name=name, plate=plate, phone=phone, username=username)
    faults = told.faults | _faults_of(code)
    if faults:
        raise InvalidInput(fields=faults)
    made = insert(Courier(unit=unit, code=code, made_at=at, **told.values))
    record(made, unit_id=unit.id, data={"code": code})
    return CourierNamed(made.id, made.code)


@command("tubes.change_courier", capability=MANAGE)
def change_courier(
    *, actor: Actor, at: datetime, courier: Courier, name: str, plate: str = "", phone: str = "", username: str = ""
) -> CourierNamed:
    """Put right how a courier is called and reached, their number plate and their account; all are said anew.

    The code stays: it is printed on their badge, and bags were handed over under it. Raises `InvalidInput`,
    `CourierOver`, `TextTooLong`.
    """
    if courier.ended_at is not None:
        raise CourierOver(courier=courier.id)
    told = _told(name=name, plate=plate, phone=phone, username=username, of=courier)
    if told.faults:
        raise InvalidInput(fields=told.faults)
    before = {"name": courier.name, "plate": courier.plate, "account": courier.user.username if courier.user else ""}
    changed = sorted(field for field, value in told.values.items() if getattr(courier, field) != value)
    for field in changed:
        setattr(courier, field, told.values[field])
    if changed:
        courier.save(update_fields=changed)
    record(courier, unit_id=courier.unit_id, data={"changed": changed, "before": before})
    return CourierNamed(courier.id, courier.code)


@dataclass(frozen=True)
class _Told:
    """What was typed about a courier, as it is kept; and what is wrong with it, by field."""

    values: dict[str, Any]
    faults: dict[str, str]


def _told(*, name: str, plate: str, phone: str, username: str, of: Courier | None = None) -> _Told:
    faults = {}
    if not name.strip():
        faults["name"] = _("Say what they are called.")
    number = _number(phone)
    if number is None:
        faults["phone"] = _("This is no telephone number that can be called. Write one, with its area code.")
    user = User.objects.filter(username=username.strip(), is_active=True).first() if username.strip() else None
    if username.strip() and user is None:
        faults["username"] = _("Nobody can sign in under this name. Leave it empty if they have no account.")
    elif user is not None and _carrying(user).exclude(pk__in=[of.pk] if of else []).exists():
        faults["username"] = _("Another courier has this account.")
    values = {"name": whole(name, 60), "plate": whole(plate, 20), "phone": number or "", "user": user}
    return _Told(values, faults)


def _carrying(user: User) -> QuerySet[Courier]:
    return Courier.objects.filter(user=user, ended_at__isnull=True)


def _number(phone: str) -> str | None:
    """The number as a telephone dials it; empty for none, nothing where it is none or several."""
    reading = read_phones(phone)
    if reading.refused or len(reading.numbers) > 1:
        return None
    return "".join(f"{one.e164},{one.extension}".rstrip(",") for one in reading.numbers)


def _faults_of(code: str) -> dict[str, str]:
    if not _CODE.fullmatch(code):
        return {"code": _("2 to 20 letters and digits, as a scanner types them.")}
    if Courier.objects.filter(code=code).exists():  # codes are compared in all areas
        return {"code": _("Another badge has this code. The next free one is %(code)s.") % {"code": free_code()}}
    return {}


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
