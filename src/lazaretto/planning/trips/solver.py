"""A better plan with PyVRP: people as shipments with pick-up and delivery, each category by itself.

Categories share no vehicle, so each is a problem of its own and none can be mixed by the solver. A vehicle that is not
dedicated keeps the category that the plan before gave it; spare ones go where people are left behind. Fixed seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from pyvrp import Activity, Depot, Location, Model, Shipment, VehicleType
from pyvrp.stop import MaxRuntime

from lazaretto.planning.trips.problem import Crew, Plan, Problem, Route
from lazaretto.planning.trips.routes import Event, Group, groups_of, plan_of, timetable

BERTHS = ("seat", "wheelchair", "stretcher")
FAR = 1_000  # what nobody needs to drive costs; a person left behind costs more than any way
PRIZE, URGENT_PRIZE = 10_000, 100_000


def improve(problem: Problem, plan: Plan, *, seconds: float, seed: int) -> Plan:
    """The best plan found in that time; the one given when none is better. The same seed gives the same search."""
    groups = groups_of(problem)
    categories = sorted({group.category for group in groups})
    crews = _shared_out(problem, plan, categories)
    routes: list[Route] = []
    for category in categories:
        own = [group for group in groups if group.category == category]
        share = seconds * len(own) / len(groups)
        found = _solve(problem, own, crews[category], share, seed)
        routes += found if found is not None else [one for one in plan.routes if one.category == category]
    made = _cured(plan_of(routes, problem, "pyvrp"), plan, problem)
    return made if made.better_than(plan, problem) else plan


def _shared_out(problem: Problem, plan: Plan, categories: Sequence[str]) -> dict[str, list[Crew]]:
    """Which crews each category has: its dedicated ones, those it drives now, and a share of the spare ones."""
    driving = {route.crew: route.category for route in plan.routes}
    left = {one.request for one in plan.unserved}
    short = sorted(
        categories, key=lambda name: -sum(one.id in left for one in problem.requests if one.category == name)
    )
    found: dict[str, list[Crew]] = {name: [] for name in categories}
    spare = 0
    for crew in problem.crews:
        category = crew.category or driving.get(crew.id)
        if category is None and short:
            category = short[spare % len(short)]
            spare += 1
        if category in found:
            found[category].append(crew)
    return found


def _solve(
    problem: Problem, groups: Sequence[Group], crews: Sequence[Crew], seconds: float, seed: int
) -> list[Route] | None:
    """Routes of one category; None when the solver found nothing that keeps the rules."""
    if not crews or not groups:
        return []
    model = Model()
    needed = {place for group in groups for place in (group.origin, group.destination)} | {crew.base for crew in crews}
    spots = {name: model.add_location(0, 0, name=name) for name in sorted(needed)}
    home = model.add_location(0, 0, name="home")
    depots = {name: model.add_depot(spots[name]) for name in dict.fromkeys(crew.base for crew in crews)}
    end = model.add_depot(home)
    _ways(model, problem, spots, home)
    for crew in crews:
        _vehicle(model, crew, depots[crew.base], end, problem)
    for group in groups:
        _shipment(model, group, spots, problem)
    result = model.solve(MaxRuntime(max(0.2, seconds)), seed=seed, display=False, collect_stats=False)
    if not result.is_feasible():
        return None
    sequences = [(route.vehicle_type(), _events(route, groups)) for route in result.best.routes()]
    timed = [timetable(events, crews[crew], problem) for crew, events in sequences if events]
    return [route for route in timed if route is not None] if all(timed) else None


def _ways(model: Model, problem: Problem, spots: dict[str, Location], home: Location) -> None:
    """Minutes are distance and duration at once. Where a route ends, its vehicle stays: the way home costs nothing."""
    for a, b in product(spots, repeat=2):
        minutes = problem.way[a, b]
        model.add_edge(spots[a], spots[b], distance=minutes, duration=minutes)
    for spot in spots.values():
        model.add_edge(spot, home, distance=0, duration=0)
        model.add_edge(home, spot, distance=FAR, duration=FAR)


def _vehicle(model: Model, crew: Crew, start: Depot, end: Depot, problem: Problem) -> VehicleType:
    return model.add_vehicle_type(
        1, capacity=[crew.seats, crew.wheelchairs, crew.stretchers], start_depot=start, end_depot=end,
        fixed_cost=problem.vehicle_cost, tw_early=crew.free_from, tw_late=crew.free_until,
        shift_duration=crew.duty_left, max_distance=crew.driving_left, name=crew.id,
    )  # fmt: skip


def _shipment(model: Model, group: Group, spots: dict[str, Location], problem: Problem) -> Shipment:
    boarding, load = problem.boarding * len(group.members), group.load
    return model.add_shipment(
        spots[group.origin], spots[group.destination], pickup_tw_early=max(0, group.earliest),
        delivery_tw_late=max(0, group.latest), pickup_service_duration=boarding, delivery_service_duration=boarding,
        amount=[load[berth] for berth in BERTHS], required=False,
        prize=(URGENT_PRIZE if group.urgent else PRIZE) * len(group.members),
    )  # fmt: skip


def _events(route: object, groups: Sequence[Group]) -> list[Event]:
    return [
        Event(groups[step.idx], step.is_pickup()) for step in _steps(route) if step.is_pickup() or step.is_delivery()
    ]


def _steps(route: object) -> list[Activity]:
    return list(route)  # type: ignore[call-overload, no-any-return]


def _cured(made: Plan, before: Plan, problem: Problem) -> Plan:
    """Categories for which the solver lost somebody keep the routes that they had."""
    lost = {one.request for one in made.unserved} - {one.request for one in before.unserved}
    worse = {one.category for one in problem.requests if one.id in lost}
    if not worse:
        return made
    kept = [one for one in made.routes if one.category not in worse] + [
        one for one in before.routes if one.category in worse
    ]
    taken = [one.crew for one in kept]
    if len(set(taken)) != len(taken):
        return before
    return replace(plan_of(kept, problem, "pyvrp"), engine="pyvrp")
