"""A plan at once: the most pressing first, each where it lengthens the driving least."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lazaretto.planning.trips.problem import Crew, Plan, Problem, Route
from lazaretto.planning.trips.routes import Event, Group, groups_of, plan_of, timetable

TRIED = 6  # the shortest detours of each crew that are looked at whole
Detour = tuple[int, int, int]  # minutes, where they get on, where they get off


def greedy(problem: Problem) -> Plan:
    """Urgent ones first, then those who must be there soonest. Under a second for 200 people and 6 vehicles."""
    routes: dict[str, list[Event]] = {}
    waiting = sorted(groups_of(problem), key=lambda one: (not one.urgent, one.latest, one.earliest, one.members[0].id))
    for group in waiting:
        best = _best(group, routes, problem)
        if best is not None:
            routes[best[1]] = best[2]
    return plan_of(_timed(routes, problem), problem, "greedy")


def _best(
    group: Group, routes: Mapping[str, list[Event]], problem: Problem
) -> tuple[tuple[int, int, str], str, list[Event]] | None:
    found: list[tuple[tuple[int, int, str], str, list[Event]]] = []
    for crew in problem.crews:
        events = routes.get(crew.id, [])
        if not _may_ride(group, crew, events):
            continue
        opening = 0 if events else problem.vehicle_cost
        for minutes, on, off in _detours(group, crew, events, problem):
            longer = [*events[:on], Event(group, True), *events[on:off], Event(group, False), *events[off:]]
            if timetable(longer, crew, problem) is not None:
                # Of two that drive as little the smaller one goes: the large one may be needed.
                found.append(((minutes + opening, _size(crew), crew.id), crew.id, longer))
                break
    return min(found, key=lambda one: one[0], default=None)


def _size(crew: Crew) -> int:
    """Rare places count more than seats."""
    return crew.seats + 20 * crew.wheelchairs + 20 * crew.stretchers


def _may_ride(group: Group, crew: Crew, events: Sequence[Event]) -> bool:
    if not crew.holds(group.load) or crew.category not in {None, group.category}:
        return False
    return not events or events[0].group.category == group.category


def _detours(group: Group, crew: Crew, events: Sequence[Event], problem: Problem) -> Iterable[Detour]:
    """Where they could get on and off, the shortest detour first."""
    way, count = problem.way, len(events)
    places = [crew.base, *(event.place for event in events)]

    def added(position: int, place: str) -> int:
        """Minutes more for passing a place between two events."""
        before = places[position]
        if position == count:
            return way[before, place]
        after = places[position + 1]
        return way[before, place] + way[place, after] - way[before, after]

    ons = sorted((added(position, group.origin), position) for position in range(count + 1))[: TRIED * 2]
    found = [detour for minutes, on in ons for detour in _offs(group, problem, places, minutes, on, added)]
    found.sort()
    return found[:TRIED]


def _offs(
    group: Group, problem: Problem, places: Sequence[str], minutes: int, on: int, added: Callable[[int, str], int]
) -> Iterator[Detour]:
    """Getting off right after getting on, or anywhere later."""
    way, count = problem.way, len(places) - 1
    direct = way[group.origin, group.destination]
    if on == count:
        yield minutes + direct, on, on
        return
    after = places[on + 1]
    straight = way[places[on], group.origin] + direct + way[group.destination, after] - way[places[on], after]
    yield straight, on, on
    for off in range(on + 1, count + 1):
        yield minutes + added(off, group.destination), on, off


def _timed(routes: Mapping[str, Sequence[Event]], problem: Problem) -> Iterator[Route]:
    crews = {crew.id: crew for crew in problem.crews}
    for crew, events in routes.items():
        route = timetable(events, crews[crew], problem)
        if route is not None:
            yield route
