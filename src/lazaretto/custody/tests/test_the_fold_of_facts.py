"""Facts in true time order say where somebody is; what contradicts them is a question and moves nobody."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.custody.rules import Conflict, Fact, FactKind, Leg, fold

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
A, B, C, HOSPITAL = (UUID(int=n) for n in (1, 2, 3, 9))
LEG = Leg(UUID(int=100), A, B)
OUTSIDE = frozenset({HOSPITAL})


def fact(minute, kind, place=None, leg=None, serial=None):
    return Fact(UUID(int=1000 + (serial or minute)), kind, START + timedelta(minutes=minute), place, leg)


def taken_in(minute, place=A, **more):
    return fact(minute, FactKind.TAKEN_IN, place, **more)


def signed_out(minute, leg=LEG, **more):
    return fact(minute, FactKind.SIGNED_OUT, None, leg, **more)


def signed_in(minute, place=B, leg=LEG, **more):
    return fact(minute, FactKind.SIGNED_IN, place, leg, **more)


def held(*facts):
    return fold(facts, external=OUTSIDE).held


def doubts(*facts):
    return [doubt.conflict for doubt in fold(facts, external=OUTSIDE).doubts]


def test_a_handover_is_signed_out_under_way_and_signed_in():
    story = fold([taken_in(0), signed_out(10), signed_in(40)])
    assert [(period.held, period.ended_at) for period in story.periods] == [
        (A, START + timedelta(minutes=10)),
        (LEG, START + timedelta(minutes=40)),
        (B, None),
    ]
    assert not story.doubts


def test_a_scan_at_a_second_place_moves_nobody_and_raises_a_question():
    assert held(taken_in(0), signed_in(30)) == A
    assert doubts(taken_in(0), signed_in(30)) == [Conflict.SECOND_PLACE]


def test_the_late_sign_out_of_a_phone_that_was_offline_explains_the_scan():
    assert held(taken_in(0), signed_in(30), signed_out(10)) == B
    assert doubts(taken_in(0), signed_in(30), signed_out(10)) == []


def test_who_is_brought_back_is_held_by_the_place_they_left():
    assert held(taken_in(0), signed_out(10), signed_in(20, A)) == A


def test_who_arrives_at_another_place_stays_under_way_until_somebody_decides():
    story = [taken_in(0), signed_out(10), signed_in(40, C)]
    assert held(*story) == LEG
    assert doubts(*story) == [Conflict.OTHER_DESTINATION]
    decided = [*story, fact(50, FactKind.SETTLED, C)]
    assert (held(*decided), doubts(*decided)) == (C, [])


def test_who_comes_back_from_a_hospital_needs_no_sign_out_there():
    to_hospital = Leg(UUID(int=101), A, HOSPITAL)
    story = [taken_in(0), signed_out(10, to_hospital), signed_in(40, HOSPITAL, to_hospital), taken_in(90)]
    assert (held(*story), doubts(*story)) == (A, [])


def test_nobody_leaves_our_care_from_a_place_that_does_not_hold_them():
    story = [taken_in(0), fact(5, FactKind.LET_GO, B)]
    assert (held(*story), doubts(*story)) == (A, [Conflict.LEFT_WHILE_AWAY])


def test_somebody_on_board_who_was_not_signed_out_is_a_question():
    assert doubts(taken_in(0), fact(10, FactKind.BOARDED, None, LEG)) == [Conflict.ABOARD_UNSIGNED]
    assert doubts(taken_in(0), signed_out(9), fact(10, FactKind.BOARDED, None, LEG)) == []


PLACES = st.sampled_from([A, B, C, HOSPITAL])
LEGS = st.sampled_from([LEG, Leg(UUID(int=101), B, C), Leg(UUID(int=102), A, HOSPITAL), Leg(UUID(int=103), C, A)])


@st.composite
def any_facts(draw):
    made = []
    for serial in range(draw(st.integers(1, 12))):
        minute = draw(st.integers(0, 20))
        kind = draw(st.sampled_from(list(FactKind)))
        leg = draw(LEGS)
        on_leg = kind in {FactKind.SIGNED_OUT, FactKind.BOARDED, FactKind.ALIGHTED}
        made.append(fact(minute, kind, None if on_leg else draw(PLACES), leg if on_leg else None, serial=serial + 1))
    return made


@given(any_facts(), st.randoms(use_true_random=False))
def test_whatever_was_seen_and_in_whatever_order_it_is_told_nobody_is_at_two_places(facts, chance):
    told = list(facts)
    chance.shuffle(told)
    story = fold(told, external=OUTSIDE)
    assert story == fold(facts, external=OUTSIDE)
    for earlier, later in pairwise(story.periods):
        assert earlier.ended_at is not None
        assert earlier.ended_at <= later.started_at
    assert all(period.ended_at is None or period.ended_at > period.started_at for period in story.periods)
    assert len({period.since for period in story.periods}) == len(story.periods)
