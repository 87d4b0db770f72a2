"""Custody as a fold: the facts about one person, in true time order, become periods at places and open questions.

A person is held by exactly one place or is under way on exactly one handover; nothing but a fact moves anybody, and a
fact that contradicts what is known moves nobody: it becomes a question. A late fact (a device was offline) takes its
place in time, and what it explains is no question any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FactKind(StrEnum):
    """What somebody saw or did."""

    TAKEN_IN = "taken_in"
    SIGNED_OUT = "signed_out"
    BOARDED = "boarded"
    ALIGHTED = "alighted"
    SIGNED_IN = "signed_in"
    LET_GO = "let_go"
    SETTLED = "settled"


class Conflict(StrEnum):
    """How a fact contradicts what is known."""

    SECOND_PLACE = "second_place"
    OTHER_DESTINATION = "other_destination"
    NOT_HELD_THERE = "not_held_there"
    UNDER_WAY_ALREADY = "under_way_already"
    LEFT_WHILE_AWAY = "left_while_away"
    ABOARD_UNSIGNED = "aboard_unsigned"


@dataclass(frozen=True)
class Leg:
    """A handover from one place to another."""

    id: UUID
    origin: UUID
    destination: UUID


Held = UUID | Leg | None  # a place, a handover under way, or not in our care


@dataclass(frozen=True)
class Fact:
    """One thing seen or done. `place` is where; `leg` the handover that it belongs to, if any.

    Of `SETTLED` the place or the leg is where the person was found to be; neither: not in our care.
    """

    id: UUID
    kind: FactKind
    at: datetime
    place: UUID | None = None
    leg: Leg | None = None


@dataclass(frozen=True)
class Period:
    """Held by a place or under way, half-open. `since` is the fact that began it."""

    held: UUID | Leg
    since: UUID
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Doubt:
    """A fact that contradicts what was known when it happened: who was thought to hold the person then."""

    fact: UUID
    conflict: Conflict
    held: Held


@dataclass(frozen=True)
class Story:
    """What the facts about one person say."""

    periods: tuple[Period, ...]
    doubts: tuple[Doubt, ...]

    @property
    def held(self) -> Held:
        """Who holds the person after the last fact."""
        last = self.periods[-1] if self.periods else None
        return last.held if last is not None and last.ended_at is None else None


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """True time order; at one moment the order in which the ids were made (they carry their time)."""
    return sorted(facts, key=lambda fact: (fact.at, fact.id))


def fold(facts: Iterable[Fact], *, external: frozenset[UUID] = frozenset()) -> Story:
    """The story of one person. Places in `external` sign nobody out: whoever leaves one for a place of ours has left.

    A decision answers every doubt before it; a sign-out explains that somebody got on a little earlier.
    """
    periods: list[Period] = []
    doubts: list[Doubt] = []
    aboard: dict[UUID, Leg | None] = {}
    held: Held = None
    for fact in in_order(facts):
        if fact.kind == FactKind.SETTLED:
            doubts.clear()
        if fact.kind == FactKind.SIGNED_OUT:  # who got on before they were signed out was rightly aboard
            doubts = [doubt for doubt in doubts if doubt.fact not in aboard or aboard[doubt.fact] != fact.leg]
        then, conflict = _step(held, fact, external)
        if conflict is not None:
            doubts.append(Doubt(fact.id, conflict, held))
            if conflict == Conflict.ABOARD_UNSIGNED:
                aboard[fact.id] = fact.leg
        if then != held:
            _turn_page(periods, then, fact)
            held = then
    return Story(tuple(periods), tuple(doubts))


def _turn_page(periods: list[Period], then: Held, fact: Fact) -> None:
    if periods and periods[-1].ended_at is None:
        periods[-1] = replace(periods[-1], ended_at=fact.at)
        if periods[-1].started_at == fact.at:  # nobody was held for no time at all
            periods.pop()
    if then is not None:
        periods.append(Period(then, fact.id, fact.at))


def _step(held: Held, fact: Fact, external: frozenset[UUID]) -> tuple[Held, Conflict | None]:
    """Who holds the person after the fact, and how the fact contradicts what was known."""
    if fact.kind == FactKind.SETTLED:
        return fact.leg or fact.place, None
    if fact.kind in {FactKind.TAKEN_IN, FactKind.SIGNED_IN}:
        return _came(held, fact, external)
    if fact.kind == FactKind.SIGNED_OUT:
        return _went(held, fact, external)
    if fact.kind == FactKind.LET_GO:
        return _left(held, fact)
    # Boarded and alighted are evidence of a handover, and move nobody by themselves.
    return held, Conflict.ABOARD_UNSIGNED if fact.kind == FactKind.BOARDED and held != fact.leg else None


def _came(held: Held, fact: Fact, external: frozenset[UUID]) -> tuple[Held, Conflict | None]:
    if held is None or held == fact.place or held in external:
        return fact.place, None
    if isinstance(held, Leg):
        if fact.place in {held.destination, held.origin}:  # arrived, or brought back
            return fact.place, None
        return held, Conflict.OTHER_DESTINATION
    return held, Conflict.SECOND_PLACE


def _went(held: Held, fact: Fact, external: frozenset[UUID]) -> tuple[Held, Conflict | None]:
    if fact.leg is None:
        raise ValueError("a sign-out names its handover")
    origin = fact.leg.origin
    if held == origin or held in external or (held is None and origin in external):
        return fact.leg, None
    if isinstance(held, Leg):
        return held, None if held == fact.leg else Conflict.UNDER_WAY_ALREADY
    return held, Conflict.NOT_HELD_THERE


def _left(held: Held, fact: Fact) -> tuple[Held, Conflict | None]:
    if held is None or held == fact.place:
        return None, None
    return held, Conflict.LEFT_WHILE_AWAY
