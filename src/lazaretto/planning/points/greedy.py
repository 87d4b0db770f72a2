"""A plan at once, in the fewest slots there are: a greatest flow that fills near points first."""

from __future__ import annotations

from lazaretto.planning.points.board import SINK, SOURCE, Board, Network
from lazaretto.planning.points.flow import greatest
from lazaretto.planning.points.measure import booked, least_walking, plan_of
from lazaretto.planning.points.problem import Plan, Problem


def greedy(problem: Problem) -> Plan:
    """Everybody who can be served at all, in the fewest slots: both proven; ways short, not shortest."""
    board = Board.of(problem)
    finish = board.fewest_slots()
    net = Network(board, finish)
    shares = net.shares(greatest(net.nodes, net.arcs, SOURCE, SINK))
    served = sum(share.people for share in shares)
    return plan_of(
        booked(shares, board, problem), board.left(shares, problem, board), problem,
        bound=finish, walking_bound=least_walking(problem, served), engine="greedy",
    )  # fmt: skip
