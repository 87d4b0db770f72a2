"""Every plan of trips passes the validator, a broken one never does; a better one comes from a process of its own."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings

from lazaretto.planning.tests.trip_cases import problems
from lazaretto.planning.trips import (
    Crew,
    MalformedProblemError,
    Place,
    Plan,
    Problem,
    Request,
    Rule,
    Why,
    better,
    from_json,
    greedy,
    plan_from_json,
    propose,
    to_json,
    validate,
)
from lazaretto.planning.trips.sample import district
from lazaretto.planning.trips.solver import improve

A, B, C = Place("A", 23.00, 113.30), Place("B", 23.05, 113.30), Place("C", 23.10, 113.30)


def rules_of(plan: Plan, problem: Problem) -> set[Rule]:
    return {one.rule for one in validate(plan, problem)}


@given(problem=problems())
def test_every_greedy_plan_keeps_every_rule(problem):
    assert validate(greedy(problem), problem) == []


@given(problem=problems())
@settings(max_examples=15)
def test_every_plan_of_the_solver_keeps_every_rule_and_is_no_worse(problem):
    first = greedy(problem)
    found = improve(problem, first, seconds=0.2, seed=1)
    assert validate(found, problem) == []
    assert found == first or found.better_than(first, problem)


@given(problem=problems())
def test_problems_and_plans_survive_the_way_to_another_process(problem):
    plan = greedy(problem)
    assert from_json(to_json(problem)) == problem
    assert plan_from_json(to_json(plan)) == plan


def two(**more) -> Problem:
    requests = (
        Request("R1", "A", "C", "inbound", 0, 200, household="H"),
        Request("R2", "A", "C", "inbound", 0, 200, household="H"),
        Request("R3", "B", "C", "close_contact", 0, 200),
    )
    crews = (Crew("X", "A", 4), Crew("Y", "A", 4))
    return Problem((A, B, C), **{"requests": requests, "crews": crews, **more})


def test_categories_ride_apart_and_households_together():
    problem = two()
    plan = propose(problem)
    assert plan.unserved == ()
    assert {route.category for route in plan.routes} == {"inbound", "close_contact"}
    assert len(plan.routes) == 2
    assert plan.bound <= plan.driving


def test_urgent_ones_go_first_where_not_everybody_can():
    requests = (Request("R1", "A", "C", "inbound", 0, 90), Request("R2", "B", "A", "inbound", 0, 90, urgent=True))
    problem = two(requests=requests, crews=(Crew("X", "C", 1, free_until=40, driving_left=40),))
    plan = propose(problem)
    assert [one.request for one in plan.unserved] == ["R1"]


def test_who_is_left_behind_is_told_why():
    requests = (
        Request("R1", "A", "C", "inbound", 0, 200, berth="stretcher"), Request("R2", "A", "C", "inbound", 0, 1),
    )  # fmt: skip
    plan = propose(two(requests=requests))
    assert {one.request: one.why for one in plan.unserved} == {"R1": Why.NO_VEHICLE, "R2": Why.NO_TIME}


def test_typed_minutes_take_precedence():
    assert two(typed={("A", "B"): 99}).way["B", "A"] == 99


def test_a_problem_that_contradicts_itself_is_refused():
    with pytest.raises(MalformedProblemError):
        Problem((A,), (Request("R", "A", "Z", "inbound", 0, 9),), ())
    with pytest.raises(MalformedProblemError):
        Problem((A, A), (), ())


BREAKS = {
    Rule.EVERYBODY_ONCE: lambda plan: replace(plan, routes=plan.routes[1:]),
    Rule.CATEGORIES_APART: lambda plan: replace(
        plan, routes=tuple(replace(one, category="inbound") for one in plan.routes)
    ),
    Rule.POSSIBLE_TIMES: lambda plan: moved(plan, arrives=0, departs=0),
    Rule.NOT_TOO_LATE: lambda plan: moved(plan, arrives=9_000, departs=9_100),
    Rule.CREW_FREE: lambda plan: moved(plan, arrives=9_000, departs=9_100),
    Rule.DRIVER_HOURS: lambda plan: moved(plan, arrives=9_000, departs=9_100),
    Rule.ONE_ROUTE: lambda plan: replace(plan, routes=(*plan.routes, plan.routes[0])),
    Rule.FIGURES: lambda plan: replace(plan, driving=plan.driving - 1),
    Rule.RIGHT_PLACE: lambda plan: moved(plan, place="B"),
    Rule.ON_BEFORE_OFF: lambda plan: moved(plan, off=()),
    Rule.KNOWN: lambda plan: replace(plan, routes=(replace(plan.routes[0], crew="Z"), *plan.routes[1:])),
}


def moved(plan: Plan, **changes) -> Plan:
    """The last stop of each route, changed."""
    routes = [replace(one, visits=(*one.visits[:-1], replace(one.visits[-1], **changes))) for one in plan.routes]
    return replace(plan, routes=tuple(routes))


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_plan_is_named(rule):
    problem = two()
    assert rule in rules_of(BREAKS[rule](greedy(problem)), problem)


def test_too_many_in_a_vehicle_and_a_parted_household_are_named():
    problem = two()
    plan = greedy(problem)
    small = replace(problem, crews=tuple(replace(crew, seats=1) for crew in problem.crews))
    assert Rule.ROOM in rules_of(plan, small)
    parted = replace(plan, routes=tuple(replace(one, visits=tuple(
        replace(visit, on=tuple(x for x in visit.on if x != "R2"), off=tuple(x for x in visit.off if x != "R2"))
        for visit in one.visits)) for one in plan.routes))  # fmt: skip
    assert Rule.HOUSEHOLD_TOGETHER in rules_of(parted, problem)


def test_200_people_6_vehicles_3_categories_are_planned_within_a_second():
    problem = district(200)
    started = time.process_time()
    plan = propose(problem)
    assert time.process_time() - started < 3, "a second on an idle machine"
    assert len(plan.unserved) < 20


def test_the_same_plan_comes_out_of_the_same_problem():
    assert greedy(district(60)) == greedy(district(60))


def test_the_process_answers_with_a_plan_that_is_no_worse():
    problem = district(24, crews=3, categories=2)
    first = greedy(problem)
    found, answered = better(problem, first, seconds=1.0, seed=1)
    assert answered
    assert validate(found, problem) == []
    assert found == first or found.better_than(first, problem)


@pytest.mark.parametrize(
    "worker", [["python3", "-c", "import time; time.sleep(60)"], ["python3", "-c", "print(0)"], ["/no/such/program"]]
)
def test_a_process_that_hangs_or_breaks_costs_nothing_but_its_time(worker, monkeypatch):
    monkeypatch.setattr("lazaretto.planning.trips.process.STARTING", 0.2)
    problem = two()
    first = greedy(problem)
    assert better(problem, first, seconds=0.1, worker=worker) == (first, False)
