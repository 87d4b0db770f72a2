"""May this person be released now, and if not, why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.protocols.rules import (
    EarlyRelease,
    Excuse,
    Observation,
    Sample,
    assess_release,
    due_tests,
    plan_course,
)
from lazaretto.protocols.rules.localtime import start_of_day
from lazaretto.protocols.rules.sampling import NEGATIVE, PENDING, POSITIVE, RESULTS, VOID
from lazaretto.protocols.tests.material import (
    contact,
    course_of,
    day,
    edition,
    every_test_negative,
    local,
    negative,
    well,
)
from lazaretto.protocols.tests.test_course_of_a_stay import CODES, stays

NOON_14 = local(14, 12)


def open_codes(assessment):
    return [(criterion.code, criterion.subject, criterion.missing) for criterion in assessment.open_criteria]


def assess(course, at, samples=None, **more):
    samples = every_test_negative(course) if samples is None else samples
    return assess_release(course, at=at, samples=samples, observations=more.pop("observations", well(at)), **more)


def without(samples, key):
    return tuple(sample for sample in samples if not sample.id.startswith(f"{key}/"))


def test_with_days_served_and_tests_negative_somebody_may_go_and_the_evidence_is_named():
    assessment = assess(course_of("cn-plan-7"), NOON_14)

    assert assessment.may_release
    assert [criterion.evidence for criterion in assessment.criteria if criterion.code == "test_negative"] == [
        ("central-1/0",),
        ("central-4/0",),
        ("central-7/0",),
        ("central-14/0",),
    ]


def test_before_the_hour_of_the_last_day_the_days_are_missing():
    at = local(14, 7, 59)
    assessment = assess(course_of("cn-plan-7"), at, every_test_negative(course_of("cn-plan-7"))[:3])

    assert ("days_served", "", "days_left") in open_codes(assessment)
    assert assessment.due_at == local(14, 8)


def test_a_test_that_was_not_taken_is_named_and_says_when_it_can_be():
    course = course_of("cn-plan-7")
    assessment = assess(course, NOON_14, without(every_test_negative(course), "central-14"))

    assert open_codes(assessment) == [("test_negative", "central-14", "not_sampled")]
    assert assessment.earliest_at == local(14, 0)


@pytest.mark.parametrize(
    ("result", "missing"), [(PENDING, "result_pending"), (VOID, "result_void"), (POSITIVE, "result_positive")]
)
def test_a_result_that_is_no_negative_is_named(result, missing):
    course = course_of("cn-plan-7")
    last = Sample(id="last", taken_at=local(14, 9), result=result)
    assessment = assess(course, NOON_14, (*without(every_test_negative(course), "central-14"), last))

    assert ("test_negative", "central-14", missing) in open_codes(assessment)
    assert next(c for c in assessment.criteria if c.subject == "central-14").evidence == ("last",)


def test_a_positive_is_never_waived():
    course = course_of("cn-plan-7")
    bad = Sample(id="bad", taken_at=local(9, 9), result=POSITIVE)
    early = EarlyRelease(ground="order_lifted", approved_by="approver 7", approved_at=local(10, 9))
    assessment = assess(course, local(10, 12), (*every_test_negative(course), bad), early=early)

    assert open_codes(assessment) == [("no_positive", "", "result_positive")]
    assert assessment.earliest_at is None


def test_a_missed_test_is_made_up_by_a_sample_of_its_own():
    course = course_of("cn-plan-7")
    rest = without(every_test_negative(course), "central-4")

    assert open_codes(assess(course, NOON_14, rest)) == [("test_negative", "central-4", "not_sampled")]
    made_up = assess(course, NOON_14, (*rest, negative("extra", local(6, 9))))
    assert made_up.may_release
    assert next(c for c in made_up.criteria if c.subject == "central-4").remark == "taken_late"


def test_a_missed_test_can_be_excused_by_name_but_a_release_test_cannot():
    course = course_of("cn-plan-7")
    samples = without(without(every_test_negative(course), "central-4"), "central-14")
    excuses = [Excuse(test_key=key, by="medic 3", reason="nosebleed") for key in ("central-4", "central-14")]
    assessment = assess(course, NOON_14, samples, excuses=excuses)

    assert open_codes(assessment) == [("test_negative", "central-14", "not_sampled")]
    assert next(c for c in assessment.criteria if c.subject == "central-4").evidence == ("medic 3",)


def test_plan_8_wants_two_swabs_by_different_reagents():
    course = course_of("cn-plan-8")
    samples = without(every_test_negative(course), "central-14")
    one = (*samples, negative("one", local(14, 7)))
    alike = (*one, negative("two", local(14, 7)))
    two = (*one, negative("two", local(14, 7), reagent="B"))

    assert open_codes(assess(course, NOON_14, one, setting="central")) == [
        ("test_negative", "central-14", "more_samples")
    ]
    assert open_codes(assess(course, NOON_14, alike, setting="central")) == [
        ("test_negative", "central-14", "samples_alike")
    ]
    allowed = assess(course, NOON_14, two, setting="central")
    assert allowed.may_release
    assert next(c for c in allowed.criteria if c.subject == "central-14").remark == "same_lab"


def test_release_from_the_central_site_does_not_wait_for_the_days_at_home():
    course = course_of("cn-plan-8")

    assert assess(course, NOON_14, setting="central").may_release
    assert not assess(course, NOON_14).may_release


@pytest.mark.parametrize(
    ("seen", "missing"),
    [
        (Observation(id="o", at=local(14, 7), temperature=Decimal("37.3")), "fever"),
        (Observation(id="o", at=local(14, 7), symptoms=True), "symptoms"),
    ],
)
def test_fever_or_symptoms_on_the_last_day_hold_somebody_back_for_a_day(seen, missing):
    assessment = assess(course_of("cn-plan-7"), NOON_14, observations=(seen,))

    assert open_codes(assessment) == [("symptom_free", "", missing)]
    assert assessment.earliest_at == local(15, 7)


def test_somebody_nobody_has_looked_at_for_a_day_is_checked_first():
    assessment = assess(course_of("cn-plan-7"), NOON_14, observations=())

    assert open_codes(assessment) == [("health_checked", "", "not_checked")]


def test_an_extension_moves_the_day_of_release():
    course = course_of("cn-plan-7", contact(extended_until=local(16, 8)))
    assessment = assess(course, NOON_14)

    assert open_codes(assessment) == [("extension_over", "", "extension_running")]
    assert (assessment.due_at, course.overdue_at) == (local(16, 8), local(16, 8))
    assert assess(course, local(16, 9)).may_release


def test_an_early_release_needs_a_ground_of_the_pack_and_a_name():
    course, at = course_of("cn-plan-7"), local(5, 12)
    refuted = EarlyRelease(ground="exposure_refuted", approved_by="approver 7", approved_at=local(5, 11))

    assert assess(course, at, (), early=refuted).early_by == "exposure_refuted"
    assert assess(course, at, (), early=refuted).may_release
    for ground, name in [("friendship", "approver 7"), ("exposure_refuted", " ")]:
        decision = EarlyRelease(ground=ground, approved_by=name, approved_at=local(5, 11))
        assert not assess(course, at, (), early=decision).may_release


def test_the_generic_pack_shortens_by_a_negative_test_on_day_7_or_without_one_on_day_10():
    course = course_of("who-contacts")
    sample = negative("day 7", local(7, 7))

    assert not assess(course, local(7, 12), ()).may_release
    assert assess(course, local(7, 12), (sample,)).early_by == "negative_test_day_7"
    assert not assess(course, local(6, 12), (negative("day 6", local(6, 7)),)).may_release
    assert assess(course, local(10, 12), ()).early_by == "symptom_free_day_10"


def test_under_the_ten_measures_a_case_goes_home_free_with_weak_positives_on_days_6_and_7():
    course = course_of("cn-measures-10", contact("case"))
    weak = [
        Sample(id=f"{n}", taken_at=local(n, 7), result=POSITIVE, ct=Decimal(ct))
        for n, ct in ((1, 21), (6, 35), (7, 36))
    ]

    assert assess(course, local(7, 12), weak).may_release
    strong = [*weak[:2], Sample(id="7", taken_at=local(7, 7), result=POSITIVE, ct=Decimal(30))]
    assert ("no_positive", "", "result_positive") in open_codes(assess(course, local(7, 12), strong))


def test_after_a_change_of_edition_the_new_criteria_count():
    course = plan_course(contact(), (edition("cn-plan-8"), edition("cn-plan-9", day(9))))
    samples = [negative(f"{n}", local(n, 7)) for n in (1, 4, 7)]

    assessment = assess(course, local(9, 12), samples, setting="central")
    assert assessment.may_release


def result_lists(course):
    """Any results at about the times of the stay."""
    moments = st.integers(-24, 24 * 40).map(lambda hours: course.ends_at + timedelta(hours=hours - 24 * 30))
    samples = st.builds(
        Sample,
        id=st.uuids().map(str),
        taken_at=moments,
        result=st.sampled_from(RESULTS),
        reagent=st.sampled_from(["A", "B", ""]),
        lab=st.sampled_from(["1", "2"]),
    )
    return st.lists(samples, max_size=8, unique_by=lambda sample: sample.id)


@given(st.data(), stays(), st.sampled_from(CODES), st.integers(-24 * 30, 24 * 10))
def test_nobody_is_released_before_the_end_or_without_every_test_unless_early_by_rule(data, facts, code, hours):
    course = course_of(code, facts)
    at = course.ends_at + timedelta(hours=hours)
    drawn = data.draw(result_lists(course))
    complete = data.draw(st.booleans())
    samples = [*drawn, *(every_test_negative(course) if complete else ())]
    assessment = assess(course, at, samples)
    told = [sample for sample in samples if sample.taken_at <= at]

    assert assessment.may_release == (not assessment.open_criteria)
    if assessment.may_release and not assessment.early_by:
        assert at >= course.release_due_at
        assert sum(sample.result == NEGATIVE for sample in told) >= len(due_tests(course))
    if assessment.may_release:
        since = start_of_day(facts.clock_start, facts.zone)
        assert not any(sample.result == POSITIVE and sample.taken_at >= since for sample in told)


@given(st.data(), stays(), st.sampled_from(CODES))
def test_every_sample_is_evidence_for_one_test_at_most_whatever_order_it_came_in(data, facts, code):
    course = course_of(code, facts)
    samples = data.draw(result_lists(course))
    at = course.ends_at + timedelta(days=12)
    first = assess(course, at, samples)
    shuffled = assess(course, at, data.draw(st.permutations(samples)))
    used = [name for c in first.criteria if c.code == "test_negative" and c.satisfied for name in c.evidence]

    assert first == shuffled
    assert len(used) == len(set(used))


@given(stays(), st.sampled_from(CODES), st.integers(0, 24 * 10))
def test_with_everything_in_order_somebody_may_go_from_the_end_on(facts, code, hours):
    course = course_of(code, facts)
    late = max(due.closes_at for due in due_tests(course)) if due_tests(course) else course.ends_at
    at = max(course.ends_at, late) + timedelta(hours=hours)

    assert open_codes(assess(course, at)) == []
