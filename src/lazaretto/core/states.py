"""States as declared tables: which step leads from which state to which, and who may take it. Pure.

Every app whose things have states writes its table in its `rules.py`; its commands ask `edge` before they write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """A permitted step: `capability` may take it.

    `through` names what alone leads along it (a stay, a trip, a movement, a reply); empty: it is taken by hand.
    """

    before: str
    after: str
    capability: str
    through: str = ""


def edge(table: Iterable[Edge], before: str, after: str) -> Edge | None:
    """The edge between two states, if the table has one."""
    return next((one for one in table if (one.before, one.after) == (before, after)), None)


def steps_by_hand(table: Iterable[Edge], state: str, capabilities: Iterable[str]) -> list[str]:
    """The states that somebody with these capabilities may bring a thing to from `state`, in the table's order."""
    held = set(capabilities)
    return [one.after for one in table if one.before == state and not one.through and one.capability in held]
