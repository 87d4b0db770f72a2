"""The planner that answers at once: a fixed order of simple choices, tried in a few variations.

Class by class (category and cohort), families before single people, fill the floors that are already open, then open
the floor that takes the most of what is left. Accessible rooms go to others only in a second pass, when somebody
would otherwise stay without a room.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from lazaretto.planning.rooms.grouping import Block, Grouping, Needs, Unit, group
from lazaretto.planning.rooms.objective import bound, budgets, measure, offered, opened, receives, side_by_side
from lazaretto.planning.rooms.problem import (
    Bound,
    Floor,
    Objective,
    Options,
    Person,
    Placement,
    Plan,
    Problem,
    Reason,
    Room,
    Sharing,
    Site,
    Unplaced,
)

Kind = tuple[str, date]
_Answer = tuple[Objective, list[Placement], list[Unplaced]]


@dataclass(slots=True)
class _FloorBoard:
    """A floor while rooms are being given away."""

    floor: Floor
    site: Site
    free: list[Room]
    kinds: set[Kind]


@dataclass(slots=True)
class _Board:
    """All floors while rooms are being given away, and what each site may still give."""

    options: Options
    floors: list[_FloorBoard]
    budget: dict[str, int]
    given: list[tuple[Unit, Room]] = field(default_factory=list)
    sites_of_group: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    known: dict[Kind, list[_FloorBoard]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem) -> _Board:
        sites = {site.id: site for site in problem.sites}
        free: dict[str, list[Room]] = defaultdict(list)
        for room in offered(problem):
            free[room.floor].append(room)
        order = sorted(problem.floors, key=lambda floor: (floor.site, floor.level, floor.id))
        floors = [_FloorBoard(one, sites[one.site], free[one.id], set(one.housed)) for one in order]
        return cls(problem.options, floors, budgets(problem))

    def receiving(self, kind: Kind) -> list[_FloorBoard]:
        """Floors that may take this class now; remembered until a class moves onto a floor that it was not on."""
        if kind not in self.known:
            span = self.options.cohort_span_days
            self.known[kind] = [one for one in self.floors if receives(one.site, one.floor, kind, span, one.kinds)]
        return self.known[kind]

    def give(self, board: _FloorBoard, block: Block, rooms: Sequence[Room]) -> None:
        self.given += zip(block.units, rooms, strict=True)
        taken = {room.id for room in rooms}
        board.free = [room for room in board.free if room.id not in taken]
        if block.kind not in board.kinds:
            board.kinds.add(block.kind)
            self.known.clear()
        self.budget[board.site.id] -= len(rooms)
        if block.group is not None:
            self.sites_of_group[block.group].add(board.site.id)


@dataclass(frozen=True, slots=True)
class GreedyPlanner:
    """Answers 300 arrivals into 3,400 rooms in a fraction of a second; never breaks a rule to place somebody."""

    def propose(self, problem: Problem, *, clock: Callable[[], float] = time.monotonic) -> Plan:
        """The best of a few variations, or the first ones when the deadline cuts the trying short."""
        until = clock() + problem.options.deadline
        grouping = group(problem)
        lowest = bound(problem, grouping)
        best: _Answer | None = None
        stopped = False
        for blocks in _variations(grouping.blocks, problem.options):
            answer = _attempt(problem, grouping, blocks)
            best = answer if best is None else min(best, answer, key=lambda one: one[0])
            if _proved(best[0], lowest):
                break
            if clock() >= until:
                stopped = True
                break
        return _plan(problem, grouping, best or _attempt(problem, grouping, grouping.blocks), lowest, stopped=stopped)


def _proved(objective: Objective, lowest: Bound) -> bool:
    proved = (objective.unplaced, objective.accessible_misused, objective.floors_opened) == (
        lowest.unplaced,
        lowest.accessible_misused,
        lowest.floors_opened,
    )
    return proved and not objective.group_splits and not objective.households_apart


def _plan(problem: Problem, grouping: Grouping, answer: _Answer, lowest: Bound, *, stopped: bool) -> Plan:
    objective, placements, unplaced = answer
    housed = {one.person for one in placements}
    return Plan(
        placements=tuple(sorted(placements, key=lambda one: one.person)),
        unplaced=tuple(sorted(unplaced, key=lambda one: one.person)),
        notices=tuple(notice for notice in grouping.notices if notice.person in housed),
        floors_opened=opened(problem, placements),
        objective=objective,
        bound=lowest,
        stopped_early=stopped,
    )


def _variations(blocks: Sequence[Block], options: Options) -> Iterable[list[Block]]:
    """Bus by bus first, then the difficult of all buses first, in turn; classes and equals shuffled by the seed."""
    classes: dict[Kind, list[Block]] = defaultdict(list)
    for block in blocks:
        classes[block.kind].append(block)
    kinds = sorted(classes, key=lambda kind: (-sum(len(block.units) for block in classes[kind]), kind))
    chance = random.Random(options.seed)  # noqa: S311 - variety, not secrecy
    for turn in range(max(1, options.tries)):
        if turn:
            chance.shuffle(kinds)
        order: list[Block] = []
        for kind in kinds:
            mine = list(classes[kind])
            if turn:
                chance.shuffle(mine)
            order += sorted(mine, key=_difficulty) if turn % 2 else _by_group(mine)
        yield order


def _by_group(blocks: Sequence[Block]) -> list[Block]:
    """The largest bus first, each whole; within it the difficult first."""
    size = Counter(block.group for block in blocks)
    return sorted(blocks, key=lambda block: (-size[block.group], block.group or "", _difficulty(block)))


def _difficulty(block: Block) -> tuple[int, int, int]:
    """Accessible first, then many rooms, then many beds."""
    return (-sum(unit.accessible for unit in block.units), -len(block.units), -max(unit.beds for unit in block.units))


def _attempt(problem: Problem, grouping: Grouping, blocks: Sequence[Block]) -> _Answer:
    board = _Board.of(problem)
    left: dict[Kind, int] = defaultdict(int)
    for block in blocks:
        left[block.kind] += len(block.units)
    waiting: list[Block] = []
    for block in blocks:
        if not _place(board, block, left[block.kind], spare_accessible=True):
            waiting.append(block)
        left[block.kind] -= len(block.units)
    failed = [block for block in waiting if not _place(board, block, len(block.units), spare_accessible=False)]
    unplaced = list(grouping.unplaced)
    for block in failed:
        reason = _why(board, block)
        unplaced += [Unplaced(person.id, reason) for person in block.people]
    placements = _beds(board.given, Needs(problem.options.sharing))
    return measure(problem, placements, len(unplaced)), placements, unplaced


def _place(board: _Board, block: Block, left: int, *, spare_accessible: bool) -> bool:
    usable = [one for one in board.receiving(block.kind) if board.budget[one.site.id] >= len(block.units)]
    for order in (_fullest_first, _opening_order):
        floors = order(board, block, usable, left)
        best: tuple[tuple[int, ...], _FloorBoard, list[Room]] | None = None
        for one in floors:
            found = arrange(block, one.free, board.options, spare_accessible=spare_accessible)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0], one, found[1])
            if best is not None and not any(best[0][:2]):
                break
        if best is not None:
            board.give(best[1], block, best[2])
            return True
    return False


def _fullest_first(board: _Board, block: Block, usable: Sequence[_FloorBoard], _left: int) -> list[_FloorBoard]:
    """Floors that are open already: those of the group's own site, then those with the fewest rooms left."""
    mine = board.sites_of_group.get(block.group or "", set())
    inhabited = [one for one in usable if one.kinds and len(one.free) >= len(block.units)]
    return sorted(inhabited, key=lambda one: (bool(mine) and one.site.id not in mine, len(one.free)))


