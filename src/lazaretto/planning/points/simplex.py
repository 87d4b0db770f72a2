"""The cheapest flow through a network to its sink: the network simplex, whole numbers only.

Its answers lie in a tree, so hardly any group is split: no more often than there are full slots. The tree is kept
strongly feasible (Cunningham, *A network simplex method*, Mathematical Programming 11, 1976), so it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isqrt

from lazaretto.planning.points.flow import Arc

LOOKED_AT = 200  # changes of the tree between two looks at the clock


def cheapest(
    arcs: Sequence[Arc],
    supply: Sequence[int],
    tree: Sequence[int],
    root: int,
    *,
    expired: Callable[[], bool],
) -> list[int] | None:
    """What goes through each arc when each node sends its supply to the root; None when the time is over.

    `tree` names for each node an arc towards the root, wide enough for all that is supplied behind it; -1 for the root.
    """
    work = _Tree(arcs, supply, tree, root)
    while (entering := work.entering()) is not None:
        work.change(entering)
        if work.changes % LOOKED_AT == 0 and expired():
            return None
    return work.flow


class _Tree:
    """A spanning tree, what flows, and what it costs from each node to the root."""

    def __init__(self, arcs: Sequence[Arc], supply: Sequence[int], tree: Sequence[int], root: int) -> None:
        self.arcs = arcs
        self.flow = [0] * len(arcs)
        self.link = list(tree)
        self.parent = [arcs[arc].head if arc >= 0 else -1 for arc in tree]
        self.depth = [0] * len(tree)
        self.price = [0] * len(tree)
        self.children: list[set[int]] = [set() for _ in tree]
        self.changes = 0
        self._cursor = 0
        self._block = max(40, isqrt(len(arcs)))
        for node, parent in enumerate(self.parent):
            if parent >= 0:
                self.children[parent].add(node)
        self._settle(root)
        for node, amount in enumerate(supply):
            while amount and node != root:
                self.flow[self.link[node]] += amount
                node = self.parent[node]  # noqa: PLW2901 - up to the root

    def entering(self) -> int | None:
        """The arc by which most is saved among the next that save anything; None when the flow is the cheapest."""
        arcs, flow, price, count = self.arcs, self.flow, self.price, len(self.arcs)
        best, found = 0, None
        for step in range(count):
            number = (self._cursor + step) % count
            tail, head, capacity, cost = arcs[number]
            saved = price[tail] - cost - price[head]
            if saved > best and flow[number] < capacity:
                best, found = saved, number
            elif -saved > best and flow[number]:
                best, found = -saved, number
            if found is not None and (step + 1) % self._block == 0:
                break
        if found is not None:
            self._cursor = (self._cursor + step + 1) % count
        return found

    def change(self, entering: int) -> None:
        """Send as much as possible around the circle that the arc closes, and take the arc that ends it out."""
        self.changes += 1
        tail, head, capacity, _cost = self.arcs[entering]
        forward = self.flow[entering] < capacity and self._saves(entering)
        start, end = (tail, head) if forward else (head, tail)
        apex = self._meeting(start, end)
        amount, leaving, at_start = self._narrowest(entering, start, end, apex, forward=forward)
        self._send(start, apex, amount, down=True)
        self._send(end, apex, amount, down=False)
        self.flow[entering] += amount if forward else -amount
        if leaving >= 0:
            self._hang(leaving, *((start, end) if at_start else (end, start)), entering)

    def _saves(self, number: int) -> bool:
        tail, head, _capacity, cost = self.arcs[number]
        return self.price[tail] > cost + self.price[head]

    def _meeting(self, a: int, b: int) -> int:
        while a != b:
            if self.depth[a] >= self.depth[b]:
                a = self.parent[a]
            else:
                b = self.parent[b]
        return a

    def _narrowest(self, entering: int, start: int, end: int, apex: int, *, forward: bool) -> tuple[int, int, bool]:
        """How much goes around, below which node the tree is cut (-1: nowhere), and on which side.

        Of equally narrow arcs the last on the way from the apex around: that keeps the tree strongly feasible.
        """
        closing = self.arcs[entering].capacity - self.flow[entering] if forward else self.flow[entering]
        amount, leaving, at_start = closing + 1, -1, True
        node = start
        while node != apex:
            if (room := self._room(node, down=True)) < amount:
                amount, leaving = room, node
            node = self.parent[node]
        if closing <= amount:
            amount, leaving = closing, -1
        node = end
        while node != apex:
            if (room := self._room(node, down=False)) <= amount:
                amount, leaving, at_start = room, node, False
            node = self.parent[node]
        return amount, leaving, at_start

    def _room(self, node: int, *, down: bool) -> int:
        """What still fits between a node and its parent, towards the node (`down`) or away from it."""
        arc = self.link[node]
        upward = self.arcs[arc].tail == node
        return self.flow[arc] if upward == down else self.arcs[arc].capacity - self.flow[arc]

    def _send(self, node: int, apex: int, amount: int, *, down: bool) -> None:
        while amount and node != apex:
            arc = self.link[node]
            self.flow[arc] += -amount if (self.arcs[arc].tail == node) == down else amount
            node = self.parent[node]

    def _hang(self, cut: int, node: int, parent: int, link: int) -> None:
        """Cut the tree above `cut` and hang the part below by `node` to its new parent."""
        top = node
        while True:
            before, before_link = self.parent[node], self.link[node]
            self.children[before].discard(node)
            self.parent[node], self.link[node] = parent, link
            self.children[parent].add(node)
            if node == cut:
                break
            node, parent, link = before, node, before_link
        self._settle(top)

    def _settle(self, top: int) -> None:
        """Depths and prices below a node anew."""
        waiting = [top]
        while waiting:
            node = waiting.pop()
            parent = self.parent[node]
            if parent >= 0:
                arc = self.arcs[self.link[node]]
                self.depth[node] = self.depth[parent] + 1
                self.price[node] = self.price[parent] + (arc.cost if arc.tail == node else -arc.cost)
            waiting += self.children[node]
