"""A point closes or falls behind: what has begun stays, promises are kept where they can be, who is told is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lazaretto.planning.points import (
    Booking,
    Group,
    Late,
    MalformedProblemError,
    Opening,
    Point,
    Problem,
    Rule,
    Standing,
    Told,
    replan,
    validate_change,
)

DAY = (0, 120)
NORTH = Point("N", 23.0, 113.0, (Opening(0, 120, 2),), 20)  # 10 people in 15 minutes, 8 slots
SOUTH = Point("S", 23.02, 113.0, (Opening(0, 120, 2),), 20)
A = Group("A", "A", 30, 23.0, 113.0, (DAY,))
B = Group("B", "B", 20, 23.02, 113.0, (DAY,))
ASKED = Problem((NORTH, SOUTH), (A, B), 120)
PROMISED = (*(Booking("A", "N", slot, 10) for slot in range(3)), *(Booking("B", "S", slot, 10) for slot in range(2)))
AT_TEN_PAST = Standing(10, PROMISED)  # the first slot is under way
CLOSED = replace(ASKED, points=(replace(NORTH, openings=(Opening(0, 15, 2),)), SOUTH))


def test_nothing_changes_when_nothing_has_happened():
    change = replan(ASKED, AT_TEN_PAST)
    assert change.plan.bookings == tuple(sorted(PROMISED))
    assert (change.told, change.moved, change.moved_bound) == ((), 0, 0)


def test_a_closed_point_moves_only_its_own_people_and_says_who_must_be_told():
    change = replan(CLOSED, AT_TEN_PAST)
    assert change.stays == (Booking("A", "N", 0, 10), Booking("B", "S", 0, 10))
    assert change.told == (
        Told("A", PROMISED[1:3], (Booking("A", "S", 2, 10), Booking("A", "S", 3, 10))),
    )  # fmt: skip
    assert (change.moved, change.moved_bound, change.plan.finish, change.plan.bound) == (20, 20, 4, 4)


def test_for_who_did_not_turn_up_no_table_is_kept_free():
    known = replace(AT_TEN_PAST, now=15, late=(Late("A", "N", 4, away=True),))
    change = replan(ASKED, known)
    assert change.waiting == ()
    assert (change.moved, change.plan.unserved) == (0, 0)
    assert not validate_change(change, known, ASKED)
    queued = replace(change, waiting=(Booking("A", "N", 1, 4),))
    assert validate_change(queued, known, ASKED), "nobody waits there"


def test_who_waits_goes_first_and_what_then_has_no_room_comes_later():
    late = replace(AT_TEN_PAST, now=15, late=(Late("A", "N", 4),))
    change = replan(ASKED, late)
    assert change.waiting == (Booking("A", "N", 1, 4),)
    assert [one.group for one in change.told] == ["A"]
    assert change.moved == 4
    assert sum(one.people for one in change.plan.bookings if one.group == "A") == 30


def test_who_waits_at_a_point_that_closes_gets_another_slot():
    change = replan(CLOSED, replace(AT_TEN_PAST, now=15, late=(Late("A", "N", 4),)))
    assert change.waiting == ()
    assert sum(one.people for one in change.told[0].now) == 24


def test_nobody_waits_over_a_break():
    pauses = replace(NORTH, openings=(Opening(0, 30, 2), Opening(60, 120, 2)))
    asked = replace(ASKED, points=(pauses, SOUTH))
    change = replan(asked, replace(AT_TEN_PAST, now=30, late=(Late("A", "N", 4),)))
    assert change.waiting == ()
    assert change.told[0].group == "A"
    change = replan(asked, replace(AT_TEN_PAST, now=15, late=(Late("A", "N", 10),)))
    assert change.waiting == (Booking("A", "N", 1, 10),)


def test_a_slower_point_keeps_as_many_promises_as_it_can():
    slow = replace(ASKED, points=(replace(NORTH, per_table_hour=10), SOUTH))
    change = replan(slow, AT_TEN_PAST)
    assert Booking("A", "N", 1, 5) in change.plan.bookings
    assert (change.moved, change.moved_bound) == (10, 10)


def test_a_promise_gives_way_when_somebody_would_have_no_slot_at_all():
    picky = replace(A, free=((0, 45),))  # only the second and third slot are left for them
    asked = replace(CLOSED, groups=(picky, B))
    change = replan(asked, AT_TEN_PAST)
    assert change.plan.left == ()
    assert [one.group for one in change.told] == ["A", "B"]
    assert (change.moved, change.moved_bound) == (30, 30)


def test_without_time_to_search_everybody_still_has_a_slot():
    picky = replace(A, free=((0, 45),))
    change = replan(replace(CLOSED, groups=(picky, B)), AT_TEN_PAST, seconds=-1)
    assert change.plan.left == ()
    assert change.moved_bound <= change.moved


def test_more_people_come_than_were_told_of():
    change = replan(replace(ASKED, groups=(replace(A, people=37), B)), AT_TEN_PAST)
    assert change.moved == 0
    assert sum(one.people for one in change.told[0].now) == 27


def test_fewer_people_give_up_the_slot_that_somebody_else_needs():
    promised = (Booking("A", "N", 1, 10), Booking("A", "N", 2, 10), Booking("B", "N", 1, 10))  # 20 in a slot then
    change = replan(replace(ASKED, groups=(replace(A, people=10), replace(B, people=10))), Standing(10, promised))
    assert change.told == (Told("A", promised[:2], promised[1:2]),)
    assert (change.moved, change.moved_bound) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "standing"),
    [
        (replace(ASKED, groups=(A,)), AT_TEN_PAST),
        (replace(ASKED, groups=(replace(A, people=9), B)), AT_TEN_PAST),
        (ASKED, replace(AT_TEN_PAST, late=(Late("A", "N", 11),))),
        (replace(ASKED, groups=(replace(A, people=9), B)), replace(AT_TEN_PAST, late=(Late("A", "N", 10),))),
        (ASKED, replace(AT_TEN_PAST, promised=(*PROMISED, PROMISED[0]))),
    ],
)
def test_what_cannot_be_is_refused(asked, standing):
    with pytest.raises(MalformedProblemError):
        replan(asked, standing)


BREAKS = {
    Rule.TOLD: lambda change: replace(change, told=()),
    Rule.FIGURES: lambda change: replace(change, moved=change.moved - 1),
    Rule.BEGUN_STAYS: lambda change: replace(change, stays=()),
    Rule.WAITING_FIRST: lambda change: replace(change, waiting=(Booking("B", "S", 1, 3),)),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_change_is_named(rule):
    change = replan(CLOSED, AT_TEN_PAST)
    assert rule in {one.rule for one in validate_change(BREAKS[rule](change), AT_TEN_PAST, CLOSED)}
