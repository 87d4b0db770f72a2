"""What a plan costs, and what no plan can undercut."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from lazaretto.planning.rooms.grouping import Block, Grouping, Needs
from lazaretto.planning.rooms.problem import (
    Bound,
    Floor,
    Objective,
    Person,
    Placement,
    Problem,
    Room,
    RoomState,
    Site,
    Zone,
)


def offered(problem: Problem) -> list[Room]:
    """Rooms that may be given to somebody at all, in the order of floors and positions."""
    level = {floor.id: (floor.site, floor.level, floor.id) for floor in problem.floors}
    rooms = (one for one in problem.rooms if one.state is RoomState.READY and one.beds and _habitable(one.zone))
    return sorted(rooms, key=lambda room: (level[room.floor], room.position, room.id))


def _habitable(zone: Zone | None) -> bool:
    return zone in (None, Zone.CONTAMINATED)


def budgets(problem: Problem) -> dict[str, int]:
    """Rooms that each site can give away and still keep its reserve."""
    site_of = {floor.id: floor.site for floor in problem.floors}
    have = dict.fromkeys((site.id for site in problem.sites), 0)
    for room in problem.rooms:
        if room.state in (RoomState.READY, RoomState.RESERVE):
            have[site_of[room.floor]] += 1
    return {site.id: max(0, have[site.id] - site.reserve) for site in problem.sites}


def receives(site: Site, floor: Floor, kind: tuple[str, date], span: int, housed: Iterable[tuple[str, date]]) -> bool:
    """Whether a floor with `housed` on it may take people of this category and cohort."""
    category, cohort = kind
    if site.categories is not None and category not in site.categories:
        return False
    if floor.category not in (None, category) or any(other != category for other, _ in housed):
        return False
    cohorts = {cohort, floor.cohort or cohort, *(one for _, one in housed)}
    return (max(cohorts) - min(cohorts)).days <= span


def opened(problem: Problem, placements: Sequence[Placement]) -> tuple[str, ...]:
    """Floors that nobody lives on now and somebody would after the plan."""
    floor_of = {room.id: room.floor for room in problem.rooms}
    used = {floor_of[one.room] for one in placements if one.room in floor_of}
    return tuple(floor.id for floor in problem.floors if floor.id in used and not floor.housed)


def measure(problem: Problem, placements: Sequence[Placement], unplaced: int) -> Objective:
    """The parts of the objective for these placements."""
    rooms = {room.id: room for room in problem.rooms}
    people = {person.id: person for person in problem.people}
    inside: dict[str, list[Person]] = defaultdict(list)
    for one in placements:
        if one.room in rooms and one.person in people:
            inside[one.room].append(people[one.person])
    needs = Needs(problem.options.sharing)
    return Objective(
        unplaced=unplaced,
        accessible_misused=sum(rooms[r].accessible and not any(p.accessible for p in ps) for r, ps in inside.items()),
        floors_opened=len(opened(problem, placements)),
        group_splits=_group_splits(problem, inside, rooms),
        households_apart=_households_apart(problem, inside, rooms),
        beds_unused=sum(max(0, rooms[room].beds - needs.beds(members)) for room, members in inside.items()),
    )


def _group_splits(problem: Problem, inside: dict[str, list[Person]], rooms: dict[str, Room]) -> int:
    site_of = {floor.id: floor.site for floor in problem.floors}
    sites: dict[str, set[str]] = defaultdict(set)
    for room, members in inside.items():
        for person in members:
            if person.group is not None:
                sites[person.group].add(site_of[rooms[room].floor])
    return sum(len(used) - 1 for used in sites.values())


def _households_apart(problem: Problem, inside: dict[str, list[Person]], rooms: dict[str, Room]) -> int:
    taken: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for room, members in inside.items():
        for person in members:
            if person.household is not None:
                taken[(person.household, person.category, person.cohort)].add(room)
    span = problem.options.adjoining_span
    return sum(not side_by_side([rooms[room] for room in used], span) for used in taken.values())


def side_by_side(rooms: Sequence[Room], span: int) -> bool:
    """Whether every room has a neighbour of the same household within `span` doors, in one unbroken row."""
    row = sorted(rooms, key=lambda room: room.position)
    return all(a.floor == b.floor and b.position - a.position <= span for a, b in pairwise(row))


def bound(problem: Problem, grouping: Grouping) -> Bound:
    """Counted, not searched: those without an adult, heads without a room, rooms that no open floor can give.

    Every unit of the grouping has one head who cannot be a guest in another room, so it takes a room of its own.
    """
    free = offered(problem)
    capacity = sum(
        min(limit, sum(room.floor in mine for room in free)) for limit, mine in _site_floors(problem).values()
    )
    heads = sum(len(block.units) for block in grouping.blocks)
    unplaced = len(grouping.unplaced) + max(0, heads - capacity)
    if heads > capacity:
        return Bound(unplaced, 0, 0)
    return Bound(unplaced, 0, _floors_needed(problem, grouping.blocks, free))


def _site_floors(problem: Problem) -> dict[str, tuple[int, set[str]]]:
    limits = budgets(problem)
    return {site.id: (limits[site.id], {f.id for f in problem.floors if f.site == site.id}) for site in problem.sites}


def _floors_needed(problem: Problem, blocks: Sequence[Block], free: Sequence[Room]) -> int:
    """Empty floors needed at least, each class of people counted alone (their floors cannot be the same).

    Keeping accessible rooms free weighs more than floors, so ordinary people are also counted into ordinary rooms.
    """
    exact = problem.options.cohort_span_days == 0
    wanted: dict[tuple[str, date | None], list[bool]] = defaultdict(list)
    for block in blocks:
        category, cohort = block.kind
        wanted[(category, cohort if exact else None)] += [unit.accessible for unit in block.units]
    all_rooms = Counter(room.floor for room in free)
    ordinary = Counter(room.floor for room in free if not room.accessible)
    return sum(
        max(
            _empty_floors(problem, *kind, len(units), all_rooms),
            _empty_floors(problem, *kind, units.count(False), ordinary),
        )
        for kind, units in wanted.items()
    )


def _empty_floors(problem: Problem, category: str, cohort: date | None, count: int, rooms_on: Counter[str]) -> int:
    """Closed floors for `count` rooms of a class; without a cohort, as if dates might mix (never too many)."""
    sites = {site.id: site for site in problem.sites}
    sizes: list[int] = []
    for floor in problem.floors:
        if cohort is not None:
            fits = receives(sites[floor.site], floor, (category, cohort), 0, floor.housed)
        else:
            fits = floor.category in (None, category) and all(other == category for other, _ in floor.housed)
        if fits and floor.housed:
            count -= rooms_on[floor.id]
        elif fits:
            sizes.append(rooms_on[floor.id])
    needed = 0
    for size in sorted(sizes, reverse=True):
        if count <= 0:
            break
        count -= size
        needed += 1
    return needed
