"""Every code that rules and packs use has a label, so that nobody reads a code on a page."""

import pytest

from lazaretto.protocols import choices
from lazaretto.protocols.library import library
from lazaretto.protocols.rules import cadence, pack, release, rooms


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (choices.Category, pack.CATEGORIES),
        (choices.Setting, pack.SETTINGS),
        (choices.Clock, pack.CLOCKS),
        (choices.Counting, pack.COUNTS),
        (choices.Transition, pack.TRANSITIONS),
        (choices.Confidence, pack.CONFIDENCES),
        (choices.Demand, pack.DEMANDS),
        (choices.MissedTest, pack.MISSED_TEST_RULES),
        (choices.RestartScope, pack.RESTART_SCOPES),
        (choices.SiteEventKind, pack.SITE_EVENTS),
        (choices.SharingRule, pack.SHARING_RULES),
        (choices.ReleaseCriterion, release.CRITERIA),
        (choices.MissingForRelease, release.MISSING),
        (choices.CriterionRemark, release.REMARKS),
        (choices.SharingReason, rooms.REASONS),
        (choices.CadenceStep, cadence.STEPS),
    ],
)
def test_labels_and_codes_are_the_same_set(labels, codes):
    assert set(labels.values) == set(codes)


def test_packs_use_only_words_that_have_a_label():
    rules = [rule for shipped in library().packs for rule in shipped.categories.values()]

    assert {slot.code for rule in rules for slot in rule.slots} <= set(choices.CheckSlot.values)
    grounds = {ground for rule in rules for ground in rule.early_grounds}
    options = {option.code for rule in rules for option in rule.early_options}
    assert grounds | options == set(choices.EarlyGround.values)
    assert {phase.specimen for rule in rules for phase in rule.phases} - {""} <= set(choices.Specimen.values)
