"""May this person be released now, and if not, why: every criterion with its evidence and what is missing.

Sources: the days are served, the tests of the pack are negative, no symptoms (期满无异常); early release only on a
ground or by an option that the pack names; promise 2 (nobody is held longer than the order says).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from lazaretto.protocols.rules.course import Course
from lazaretto.protocols.rules.localtime import ONE_DAY, instant, local_date, start_of_day
from lazaretto.protocols.rules.pack import LATER_NEGATIVE, LATEST_POSITIVE, NOT_ASKED, EarlyOption
from lazaretto.protocols.rules.sampling import (
    NEGATIVE,
    PENDING,
    POSITIVE,
    RELEASE,
    VOID,
    DueTest,
    Sample,
    answered_by,
    due_tests,
    match_samples,
)

# Codes of criteria.
DAYS_SERVED: Final = "days_served"
EXTENSION_OVER: Final = "extension_over"
TEST_NEGATIVE: Final = "test_negative"
NO_POSITIVE: Final = "no_positive"
SYMPTOM_FREE: Final = "symptom_free"
HEALTH_CHECKED: Final = "health_checked"
CRITERIA: Final = (DAYS_SERVED, EXTENSION_OVER, TEST_NEGATIVE, NO_POSITIVE, SYMPTOM_FREE, HEALTH_CHECKED)

# Codes of what is missing.
DAYS_LEFT: Final = "days_left"
EXTENSION_RUNNING: Final = "extension_running"
NOT_YET_DUE: Final = "not_yet_due"
NOT_SAMPLED: Final = "not_sampled"
MORE_SAMPLES: Final = "more_samples"
RESULT_PENDING: Final = "result_pending"
RESULT_VOID: Final = "result_void"
RESULT_POSITIVE: Final = "result_positive"
SAMPLES_ALIKE: Final = "samples_alike"
FEVER: Final = "fever"
SYMPTOMS: Final = "symptoms"
NOT_CHECKED: Final = "not_checked"
MISSING: Final = (
    DAYS_LEFT,
    EXTENSION_RUNNING,
    NOT_YET_DUE,
    NOT_SAMPLED,
    MORE_SAMPLES,
    RESULT_PENDING,
    RESULT_VOID,
    RESULT_POSITIVE,
    SAMPLES_ALIKE,
    FEVER,
    SYMPTOMS,
    NOT_CHECKED,
)

# Remarks: satisfied, but worth a look.
SAME_LAB: Final = "same_lab"
SAME_REAGENT: Final = "same_reagent"
TAKEN_LATE: Final = "taken_late"
EXCUSED: Final = "excused"
WAIVED: Final = "waived"
REMARKS: Final = (SAME_LAB, SAME_REAGENT, TAKEN_LATE, EXCUSED, WAIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One check: temperature in °C where taken, and whether symptoms were reported."""

    id: str
    at: datetime
    temperature: Decimal | None = None
    symptoms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """A scheduled test that somebody excused this person from, by name and with a reason. Release tests cannot be."""

    test_key: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyRelease:
    """A decision to let go before the end: a ground that the pack names, who decided and when."""

    ground: str
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One condition of release. `evidence` holds ids of samples or checks (or names of those who decided);
    `earliest_at` is a lower bound for when it can be met, None when nobody can say."""

    code: str
    satisfied: bool
    subject: str = ""
    evidence: tuple[str, ...] = ()
    missing: str = ""
    remark: str = ""
    earliest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer. `due_at`: when release falls due; `earliest_at`: not before this, None when nobody can say;
    `early_by`: the ground or option by which the person goes before the end, else empty."""

    may_release: bool
    criteria: tuple[Criterion, ...]
    due_at: datetime
    earliest_at: datetime | None
    early_by: str

    @property
    def open_criteria(self) -> tuple[Criterion, ...]:
        """What stands in the way."""
        return tuple(criterion for criterion in self.criteria if not criterion.satisfied)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """Everything one assessment looks at, nothing later than `at`."""

    course: Course
    at: datetime
    ends_at: datetime
    due_at: datetime
    dues: tuple[DueTest, ...]
    samples: tuple[Sample, ...]
    observations: tuple[Observation, ...]
    excuses: dict[str, Excuse]
    early_by: str
    early_evidence: tuple[str, ...]


