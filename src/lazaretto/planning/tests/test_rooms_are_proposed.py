"""The rules of room planning, one scene each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.planning.rooms import (
    MalformedProblemError,
    NoticeCode,
    Person,
    Problem,
    RoomState,
    Sharing,
    Site,
    Zone,
    propose,
    validate,
)
from lazaretto.planning.tests.cast import TODAY, chain, family, hotel, options, person, reasons, room_of


def ask(base: Problem, *people: Person | list[Person], **given: object) -> Problem:
    flat = [one for entry in people for one in (entry if isinstance(entry, list) else [entry])]
    return replace(base, people=tuple(flat), options=options(**given))


def test_strangers_get_a_room_each_even_when_beds_are_left() -> None:
    plan = propose(ask(hotel(1, 4, beds=3), person("a"), person("b"), person("c")))
    assert len({one.room for one in plan.placements}) == 3
    assert plan.objective.beds_unused == 6


def test_a_child_sleeps_in_the_room_of_a_parent_and_the_other_parent_next_door() -> None:
    problem = ask(hotel(1, 6), family("w", 34, 36, 7))
    plan = propose(problem)
    rooms = [room_of(plan, one.id) for one in problem.people]
    assert len(set(rooms)) == 2
    assert rooms[2] in rooms[:2]
    assert plan.objective.households_apart == 0


def test_an_infant_sleeps_in_a_cot_and_takes_no_bed() -> None:
    plan = propose(ask(hotel(1, 2, beds=1), family("w", 30, 1)))
    assert {one.person: one.bed for one in plan.placements} == {"w0": 1, "w1": None}


def test_a_child_without_an_adult_is_left_to_a_person_to_decide() -> None:
    plan = propose(ask(hotel(1, 4), family("w", 9, 12), person("x")))
    assert reasons(plan) == {"w0": "child_without_adult", "w1": "child_without_adult"}
    assert room_of(plan, "x") is not None


def test_a_child_whose_mother_is_of_another_category_is_not_mixed_into_her_floor() -> None:
    mother, child = family("w", 34, 7)
    plan = propose(ask(hotel(2, 4), replace(mother, category="close_contact"), child))
    assert reasons(plan) == {"w1": "child_without_adult"}


def test_someone_who_cannot_look_after_themselves_shares_with_an_able_carer_only() -> None:
    able = propose(ask(hotel(1, 4), family("w", 45), person("w9", age=80, household="w", needs_care=True)))
    assert room_of(able, "w0") == room_of(able, "w9")
    old = propose(ask(hotel(1, 4), family("w", 66), person("w9", age=80, household="w", needs_care=True)))
    assert reasons(old) == {"w9": "carer_missing"}


@pytest.mark.parametrize("frail", [{"age": 78}, {"age": 30, "pregnant": True}, {"age": 40, "never_alone": True}])
def test_the_elderly_and_the_pregnant_live_next_door_to_an_able_adult_of_the_household(frail: dict[str, int]) -> None:
    base = hotel(2, 6)
    broken = tuple(replace(one, state=RoomState.OCCUPIED) if one.position in (2, 3, 4) else one for one in base.rooms)
    problem = ask(replace(base, rooms=broken), family("w", 40, 45), person("w9", household="w", **frail))
    plan = propose(problem)
    assert {one.person for one in plan.placements} == {"w0", "w1", "w9"}
    assert str(room_of(plan, "w9"))[-1] in "56", "position 1 has no neighbour"
    assert plan.objective.households_apart == 1
    assert validate(plan, problem) == []


def test_an_elderly_person_who_travels_alone_gets_a_room_and_a_notice() -> None:
    plan = propose(ask(hotel(1, 2), person("old", age=82)))
    assert room_of(plan, "old") is not None
    assert [(one.person, one.code) for one in plan.notices] == [("old", NoticeCode.NO_COMPANION)]


def test_someone_never_to_be_alone_without_a_companion_is_not_put_in_a_room_alone() -> None:
    plan = propose(ask(hotel(1, 2), person("p", never_alone=True)))
    assert reasons(plan) == {"p": "companion_missing"}


def test_two_people_who_must_share_do() -> None:
    one, other = person("a", share_with=frozenset({"b"})), person("b", age=70)
    plan = propose(ask(hotel(1, 3), one, other))
    assert room_of(plan, "a") == room_of(plan, "b")


def test_one_who_must_share_with_somebody_absent_is_named() -> None:
    plan = propose(ask(hotel(1, 3), person("a", share_with=frozenset({"gone"}))))
    assert reasons(plan) == {"a": "share_unavailable"}


def test_categories_and_arrival_dates_never_meet_on_a_floor() -> None:
    near_release = hotel(3, 4)
    floors = list(near_release.floors)
    floors[0] = replace(floors[0], housed=frozenset({("inbound", TODAY - timedelta(days=12))}))
    people = [person("new"), person("contact", category="close_contact")]
    plan = propose(ask(replace(near_release, floors=tuple(floors)), people))
    assert {one.room[:6] for one in plan.placements} == {"H01-02", "H01-03"}


def test_dates_a_site_allows_together_share_a_floor() -> None:
    late = [person("a"), person("b", cohort=TODAY + timedelta(days=1))]
    assert len(propose(ask(hotel(3, 4), late)).floors_opened) == 2
    assert len(propose(ask(hotel(3, 4), late, cohort_span_days=1)).floors_opened) == 1


def test_a_floor_that_already_houses_the_same_cohort_is_filled_before_another_is_opened() -> None:
    base = hotel(3, 4)
    floors = (*base.floors[:2], replace(base.floors[2], housed=frozenset({("inbound", TODAY)})))
    plan = propose(ask(replace(base, floors=floors), [person(str(n)) for n in range(4)]))
    assert plan.floors_opened == ()
    assert {one.room[:6] for one in plan.placements} == {"H01-03"}


def test_accessible_rooms_go_to_those_who_need_them_and_to_others_only_when_nothing_else_is_left() -> None:
    base = hotel(2, 3, accessible=(1,))
    plan = propose(ask(base, person("wheels", accessible=True), person("a"), person("b")))
    assert room_of(plan, "wheels") in {"H01-0101", "H01-0201"}
    assert plan.objective.accessible_misused == 0
    full = propose(ask(base, [person(str(n)) for n in range(5)]))
    assert (full.objective.unplaced, full.objective.accessible_misused) == (0, 1)


def nearly_full(base: Problem, *positions: int) -> Problem:
    """The first floor is lived on by today's arrivals and has only these rooms left."""
    floors = (replace(base.floors[0], housed=frozenset({("inbound", TODAY)})), *base.floors[1:])
    taken = {room.id for room in base.rooms if room.floor == floors[0].id and room.position not in positions}
    rooms = tuple(replace(room, state=RoomState.OCCUPIED) if room.id in taken else room for room in base.rooms)
    return replace(base, floors=floors, rooms=rooms)


