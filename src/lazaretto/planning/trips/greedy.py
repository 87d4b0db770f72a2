"""A plan at once: the most pressing first, each where it lengthens the driving least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import islice

from lazaretto.planning.trips.course import Course
from lazaretto.planning.trips.problem import Crew, Plan, Problem, Route
from lazaretto.planning.trips.routes import Event, Group, groups_of, plan_of, timetable

TRIED = 6  # the shortest detours of each crew that are looked at whole
Detour = tuple[int, int, int]  # minutes, where they get on, where they get off


def greedy(problem: Problem) -> Plan:
    """Urgent ones first, then those who must be there soonest. Under a second for 500 people and 6 vehicles."""
    courses = {crew.id: Course([], crew, problem) for crew in problem.crews}
    waiting = sorted(groups_of(problem), key=lambda one: (not one.urgent, one.latest, one.earliest, one.members[0].id))
    for group in waiting:
        best = _best(group, courses, problem)
        if best is not None:
            _rank, crew, longer = best
            courses[crew] = Course(longer, courses[crew].crew, problem)
    return plan_of(_timed(courses.values()), problem, "greedy")


def _best(
    group: Group, courses: Mapping[str, Course], problem: Problem
) -> tuple[tuple[int, int, str], str, list[Event]] | None:
    found: list[tuple[tuple[int, int, str], str, list[Event]]] = []
    for crew in problem.crews:
        course = courses[crew.id]
        if not _may_ride(group, crew, course.events):
            continue
        opening = 0 if course.events else problem.vehicle_cost
        for minutes, on, off in _detours(group, course):
            if course.takes(group, on, off, minutes):
                # Of two that drive as little the smaller one goes: the large one may be needed.
                found.append(((minutes + opening, _size(crew), crew.id), crew.id, course.longer(group, on, off)))
                break
    return min(found, key=lambda one: one[0], default=None)


def _size(crew: Crew) -> int:
    """Rare places count more than seats."""
    return crew.seats + 20 * crew.wheelchairs + 20 * crew.stretchers


def _may_ride(group: Group, crew: Crew, events: Sequence[Event]) -> bool:
    if not crew.holds(group.load) or crew.category not in {None, group.category}:
        return False
    return not events or events[0].group.category == group.category


def _detours(group: Group, course: Course) -> list[Detour]:
    """Where they could get on and off, the shortest detour first."""
    getting_on = nsmallest(TRIED * 2, _added(course, group.origin))
    getting_off = sorted(_added(course, group.destination))
    found = [detour for minutes, on in getting_on for detour in _offs(group, course, minutes, on, getting_off)]
    return nsmallest(TRIED, found)


def _added(course: Course, place: str) -> list[tuple[int, int]]:
    """Minutes more for passing a place between two events, or after the last."""
    way, places = course.problem.way, course.places
    to_there = [way[one, place] for one in places]
    between = [
        (before + after - way[a, b], number)
        for number, (a, b, before, after) in enumerate(zip(places, places[1:], to_there, to_there[1:], strict=False))
    ]
    return [*between, (to_there[-1], len(places) - 1)]


def _offs(
    group: Group, course: Course, minutes: int, on: int, getting_off: Sequence[tuple[int, int]]
) -> Iterator[Detour]:
    """Getting off right after getting on, or later: as many as can matter, the shortest first."""
    way, places = course.problem.way, course.places
    direct = way[group.origin, group.destination]
    if on == len(places) - 1:
        yield minutes + direct, on, on
        return
    after = places[on + 1]
    yield way[places[on], group.origin] + direct + way[group.destination, after] - way[places[on], after], on, on
    later = ((minutes + more, on, off) for more, off in getting_off if off > on)
    yield from islice(later, TRIED)


def _timed(courses: Iterable[Course]) -> Iterator[Route]:
    for course in courses:
        route = timetable(course.events, course.crew, course.problem)
        if route is not None:
            yield route
