"""Which tests are due in a stay, and which sample answers which test.

Sources: test days of the packs; release tests by two reagents and laboratories (plan 8); a test missed before the
person was under observation is taken on the first day of it; a missed test is made up by a sample of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from lazaretto.protocols.rules.course import Course, Day, Stretch
from lazaretto.protocols.rules.localtime import end_of_day, start_of_day
from lazaretto.protocols.rules.pack import NOT_ASKED, REQUIRED, Phase, ReleaseTest

SCHEDULED: Final = "scheduled"
ENTRY: Final = "entry"
RELEASE: Final = "release"

NEGATIVE: Final = "negative"
POSITIVE: Final = "positive"
PENDING: Final = "pending"
VOID: Final = "void"
RESULTS: Final = (NEGATIVE, POSITIVE, PENDING, VOID)

ONE_SAMPLE: Final = ReleaseTest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTest:
    """One test of a stay. To be sampled on the local date `due_on`, between two UTC instants.

    `key` names it within the stay, e.g. `central-14`. A sample before `opens_at` does not count, one after
    `closes_at` is late but counts.
    """

    key: str
    setting: str
    day: int
    due_on: date
    opens_at: datetime
    closes_at: datetime
    purpose: str
    specimen: str = ""
    release: ReleaseTest = ONE_SAMPLE
    ct_at_least: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample and its result: negative, positive, pending (no result yet) or void (lost, invalid, refuted)."""

    id: str
    taken_at: datetime
    result: str
    reagent: str = ""
    lab: str = ""
    ct: Decimal | None = None


def due_tests(course: Course) -> tuple[DueTest, ...]:
    """All tests of the stay in order of date, one a date and phase; none for days that another place answers for."""
    found: list[DueTest] = []
    for n, stretch in enumerate(course.stretches):
        found += _scheduled(course, stretch, first=n == 0)
        if n:
            found = _with_release_tests_of(course, stretch, found)
    return tuple(sorted(_from_first_day_here(course, found), key=lambda due: (due.due_on, due.key)))


def answered_by(due: DueTest, sample: Sample) -> bool:
    """Whether a sample's result is negative in the sense of the test (a high enough Ct value counts, if so ruled)."""
    if sample.taken_at < due.opens_at:
        return False
    weak = due.ct_at_least is not None and sample.ct is not None and sample.ct >= due.ct_at_least
    return sample.result == NEGATIVE or (sample.result == POSITIVE and weak)


def match_samples(dues: Sequence[DueTest], samples: Iterable[Sample]) -> dict[str, tuple[Sample, ...]]:
    """Which negative samples answer which test, by the test's key; every sample answers one test at most.

    First each test takes a sample of its own day, then release tests take what they need, then samples that are left
    make up for missed tests, the oldest first.
    """
    free = sorted(samples, key=lambda sample: (sample.taken_at, sample.id))
    answers: dict[str, tuple[Sample, ...]] = {}
    for step in (_on_the_day, _for_release, _made_up):
        for due in dues:
            if due.key not in answers and (found := step(due, free)):
                answers[due.key] = found
                free = [sample for sample in free if sample not in found]
    return answers


def meets_release(due: DueTest, chosen: Sequence[Sample]) -> bool:
    """Whether the samples differ in reagent and laboratory and lie apart as the release test demands."""
    rule = due.release
    reagents = {sample.reagent for sample in chosen}
    labs = {sample.lab for sample in chosen}
    if rule.different_reagents == REQUIRED and ("" in reagents or len(reagents) < len(chosen)):
        return False
    if rule.different_labs == REQUIRED and ("" in labs or len(labs) < len(chosen)):
        return False
    apart = timedelta(hours=rule.hours_between)
    return all(b.taken_at - a.taken_at >= apart for a, b in pairwise(chosen))


def _on_the_day(due: DueTest, free: Sequence[Sample]) -> tuple[Sample, ...]:
    if due.purpose == RELEASE:
        return ()
    midnight = due.closes_at
    return tuple(s for s in free if answered_by(due, s) and s.taken_at < midnight)[:1]


