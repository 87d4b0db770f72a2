"""Whoever meets a doubt or a held line is told in their language what it is, and what to do with tube and people."""

import pytest
from django.utils import translation

from lazaretto.tubes.choices import Doubt, Hold
from lazaretto.tubes.wording import DOUBT_STEPS, HOLD_STEPS, doubts, holds


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def spoken(language: str, words, kinds) -> list[tuple[str, str]]:
    with translation.override(language):
        return [(label, str(step)) for label, step in words(kinds.values)]


@pytest.mark.parametrize(("words", "kinds"), [(doubts, Doubt), (holds, Hold)])
def test_each_kind_says_what_it_is_and_what_to_do_in_both_languages(words, kinds):
    said = {language: spoken(language, words, kinds) for language in ("en", "zh-hans")}
    for kind, english, ours in zip(kinds, said["en"], said["zh-hans"], strict=True):
        assert all(english), kind
        assert all(ours), kind
        assert not any(map(chinese, english)), kind
        assert all(map(chinese, ours)), kind
    for rows in said.values():
        assert len({step for _label, step in rows}) == len(kinds)  # a step of its own for each


def test_no_step_is_kept_for_a_kind_that_is_gone():
    assert (set(DOUBT_STEPS), set(HOLD_STEPS)) == (set(Doubt), set(Hold))


def test_a_kind_that_is_not_known_here_is_passed_over():
    assert (doubts(["of a newer version"]), holds(["of a newer version"])) == ([], [])
