"""Enterprises get points and slots: near, in a row, in their hours; a broken plan is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lazaretto.planning.points import (
    Booking,
    Group,
    Left,
    MalformedProblemError,
    Opening,
    Plan,
    PlannerBrokeError,
    Point,
    Problem,
    Rule,
    Why,
    better,
    greedy,
    propose,
    validate,
)
from lazaretto.planning.points.sample import district
from lazaretto.planning.points.solver import improve

DAY = (0, 240)
NEAR, FAR = (23.0, 113.0), (23.05, 113.0)
NORTH = Point("N", *NEAR, (Opening(0, 240, 2),), 20)  # 10 people in 15 minutes
SOUTH = Point("S", *FAR, (Opening(0, 240, 2),), 20)


def group(
    name: str, people: int, spot: tuple[float, float] = NEAR, free: tuple[tuple[int, int], ...] = (DAY,)
) -> Group:
    return Group(name, name, people, *spot, free)


def problem(*groups: Group, **more: object) -> Problem:
    return replace(Problem((NORTH, SOUTH), groups, 240), **more)


def best(asked: Problem) -> Plan:
    return improve(asked, propose(asked), seconds=60)


def slots(plan: Plan, name: str) -> list[tuple[str, int, int]]:
    return [(one.point, one.slot, one.people) for one in plan.bookings if one.group == name]


def rules_of(plan: Plan, asked: Problem) -> set[Rule]:
    return {one.rule for one in validate(plan, asked)}


def test_everybody_goes_to_the_near_point_where_that_is_as_soon():
    plan = best(problem(group("A", 30), group("B", 30, FAR)))
    assert {(one.group, one.point) for one in plan.bookings} == {("A", "N"), ("B", "S")}
    assert (plan.finish, plan.bound, plan.walking, plan.splits) == (3, 3, 0, 0)


def test_a_large_enterprise_comes_in_consecutive_slots_of_one_point():
    plan = best(problem(group("A", 45), group("B", 45, FAR), points=(NORTH, SOUTH)))
    assert slots(plan, "A") == [("N", 0, 10), ("N", 1, 10), ("N", 2, 10), ("N", 3, 10), ("N", 4, 5)]
    assert plan.splits == 0


def test_it_is_split_over_points_only_to_be_done_sooner():
    plan = best(problem(group("A", 60)))
    assert (plan.finish, plan.bound, plan.splits) == (3, 3, 1)
    assert {one.point for one in plan.bookings} == {"N", "S"}


def test_a_night_shift_comes_in_its_own_hours():
    plan = best(problem(group("A", 40), group("A/night", 20, free=((0, 30), (180, 240)))))
    assert {slot for _point, slot, _people in slots(plan, "A/night")} <= {0, 1, 12, 13, 14, 15}
    assert plan.gap == 0


def test_small_enterprises_share_a_slot():
    plan = best(problem(*(group(f"G{number}", 2) for number in range(10))))
    assert plan.finish == 1


def test_no_slot_that_a_point_is_open_for_in_part():
    late = replace(NORTH, openings=(Opening(8, 240, 2),))
    assert best(problem(group("A", 5), points=(late,))).bookings == (Booking("A", "N", 1, 5),)


def test_tables_that_come_later_take_more():
    grows = replace(NORTH, openings=(Opening(0, 240, 2), Opening(30, 60, 2)))
    assert slots(best(problem(group("A", 60), points=(grows,))), "A") == [
        ("N", 0, 10), ("N", 1, 10), ("N", 2, 20), ("N", 3, 20),
    ]  # fmt: skip


def test_who_has_no_slot_is_told_why():
    asked = problem(
        group("far", 5, (24.0, 113.0)), group("early", 5, free=((0, 10),)), group("many", 700),
        points=(NORTH,), farthest=2000,
    )  # fmt: skip
    assert propose(asked).left == (
        Left("far", 5, Why.TOO_FAR), Left("early", 5, Why.NOT_OPEN), Left("many", 540, Why.FULL),
    )  # fmt: skip


def test_nothing_to_do_is_a_plan_too():
    assert propose(problem()).finish == 0
    assert propose(problem(group("A", 3), points=())).left == (Left("A", 3, Why.TOO_FAR),)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: problem(group("A", 1), group("A", 1)),
        lambda: problem(group("A", -1)),
        lambda: problem(group("A", 1, free=((10, 5),))),
        lambda: problem(group("A", 1, free=((0, 50), (40, 60)))),
        lambda: problem(points=(NORTH, NORTH)),
        lambda: problem(points=(replace(NORTH, openings=(Opening(9, 5, 1),)),)),
        lambda: problem(slot_minutes=0),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(MalformedProblemError):
        wrong()


def first(plan: Plan, **changes: object) -> Plan:
    return replace(plan, bookings=(replace(plan.bookings[0], **changes), *plan.bookings[1:]))


BREAKS = {
    Rule.KNOWN: lambda plan: first(plan, point="Z"),
    Rule.EVERYBODY_ONCE: lambda plan: first(plan, people=3),
    Rule.ONE_ROW: lambda plan: replace(plan, bookings=(*plan.bookings, plan.bookings[0])),
    Rule.ROOM: lambda plan: first(plan, people=11),
    Rule.FREE: lambda plan: first(plan, slot=9),
    Rule.BEFORE_DEADLINE: lambda plan: first(plan, slot=20),
    Rule.NOT_TOO_FAR: lambda plan: first(plan, point="S"),
    Rule.RIGHT_REASON: lambda plan: replace(plan, bookings=plan.bookings[1:], left=(Left("A", 10, Why.FULL),)),
    Rule.FIGURES: lambda plan: replace(plan, bound=plan.finish + 1),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_plan_is_named(rule):
    asked = problem(group("A", 25, free=((0, 120),)), farthest=1000)
    plan = propose(asked)
    assert validate(plan, asked) == []
    assert rule in rules_of(BREAKS[rule](plan), asked)


@pytest.mark.parametrize("figure", ["finish", "walking", "splits"])
def test_a_figure_that_is_not_so_is_named(figure):
    asked = problem(group("A", 25), group("B", 25, FAR))
    plan = propose(asked)
    assert rules_of(replace(plan, **{figure: getattr(plan, figure) + 1}), asked) == {Rule.FIGURES}


def test_a_planner_that_breaks_a_rule_shows_no_plan(monkeypatch):
    monkeypatch.setattr("lazaretto.planning.points.greedy", lambda asked: first(greedy(asked), people=99))
    with pytest.raises(PlannerBrokeError, match="room"):
        propose(problem(group("A", 5)))


def test_the_process_answers_with_the_shortest_ways():
    asked = district(enterprises=40, people=2000, points=4, tables=10)
    quick = propose(asked)
    found, answered = better(asked, quick, seconds=20)
    assert answered
    assert found == improve(asked, quick, seconds=60)
    assert found.walking == found.walking_bound < quick.walking


@pytest.mark.parametrize(
    "worker", [["python3", "-c", "import time; time.sleep(60)"], ["python3", "-c", "print(0)"], ["/no/such/program"]]
)
def test_a_process_that_hangs_or_breaks_costs_nothing_but_its_time(worker, monkeypatch):
    monkeypatch.setattr("lazaretto.planning.points.process.STARTING", 0.2)
    asked = problem(group("A", 5))
    quick = propose(asked)
    assert better(asked, quick, seconds=0.1, worker=worker) == (quick, False)
