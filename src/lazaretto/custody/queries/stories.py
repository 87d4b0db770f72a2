"""What the facts about people say, read for the ledger and for `verify`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.prepared import prepared
from lazaretto.custody import rules
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import Fact


@dataclass(frozen=True)
class Known:
    """The facts about one person, and which of their places others run."""

    facts: tuple[rules.Fact, ...] = ()
    external: frozenset[UUID] = frozenset()

    @cached_property
    def story(self) -> rules.Story:
        """What they say."""
        return rules.fold(self.facts, external=self.external)

    def plus(self, facts: Iterable[rules.Fact], external: Iterable[UUID]) -> "Known":
        """With further facts."""
        return Known((*self.facts, *facts), self.external.union(external))

    def place_of(self, fact: UUID) -> UUID | None:
        """Where a fact happened; of a sign-out where it began."""
        found = next(one for one in self.facts if one.id == fact)
        return found.place or (found.leg.origin if found.leg else None)

    def outcome_of(self, handover: UUID) -> tuple[Outcome, datetime | None]:
        """What became of this person on that handover, and when that was settled."""
        periods = self.story.periods
        for number, period in enumerate(periods):
            if isinstance(period.held, rules.Leg) and period.held.id == handover:
                if period.ended_at is None:
                    return Outcome.UNDER_WAY, None
                then = periods[number + 1].held if number + 1 < len(periods) else None
                ends = {period.held.destination: Outcome.ARRIVED, period.held.origin: Outcome.RETURNED}
                place = then if isinstance(then, UUID) else None
                return ends.get(place, Outcome.ELSEWHERE) if place else Outcome.ELSEWHERE, period.ended_at
        doubted = any(self._leg_of(doubt.fact) == handover for doubt in self.story.doubts)
        return (Outcome.UNDER_WAY if doubted else Outcome.NOT_GONE), None

    def _leg_of(self, fact: UUID) -> UUID | None:
        found = next(one for one in self.facts if one.id == fact)
        return found.leg.id if found.leg else None


def known_of(people: Sequence[UUID]) -> dict[UUID, Known]:
    """The facts about each of these people; nothing is known of somebody without any."""
    rows: dict[UUID, list[_Row]] = defaultdict(list)
    for person, *row in _facts_of(people=list(people)):
        rows[person].append(tuple(row))
    return {person: _known(rows[person]) for person in people}


_Row = tuple[Any, ...]


@prepared
def _facts_of(people: Any) -> QuerySet[Fact, tuple[Any, ...]]:
    return Fact.objects.filter(person__among=people).values_list(
        "person_id", "id", "kind", "occurred_at", "site_id", "external_id", "handover_id", "handover__from_site_id",
        "handover__from_external_id", "handover__to_site_id", "handover__to_external_id",
    )  # fmt: skip


def _known(rows: list[_Row]) -> Known:
    facts: list[rules.Fact] = []
    external: set[UUID] = set()
    for pk, kind, at, site, outside, handover, from_site, from_outside, to_site, to_outside in rows:
        leg = rules.Leg(handover, from_site or from_outside, to_site or to_outside) if handover else None
        facts.append(fact_of(pk, rules.FactKind(kind), at, site or outside, leg))
        external.update(filter(None, (outside, from_outside, to_outside)))
    return Known(tuple(facts), frozenset(external))


def fact_of(pk: UUID, kind: rules.FactKind, at: datetime, place: UUID | None, leg: rules.Leg | None) -> rules.Fact:
    """A fact as the rules know it. A decision for a place may name the handover that it is about."""
    decided_place = kind == rules.FactKind.SETTLED and place is not None
    return rules.Fact(pk, kind, at, place, None if decided_place else leg)