def assess_release(
    course: Course,
    *,
    at: datetime,
    setting: str = "",
    samples: Sequence[Sample] = (),
    observations: Sequence[Observation] = (),
    excuses: Sequence[Excuse] = (),
    early: EarlyRelease | None = None,
) -> Assessment:
    """Whether the person may be released at `at` from one setting (`central`, …), or from the whole stay when none
    is named; each criterion with its evidence. Samples and checks later than `at` are not looked at."""
    case = _case(course, at, setting, samples, observations, excuses, early)
    answers = match_samples(case.dues, case.samples)
    criteria = (
        _days_served(case),
        *_extension_over(case),
        *(_test_negative(case, due, answers.get(due.key, ())) for due in case.dues),
        _no_positive(case),
        *_health(case),
    )
    waiting = [criterion.earliest_at for criterion in criteria if not criterion.satisfied]
    known = [moment for moment in waiting if moment is not None]
    return Assessment(
        may_release=not waiting,
        criteria=criteria,
        due_at=case.due_at,
        earliest_at=None if len(known) < len(waiting) else max(known, default=at),
        early_by=case.early_by,
    )


def _case(
    course: Course,
    at: datetime,
    setting: str,
    samples: Sequence[Sample],
    observations: Sequence[Observation],
    excuses: Sequence[Excuse],
    early: EarlyRelease | None,
) -> _Case:
    end = course.phase_end(setting) if setting else None
    ends_at = end.ends_at if end else course.ends_at
    extended = course.facts.extended_until
    first = start_of_day(course.facts.clock_start, course.facts.zone)
    taken = sorted((s for s in samples if first <= s.taken_at <= at), key=lambda s: (s.taken_at, s.id))
    seen = sorted((o for o in observations if o.at <= at), key=lambda o: (o.at, o.id))
    early_by, evidence = _early(course, at, ends_at, taken, early)
    return _Case(
        course=course,
        at=at,
        ends_at=ends_at,
        due_at=max(ends_at, extended) if extended else ends_at,
        dues=tuple(due for due in due_tests(course) if not setting or due.setting == setting),
        samples=tuple(taken),
        observations=tuple(seen),
        excuses={excuse.test_key: excuse for excuse in excuses if excuse.by.strip() and excuse.reason.strip()},
        early_by=early_by,
        early_evidence=evidence,
    )


def _early(
    course: Course, at: datetime, ends_at: datetime, samples: Sequence[Sample], early: EarlyRelease | None
) -> tuple[str, tuple[str, ...]]:
    """The ground or option of the pack on which this person may go before the end, with its evidence.

    An option asks for no decision, but an approved extension stands against it.
    """
    if early and early.ground in course.rule.early_grounds and early.approved_by.strip() and early.approved_at <= at:
        return early.ground, (early.approved_by,)
    for option in course.rule.early_options if at < ends_at and not course.facts.extended_until else ():
        from_at = _option_from(course, option)
        tested = _option_samples(course, option, samples)
        if from_at and from_at <= at and (tested or not option.negative_from_day):
            return option.code, tuple(sample.id for sample in tested)
    return "", ()


def _option_from(course: Course, option: EarlyOption) -> datetime | None:
    day = next((day for day in course.days if day.number == option.from_day), None)
    return instant(day.on, course.pack.release_time, course.facts.zone) if day else None


def _option_samples(course: Course, option: EarlyOption, samples: Sequence[Sample]) -> tuple[Sample, ...]:
    day = next((day for day in course.days if day.number == option.negative_from_day), None)
    since = start_of_day(day.on, course.facts.zone) if day else None
    return tuple(s for s in samples if since and s.taken_at >= since and s.result == NEGATIVE)


def _days_served(case: _Case) -> Criterion:
    if case.early_by:
        return Criterion(
            code=DAYS_SERVED, satisfied=True, subject=case.early_by, evidence=case.early_evidence, remark=WAIVED
        )
    served = case.ends_at <= case.at
    return Criterion(code=DAYS_SERVED, satisfied=served, missing="" if served else DAYS_LEFT, earliest_at=case.ends_at)


def _extension_over(case: _Case) -> tuple[Criterion, ...]:
    extended = case.course.facts.extended_until
    if extended is None:
        return ()
    over = extended <= case.at or bool(case.early_by)
    missing = "" if over else EXTENSION_RUNNING
    return (Criterion(code=EXTENSION_OVER, satisfied=over, missing=missing, earliest_at=extended),)


def _test_negative(case: _Case, due: DueTest, answer: Sequence[Sample]) -> Criterion:
    if answer:
        return _answered(due, answer)
    later = [s for s in case.samples if answered_by(due, s)]
    if later and case.course.rule.missed_test == LATER_NEGATIVE and due.purpose != RELEASE:
        return _answered(due, later[:1])
    if due.key in case.excuses and due.purpose != RELEASE:
        by = case.excuses[due.key].by
        return Criterion(code=TEST_NEGATIVE, satisfied=True, subject=due.key, evidence=(by,), remark=EXCUSED)
    if _waived(case, due):
        return Criterion(
            code=TEST_NEGATIVE, satisfied=True, subject=due.key, evidence=case.early_evidence, remark=WAIVED
        )
    missing, evidence = _why_unanswered(case, due, later)
    return Criterion(
        code=TEST_NEGATIVE,
        satisfied=False,
        subject=due.key,
        evidence=evidence,
        missing=missing,
        earliest_at=due.opens_at,
    )


