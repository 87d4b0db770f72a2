"""How an emergency goes on: forward only, any step may be left out. Pure; no database, no clock.

Sources: the pregnant woman and the heart patient kept at hospital doors for a test result (Xi'an, January 2022); the
infant who reached care eleven hours after the first call because nobody owned the call (Zhengzhou, November 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from lazaretto.core.states import Edge, edge
from lazaretto.emergencies.choices import EmergencyState

S = EmergencyState
WORK = "emergencies.work"

ORDER = (S.REPORTED, S.OWNED, S.CALLED, S.LEFT, S.ARRIVED, S.HANDED_OVER, S.CLOSED)
ENDED = frozenset({S.CLOSED, S.CANCELLED})
WITH_CARE = frozenset({S.ARRIVED, S.HANDED_OVER})


EDGES: tuple[Edge, ...] = (
    *(Edge(before, after, WORK) for place, before in enumerate(ORDER) for after in ORDER[place + 1 :]),
    # Once somebody was handed over to a hospital it was no false alarm.
    *(Edge(before, S.CANCELLED, WORK) for before in (S.REPORTED, S.OWNED, S.CALLED, S.LEFT, S.ARRIVED)),
)


def steps_ahead(state: str) -> list[EmergencyState]:
    """The states that can be reached from here, the nearest first; a false alarm is none of them."""
    return [after for after in ORDER if edge(EDGES, state, after)]


def says_something(*, at_site: bool, person: bool, words: Sequence[str], kind_named: bool) -> bool:
    """Whether anybody could be found with it: one of who, where and what is enough. Nothing else is ever asked."""
    return at_site or person or kind_named or any(word.strip() for word in words)


def contradiction(state: str, *, owned: bool, reached: Sequence[str]) -> str:
    """What the timeline has against the state; empty when they agree. `reached` are the states in their order."""
    if not reached or reached[0] != S.REPORTED:
        return "its timeline does not begin with the first word"
    if any(edge(EDGES, before, after) is None for before, after in pairwise(reached)):
        return "a step of its timeline goes back"
    if reached[-1] != state:
        return f"its timeline ends with {reached[-1]}, its state is {state}"
    if owned != (S.OWNED in reached):
        return "its owner and its timeline disagree"
    return ""


def median_minutes(seconds: Sequence[float]) -> int | None:
    """The median in whole minutes, None where there is nothing to take it of."""
    return round(median(seconds) / 60) if seconds else None
