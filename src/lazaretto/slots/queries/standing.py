"""Slots that stand, and the proposals over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.screening.models import Round
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.rules import READ


def current(of: Round) -> QuerySet[Slot]:
    """Slots that stand, by time."""
    rows = Slot.objects.filter(round=of, dropped_at__isnull=True).select_related("organisation", "point")
    return rows.order_by("starts_at", "point__folded", "organisation__folded", "part", "turn", "id")


def somebody_has_a_slot(of: Round, at: datetime) -> bool:
    """Whether a slot that stands ends after that moment."""
    return Slot.objects.filter(round=of, dropped_at__isnull=True, ends_at__gt=at).exists()


def digest_of(keys: Iterable[Any]) -> str:
    """The slots that something was proposed over."""
    return sha256("\n".join(sorted(map(str, keys))).encode()).hexdigest()


def accepted(of: Round) -> Proposal | None:
    """The last plan of a round that was accepted."""
    return Proposal.objects.filter(round=of, accepted_at__isnull=False).order_by("-accepted_at").first()


def pending(of: Round, standing: str) -> Proposal | None:
    """What was proposed last, if nothing has changed since and nobody has accepted it."""
    last = Proposal.objects.filter(round=of).order_by("-made_at").first()
    return last if last is not None and last.accepted_at is None and last.standing == standing else None


def proposal_by_id(actor: Actor, pk: UUID) -> Proposal:
    """One of them; raises `NotFound`."""
    found = Proposal.objects.visible_to(actor, READ).select_related("round__unit").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="slots.proposal", id=pk)
    return found


def slot_by_id(actor: Actor, pk: UUID) -> Slot:
    """One of them, standing or not; raises `NotFound`."""
    rows = Slot.objects.visible_to(actor, READ).select_related("round__unit", "point", "organisation", "proposal")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="slots.slot", id=pk)
    return found
