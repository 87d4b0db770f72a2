"""How an objection goes on. Pure; no database, no clock.

Sources: the mother who would not move her four-year-old (she went when her child had a place of the same category and
the same doctor, after several conversations); the remedies of the infectious-disease law; least-harm option. Nothing
here moves anybody, and no outcome says that somebody was made to.
"""

from __future__ import annotations

from lazaretto.core.states import Edge
from lazaretto.objections.choices import Level, State

TALK, DECIDE = "objections.talk", "objections.decide"
REPLY = "reply"


EDGES: tuple[Edge, ...] = (
    Edge(State.OPEN, State.AGREED, TALK),
    Edge(State.OPEN, State.WITHDRAWN, TALK),
    Edge(State.OPEN, State.ACCEPTED, DECIDE, through=REPLY),
    Edge(State.OPEN, State.MAINTAINED, DECIDE, through=REPLY),
)
LEVELS: tuple[Level, ...] = (Level.SITE, Level.MEDIATOR, Level.HEADQUARTERS)
REPLIED = frozenset(edge.after for edge in EDGES if edge.through == REPLY)
SETTLED = frozenset(edge.after for edge in EDGES if not edge.through)


def levels_ahead(level: str) -> list[Level]:
    """To whom an objection can be passed on from here; never back."""
    return list(LEVELS[LEVELS.index(Level(level)) + 1 :])