def _opening_order(board: _Board, block: Block, usable: Sequence[_FloorBoard], left: int) -> list[_FloorBoard]:
    """Closed floors: one that takes all that is left (the smallest such), else the largest."""
    mine = board.sites_of_group.get(block.group or "", set())
    closed = [one for one in usable if not one.kinds]
    roomy = Counter[str]()
    for one in closed:
        roomy[one.site.id] += len(one.free)

    def rank(one: _FloorBoard) -> tuple[int, int, int, int]:
        budget = board.budget[one.site.id]
        takes = min(len(one.free), budget)
        away = int(bool(mine) and one.site.id not in mine)
        short = int(min(roomy[one.site.id], budget) < left)
        return (0, away, short, takes) if takes >= left else (1, -takes, away, short)

    return sorted(closed, key=rank)


def arrange(
    block: Block, free: Sequence[Room], options: Options, *, spare_accessible: bool
) -> tuple[tuple[int, ...], list[Room]] | None:
    """Rooms for the units of a block on one floor with what they cost, or None.

    Cost: accessible rooms misused, 1 if the rooms are not side by side, beds left empty.
    """
    if len(free) < len(block.units):
        return None
    best: tuple[tuple[int, ...], list[Room]] | None = None
    ideal = (0, 0, sum(_tightest(unit, free) for unit in block.units))
    turns = (1, -1) if len(block.units) > 1 else (1,)
    for start in range(len(free) - len(block.units) + 1):
        for turn in turns:
            rooms = _row(block.units[::turn], free, start, spare_accessible=spare_accessible)
            if rooms is None:
                continue
            rooms = rooms[::turn]
            if not _accompanied(block, rooms, options.adjoining_span):
                continue
            cost = _cost(block, rooms, options.adjoining_span)
            if best is None or cost < best[0]:
                best = (cost, rooms)
        if best is not None and best[0] <= ideal:
            break
    return best


