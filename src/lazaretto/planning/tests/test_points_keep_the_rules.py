"""Whatever the points and whoever comes: no plan breaks a rule, and what is said to be proven is so."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.planning.points import (
    Booking,
    Late,
    Opening,
    Point,
    Problem,
    Standing,
    from_json,
    greedy,
    plan_from_json,
    propose,
    replan,
    validate,
    validate_change,
)
from lazaretto.planning.points.board import SINK, SOURCE, Board, Network
from lazaretto.planning.points.flow import greatest
from lazaretto.planning.points.solver import improve
from lazaretto.planning.tests.point_cases import SLOT, every_plan, problems, room, score

few = problems(points=2, groups=3, people=2, slots=3)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_every_greedy_plan_keeps_every_rule_and_is_done_in_the_fewest_slots(problem: Problem) -> None:
    plan = greedy(problem)
    assert validate(plan, problem) == []
    assert plan.gap == 0


@settings(max_examples=200, deadline=None)
@given(problems())
def test_every_plan_of_the_solver_keeps_every_rule_and_is_no_worse(problem: Problem) -> None:
    first = greedy(problem)
    found = improve(problem, first, seconds=60)
    assert validate(found, problem) == []
    assert not first.better_than(found)
    assert found.walking == found.walking_bound


@settings(max_examples=150, deadline=None)
@given(problems())
def test_no_slot_of_a_point_is_ever_promised_to_more_than_it_takes(problem: Problem) -> None:
    takes = room(problem)
    for plan in (greedy(problem), improve(problem, greedy(problem), seconds=60)):
        for point, slot in {(one.point, one.slot) for one in plan.bookings}:
            assert (
                sum(one.people for one in plan.bookings if (one.point, one.slot) == (point, slot)) <= takes[point, slot]
            )


@settings(max_examples=100, deadline=None)
@given(few)
def test_no_plan_at_all_is_better_and_no_bound_lies_above_one(problem: Problem) -> None:
    best = min(score(bookings, left, problem.metres) for bookings, left in every_plan(problem))
    quick = greedy(problem)
    found = improve(problem, quick, seconds=60)
    assert (quick.unserved, quick.finish, quick.bound) == (best[0], best[1], best[1])
    assert (found.unserved, found.finish, found.walking) == best
    assert quick.walking_bound <= best[2]


@settings(max_examples=100, deadline=None)
@given(problems())
def test_an_early_end_of_the_search_still_leaves_a_plan(problem: Problem) -> None:
    first = greedy(problem)
    assert validate(improve(problem, first, seconds=-1), problem) == []


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_question_gets_the_same_answer(problem: Problem, chance: object) -> None:
    assert greedy(problem) == greedy(replace(problem))
    points = list(problem.points)
    chance.shuffle(points)  # type: ignore[attr-defined]
    other = replace(problem, points=tuple(points))
    assert improve(other, greedy(other), seconds=60).walking == improve(problem, greedy(problem), seconds=60).walking


@settings(max_examples=60, deadline=None)
@given(problems())
def test_problems_and_plans_survive_the_way_to_another_process(problem: Problem) -> None:
    plan = propose(problem)
    assert from_json(json.loads(json.dumps(asdict(problem)))) == problem
    assert plan_from_json(json.loads(json.dumps(asdict(plan)))) == plan


@settings(max_examples=60, deadline=None)
@given(problems())
def test_what_flows_in_goes_out_and_no_arc_is_too_full(problem: Problem) -> None:
    net = Network(Board.of(problem), problem.slots)
    flow = greatest(net.nodes, net.arcs, SOURCE, SINK)
    balance = [0] * net.nodes
    for arc, amount in zip(net.arcs, flow, strict=True):
        assert 0 <= amount <= arc.capacity
        balance[arc.tail] -= amount
        balance[arc.head] += amount
    assert all(not amount for node, amount in enumerate(balance) if node not in (SOURCE, SINK))


@st.composite
def upsets(draw: st.DrawFn, *, slots: int = 8, **sizes: int) -> tuple[Problem, Standing]:
    """A plan in force, and then: points close, slow down or work longer, people wait, headcounts are others."""
    before = draw(problems(slots=slots, **sizes))
    plan = improve(before, greedy(before), seconds=60)
    now = draw(st.integers(0, slots * SLOT))
    first = -(-now // SLOT)
    points = tuple(draw(st.sampled_from([one, one, *upset(one, now, slots)])) for one in before.points)
    late: dict[tuple[str, str], int] = {}
    for one in plan.bookings:
        if one.slot < first and draw(st.booleans()):
            late[one.group, one.point] = late.get((one.group, one.point), 0) + draw(st.integers(0, one.people))
    waits = tuple(Late(*key, people) for key, people in late.items() if people)
    begun = dict.fromkeys((group.id for group in before.groups), 0)
    for one in plan.bookings:
        begun[one.group] += one.people if one.slot < first else 0
    more = draw(st.sampled_from([0, 0, 1, -1]))
    groups = tuple(replace(one, people=max(begun[one.id], one.people + more)) for one in before.groups)
    return replace(before, points=points, groups=groups), Standing(now, plan.bookings, waits)


def upset(point: Point, now: int, slots: int) -> list[Point]:
    """The point closed, slow, and open for longer."""
    return [
        replace(point, openings=tuple(cut(one, now) for one in point.openings)),
        replace(point, per_table_hour=point.per_table_hour // 2),
        replace(point, openings=(Opening(0, slots * SLOT, 2),)),
    ]


def cut(opening: Opening, now: int) -> Opening:
    return replace(opening, opens=min(opening.opens, now), closes=min(opening.closes, now))


@settings(max_examples=250, deadline=None)
@given(upsets())
def test_every_plan_anew_keeps_every_rule(upset: tuple[Problem, Standing]) -> None:
    problem, standing = upset
    assert validate_change(replan(problem, standing), standing, problem) == []


@settings(max_examples=100, deadline=None)
@given(upsets())
def test_a_plan_anew_that_has_no_time_keeps_every_rule_too(upset: tuple[Problem, Standing]) -> None:
    problem, standing = upset
    hasty, patient = replan(problem, standing, seconds=-1), replan(problem, standing)
    assert validate_change(hasty, standing, problem) == []
    assert hasty.plan.unserved == patient.plan.unserved
    assert hasty.moved >= patient.moved


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 8 * SLOT))
def test_nobody_is_told_anew_when_nothing_has_changed(problem: Problem, now: int) -> None:
    plan = improve(problem, greedy(problem), seconds=60)
    change = replan(problem, Standing(now, plan.bookings))
    assert (change.told, change.moved, change.plan.bookings) == ((), 0, plan.bookings)


@settings(max_examples=100, deadline=None)
@given(upsets(points=2, groups=3, people=2, slots=3))
def test_no_plan_anew_serves_more_or_moves_fewer(upset: tuple[Problem, Standing]) -> None:
    problem, standing = upset
    standing = replace(standing, late=())
    first = standing.first_slot(problem)
    change = replan(problem, standing)
    done = {group.id: 0 for group in problem.groups}
    for one in change.stays:
        done[one.group] += one.people
    rest = replace(problem, groups=tuple(replace(one, people=one.people - done[one.id]) for one in problem.groups))
    was = {(one.group, one.point, one.slot): one.people for one in standing.promised if one.slot >= first}

    def kept(bookings: list[Booking]) -> int:
        return sum(min(one.people, was.get((one.group, one.point, one.slot), 0)) for one in bookings)

    best = min((left, -kept(bookings)) for bookings, left in every_plan(rest, first=first))
    now = [one for one in change.plan.bookings if one.slot >= first]
    assert (change.plan.unserved, -kept(now)) == best
    assert change.moved == change.moved_bound
