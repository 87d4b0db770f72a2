"""Slots that stand, and the proposals over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.screening.models import Point, Round
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


class Comers(NamedTuple):
    """Whose people come to a point: all of an enterprise, or of it one department or dormitory (`by` says which)."""

    organisation_id: UUID
    by: str = ""
    part: str = ""


def comers(point: Point) -> frozenset[Comers]:
    """Who has a slot that stands at a point, also one that is over. One query.

    Of an enterprise that comes in parts, those without a department (or dormitory) are a part of their own.
    """
    parted = standing_slots(round=OuterRef("round"), organisation=OuterRef("organisation")).exclude(part="")
    rows = standing_slots(point=point).annotate(parted=Exists(parted))
    said = rows.values_list("organisation_id", "proposal__parts", "part", "parted").distinct()
    return frozenset(Comers(home, by, part) if by and parted else Comers(home) for home, by, part, parted in said)


def standing_slots(**chosen: Any) -> QuerySet[Slot]:
    """Rows that stand, in no order."""
    return Slot.objects.filter(dropped_at__isnull=True, **chosen)
