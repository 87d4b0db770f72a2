"""250 enterprises, 22,326 people, 12 points: the fewest slots there are, at once."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from random import Random

import pytest

from lazaretto.planning.points import Opening, Plan, Problem, Standing, better, propose, replan, validate
from lazaretto.planning.points.board import Board
from lazaretto.planning.points.sample import district, nearest_finish
from lazaretto.planning.points.solver import improve

SEEDS = (1, 2, 3)


def own_hours(problem: Problem, *, step: int) -> Problem:
    """Everybody free for two to six hours of their own, to the step of minutes."""
    random = Random(1)  # noqa: S311 - the same every time
    groups = []
    for one in problem.groups:
        begins = random.randrange(0, 8 * 60, step)
        groups.append(replace(one, free=((begins, begins + random.randrange(120, 361, step)),)))
    return replace(problem, groups=tuple(groups))


def one_closes(problem: Problem, now: int) -> Problem:
    """The point with most tables closes."""
    lost = max(problem.points, key=lambda point: point.openings[0].tables)
    shut = replace(lost, openings=(Opening(0, now, lost.openings[0].tables),))
    return replace(problem, points=tuple(shut if point is lost else point for point in problem.points))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shifts", [False, True])
def test_a_district_is_done_in_the_fewest_slots_that_its_tables_could_ever_need(seed, shifts):
    problem = district(seed=seed, shifts=shifts)
    assert sum(group.people for group in problem.groups) == 22_326
    started = time.process_time()
    plan = propose(problem)
    assert time.process_time() - started < 2, "a tenth of a second on an idle machine"
    in_a_slot = sum(row[0] for row in Board.of(problem).room)
    assert plan.unserved == 0
    assert plan.finish == plan.bound == -(-22_326 // in_a_slot) == 37
    assert nearest_finish(problem) > 2 * plan.finish


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solver_proves_the_shortest_ways_with_few_splits(seed):
    problem = district(seed=seed)
    plan = improve(problem, propose(problem), seconds=60)
    assert validate(plan, problem) == []
    assert plan.walking == plan.walking_bound
    assert plan.splits < 24, "two for each point at most"


@pytest.mark.parametrize("seed", SEEDS)
def test_hours_of_their_own_cost_no_slot(seed):
    problem = own_hours(district(seed=seed, shifts=False), step=60)
    assert propose(problem).gap == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_point_that_closes_moves_nobody_but_its_own(seed):
    problem = district(seed=seed)
    plan = improve(problem, propose(problem), seconds=60)
    now = 4 * 60
    change = replan(one_closes(problem, now), Standing(now, plan.bookings))
    assert change.plan.unserved == 0
    assert change.moved == change.moved_bound > 0
    assert len(change.told) < 60


def test_the_same_plan_comes_out_of_the_same_problem():
    assert propose(district()) == propose(district())
    assert improve(district(), propose(district()), seconds=60) == improve(district(), propose(district()), seconds=60)


def figures(plan: Plan) -> str:
    return f"finish {plan.finish} bound {plan.bound} metres each {plan.walking // 22_326} splits {plan.splits}"


@pytest.mark.bench
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", ["none", "shifts", "hour", "quarter"])
def test_measured(seed, hours):
    problem = district(seed=seed, shifts=hours == "shifts")
    if hours in ("hour", "quarter"):
        problem = own_hours(problem, step=60 if hours == "hour" else 15)
    started = time.perf_counter()
    quick = propose(problem)
    there = time.perf_counter()
    found, answered = better(problem, quick, seconds=20)
    done = time.perf_counter()
    shut = one_closes(problem, 240)
    change = replan(shut, Standing(240, found.bookings), seconds=20)
    anew = time.perf_counter()
    print(
        f"\n{seed} {hours}: nearest {nearest_finish(problem)}; {there - started:.2f} s {figures(quick)}; "
        f"{done - there:.2f} s {figures(found)} least {found.walking_bound // 22_326}; closed: {anew - done:.2f} s "
        f"{figures(change.plan)} left {change.plan.unserved} moved {change.moved} of at least {change.moved_bound} "
        f"told {len(change.told)}; load {os.getloadavg()[0]:.1f}"
    )
    assert answered
    assert quick.gap == found.gap == 0
