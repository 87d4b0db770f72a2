"""Says of a plan which rules it breaks. Shares nothing with the planners but the words of problem and plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from lazaretto.planning.trips.problem import Crew, Plan, Problem, Request, Route


class Rule(StrEnum):
    """What a plan must keep."""

    EVERYBODY_ONCE = "everybody_once"
    KNOWN = "known"
    RIGHT_PLACE = "right_place"
    ON_BEFORE_OFF = "on_before_off"
    CATEGORIES_APART = "categories_apart"
    ROOM = "room"
    HOUSEHOLD_TOGETHER = "household_together"
    NOT_TOO_EARLY = "not_too_early"
    NOT_TOO_LATE = "not_too_late"
    POSSIBLE_TIMES = "possible_times"
    CREW_FREE = "crew_free"
    DRIVER_HOURS = "driver_hours"
    DRIVER_RESTS = "driver_rests"
    ONE_ROUTE = "one_route"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is broken, and by whom."""

    rule: Rule
    subject: str


def validate(plan: Plan, problem: Problem) -> list[Violation]:
    """Every rule that the plan breaks; empty for a plan that may be shown."""
    return list(_broken(plan, problem))


def _broken(plan: Plan, problem: Problem) -> Iterator[Violation]:
    asked = {one.id: one for one in problem.requests}
    crews = {one.id: one for one in problem.crews}
    on = Counter(one for route in plan.routes for visit in route.visits for one in visit.on)
    on.update(one.request for one in plan.unserved)
    for name in {*asked, *on}:
        if name not in asked:
            yield Violation(Rule.KNOWN, name)
        elif on[name] != 1:
            yield Violation(Rule.EVERYBODY_ONCE, name)
    for crew, count in Counter(route.crew for route in plan.routes).items():
        if crew not in crews:
            yield Violation(Rule.KNOWN, crew)
        elif count > 1:
            yield Violation(Rule.ONE_ROUTE, crew)
    for route in plan.routes:
        if route.crew in crews and all(one in asked for visit in route.visits for one in (*visit.on, *visit.off)):
            yield from _of_route(route, crews[route.crew], asked, problem)
    yield from _households(plan, asked)
    yield from _figures(plan, crews, problem)


def _of_route(route: Route, crew: Crew, asked: dict[str, Request], problem: Problem) -> Iterator[Violation]:
    aboard: set[str] = set()
    now, here, driven = route.starts, crew.base, 0
    for visit in route.visits:
        way = problem.way.get((here, visit.place), -1)
        moved = len(visit.on) + len(visit.off)
        if way < 0 or visit.arrives < now + way or visit.departs < visit.arrives + problem.boarding * moved:
            yield Violation(Rule.POSSIBLE_TIMES, f"{route.crew} {visit.place}")
        driven += max(way, 0)
        for name in visit.off:
            yield from _gets_off(asked[name], visit.place, visit.arrives, aboard)
        for name in visit.on:
            yield from _gets_on(asked[name], visit.place, visit.departs, route, crew, problem)
            aboard.add(name)
        if not _room(crew, [asked[name].berth for name in aboard]):
            yield Violation(Rule.ROOM, f"{route.crew} {visit.place}")
        now, here = visit.departs, visit.place
    for name in aboard:
        yield Violation(Rule.ON_BEFORE_OFF, name)
    if route.starts < crew.free_from or now > crew.free_until or not route.visits:
        yield Violation(Rule.CREW_FREE, route.crew)
    if driven > crew.driving_left or now - route.starts > crew.duty_left:
        yield Violation(Rule.DRIVER_HOURS, route.crew)
    if route.visits:
        yield from _driver_rests(route, crew, problem)


