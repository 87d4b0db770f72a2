"""Where one person is, and was, by custody: for the page of the person and for the search."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.custody.models import Fact, Handover, Holding
from lazaretto.transfers.queries.whereabouts import READ, holding_of, place_of, with_ends

FACTS = 20


@dataclass(frozen=True)
class Step:
    """Something that was seen or done: the place in words, the handover where the actor may open it."""

    fact: Fact
    place: str
    handover: str


@dataclass(frozen=True)
class Where:
    """Where somebody is now (empty: not in our care), since when, and by which handover; the latest steps first."""

    place: str
    since: datetime | None
    handover: str
    steps: list[Step]


def where_is(actor: Actor, person_id: UUID) -> Where:
    """Of somebody whom the actor sees. Four queries."""
    held = holding_of(person_id)
    facts = Fact.objects.filter(person=person_id).select_related(
        "site", "external", "handover__from_site", "handover__from_external", "handover__to_site",
        "handover__to_external", "by",
    )  # fmt: skip
    rows = list(facts.order_by("-occurred_at", "-id")[:FACTS])
    seen = set(_seen(actor, {row.handover_id for row in rows if row.handover_id}))
    steps = [Step(row, _place(row), _number(row.handover, seen)) for row in rows]
    last = next((step.handover for step in steps if step.handover), "")
    going = held is not None and (held.handover_id is not None or held.external_id is not None)
    return Where(place_of(held) if held else "", held.started_at if held else None, last if going else "", steps)


def places_now(actor: Actor, people: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Of people who have no room: where they are in words, and the handover while they are under way. One query."""
    rows = with_ends(Holding.objects.filter(person__in=people, ended_at__isnull=True)) if people else ()
    return {row.person_id: (place_of(row), _leg(actor, row.handover)) for row in rows}


def _leg(actor: Actor, handover: Handover | None) -> str:
    """The number of a handover that the actor may open."""
    if handover is None:
        return ""
    ends = (handover.from_site, handover.to_site)
    return handover.number if any(site is not None and actor.may(READ, site.unit_id) for site in ends) else ""


def _seen(actor: Actor, handovers: Collection[UUID]) -> list[UUID]:
    return list(Handover.objects.visible_to(actor, READ).filter(pk__in=handovers).values_list("pk", flat=True))


def _number(handover: Handover | None, seen: set[UUID]) -> str:
    return handover.number if handover is not None and handover.pk in seen else ""


def _place(fact: Fact) -> str:
    if fact.site is not None or fact.external is not None:
        return place_of(Holding(site=fact.site, external=fact.external))
    return place_of(Holding(handover=fact.handover)) if fact.handover else ""
