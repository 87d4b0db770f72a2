"""Rules of tubes: what the facts about a tube or a bag say. Pure.

Scans with or without a network are facts; they come late and in any order. Each takes its place in true time, and where
a tube is follows from all of them, so the same facts in any order give the same story (a property test). What does not
fit is a doubt on the tube or the bag until somebody has looked into it; it never hides where the tube was seen last.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from lazaretto.tubes.choices import BagState, Doubt, EventKind

READ, HANDLE, MANAGE = "tubes.read", "tubes.handle", "tubes.manage"

MOST_EVENTS: Final = 500  # in one upload
LONGEST_SIGNATURE: Final = 20_000  # characters of an SVG path
LONGEST_HOURS: Final = 240
HOURS_FOR_A_RESULT: Final = 24  # results within 24 h of sampling: turnaround of 2022 rounds (docs/tubes.md)
_TICKS = "'’‘`＇"  # what spreadsheets put before a code to keep its digits


def tidy_code(text: str) -> str:
    """A code as it is compared: `＇ｍ００ 01` → `M0001`. Width, apostrophes, spaces and case say nothing."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip(_TICKS)
    return "".join(plain.split()).upper()


# What an event of a kind must name to say anything.
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    EventKind.SEALED: ("tube",),
    EventKind.BAGGED: ("tube", "bag"),
    EventKind.UNBAGGED: ("tube",),
    EventKind.BAG_CLOSED: ("bag",),
    EventKind.HANDED_OVER: ("bag",),
    EventKind.TAKEN: ("bag",),
    EventKind.ARRIVED: ("bag",),
    EventKind.RECEIVED: (),
    EventKind.REJECTED: ("tube", "reason"),
    EventKind.RETESTED: ("tube", "number"),
    EventKind.COUNT_AGREED: ("organisation", "count"),
    EventKind.LOOKED_INTO: (),
}