def _tightest(unit: Unit, free: Sequence[Room]) -> int:
    """Beds that stay empty at least when this unit takes one of these rooms."""
    return min((room.beds for room in free if room.beds >= unit.beds), default=unit.beds) - max(1, unit.beds)


def _row(units: Sequence[Unit], free: Sequence[Room], start: int, *, spare_accessible: bool) -> list[Room] | None:
    """The first suitable rooms from `start` on, one for each unit in turn."""
    rooms: list[Room] = []
    for room in free[start:]:
        unit = units[len(rooms)]
        accessible = room.accessible or not unit.accessible
        spared = spare_accessible and room.accessible and not unit.accessible
        if room.beds >= unit.beds and accessible and not spared:
            rooms.append(room)
            if len(rooms) == len(units):
                return rooms
    return None


def _accompanied(block: Block, rooms: Sequence[Room], span: int) -> bool:
    return all(
        any(abs(rooms[unit].position - rooms[host].position) <= span for host in hosts) for unit, hosts in block.near
    )


def _cost(block: Block, rooms: Sequence[Room], span: int) -> tuple[int, ...]:
    misused = sum(room.accessible and not unit.accessible for unit, room in zip(block.units, rooms, strict=True))
    empty = sum(room.beds - max(1, unit.beds) for unit, room in zip(block.units, rooms, strict=True))
    return misused, int(not side_by_side(rooms, span)), empty


def _why(board: _Board, block: Block) -> Reason:
    """The first thing that stands in the way, from the widest to the narrowest."""
    floors = [one for one in board.receiving(block.kind) if one.free]
    rooms = [room for one in floors for room in one.free]
    accessible = [room for room in rooms if room.accessible]
    obstacles = (
        (Reason.CATEGORY_NOT_RECEIVED, not any(_admits(one.site, block.kind[0]) for one in board.floors)),
        (Reason.NO_FREE_ROOM, not any(one.free for one in board.floors)),
        (Reason.NO_FLOOR_FOR_COHORT, not floors),
        (Reason.RESERVE_KEPT, all(board.budget[one.site.id] < len(block.units) for one in floors)),
        (Reason.NO_ACCESSIBLE_ROOM, not accessible and any(unit.accessible for unit in block.units)),
        (Reason.NO_LARGE_ROOM, any(not any(_suits(unit, room) for room in rooms) for unit in block.units)),
        (Reason.HOUSEHOLD_DOES_NOT_FIT, len(block.units) > 1),
    )
    return next((reason for reason, stands in obstacles if stands), Reason.NO_FREE_ROOM)


def _admits(site: Site, category: str) -> bool:
    return site.categories is None or category in site.categories


def _suits(unit: Unit, room: Room) -> bool:
    return room.beds >= unit.beds and (room.accessible or not unit.accessible)


def _beds(given: Iterable[tuple[Unit, Room]], needs: Needs) -> list[Placement]:
    placements: list[Placement] = []
    for unit, room in given:
        number = 0
        for person in sorted(unit.members, key=lambda one: (-(one.age or 0), one.id)):
            small = _in_cot(person, needs.sharing)
            number += not small
            placements.append(Placement(person.id, room.id, None if small else number))
    return placements


def _in_cot(person: Person, sharing: Sharing) -> bool:
    return person.age is not None and person.age < sharing.bed_from_age
