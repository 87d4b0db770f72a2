"""When everybody of an area is tested again follows from the rounds that were."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import PastRound, next_round
from lazaretto.protocols.rules.cadence import AFTER_PAUSE, AWAITED, BEGINNING, DONE, REPEATED
from lazaretto.protocols.wording import cadence_said

DISTRICT = library().pack("cn-measures-20").cadence("district")
PART = library().pack("cn-measures-20").cadence("part")


def on(day: int) -> date:
    """A day of November 2022."""
    return date(2022, 11, day)


def held(number: int, day: int, **more) -> PastRound:
    """A round that began that day and closed clean on the next."""
    return replace(PastRound(number=number, opened_on=on(day), closed_on=on(day + 1), settled=True), **more)


def running(number: int, day: int, **more) -> PastRound:
    return PastRound(number=number, opened_on=on(day), **more)


def told(past, cadence=DISTRICT):
    found = next_round(cadence, past)
    return found.step, found.due_on and found.due_on.day, found.clean, found.awaits


@pytest.mark.parametrize(
    ("past", "step", "due", "clean", "awaits"),
    [
        ([], BEGINNING, None, 0, None),
        ([running(1, 20)], REPEATED, 21, 0, None),  # nobody waits for results before the next swab
        ([held(1, 18)], REPEATED, 19, 1, None),
        ([held(1, 18, closed_on=on(22))], REPEATED, 22, 1, None),
        ([held(1, 18), held(2, 19), running(3, 20)], AWAITED, None, 2, 3),
        ([held(1, 18), held(2, 19), running(3, 20, positive=True)], REPEATED, 21, 0, None),
        ([held(1, 18), held(2, 19), held(3, 20)], AFTER_PAUSE, 24, 3, None),
        ([held(1, 18), held(2, 19), held(3, 20), running(4, 22)], AFTER_PAUSE, 24, 3, None),
        ([held(1, 18), held(2, 19), held(3, 20), held(4, 22)], AFTER_PAUSE, 24, 4, None),
        ([held(1, 18), held(2, 19), held(3, 20), running(4, 24)], AWAITED, None, 3, 4),
        ([held(1, 18), held(2, 19), held(3, 20), held(4, 24)], DONE, None, 4, None),
        ([held(1, 18), held(2, 19), held(3, 20), held(4, 24, positive=True)], REPEATED, 25, 0, None),
        ([held(1, 18), held(2, 19), held(3, 20), held(4, 24), running(5, 29)], REPEATED, 30, 0, None),
        ([held(1, 18), held(2, 19, cancelled=True)], REPEATED, 19, 1, None),
        ([held(1, 18), held(2, 19, cancelled=True, positive=True)], REPEATED, 20, 0, None),
        ([held(1, 18), held(2, 19, settled=False)], REPEATED, 20, 1, None),  # closed, and a late tube has no answer
    ],
)
def test_what_comes_after_what_was(past, step, due, clean, awaits):
    assert told(past) == (step, due, clean, awaits)


def test_a_part_of_another_district_is_done_after_three_clean_rounds():
    assert told([held(1, 18), held(2, 19)], PART) == (REPEATED, 20, 2, None)
    assert told([held(1, 18), held(2, 19), held(3, 20)], PART) == (DONE, None, 3, None)


def test_a_cadence_is_said_in_one_sentence():
    with override("zh-hans"):
        assert cadence_said(DISTRICT) == "每天一轮，直到连续 3 轮无阳性，间隔 3 天再测 1 轮"
    with override("en"):
        assert cadence_said(PART) == "daily until 3 clean rounds in a row"


@st.composite
def histories(draw) -> list[PastRound]:
    """Rounds one after another, some of one day, each of whatever outcome."""
    day, past = date(2022, 1, 1), []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        day += timedelta(days=draw(st.integers(0, 6)))
        over = draw(st.booleans())
        past.append(
            PastRound(
                number=number, opened_on=day, closed_on=day + timedelta(days=draw(st.integers(0, 3))) if over else None,
                settled=over and draw(st.booleans()), positive=draw(st.booleans()), cancelled=draw(st.booleans()),
            )
        )  # fmt: skip
    return past


@given(histories(), st.sampled_from([DISTRICT, PART]))
def test_a_round_is_never_due_before_what_was_closed_and_the_last_began(past, cadence):
    found = next_round(cadence, past)
    counted = [one for one in past if one.positive or not one.cancelled]
    if found.due_on is not None:
        assert found.due_on >= max((one.closed_on for one in counted if one.closed_on), default=date.min)
        assert found.due_on > counted[0].opened_on
    assert (found.due_on is None) == (found.step in {BEGINNING, AWAITED, DONE})
    assert (found.awaits is None) == (found.step != AWAITED)


@given(histories(), st.sampled_from([DISTRICT, PART]), st.integers(0, 6))
def test_one_clean_round_more_counts_one_more_and_a_positive_counts_from_nothing(past, cadence, later):
    before = next_round(cadence, past)
    day = past[-1].opened_on + timedelta(days=later)
    clean = PastRound(number=99, opened_on=day, closed_on=day, settled=True)
    after = next_round(cadence, [*past, clean])
    if before.step != DONE:
        assert after.clean == before.clean + 1
    found = next_round(cadence, [*past, replace(clean, positive=True)])
    assert (found.step, found.clean) == (REPEATED, 0)


@given(histories(), st.randoms())
def test_the_order_in_which_rounds_are_told_does_not_matter(past, chance):
    mixed = list(past)
    chance.shuffle(mixed)
    assert next_round(DISTRICT, mixed) == next_round(DISTRICT, past)