def incomplete(kind: str, said: Mapping[str, object]) -> bool:
    """Whether something is missing without which an event of this kind says nothing."""
    if kind in {EventKind.RECEIVED, EventKind.LOOKED_INTO}:
        return not (said.get("tube") or said.get("bag"))
    return any(said.get(name) in {None, ""} for name in NEEDS.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing seen or done, at its true time. `to` is a courier or a laboratory."""

    id: UUID
    kind: str
    at: datetime
    tube: str = ""
    bag: str = ""
    to: str = ""
    count: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TubeStory:
    """What the facts about one tube say."""

    sealed_at: datetime | None = None
    bag: str = ""
    bagged_at: datetime | None = None
    received_at: datetime | None = None
    laboratory: str = ""
    rejected_at: datetime | None = None
    reason: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BagStory:
    """What the facts about one bag say. `holder` has it now; empty: the table."""

    state: str = BagState.OPEN
    closed_at: datetime | None = None
    said_tubes: int | None = None
    left_at: datetime | None = None
    holder: str = ""
    arrived_at: datetime | None = None
    received_at: datetime | None = None
    laboratory: str = ""
    counted: int | None = None
    doubts: tuple[str, ...] = ()


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """True time order, each once; at one moment the order in which devices numbered them."""
    once = {fact.id: fact for fact in facts}
    return sorted(once.values(), key=lambda fact: (fact.at, fact.id))


def story_of_tube(facts: Iterable[Fact]) -> TubeStory:
    """Fold the facts about one tube. The last bag it was scanned into has it: there it was seen."""
    story = TubeStory()
    for fact in in_order(facts):
        if step := _TUBE.get(fact.kind):
            story = step(story, fact)
    return story


def story_of_bag(facts: Iterable[Fact]) -> BagStory:
    """Fold the facts about one bag (those that name no tube)."""
    story = BagStory()
    for fact in in_order(facts):
        if step := _BAG.get(fact.kind):
            story = step(story, fact)
    return story


def _with(doubts: tuple[str, ...], doubt: str, *, when: bool) -> tuple[str, ...]:
    return tuple(sorted({*doubts, doubt})) if when else doubts


# ---- a tube


def _sealed(story: TubeStory, fact: Fact) -> TubeStory:
    return replace(story, sealed_at=story.sealed_at or fact.at)


def _bagged(story: TubeStory, fact: Fact) -> TubeStory:
    doubts = _with(story.doubts, Doubt.SECOND_BAG, when=story.bag not in {"", fact.bag})
    doubts = _with(doubts, Doubt.AFTER_ARRIVAL, when=story.received_at is not None)
    since = story.bagged_at if story.bag == fact.bag else fact.at
    return replace(story, bag=fact.bag, bagged_at=since, doubts=doubts)


def _unbagged(story: TubeStory, fact: Fact) -> TubeStory:
    if fact.bag not in {"", story.bag}:
        return story
    return replace(story, bag="", bagged_at=None)


def _tube_received(story: TubeStory, fact: Fact) -> TubeStory:
    second = bool(story.laboratory and fact.to and fact.to != story.laboratory)
    return replace(
        story,
        received_at=story.received_at or fact.at,
        laboratory=fact.to or story.laboratory,
        doubts=_with(story.doubts, Doubt.SECOND_LABORATORY, when=second),
    )


def _rejected(story: TubeStory, fact: Fact) -> TubeStory:
    return story if story.rejected_at else replace(story, rejected_at=fact.at, reason=fact.reason)


_TUBE: Final[dict[str, Callable[[TubeStory, Fact], TubeStory]]] = {
    EventKind.SEALED: _sealed,
    EventKind.BAGGED: _bagged,
    EventKind.UNBAGGED: _unbagged,
    EventKind.RECEIVED: _tube_received,
    EventKind.REJECTED: _rejected,
    EventKind.LOOKED_INTO: lambda story, _fact: replace(story, doubts=()),
}


# ---- a bag


def _closed(story: BagStory, fact: Fact) -> BagStory:
    said = fact.count if fact.count is not None else story.said_tubes
    state = (
        BagState.CLOSED if story.state == BagState.OPEN else story.state
    )  # its seal was scanned later than its leaving
    return replace(story, state=state, closed_at=story.closed_at or fact.at, said_tubes=said)


def _left(story: BagStory, fact: Fact) -> BagStory:
    """Given by the table and taken by the courier are two sides of one handing over."""
    other = bool(fact.kind == EventKind.TAKEN and fact.to and story.holder and fact.to != story.holder)
    given = story.state == BagState.UNDER_WAY and story.arrived_at is None
    return replace(
        story,
        state=BagState.UNDER_WAY,
        left_at=story.left_at or fact.at,
        holder=fact.to or story.holder,
        doubts=_with(story.doubts, Doubt.SECOND_COURIER, when=other and given),
    )


def _arrived(story: BagStory, fact: Fact) -> BagStory:
    state = BagState.RECEIVED if fact.kind == EventKind.RECEIVED else BagState.ARRIVED
    if state == BagState.ARRIVED and story.state == BagState.RECEIVED and fact.to in {"", story.laboratory}:
        return story  # the courier's word after the laboratory's own
    counted = fact.count if fact.kind == EventKind.RECEIVED and fact.count is not None else story.counted
    differs = counted is not None and story.said_tubes is not None and counted != story.said_tubes
    second = bool(
        fact.to and story.laboratory and fact.to != story.laboratory
        and story.state == BagState.RECEIVED and fact.kind == EventKind.RECEIVED
    )  # fmt: skip
    doubts = _with(story.doubts, Doubt.COUNTED_OTHERWISE, when=differs)
    laboratory = fact.to or story.laboratory
    return replace(
        story,
        state=state,
        arrived_at=story.arrived_at or fact.at,
        received_at=story.received_at or (fact.at if state == BagState.RECEIVED else None),
        laboratory=laboratory,
        holder=laboratory or story.holder,
        counted=counted,
        doubts=_with(doubts, Doubt.SECOND_LABORATORY, when=second),
    )


_BAG: Final[dict[str, Callable[[BagStory, Fact], BagStory]]] = {
    EventKind.BAG_CLOSED: _closed,
    EventKind.HANDED_OVER: _left,
    EventKind.TAKEN: _left,
    EventKind.ARRIVED: _arrived,
    EventKind.RECEIVED: _arrived,
    EventKind.LOOKED_INTO: lambda story, _fact: replace(story, doubts=()),
}