def test_a_floor_is_opened_rather_than_an_accessible_room_used_up() -> None:
    plan = propose(ask(nearly_full(hotel(2, 4, accessible=(2,)), 2), person("a")))
    assert (plan.objective.accessible_misused, plan.floors_opened) == (0, ("H01-02",))


def test_a_floor_is_opened_rather_than_an_elderly_person_left_far_from_their_family() -> None:
    base = nearly_full(hotel(2, 6), 1, 5)
    assert propose(ask(base, family("w", 40, 45))).floors_opened == ()
    assert propose(ask(base, family("w", 40, 75))).floors_opened == ("H01-02",)


def test_no_accessible_room_is_a_named_reason() -> None:
    plan = propose(ask(hotel(1, 3), person("wheels", accessible=True)))
    assert reasons(plan) == {"wheels": "no_accessible_room"}


def test_the_reserve_is_kept() -> None:
    base = replace(hotel(1, 5), sites=(Site("H01", reserve=3),))
    plan = propose(ask(base, [person(str(n)) for n in range(4)]))
    assert len(plan.placements) == 2
    assert set(reasons(plan).values()) == {"reserve_kept"}


def test_rooms_marked_reserve_count_towards_the_reserve_and_are_not_given() -> None:
    base = hotel(1, 5)
    rooms = tuple(replace(one, state=RoomState.RESERVE) if one.position > 2 else one for one in base.rooms)
    plan = propose(ask(replace(base, rooms=rooms, sites=(Site("H01", reserve=3),)), person("a"), person("b")))
    assert {one.room for one in plan.placements} == {"H01-0101", "H01-0102"}


@pytest.mark.parametrize("state", [state for state in RoomState if state is not RoomState.READY])
def test_only_ready_rooms_are_given(state: RoomState) -> None:
    base = hotel(1, 1)
    plan = propose(ask(replace(base, rooms=(replace(base.rooms[0], state=state),)), person("a")))
    assert reasons(plan)["a"] in {"no_free_room", "no_large_room"}


def test_nobody_is_put_into_the_clean_zone() -> None:
    base = hotel(1, 1)
    plan = propose(ask(replace(base, rooms=(replace(base.rooms[0], zone=Zone.CLEAN),)), person("a")))
    assert plan.placements == ()


def test_a_site_that_does_not_receive_a_category_is_passed_over() -> None:
    base = replace(hotel(1, 3), sites=(Site("H01", categories=frozenset({"close_contact"})),))
    assert reasons(propose(ask(base, person("a")))) == {"a": "category_not_received"}


def test_a_bus_stays_in_one_hotel() -> None:
    plan = propose(ask(chain(3, 3, 10), [person(f"{n:02d}", group="bus") for n in range(25)]))
    assert plan.objective.group_splits == 0
    assert len(plan.floors_opened) == 3


def test_a_household_that_fits_on_no_floor_is_named_and_may_be_split_on_request() -> None:
    problem = ask(hotel(3, 2), family("w", 30, 31, 32, 33))
    assert set(reasons(propose(problem)).values()) == {"household_does_not_fit"}
    apart = propose(ask(hotel(3, 2), family("w", 30, 31, 32, 33), split_households=True))
    assert len(apart.placements) == 4


def test_a_jurisdiction_may_let_a_household_live_in_one_room() -> None:
    sharing = Sharing(whole_household=True)
    problem = ask(hotel(1, 3, beds=2), family("w", 40, 41), sharing=sharing)
    assert validate(propose(problem), problem) == []


def test_the_plan_says_what_is_proved() -> None:
    plan = propose(ask(hotel(4, 5), [person(f"{n:02d}") for n in range(12)]))
    assert (plan.objective.floors_opened, plan.bound.floors_opened) == (3, 3)
    assert plan.gap is None


def test_a_problem_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(MalformedProblemError, match="twice"):
        ask(hotel(1, 1), person("a"), person("a"))