def _waived(case: _Case, due: DueTest) -> bool:
    """A decided early release waives every test, an option of the pack those of days that have not come."""
    if not case.early_by:
        return False
    decided = case.early_by in case.course.rule.early_grounds
    return decided or due.due_on > local_date(case.at, case.course.facts.zone)


def _answered(due: DueTest, answer: Sequence[Sample]) -> Criterion:
    remark = TAKEN_LATE if max(sample.taken_at for sample in answer) >= due.closes_at else ""
    if len({sample.reagent for sample in answer}) < len(answer) and due.release.different_reagents != NOT_ASKED:
        remark = SAME_REAGENT
    if len({sample.lab for sample in answer}) < len(answer) and due.release.different_labs != NOT_ASKED:
        remark = SAME_LAB
    ids = tuple(sample.id for sample in answer)
    return Criterion(code=TEST_NEGATIVE, satisfied=True, subject=due.key, evidence=ids, remark=remark)


def _why_unanswered(case: _Case, due: DueTest, negative: Sequence[Sample]) -> tuple[str, tuple[str, ...]]:
    """The nearest thing to an answer: samples of the test's days that are pending, positive, void, or too few."""
    mine = [s for s in case.samples if due.opens_at <= s.taken_at and (s.taken_at < due.closes_at or s in negative)]
    for result, missing in ((POSITIVE, RESULT_POSITIVE), (PENDING, RESULT_PENDING)):
        found = tuple(sample.id for sample in mine if sample.result == result and sample not in negative)
        if found:
            return missing, found
    if due.purpose == RELEASE and negative:
        enough = len(negative) >= due.release.samples
        return SAMPLES_ALIKE if enough else MORE_SAMPLES, tuple(sample.id for sample in negative)
    void = tuple(sample.id for sample in mine if sample.result == VOID)
    if void:
        return RESULT_VOID, void
    not_yet = local_date(case.at, case.course.facts.zone) + ONE_DAY <= due.due_on
    return NOT_YET_DUE if not_yet else NOT_SAMPLED, ()


def _no_positive(case: _Case) -> Criterion:
    """No positive result that still stands. Never waived: a positive opens another path, not the door."""
    thresholds = [due.ct_at_least for due in case.dues if due.ct_at_least is not None]
    weak_from = min(thresholds, default=None)
    told = sorted((s for s in case.samples if s.result in {POSITIVE, NEGATIVE}), key=lambda s: (s.taken_at, s.id))
    strong = [s for s in told if s.result == POSITIVE and (weak_from is None or s.ct is None or s.ct < weak_from)]
    if case.course.rule.positive_blocks == LATEST_POSITIVE and told:
        strong = [sample for sample in strong if sample.taken_at == told[-1].taken_at]
    ids = tuple(sample.id for sample in strong)
    return Criterion(code=NO_POSITIVE, satisfied=not strong, evidence=ids, missing=RESULT_POSITIVE if strong else "")


def _health(case: _Case) -> tuple[Criterion, ...]:
    rule = case.course.rule
    window = timedelta(hours=rule.symptom_free_hours)
    ill = [o for o in case.observations if o.at > case.at - window and (o.symptoms or _fever(case, o))]
    fever = any(_fever(case, seen) for seen in ill)
    seen = [o for o in case.observations if o.at > case.at - timedelta(hours=rule.checked_within_hours)]
    free = Criterion(
        code=SYMPTOM_FREE,
        satisfied=not ill,
        evidence=tuple(o.id for o in ill),
        missing="" if not ill else FEVER if fever else SYMPTOMS,
        earliest_at=max((o.at for o in ill), default=case.at) + window,
    )
    checked = Criterion(
        code=HEALTH_CHECKED,
        satisfied=bool(seen),
        evidence=tuple(o.id for o in seen),
        missing="" if seen else NOT_CHECKED,
        earliest_at=case.at,
    )
    return (*((free,) if rule.symptom_free_hours else ()), *((checked,) if rule.checked_within_hours else ()))


def _fever(case: _Case, seen: Observation) -> bool:
    return seen.temperature is not None and seen.temperature >= case.course.rule.fever_from
