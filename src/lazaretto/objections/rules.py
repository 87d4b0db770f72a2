"""How an objection goes on. Pure; no database, no clock.

Sources: the mother who would not move her four-year-old (she went when her child had a place of the same category and
the same doctor, after several conversations); the remedies of the infectious-disease law; least-harm option. Nothing
here moves anybody, and no outcome says that somebody was made to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lazaretto.objections.choices import Level, State

TALK, DECIDE = "objections.talk", "objections.decide"


@dataclass(frozen=True)
class Edge:
    """A permitted step: `capability` may take it; with `reply` only together with a written reply."""

    before: str
    after: str
    capability: str
    reply: bool = False


EDGES: tuple[Edge, ...] = (
    Edge(State.OPEN, State.AGREED, TALK),
    Edge(State.OPEN, State.WITHDRAWN, TALK),
    Edge(State.OPEN, State.ACCEPTED, DECIDE, reply=True),
    Edge(State.OPEN, State.MAINTAINED, DECIDE, reply=True),
)
LEVELS: tuple[Level, ...] = (Level.SITE, Level.MEDIATOR, Level.HEADQUARTERS)
REPLIED = frozenset(edge.after for edge in EDGES if edge.reply)
SETTLED = frozenset(edge.after for edge in EDGES if not edge.reply)


def permitted(before: str, after: str) -> bool:
    """Whether the table has this step."""
    return any((edge.before, edge.after) == (before, after) for edge in EDGES)


def levels_ahead(level: str) -> list[Level]:
    """To whom an objection can be passed on from here; never back."""
    return list(LEVELS[LEVELS.index(Level(level)) + 1 :])


def forward_only(levels: Sequence[str]) -> bool:
    """Whether a history of levels only ever went forward."""
    return all(LEVELS.index(Level(after)) > LEVELS.index(Level(before)) for before, after in pairwise(levels))
