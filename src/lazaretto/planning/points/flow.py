"""The greatest flow through a network (Dinic): what is proven to be the most that can be served."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple


class Arc(NamedTuple):
    """One direction between two nodes; `cost` is for each that goes through."""

    tail: int
    head: int
    capacity: int
    cost: int = 0


def greatest(nodes: int, arcs: Sequence[Arc], source: int, sink: int) -> list[int]:
    """What goes through each arc. Arcs named first are filled first, as long as the whole does not lose by it."""
    residual = [amount for arc in arcs for amount in (arc.capacity, 0)]
    heads = [node for arc in arcs for node in (arc.head, arc.tail)]
    leaving: list[list[int]] = [[] for _ in range(nodes)]
    for number, arc in enumerate(arcs):
        leaving[arc.tail].append(2 * number)
        leaving[arc.head].append(2 * number + 1)
    while (levels := _levels(leaving, heads, residual, source))[sink] >= 0:
        _block(leaving, heads, residual, levels, source, sink)
    return [residual[2 * number + 1] for number in range(len(arcs))]


def _levels(leaving: Sequence[Sequence[int]], heads: Sequence[int], residual: Sequence[int], source: int) -> list[int]:
    """How many arcs each node lies from the source; -1 for what cannot be reached any more."""
    levels = [-1] * len(leaving)
    levels[source] = 0
    waiting = deque([source])
    while waiting:
        node = waiting.popleft()
        for arc in leaving[node]:
            if residual[arc] and levels[heads[arc]] < 0:
                levels[heads[arc]] = levels[node] + 1
                waiting.append(heads[arc])
    return levels


def _block(
    leaving: Sequence[Sequence[int]], heads: Sequence[int], residual: list[int], levels: Sequence[int], source: int,
    sink: int,
) -> None:  # fmt: skip
    """Fill shortest ways one after the other until each has a full arc."""
    tried = [0] * len(leaving)
    path: list[int] = []
    node = source
    while True:
        if node == sink:
            node = _fill(path, heads, residual, source)
            continue
        arc = _next(leaving[node], tried, node, heads, residual, levels)
        if arc is not None:
            path.append(arc)
            node = heads[arc]
        elif path:
            back = path.pop()
            node = heads[back ^ 1]
            tried[node] += 1
        else:
            return


def _next(
    arcs: Sequence[int], tried: list[int], node: int, heads: Sequence[int], residual: Sequence[int],
    levels: Sequence[int],
) -> int | None:  # fmt: skip
    """The first arc from here that still leads one level on."""
    while tried[node] < len(arcs):
        arc = arcs[tried[node]]
        if residual[arc] and levels[heads[arc]] == levels[node] + 1:
            return arc
        tried[node] += 1
    return None


def _fill(path: list[int], heads: Sequence[int], residual: list[int], source: int) -> int:
    """Send what goes through the whole path; back to the node before the first full arc."""
    amount = min(residual[arc] for arc in path)
    for arc in path:
        residual[arc] -= amount
        residual[arc ^ 1] += amount
    first = next(position for position, arc in enumerate(path) if not residual[arc])
    node = heads[path[first] ^ 1]
    del path[first:]
    return node if path else source
