"""The shortest ways for the fewest slots, proven: the cheapest flow, found by the network simplex."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from lazaretto.planning.points.board import SINK, Board, Network, Share
from lazaretto.planning.points.flow import Arc
from lazaretto.planning.points.measure import booked, plan_of
from lazaretto.planning.points.problem import Plan, Problem
from lazaretto.planning.points.simplex import cheapest


def improve(problem: Problem, plan: Plan, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> Plan:
    """The plan with the shortest ways among those that finish as early; the given one if that takes too long.

    Nothing in it is random: the same problem gives the same plan.
    """
    until = clock() + seconds
    board = Board.of(problem)
    shares = shortest(board, plan.finish, lambda: clock() > until)
    if shares is None:
        return plan
    walking = sum(share.people * (board.ways[share.group][share.point] or 0) for share in shares)
    made = plan_of(
        booked(shares, board, problem), board.left(shares, problem, board), problem,
        bound=plan.bound, walking_bound=walking, engine="simplex",
    )  # fmt: skip
    return made if made.better_than(plan) else replace(plan, walking_bound=max(walking, plan.walking_bound))


def shortest(board: Board, finish: int, expired: Callable[[], bool]) -> list[Share] | None:
    """As many as can be served before `finish`, with the shortest ways of all; None when the time is over."""
    net = Network(board, finish)
    far = 1 + max((arc.cost for arc in net.arcs), default=0)
    flow = cheapest_with_left(net, far * (net.nodes + 1), expired)
    return None if flow is None else net.shares(flow)


def cheapest_with_left(net: Network, left: int, expired: Callable[[], bool]) -> list[int] | None:
    """What flows at the least cost when each who is left costs `left`; of the arcs of the network, in their order.

    It is to be more than the detours of all others together, so that nobody is left for the sake of ways.
    """
    arcs, tree, numbers = _without_source(net)
    for node, supply in enumerate(net.supply):
        if supply:
            tree[node] = len(arcs)
            arcs.append(Arc(node, SINK, sum(net.supply), left))
    flow = cheapest(arcs, net.supply, tree, SINK, expired=expired)
    if flow is None:
        return None
    found = [0] * len(net.arcs)
    for number, amount in zip(numbers, flow, strict=False):
        found[number] = amount
    return found


def _without_source(net: Network) -> tuple[list[Arc], list[int], Sequence[int]]:
    """Arcs between groups, points and the sink; the tree renumbered; which arc each was."""
    numbers = [number for number, arc in enumerate(net.arcs) if arc.tail != 0]
    place = {number: position for position, number in enumerate(numbers)}
    return [net.arcs[number] for number in numbers], [place.get(arc, -1) for arc in net.tree], numbers
