"""Trips are proposed for those who wait, made better, and accepted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.planning import trips as planner
from lazaretto.protocols.choices import Category
from lazaretto.trips.choices import Berth, RequestState
from lazaretto.trips.commands.making import Passenger, plan_trip
from lazaretto.trips.commands.vehicles import MANAGE
from lazaretto.trips.commands.waiting import plan_request
from lazaretto.trips.errors import NothingToPlan, PlanStale
from lazaretto.trips.models import Driver, MoveRequest, Rider, TripPlan, Vehicle
from lazaretto.trips.queries.board import drivers, vehicles
from lazaretto.trips.queries.places import Halt
from lazaretto.trips.queries.planning import MOST, open_requests, problem_of

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class PlanMade:
    """Trips are proposed. `driving` and `bound` are minutes: what the plan drives and what nobody could do without."""

    plan_id: UUID
    trips: int
    left: int
    off_the_map: int
    driving: int
    bound: int


@dataclass(frozen=True)
class PlanBettered:
    """What the solver found; `better` says whether the plan changed."""

    plan_id: UUID
    rounds: int
    better: bool
    driving: int


@dataclass(frozen=True)
class PlanAccepted:
    """The trips that were made."""

    plan_id: UUID
    numbers: tuple[str, ...]


@command("trips.make_plan", capability=MANAGE)
def make_plan(*, actor: Actor, at: datetime, unit: Unit, requests: tuple[UUID, ...] = ()) -> PlanMade:
    """Propose trips for those who wait (or those named), at once. What is planned or under way already is not upset.

    A vehicle goes with a driver whose hours allow it, outside the blocked night. Raises `NothingToPlan`.
    """
    at = at.replace(second=0, microsecond=0)
    rows = open_requests(actor, MANAGE)
    waiting = list((rows.filter(pk__in=requests) if requests else rows)[:MOST])
    if not waiting:
        raise NothingToPlan
    asked = problem_of(waiting, vehicles(actor, MANAGE), drivers(actor, MANAGE), at=at)
    plan = planner.propose(asked.problem)
    made = TripPlan.objects.create(
        unit=unit, made_at=at, made_by_id=actor.user_id, problem=planner.to_json(asked.problem),
        plan=planner.to_json(plan),
    )  # fmt: skip
    record(made, unit_id=unit.id, data={"requests": len(waiting), "trips": len(plan.routes)})
    return PlanMade(made.id, len(plan.routes), len(plan.unserved), len(asked.off_the_map), plan.driving, plan.bound)


@command("trips.improve_plan", capability=MANAGE, internal=True)
def improve_plan(*, actor: Actor, at: datetime, plan: TripPlan, found: dict[str, Any]) -> PlanBettered:
    """Keep what the solver found, if the validator finds nothing against it and it is better. Raises `PlanStale`."""
    if plan.accepted_at is not None:
        raise PlanStale
    problem, after = planner.from_json(plan.problem), planner.plan_from_json(found)
    before = planner.plan_from_json(plan.plan)
    better = not planner.validate(after, problem) and after.better_than(before, problem)
    plan.rounds += 1
    plan.plan = found if better else plan.plan
    plan.save(update_fields=["rounds", "plan"])
    record(plan, unit_id=plan.unit_id, data={"round": plan.rounds, "better": better})
    return PlanBettered(plan.id, plan.rounds, better, (after if better else before).driving)


@command("trips.accept_plan", capability=MANAGE)
def accept_plan(*, actor: Actor, at: datetime, plan: TripPlan) -> PlanAccepted:
    """Make the proposed trips. Raises `PlanStale` when a request, a vehicle or a driver is no longer what it was."""
    if plan.accepted_at is not None:
        raise PlanStale
    proposed = planner.proved(planner.plan_from_json(plan.plan), planner.from_json(plan.problem))
    wanted = [one for route in proposed.routes for visit in route.visits for one in visit.on]
    rows = MoveRequest.objects.select_for_update().filter(pk__in=wanted, state=RequestState.OPEN)
    waiting = {str(row.pk): row for row in rows.order_by("id")}
    if len(waiting) != len(wanted):
        raise PlanStale
    numbers = tuple(_make(route, plan, waiting, actor, at) for route in proposed.routes)
    plan.accepted_at = at
    plan.save(update_fields=["accepted_at"])
    record(plan, unit_id=plan.unit_id, data={"trips": list(numbers)})
    return PlanAccepted(plan.id, numbers)


def _make(route: planner.Route, plan: TripPlan, waiting: dict[str, MoveRequest], actor: Actor, at: datetime) -> str:
    vehicle, driver = (UUID(part) for part in route.crew.split("+"))
    getting_off = {one: number for number, visit in enumerate(route.visits) for one in visit.off}
    riders = tuple(
        Passenger(waiting[one].person_id, number, getting_off[one], Berth(waiting[one].berth))
        for number, visit in enumerate(route.visits)
        for one in visit.on
    )
    made = plan_trip(
        actor=actor, at=at, vehicle=Vehicle.objects.get(pk=vehicle), driver=Driver.objects.get(pk=driver),
        category=Category(route.category), departs_at=plan.made_at + route.visits[0].departs * MINUTE,
        stops=_halts(route), riders=riders,
    )  # fmt: skip
    for rider in Rider.objects.filter(trip=made.trip_id):
        (request,) = (row for row in waiting.values() if row.person_id == rider.person_id)
        plan_request(request, rider, actor=actor, at=at)
    return made.number


def _halts(route: planner.Route) -> tuple[Halt, ...]:
    """The stops with the times of the plan: the way is what the plan drives, waiting is part of the stop."""
    halts: list[Halt] = []
    before = route.visits[0].departs
    for visit in route.visits:
        kind, _sign, key = visit.place.partition(":")
        drive, stay = (visit.arrives - before, visit.departs - visit.arrives) if halts else (None, None)
        halts.append(Halt(key if kind == "site" else "", None if kind == "site" else UUID(key), drive, stay))
        before = visit.departs
    return tuple(halts)
