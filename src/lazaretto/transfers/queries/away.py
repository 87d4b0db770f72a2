"""People who are with others: who is still there, and what was told about them."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.custody.models import Handover, Holding
from lazaretto.custody.queries.ends import unit_in_charge
from lazaretto.people.queries import display_names
from lazaretto.transfers.models import PlaceWord

HAND_OVER, HEALTH = "transfers.hand_over", "stays.health"


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


def reads_words(actor: Actor, handover: Handover) -> bool:
    """Whether what a hospital tells may be read: by who hands over or cares where it is answered for."""
    unit = unit_in_charge(handover)
    return actor.may(HAND_OVER, unit) or actor.may(HEALTH, unit)
