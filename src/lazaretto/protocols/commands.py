"""Writes of protocols: putting rule packs and overlays into force, and ending that."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import ReasonRequired
from lazaretto.protocols.choices import Transition
from lazaretto.protocols.errors import (
    AdoptionEnded,
    AlreadyAdopted,
    EndsBeforeStart,
    JurisdictionMalformed,
    PackNotShipped,
)
from lazaretto.protocols.library import library
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import JURISDICTION


@dataclass(frozen=True)
class PackAdopted:
    """A pack or overlay comes into force."""

    adoption_id: UUID
    pack: str
    jurisdiction: str
    starts_on: date


@dataclass(frozen=True)
class PackAdoptionEnded:
    """A pack or overlay is no longer followed from `ends_on` on."""

    adoption_id: UUID
    ends_on: date


@command("protocols.adopt_pack", capability="protocols.manage", district=True)
def adopt_pack(
    *,
    actor: Actor,
    at: datetime,
    pack: str,
    jurisdiction: str,
    starts_on: date,
    reason: str,
    transition: Transition | None = None,
) -> PackAdopted:
    """Put a pack or overlay into force for a jurisdiction from a date on; the actor is the approver.

    `starts_on` is a local date of the jurisdiction, past ones included (a notice that came late). `transition` only
    where the notice says otherwise than the pack. Raises `PackNotShipped`, `JurisdictionMalformed`, `ReasonRequired`,
    `AlreadyAdopted`.
    """
    if pack not in library().codes:
        raise PackNotShipped(pack=pack)
    if not re.fullmatch(JURISDICTION, jurisdiction):
        raise JurisdictionMalformed(jurisdiction=jurisdiction)
    if not reason.strip():
        raise ReasonRequired
    _refuse_if_followed(pack, jurisdiction, starts_on)
    adoption = _insert(
        pack=pack,
        jurisdiction=jurisdiction,
        starts_on=starts_on,
        transition=transition or "",
        reason=reason.strip(),
        approved_by_id=actor.user_id,
        created_at=at,
    )
    data = {"pack": pack, "jurisdiction": jurisdiction, "starts_on": str(starts_on), "transition": transition or ""}
    record(adoption, unit_id=None, data=data, reason=adoption.reason)
    return PackAdopted(adoption.id, pack, jurisdiction, starts_on)


@command("protocols.end_adoption", capability="protocols.manage", district=True)
def end_adoption(
    *, actor: Actor, at: datetime, adoption: PackAdoption, ends_on: date, reason: str
) -> PackAdoptionEnded:
    """Stop following a pack or overlay from `ends_on` on; on its first day it is withdrawn altogether.

    Raises `AdoptionEnded`, `EndsBeforeStart`, `ReasonRequired`.
    """
    if adoption.ends_on is not None:
        raise AdoptionEnded(ends_on=adoption.ends_on)
    if ends_on < adoption.starts_on:
        raise EndsBeforeStart(starts_on=adoption.starts_on)
    if not reason.strip():
        raise ReasonRequired
    adoption.ends_on = ends_on
    adoption.end_reason = reason.strip()
    adoption.end_approved_by_id = actor.user_id
    adoption.end_decided_at = at
    adoption.save(update_fields=["ends_on", "end_reason", "end_approved_by", "end_decided_at"])
    data = {"pack": adoption.pack, "jurisdiction": adoption.jurisdiction, "ends_on": str(ends_on)}
    record(adoption, unit_id=None, data=data, reason=adoption.end_reason)
    return PackAdoptionEnded(adoption.id, ends_on)


def _refuse_if_followed(pack: str, jurisdiction: str, starts_on: date) -> None:
    """A pack is followed once at a time: no running or later adoption, none that ends after the new one begins."""
    same = PackAdoption.objects.filter(pack=pack, jurisdiction=jurisdiction)
    if any(known.ends_on is None or known.ends_on > starts_on for known in same):
        raise AlreadyAdopted(pack=pack, jurisdiction=jurisdiction)


def _insert(**values: object) -> PackAdoption:
    """The new row; two people who adopt at once meet the constraint."""
    try:
        with transaction.atomic():
            return PackAdoption.objects.create(**values)
    except IntegrityError as error:
        raise AlreadyAdopted(pack=values["pack"], jurisdiction=values["jurisdiction"]) from error
