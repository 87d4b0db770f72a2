"""A route as a sequence of getting on and off: its timetable, whether it keeps every rule, what it drives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lazaretto.planning.trips.hours import may_drive
from lazaretto.planning.trips.problem import Crew, Plan, Problem, Request, Route, Unserved, Visit, Why


@dataclass(frozen=True, slots=True)
class Group:
    """Those who ride together: one household on one way, or somebody alone."""

    members: tuple[Request, ...]
    origin: str
    destination: str
    category: str
    earliest: int
    latest: int
    urgent: bool
    load: Counter[str] = field(compare=False)  # places taken, by kind


@dataclass(frozen=True, slots=True)
class Event:
    """A group gets on, or off."""

    group: Group
    on: bool

    @property
    def place(self) -> str:
        """Where."""
        return self.group.origin if self.on else self.group.destination


def groups_of(problem: Problem) -> list[Group]:
    """Households on one way together, in the order of their first member."""
    together: dict[tuple[str, ...], list[Request]] = {}
    for one in problem.requests:
        key = (one.household or f"alone {one.id}", one.origin, one.destination, one.category)
        together.setdefault(key, []).append(one)
    return [_group(members) for members in together.values()]


def _group(members: Sequence[Request]) -> Group:
    first = members[0]
    return Group(
        tuple(members), first.origin, first.destination, first.category,
        max(one.earliest for one in members), min(one.latest for one in members), any(one.urgent for one in members),
        Counter(one.berth for one in members),
    )  # fmt: skip


def timetable(events: Sequence[Event], crew: Crew, problem: Problem) -> Route | None:
    """The route with its times, as early as it can be; None when it breaks a rule. Events at one place are one stop."""
    if not events:
        return None
    way, load = problem.way, Counter[str]()
    first = way[crew.base, events[0].place]
    now = starts = max(crew.free_from, events[0].group.earliest - first)
    here, driven = crew.base, 0
    visits: list[Visit] = []
    for place, together in stops_of(events):
        now, driven = now + way[here, place], driven + way[here, place]
        visit = _visit(place, together, now, problem)
        if visit is None or not _rides(load, together, crew):
            return None
        visits.append(visit)
        now, here = visit.departs, place
    if now > crew.free_until or driven > crew.driving_left or now - starts > crew.duty_left:
        return None
    if not may_drive(crew, visits, problem):
        return None
    return Route(crew.id, events[0].group.category, starts, tuple(visits))


def stops_of(events: Sequence[Event]) -> Iterable[tuple[str, list[Event]]]:
    """Events at one place, one after the other, are one stop."""
    together: list[Event] = []
    for event in events:
        if together and together[-1].place != event.place:
            yield together[0].place, together
            together = []
        together.append(event)
    if together:
        yield together[0].place, together


def _visit(place: str, together: Sequence[Event], now: int, problem: Problem) -> Visit | None:
    """Who gets off is there on coming; who gets on is waited for."""
    off = [one for event in together if not event.on for one in event.group.members]
    on = [one for event in together if event.on for one in event.group.members]
    if any(not event.on and now > event.group.latest for event in together):
        return None
    ready = max([now, *(event.group.earliest for event in together if event.on)])
    departs = ready + problem.boarding * (len(on) + len(off))
    return Visit(place, now, departs, tuple(one.id for one in off), tuple(one.id for one in on))


def _rides(load: Counter[str], together: Sequence[Event], crew: Crew) -> bool:
    for event in together:
        if not event.on:
            load.subtract(event.group.load)
    for event in together:
        if event.on:
            load.update(event.group.load)
    return crew.holds(load)


def driving(route: Route, problem: Problem) -> int:
    """Minutes of driving, from the base to the last stop."""
    bases = {crew.id: crew.base for crew in problem.crews}
    places = [bases[route.crew], *(visit.place for visit in route.visits)]
    return sum(problem.way[a, b] for a, b in pairwise(places))


def plan_of(routes: Iterable[Route], problem: Problem, engine: str) -> Plan:
    """The plan with what is left over and with the bound."""
    made = tuple(sorted(routes, key=lambda route: (route.starts, route.crew)))
    served = {one for route in made for visit in route.visits for one in visit.on}
    unserved = tuple(Unserved(one.id, _why(one, problem)) for one in problem.requests if one.id not in served)
    return Plan(made, unserved, sum(driving(route, problem) for route in made), bound(served, problem), engine)


def _why(request: Request, problem: Problem) -> Why:
    fits = any(crew.category in {None, request.category} and crew.holds({request.berth: 1}) for crew in problem.crews)
    return Why.NO_TIME if fits else Why.NO_VEHICLE


def bound(served: set[str], problem: Problem) -> int:
    """The least that anybody could drive for these people: a spanning tree over their places, by category.

    Every place that a category needs is reached by some route from some base, so all routes of a category together
    connect its places to the bases; the shortest tree that does so drives no more. Ways are symmetric.
    """
    total = 0
    for category in {one.category for one in problem.requests}:
        crews = [crew for crew in problem.crews if crew.category in {None, category}]
        wanted = [one for one in problem.requests if one.id in served and one.category == category]
        places = {place for one in wanted for place in (one.origin, one.destination)}
        total += _tree(places, {crew.base for crew in crews}, problem)
    return total


def _tree(places: set[str], bases: set[str], problem: Problem) -> int:
    """Prim's algorithm, all bases being one root."""
    if not bases:
        return 0
    near = {place: min(problem.way[base, place] for base in bases) for place in places}
    total = 0
    while near:
        place = min(near, key=lambda one: (near[one], one))
        total += near.pop(place)
        near = {other: min(minutes, problem.way[place, other]) for other, minutes in near.items()}
    return total