def _for_release(due: DueTest, free: Sequence[Sample]) -> tuple[Sample, ...]:
    if due.purpose != RELEASE:
        return ()
    usable = [sample for sample in free if answered_by(due, sample)]
    fitting = [chosen for chosen in combinations(usable, due.release.samples) if meets_release(due, chosen)]
    return max(fitting, key=lambda chosen: _preference(due.release, chosen), default=())


def _made_up(due: DueTest, free: Sequence[Sample]) -> tuple[Sample, ...]:
    if due.purpose == RELEASE:
        return ()
    return tuple(sample for sample in free if answered_by(due, sample))[:1]


def _preference(rule: ReleaseTest, chosen: Sequence[Sample]) -> tuple[int, int]:
    labs = len({sample.lab for sample in chosen}) if rule.different_labs != NOT_ASKED else 0
    reagents = len({sample.reagent for sample in chosen}) if rule.different_reagents != NOT_ASKED else 0
    return labs, reagents


def _scheduled(course: Course, stretch: Stretch, *, first: bool) -> list[DueTest]:
    phases = stretch.rule.phases
    return [
        _due(course, day, phases[day.phase], day.on)
        for day in stretch.layout
        if day.number_in_phase in phases[day.phase].tests
        and (first or stretch.from_on <= day.on)
        and (stretch.until_on is None or day.on < stretch.until_on)
    ]


def _due(course: Course, day: Day, phase: Phase, on: date) -> DueTest:
    zone = course.facts.zone
    last = day.number_in_phase == phase.tests[-1]
    release = phase.release if last and phase.release else ONE_SAMPLE
    return DueTest(
        key=f"{phase.setting}-{day.number_in_phase}",
        setting=phase.setting,
        day=day.number_in_phase,
        due_on=on,
        opens_at=start_of_day(min(on, day.on) - timedelta(days=release.early_days), zone),
        closes_at=end_of_day(on, zone),
        purpose=RELEASE if last and phase.release else SCHEDULED,
        specimen=phase.specimen,
        release=release,
        ct_at_least=phase.ct_at_least,
    )


def _with_release_tests_of(course: Course, stretch: Stretch, found: list[DueTest]) -> list[DueTest]:
    """An edition that takes over after the day of its own release test still wants one before it lets go: the last
    test of the phase under the old edition, if it fell on that day or later, else one on the day it came into force."""
    for index, phase in enumerate(stretch.rule.phases):
        end = course.phase_end(phase.setting)
        if not phase.release or not end or end.last_on != stretch.from_on:
            continue
        nominal = next(d for d in stretch.layout if d.phase == index and d.number_in_phase == phase.tests[-1])
        if nominal.on < stretch.from_on:
            carried = _due(course, nominal, phase, stretch.from_on)
            since = [due for due in found if due.setting == phase.setting and nominal.on <= due.due_on]
            if since:
                carried = _in_place_of(since[-1], carried)
            found = [due for due in found if due not in since[-1:] and due.key != carried.key] + [carried]
    return found


def _in_place_of(old: DueTest, carried: DueTest) -> DueTest:
    return replace(carried, key=old.key, day=old.day, due_on=old.due_on, closes_at=old.closes_at)


def _from_first_day_here(course: Course, found: Sequence[DueTest]) -> list[DueTest]:
    """Tests of days before observation began here fall on its first day, as one."""
    facts = course.facts
    here = [period.first_on for period in facts.served if not period.elsewhere]
    first_on = min(here, default=facts.started_on)
    owed = [d for d in found if d.due_on < first_on and not _answered_elsewhere(course, d)]
    kept = [d for d in found if d.due_on >= first_on and not _answered_elsewhere(course, d)]
    if owed and not any(due.due_on == first_on for due in kept):
        kept.append(_on_entry(owed[-1], first_on, facts.zone))
    return kept


def _answered_elsewhere(course: Course, due: DueTest) -> bool:
    return any(period.elsewhere and period.covers(due.due_on) for period in course.facts.served)


def _on_entry(owed: DueTest, on: date, zone: ZoneInfo) -> DueTest:
    purpose = RELEASE if owed.purpose == RELEASE else ENTRY
    opens = min(owed.opens_at, start_of_day(on, zone))
    return replace(
        owed, key=f"{owed.setting}-{ENTRY}", due_on=on, purpose=purpose, opens_at=opens, closes_at=end_of_day(on, zone)
    )
