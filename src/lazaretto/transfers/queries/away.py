"""People who are with others: who is still there, and what was told about them."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef

from lazaretto.core.access import Actor
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import HandedOver, Handover, Holding
from lazaretto.custody.queries.ends import unit_in_charge
from lazaretto.people.queries import display_names
from lazaretto.stays.choices import StayEnd
from lazaretto.stays.models import Stay
from lazaretto.transfers.choices import WordKind
from lazaretto.transfers.models import PlaceWord

READ, HAND_OVER, HEALTH = "transfers.read", "transfers.hand_over", "stays.health"


@dataclass(frozen=True)
class Away:
    """Somebody who is at the place that the handover brought them to; words only for who may read them."""

    person_id: UUID
    name: str
    words: list[PlaceWord] = field(default_factory=list)


def away(actor: Actor, handover: Handover) -> list[Away]:
    """Who of a handover to a place of others is still there, with what was told. Three queries."""
    if handover.to_external_id is None:
        return []
    people = list(handover.people.values_list("person_id", flat=True))
    held = Holding.objects.filter(person__in=people, ended_at__isnull=True, external=handover.to_external_id)
    rows = [row.person for row in held.select_related("person").order_by("started_at", "id")]
    names, words = display_names(actor, rows), defaultdict(list)
    if reads_words(actor, handover):
        told = PlaceWord.objects.filter(handover=handover).select_related("written_by").order_by("told_at", "id")
        for word in told:
            words[word.person_id].append(word)
    return [Away(row.pk, names[row.pk], words[row.pk]) for row in rows]


@dataclass(frozen=True)
class WithOthers:
    """Somebody of ours who is with others: the place, since when, by which handover, and whether they may leave."""

    line: HandedOver
    name: str
    may_leave: bool
    may_fetch: bool


def with_others(actor: Actor, limit: int) -> list[WithOthers]:
    """People sent from the actor's sites to a hospital or another place of others who are there now; the longest first.

    Three queries.
    """
    there = Holding.objects.filter(
        person=OuterRef("person"), ended_at__isnull=True, external=OuterRef("handover__to_external")
    )
    rows = HandedOver.objects.filter(Exists(there), outcome=Outcome.ARRIVED, handover__from_site__isnull=False)
    if not actor.everywhere(READ):
        rows = rows.filter(handover__from_site__unit_id__in=actor.units_with(READ))
    found = rows.select_related("person", "handover__from_site", "handover__to_external")
    last = {row.person_id: row for row in found.order_by("settled_at", "id")}  # sent there before and once more: now
    lines = list(last.values())[:limit]
    names = display_names(actor, [row.person for row in lines])
    told = PlaceWord.objects.filter(handover__in={row.handover_id for row in lines}, kind=WordKind.MAY_LEAVE)
    leaving = set(told.values_list("handover_id", "person_id"))
    return [
        WithOthers(
            row,
            names[row.person_id],
            (row.handover_id, row.person_id) in leaving and reads_words(actor, row.handover),
            actor.may(HAND_OVER, row.handover.from_site.unit_id if row.handover.from_site else None),
        )
        for row in lines
    ]


def left_by(stay: Stay) -> str:
    """The number of the handover by which somebody left this stay; empty for a stay that goes on or ended otherwise."""
    if stay.ended_at is None or stay.end not in {StayEnd.TRANSFERRED, StayEnd.HOSPITAL}:
        return ""
    gone = Handover.objects.filter(
        people__person=stay.person_id, from_site=stay.site_id, signed_out_at__gte=stay.started_at,
        signed_out_at__lte=stay.ended_at,
    )  # fmt: skip
    return gone.order_by("-signed_out_at", "-id").values_list("number", flat=True).first() or ""


def reads_words(actor: Actor, handover: Handover) -> bool:
    """Whether what a hospital tells may be read: by who hands over or cares where it is answered for."""
    unit = unit_in_charge(handover)
    return actor.may(HAND_OVER, unit) or actor.may(HEALTH, unit)
