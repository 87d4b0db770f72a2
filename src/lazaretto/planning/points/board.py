"""The problem counted in slots: what each point can take when, and who can go where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from lazaretto.planning.points.flow import Arc, greatest
from lazaretto.planning.points.problem import Booking, Left, Point, Problem, Why

SOURCE, SINK = 0, 1


class Share(NamedTuple):
    """So many of a group go to a point at some time from slot `begin` until before `end`."""

    group: int
    point: int
    begin: int
    end: int
    people: int


def capacity(point: Point, problem: Problem) -> list[int]:
    """How many people the point takes in each slot that it is open for as a whole."""
    length = problem.slot_minutes
    return [
        sum(
            one.tables * (point.per_table_hour if one.per_table_hour is None else one.per_table_hour)
            for one in point.openings
            if one.opens <= slot * length and (slot + 1) * length <= one.closes
        )
        * length // 60
        for slot in range(problem.slots)
    ]  # fmt: skip


@dataclass(frozen=True)
class Board:
    """`room[point][slot]` is what can still be taken, `people[group]` who still needs a slot.

    `spans[group]` are slots in which the group may come, `ways[group][point]` metres, None where it may not be sent.
    """

    room: Sequence[Sequence[int]]
    people: Sequence[int]
    spans: Sequence[tuple[tuple[int, int], ...]]
    ways: Sequence[Sequence[int | None]]

    @classmethod
    def of(cls, problem: Problem) -> Board:
        """Everybody and everything."""
        length, farthest = problem.slot_minutes, problem.farthest
        spans = [
            tuple(
                (-(-begin // length), min(end // length, problem.slots))
                for begin, end in group.free
                if -(-begin // length) < min(end // length, problem.slots)
            )
            for group in problem.groups
        ]
        ways = [[problem.metres[group.id, point.id] for point in problem.points] for group in problem.groups]
        return cls(
            [capacity(point, problem) for point in problem.points],
            [group.people for group in problem.groups],
            spans,
            [[way if farthest is None or way <= farthest else None for way in row] for row in ways],
        )

    @property
    def slots(self) -> int:
        """Slots until the deadline."""
        return max(map(len, self.room), default=0)

    def without(self, bookings: Sequence[Booking], problem: Problem, *, first: int) -> Board:
        """What is left when these are taken as given and nobody new comes before a slot."""
        groups = {group.id: number for number, group in enumerate(problem.groups)}
        points = {point.id: number for number, point in enumerate(problem.points)}
        room = [[count if slot >= first else 0 for slot, count in enumerate(row)] for row in self.room]
        people = list(self.people)
        for one in bookings:
            people[groups[one.group]] -= one.people
            if one.slot >= first:
                room[points[one.point]][one.slot] -= one.people
        return Board(room, people, self.spans, self.ways)

    @cached_property
    def pooled(self) -> Board:
        """The same with one group for all who are free together and may be sent to the same points, without ways."""
        pools: dict[tuple[tuple[tuple[int, int], ...], tuple[bool, ...]], int] = defaultdict(int)
        for people, spans, row in zip(self.people, self.spans, self.ways, strict=True):
            pools[spans, tuple(way is None for way in row)] += people
        ways: list[list[int | None]] = [[None if far else 0 for far in barred] for _spans, barred in pools]
        return Board(self.room, list(pools.values()), [spans for spans, _barred in pools], ways)

    def served(self, finish: int) -> int:
        """How many can be served in the slots before `finish`, proven: a greatest flow."""
        net = Network(self.pooled, finish)
        flow = greatest(net.nodes, net.arcs, SOURCE, SINK)
        return sum(amount for arc, amount in zip(net.arcs, flow, strict=True) if arc.tail == SOURCE)

    def fewest_slots(self) -> int:
        """The fewest slots in which as many can be served as at all. What all tables take together is tried first."""
        most = self.served(self.slots)
        taken = list(accumulate((sum(row[slot] for row in self.room) for slot in range(self.slots)), initial=0))
        low = next(slot for slot, count in enumerate(taken) if count >= most)
        if self.served(low) == most:
            return low
        high = self.slots
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.served(middle) == most else (middle, high)
        return high

    def why(self, group: int) -> Why:
        """What keeps somebody of the group from having a slot."""
        near = [point for point, way in enumerate(self.ways[group]) if way is not None]
        if not near:
            return Why.TOO_FAR
        spans = self.spans[group]
        is_open = any(self.room[point][slot] for point in near for span in spans for slot in range(*span))
        return Why.FULL if is_open else Why.NOT_OPEN

    def left(self, shares: Sequence[Share], problem: Problem, whole: Board) -> tuple[Left, ...]:
        """Those who are in no share, with the reason that the whole board gives."""
        missing = list(self.people)
        for share in shares:
            missing[share.group] -= share.people
        return tuple(
            Left(group.id, missing[number], whole.why(number))
            for number, group in enumerate(problem.groups)
            if missing[number] > 0
        )


class Network:
    """Source → groups → points while they are free → points from one change of hours to the next → sink.

    Between two changes of anybody's hours all slots of a point are alike, so they are one node; what flows into it is
    dealt out to its slots afterwards. Near points stand first, so that a greatest flow fills them first.
    """

    def __init__(self, board: Board, finish: int, *, every_slot: bool = False) -> None:
        self.arcs: list[Arc] = []
        self.nodes = 2
        self.choices: list[tuple[int, Share]] = []  # number of an arc, and what goes through it
        self._windows: dict[tuple[int, int, int], int] = {}
        self.tree: list[int] = [-1, -1]
        self.supply = [0, 0]
        edges = {edge for spans in board.spans for span in spans for edge in span} if not every_slot else range(finish)
        self._parts = self._segments(board, sorted({0, finish, *(min(edge, finish) for edge in edges)}))
        self._groups: dict[int, int] = {}
        for group in sorted(range(len(board.people)), key=lambda one: _urgency(board, one)):
            self._group(board, group, finish)

    def shares(self, flow: Sequence[int]) -> list[Share]:
        """Who goes where, from what flows."""
        return [share._replace(people=flow[arc]) for arc, share in self.choices if flow[arc]]

    def allow(self, group: int, point: int, slot: int, people: int) -> int | None:
        """One arc more, from a group to one slot of a point (with `every_slot`), without cost; its number, if any."""
        part = next((node for begin, _end, node in self._parts[point] if begin == slot), None)
        if part is None or group not in self._groups:
            return None
        return self._arc(Arc(self._groups[group], part, people))

    def _node(self, supply: int = 0) -> int:
        self.nodes += 1
        self.tree.append(-1)
        self.supply.append(supply)
        return self.nodes - 1

    def _arc(self, arc: Arc, *, towards_sink: bool = False) -> int:
        if towards_sink and self.tree[arc.tail] < 0:
            self.tree[arc.tail] = len(self.arcs)
        self.arcs.append(arc)
        return len(self.arcs) - 1

    def _segments(self, board: Board, edges: Sequence[int]) -> list[list[tuple[int, int, int]]]:
        """By point: beginning, end and node of each stretch of slots that are alike."""
        parts: list[list[tuple[int, int, int]]] = []
        for row in board.room:
            parts.append([])
            for begin, end in pairwise(edges):
                if room := sum(row[begin:end]):
                    node = self._node()
                    self._arc(Arc(node, SINK, room), towards_sink=True)
                    parts[-1].append((begin, end, node))
        return parts

    def _group(self, board: Board, group: int, finish: int) -> None:
        people = board.people[group]
        if people <= 0:
            return
        node = self._groups[group] = self._node(people)
        self._arc(Arc(SOURCE, node, people))
        ways = [(way, point) for point, way in enumerate(board.ways[group]) if way is not None]
        for way, point in sorted(ways):
            for begin, end in board.spans[group]:
                window = self._window(point, begin, min(end, finish), people_at_all=sum(board.people))
                if window is not None:
                    arc = self._arc(Arc(node, window, people, way))
                    self.choices.append((arc, Share(group, point, begin, min(end, finish), 0)))

    def _window(self, point: int, begin: int, end: int, *, people_at_all: int) -> int | None:
        """The node of a point between two slots; None where it takes nobody then."""
        inside = [part for part in self._parts[point] if begin <= part[0] and part[1] <= end]
        if not inside:
            return None
        if (point, begin, end) not in self._windows:
            node = self._windows[point, begin, end] = self._node()
            for _begin, _end, part in inside:
                self._arc(Arc(node, part, people_at_all), towards_sink=True)
        return self._windows[point, begin, end]


def _urgency(board: Board, group: int) -> tuple[int, int]:
    """Who would lose most by not going to the nearest point comes first."""
    ways = sorted(way for way in board.ways[group] if way is not None)
    return -(ways[1] - ways[0]) if len(ways) > 1 else -(10**9), group


def points_of(shares: Sequence[Share]) -> Mapping[int, list[Share]]:
    """Shares by point."""
    found: dict[int, list[Share]] = defaultdict(list)
    for share in shares:
        found[share.point].append(share)
    return found
