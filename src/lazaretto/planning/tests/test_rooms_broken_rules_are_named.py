"""Each rule, broken on purpose, is found by the validator; and a change by hand says so at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.planning.rooms import (
    MalformedProblemError,
    Placement,
    Plan,
    PlannerBrokeError,
    Problem,
    RoomState,
    Rule,
    Site,
    Zone,
    propose,
    reassign,
    swap,
    validate,
)
from lazaretto.planning.tests.cast import TODAY, family, hotel, options, person


def scene() -> Problem:
    """Two floors of six rooms, a family with a child and a pregnant mother, a man in a wheelchair, two others."""
    everybody = (
        *family("w", 34, 7),
        person("w8", household="w", pregnant=True),
        person("wheels", accessible=True),
        person("a"),
        person("b", category="close_contact"),
    )
    return replace(hotel(2, 6, accessible=(1,)), people=everybody, options=options(adjoining_span=1))


def broken(problem: Problem, plan: Plan, *placements: Placement) -> set[Rule]:
    moved = {one.person for one in placements}
    rest = tuple(one for one in plan.placements if one.person not in moved)
    return {one.rule for one in validate(replace(plan, placements=rest + placements), problem)}


def at(plan: Plan, who: str) -> str:
    return next(one.room for one in plan.placements if one.person == who)


def free(problem: Problem, plan: Plan, floor: str, *, accessible: bool = False) -> list[str]:
    taken = {one.room for one in plan.placements}
    return [r.id for r in problem.rooms if r.floor == floor and r.id not in taken and r.accessible == accessible]


def test_a_sound_plan_breaks_nothing() -> None:
    assert validate(propose(scene()), scene()) == []


def test_a_child_put_alone_and_a_bed_given_twice() -> None:
    problem, plan = scene(), propose(scene())
    home = at(plan, "w0")
    assert Rule.CHILD_ALONE in broken(problem, plan, Placement("w1", free(problem, plan, home[:6])[0], 1))
    assert broken(problem, plan, Placement("w1", home, 1)) == {Rule.BED_TAKEN}
    assert broken(problem, plan, Placement("w1", home, 3)) == {Rule.BED_TAKEN}


def test_strangers_in_one_room_and_more_people_than_beds() -> None:
    problem, plan = scene(), propose(scene())
    assert broken(problem, plan, Placement("a", at(plan, "wheels"), 2)) == {Rule.SHARING_NOT_ALLOWED}
    assert Rule.TOO_FEW_BEDS in broken(problem, plan, Placement("a", at(plan, "w0"), 3))


def test_the_other_category_the_other_date_and_the_household_on_two_floors() -> None:
    problem, plan = scene(), propose(scene())
    home = at(plan, "w0")
    assert broken(problem, plan, Placement("b", free(problem, plan, home[:6])[0], 1)) == {Rule.CATEGORY_MIXED}
    other = free(problem, plan, at(plan, "b")[:6])[0]
    assert {Rule.HOUSEHOLD_SPLIT, Rule.NOT_ACCOMPANIED} <= broken(problem, plan, Placement("w8", other, 1))
    early = tuple(replace(one, cohort=TODAY - timedelta(days=9)) if one.id == "a" else one for one in problem.people)
    assert {one.rule for one in validate(plan, replace(problem, people=early))} == {Rule.COHORT_MIXED}


def test_a_wheelchair_in_an_ordinary_room() -> None:
    problem, plan = scene(), propose(scene())
    ordinary = free(problem, plan, at(plan, "wheels")[:6])[0]
    assert broken(problem, plan, Placement("wheels", ordinary, 1)) == {Rule.NOT_ACCESSIBLE}


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"state": RoomState.DISINFECTING}, Rule.ROOM_NOT_READY), ({"zone": Zone.CLEAN}, Rule.WRONG_ZONE)],
)
def test_a_room_that_is_not_ready_or_not_for_guests(change: dict[str, object], rule: Rule) -> None:
    problem, plan = scene(), propose(scene())
    rooms = tuple(replace(one, **change) if one.id == at(plan, "a") else one for one in problem.rooms)
    assert {one.rule for one in validate(plan, replace(problem, rooms=rooms))} == {rule}


def test_the_reserve_and_the_categories_of_the_site() -> None:
    problem, plan = scene(), propose(scene())
    short = replace(problem, sites=(Site("H01", reserve=9),))
    assert {one.rule for one in validate(plan, short)} == {Rule.RESERVE_USED}
    barred = replace(problem, sites=(Site("H01", categories=frozenset({"inbound"})),))
    assert [(one.rule, one.people) for one in validate(plan, barred)] == [(Rule.CATEGORY_NOT_RECEIVED, ("b",))]


def test_somebody_forgotten_twice_placed_or_unknown() -> None:
    problem, plan = scene(), propose(scene())
    assert {one.rule for one in validate(replace(plan, placements=plan.placements[1:]), problem)} >= {Rule.FORGOTTEN}
    double = replace(plan, placements=(*plan.placements, Placement("a", free(problem, plan, "H01-01")[0], 1)))
    assert Rule.PLACED_TWICE in {one.rule for one in validate(double, problem)}
    stray = replace(plan, placements=(*plan.placements, Placement("ghost", "H01-0101", 1)))
    assert Rule.UNKNOWN in {one.rule for one in validate(stray, problem)}


def test_a_decision_to_share_and_the_care_that_was_promised() -> None:
    pair = (person("a", share_with=frozenset({"b"})), person("b"))
    problem = replace(hotel(1, 3), people=pair)
    plan = propose(problem)
    assert broken(problem, plan, Placement("b", free(problem, plan, "H01-01")[0], 1)) == {Rule.SHARE_BROKEN}
    cared = replace(hotel(1, 3), people=(*family("w", 40), person("w9", household="w", needs_care=True)))
    plan = propose(cared)
    assert broken(cared, plan, Placement("w9", free(cared, plan, "H01-01")[0], 1)) == {Rule.CARE_MISSING}


def test_a_drag_says_what_it_breaks_and_dragging_back_what_it_mends() -> None:
    problem, plan = scene(), propose(scene())
    away = reassign(plan, problem, person="w1", room=free(problem, plan, at(plan, "w0")[:6])[0])
    assert [(one.rule, one.people) for one in away.breaks] == [(Rule.CHILD_ALONE, ("w1",))]
    back = reassign(away.plan, problem, person="w1", room=at(plan, "w0"))
    assert [one.rule for one in back.mends] == [Rule.CHILD_ALONE]
    assert back.breaks == ()
    assert back.plan.placements == plan.placements


def test_taking_somebody_out_and_exchanging_two_rooms() -> None:
    problem, plan = scene(), propose(scene())
    out = reassign(plan, problem, person="a", room=None)
    assert [(one.person, one.reason.value) for one in out.plan.unplaced] == [("a", "taken_out")]
    exchanged = swap(plan, problem, one="a", other="wheels")
    assert [one.rule for one in exchanged.breaks] == [Rule.NOT_ACCESSIBLE]
    assert at(exchanged.plan, "a") == at(plan, "wheels")


def test_a_change_with_an_unknown_room_is_refused() -> None:
    problem, plan = scene(), propose(scene())
    with pytest.raises(MalformedProblemError):
        reassign(plan, problem, person="a", room="9999")


def test_a_planner_that_breaks_a_rule_is_stopped_before_the_clerk_sees_it() -> None:
    class Careless:
        def propose(self, problem: Problem, *, clock: Callable[[], float]) -> Plan:
            sound = propose(problem, clock=clock)
            return replace(sound, placements=sound.placements[1:])

    with pytest.raises(PlannerBrokeError) as stopped:
        propose(scene(), planner=Careless())
    assert Rule.FORGOTTEN in {one.rule for one in stopped.value.violations}
