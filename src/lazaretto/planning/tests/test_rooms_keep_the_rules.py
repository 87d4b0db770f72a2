"""Whatever the hotel and whoever arrives: no proposed plan breaks a rule, nobody is forgotten, nothing is random."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.planning.rooms import (
    Floor,
    GreedyPlanner,
    Objective,
    Person,
    Placement,
    Plan,
    Problem,
    Room,
    RoomState,
    Site,
    Unplaced,
    Zone,
    propose,
    reassign,
    validate,
)
from lazaretto.planning.rooms.objective import measure
from lazaretto.planning.rooms.problem import Reason
from lazaretto.planning.tests.cast import TODAY, options

CATEGORIES = st.sampled_from(["inbound", "inbound", "inbound", "close_contact"])
COHORTS = st.sampled_from([TODAY, TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=9)])
AGES = st.one_of(st.none(), st.integers(0, 95), st.sampled_from([2, 3, 14, 15, 17, 18, 59, 60, 69, 70]))
RARELY = st.sampled_from([False, False, False, False, True])


@st.composite
def people(draw: st.DrawFn, most: int) -> tuple[Person, ...]:
    found: list[Person] = []
    for n in range(draw(st.integers(1, most))):
        others = [one.id for one in found] or ["nobody"]
        found.append(
            Person(
                f"p{n}",
                draw(CATEGORIES),
                draw(COHORTS),
                age=draw(AGES),
                household=draw(st.sampled_from([None, "v", "v", "w", "w"])),
                group=draw(st.sampled_from([None, "bus"])),
                accessible=draw(RARELY),
                pregnant=draw(RARELY),
                ill=draw(RARELY),
                needs_care=draw(RARELY),
                never_alone=draw(RARELY),
                share_with=frozenset({draw(st.sampled_from(others))} if draw(RARELY) else ()),
            )
        )
    return tuple(found)


@st.composite
def hotels(draw: st.DrawFn, floors: int, rooms: int) -> tuple[tuple[Site, ...], tuple[Floor, ...], tuple[Room, ...]]:
    sites = [
        Site(f"H{n}", draw(st.integers(0, 3)), draw(st.sampled_from([None, None, frozenset({"inbound"})])))
        for n in range(draw(st.integers(1, 2)))
    ]
    levels: list[Floor] = []
    doors: list[Room] = []
    for site, level in product(sites, range(draw(st.integers(1, floors)))):
        housed = st.tuples(CATEGORIES, COHORTS)
        lived = draw(st.one_of(st.just(frozenset()), st.just(frozenset()), st.frozensets(housed, max_size=1)))
        category = draw(st.one_of(st.none(), st.none(), CATEGORIES))
        levels.append(Floor(f"{site.id}-{level}", site.id, level, category, draw(st.one_of(st.none(), COHORTS)), lived))
        for position in range(draw(st.integers(0, rooms))):
            state = draw(st.sampled_from([RoomState.READY] * 7 + [*RoomState]))
            zone = draw(st.sampled_from([Zone.CONTAMINATED] * 6 + [Zone.CLEAN, None]))
            id_ = f"{levels[-1].id}-{position}"
            doors.append(Room(id_, levels[-1].id, position, draw(st.integers(0, 3)), draw(RARELY), state, zone))
    return tuple(sites), tuple(levels), tuple(doors)


@st.composite
def broken_corridors(draw: st.DrawFn) -> Problem:
    """One big household with people to watch over, on floors where many rooms between the free ones are taken."""
    ages = draw(st.lists(st.sampled_from([8, 40, 45, 75, 80]), min_size=2, max_size=6))
    kin = [
        Person(f"p{n}", "inbound", TODAY, age=age, household="w", pregnant=draw(RARELY)) for n, age in enumerate(ages)
    ]
    levels = [Floor(f"F{n}", "H", n, housed=frozenset({("inbound", TODAY)})) for n in range(draw(st.integers(1, 3)))]
    states = st.sampled_from([RoomState.READY, RoomState.READY, RoomState.OCCUPIED])
    doors = [Room(f"{one.id}-{n}", one.id, n, 2, draw(RARELY), draw(states)) for one in levels for n in range(9)]
    chosen = options(adjoining_span=draw(st.integers(1, 2)), split_households=draw(st.booleans()), tries=2)
    return Problem(tuple(kin), (Site("H"),), tuple(levels), tuple(doors), chosen)


@st.composite
def problems(draw: st.DrawFn, most: int = 9, floors: int = 3, rooms: int = 6) -> Problem:
    sites, levels, doors = draw(hotels(floors, rooms))
    span, split = draw(st.sampled_from([0, 0, 1])), draw(RARELY)
    chosen = options(cohort_span_days=span, split_households=split, adjoining_span=draw(st.integers(1, 2)), tries=3)
    return Problem(draw(people(most)), sites, levels, doors, chosen)


@settings(max_examples=300, deadline=None)
@given(st.one_of(problems(), broken_corridors()))
def test_no_proposed_plan_breaks_a_rule(problem: Problem) -> None:
    assert validate(GreedyPlanner().propose(problem), problem) == []


@settings(max_examples=100, deadline=None)
@given(problems())
def test_everybody_is_either_placed_or_left_with_a_reason(problem: Problem) -> None:
    plan = propose(problem)
    named = Counter([one.person for one in plan.placements] + [one.person for one in plan.unplaced])
    assert named == Counter(one.id for one in problem.people)
    assert plan.objective.unplaced == len(plan.unplaced)


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_question_in_another_order_gets_the_same_answer(problem: Problem, chance: object) -> None:
    shuffled = {name: list(getattr(problem, name)) for name in ("people", "rooms", "sites", "floors")}
    for rows in shuffled.values():
        chance.shuffle(rows)  # type: ignore[attr-defined]
    other = propose(replace(problem, **{name: tuple(rows) for name, rows in shuffled.items()}))
    plan = propose(problem)
    assert (other.placements, other.unplaced) == (plan.placements, plan.unplaced)


def _every_plan(problem: Problem) -> list[Objective]:
    """The objective of each plan that keeps the rules, found by trying all of them."""
    found = []
    choices = [None, *(room.id for room in problem.rooms)]
    template = propose(replace(problem, people=()))
    for rooms in product(choices, repeat=len(problem.people)):
        placements: list[Placement] = []
        unplaced = []
        for one, room in zip(problem.people, rooms, strict=True):
            if room is None:
                unplaced.append(Unplaced(one.id, Reason.TAKEN_OUT))
                continue
            cot = one.age is not None and one.age < problem.options.sharing.bed_from_age
            bed = None if cot else 1 + sum(p.room == room and p.bed is not None for p in placements)
            placements.append(Placement(one.id, room, bed))
        plan: Plan = replace(template, placements=tuple(placements), unplaced=tuple(unplaced))
        if not validate(plan, problem):
            found.append(measure(problem, placements, len(unplaced)))
    return found


@settings(max_examples=60, deadline=None)
@given(problems(most=3, floors=2, rooms=2))
def test_no_plan_that_keeps_the_rules_undercuts_the_bound(problem: Problem) -> None:
    plan = propose(problem)
    best = min(_every_plan(problem))
    assert best <= plan.objective
    lowest = (plan.bound.unplaced, plan.bound.accessible_misused, plan.bound.floors_opened)
    assert lowest <= (best.unplaced, best.accessible_misused, best.floors_opened)


@settings(max_examples=60, deadline=None)
@given(problems(most=6), st.data())
def test_a_change_by_hand_names_exactly_what_it_adds_to_the_broken_rules(problem: Problem, data: st.DataObject) -> None:
    plan = propose(problem)
    who = data.draw(st.sampled_from([one.id for one in problem.people]))
    where = data.draw(st.sampled_from([None, *(room.id for room in problem.rooms)]))
    answer = reassign(plan, problem, person=who, room=where)
    assert list(answer.breaks) == validate(answer.plan, problem)
    assert answer.mends == ()
    assert (where is None) == (who in {one.person for one in answer.plan.unplaced})