def _driver_rests(route: Route, crew: Crew, problem: Problem) -> Iterator[Violation]:
    """Between the duties of the driver lies a break or a whole rest; no 24 hours that touch this one are too full."""
    hours, ways = problem.hours, problem.way
    start, end = route.visits[0].departs - hours.before, route.visits[-1].arrives + hours.after
    places = [visit.place for visit in route.visits]
    driven = sum(ways.get(pair, 0) for pair in pairwise(places))
    others = [duty for duty in crew.duties if abs(duty[0] - start) <= 2 * 24 * 60]
    if any(other[0] < end and start < other[1] for other in others):
        yield Violation(Rule.DRIVER_RESTS, f"{route.crew} is elsewhere")
    earlier = [start - other[1] for other in others if other[1] <= start]
    later = [other[0] - end for other in others if other[0] >= end]
    for gap in (min(earlier, default=0), min(later, default=0)):
        if hours.one_duty < gap < hours.rest:
            yield Violation(Rule.DRIVER_RESTS, f"{route.crew} rests {gap}")
    for until in (end, *(other[1] for other in others)):
        if start < until < end + 24 * 60 and _too_full([*others, (start, end, driven)], until, problem):
            yield Violation(Rule.DRIVER_RESTS, f"{route.crew} until {until}")


def _too_full(duties: list[tuple[int, int, int]], until: int, problem: Problem) -> bool:
    """Whether the day that ends then holds more work or driving than a driver may do."""
    begun = until - 24 * 60
    touched = [duty for duty in duties if duty[0] < until and begun < duty[1]]
    worked = sum(duty[1] - max(begun, duty[0]) for duty in touched)
    return worked > problem.hours.duty_in_24h or sum(duty[2] for duty in touched) > problem.hours.driving_in_24h


def _gets_off(one: Request, place: str, at: int, aboard: set[str]) -> Iterator[Violation]:
    if one.id not in aboard:
        yield Violation(Rule.ON_BEFORE_OFF, one.id)
    if place != one.destination:
        yield Violation(Rule.RIGHT_PLACE, one.id)
    if at > one.latest:
        yield Violation(Rule.NOT_TOO_LATE, one.id)
    aboard.discard(one.id)


def _gets_on(one: Request, place: str, at: int, route: Route, crew: Crew, problem: Problem) -> Iterator[Violation]:
    if place != one.origin:
        yield Violation(Rule.RIGHT_PLACE, one.id)
    if one.category != route.category or crew.category not in {None, one.category}:
        yield Violation(Rule.CATEGORIES_APART, one.id)
    if at < one.earliest + problem.boarding:
        yield Violation(Rule.NOT_TOO_EARLY, one.id)


def _room(crew: Crew, berths: list[str]) -> bool:
    room = {"seat": crew.seats, "wheelchair": crew.wheelchairs, "stretcher": crew.stretchers}
    return all(count <= room.get(berth, 0) for berth, count in Counter(berths).items())


def _households(plan: Plan, asked: dict[str, Request]) -> Iterator[Violation]:
    """Those of a household on one way are in one vehicle, or all of them in none."""
    where: dict[tuple[str, str, str, str], set[str]] = {}
    riding = {one: route.crew for route in plan.routes for visit in route.visits for one in visit.on}
    for one in asked.values():
        if one.household is not None:
            key = (one.household, one.origin, one.destination, one.category)
            where.setdefault(key, set()).add(riding.get(one.id, ""))
    for key, vehicles in where.items():
        if len(vehicles) > 1:
            yield Violation(Rule.HOUSEHOLD_TOGETHER, key[0])


def _figures(plan: Plan, crews: dict[str, Crew], problem: Problem) -> Iterator[Violation]:
    """What is said of the driving is what is driven, and no bound lies above it."""
    driven = 0
    for route in plan.routes:
        here = crews[route.crew].base if route.crew in crews else ""
        for visit in route.visits:
            driven += problem.way.get((here, visit.place), 0)
            here = visit.place
    if driven != plan.driving or plan.bound > plan.driving:
        yield Violation(Rule.FIGURES, str(plan.driving))
