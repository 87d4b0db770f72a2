"""The course of one stay: which dates count as which day, when each phase ends, and what a change of edition does.

Sources: the clock runs from last exposure and days served elsewhere count; missing days are made up (缺几天补几天);
edition changes by the written transition rule of the edition that begins (see the packs).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from lazaretto.protocols.rules.adoption import Edition
from lazaretto.protocols.rules.localtime import ONE_DAY, end_of_day, instant, start_of_day
from lazaretto.protocols.rules.pack import (
    COUNT_ELAPSED,
    NEW_APPLIES,
    SETTINGS,
    SHORTER_APPLIES,
    CategoryRule,
    Pack,
    Phase,
)

ANY_SETTING = ""


class CategoryNotIsolated(LookupError):
    """The edition in force when the stay began isolates nobody of this category."""

    def __init__(self, category: str, pack: Pack) -> None:
        self.category = category
        self.pack = pack
        super().__init__(f"{pack.key} does not isolate {category}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Local dates, both included, spent in isolation in one setting; `last_on` None: still there.

    `elsewhere`: under the care of another place, which answers for the tests of those days.
    """

    setting: str
    first_on: date
    last_on: date | None = None
    elsewhere: bool = False
    evidence: str = ""

    def covers(self, on: date) -> bool:
        """Whether the date was spent there."""
        return self.first_on <= on and (self.last_on is None or on <= self.last_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Local dates, both included, that were not spent in isolation and are to be made up; with who says so."""

    first_on: date
    last_on: date
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StayFacts:
    """What is known of one person's stay; all dates are dates of the site's `zone`.

    `clock_start` is day 0: the date of last exposure, of entry or of diagnosis, as the category's rule says.
    `started_on` is the first date under the order; it decides which edition the stay began under.
    """

    category: str
    clock_start: date
    started_on: date
    zone: ZoneInfo
    served: tuple[Served, ...] = ()
    absences: tuple[Absence, ...] = ()
    extended_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One date that counts: its number in the stay and in its phase, both from 1."""

    on: date
    number: int
    phase: int
    number_in_phase: int
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEnd:
    """When the days in one setting are complete: on that date, at that instant (UTC) at the earliest."""

    setting: str
    last_on: date
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionChange:
    """A change of edition during the stay: the written rule, whether it changed this stay, and the ends compared."""

    on: date
    before: str
    after: str
    transition: str
    applied: bool
    end_before: datetime
    end_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The part of a stay under one edition, with the whole stay as that edition would lay it out."""

    from_on: date
    until_on: date | None
    pack: Pack
    rule: CategoryRule
    layout: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The plan of one stay. `ends_at` (UTC) is when release falls due by the rules, without any extension."""

    facts: StayFacts
    stretches: tuple[Stretch, ...]
    days: tuple[Day, ...]
    phases: tuple[PhaseEnd, ...]
    changes: tuple[EditionChange, ...]
    ends_on: date
    ends_at: datetime

    @property
    def pack(self) -> Pack:
        """The pack that governs the end of the stay."""
        return self.stretches[-1].pack

    @property
    def rule(self) -> CategoryRule:
        """The rule that governs the end of the stay."""
        return self.stretches[-1].rule

    @property
    def release_due_at(self) -> datetime:
        """The end by the rules, or the end of an extension when that is later (UTC)."""
        extended = self.facts.extended_until
        return max(self.ends_at, extended) if extended else self.ends_at

    @property
    def overdue_at(self) -> datetime:
        """When a release that has not happened is overdue: at the end of the last day, or of an extension (UTC)."""
        extended = self.facts.extended_until
        day_over = end_of_day(self.ends_on, self.facts.zone)
        return max(day_over, extended) if extended else day_over

    def stretch_on(self, on: date) -> Stretch:
        """The edition that governs a date."""
        return next((s for s in reversed(self.stretches) if s.from_on <= on), self.stretches[0])

    def day_on(self, on: date) -> Day | None:
        """Which day of the stay a date is; None for day 0, for a date not served and after the end."""
        return next((day for day in self.days if day.on == on), None)

    def phase_end(self, setting: str) -> PhaseEnd | None:
        """When the days in a setting are complete; None when the stay has none in that setting."""
        return next((phase for phase in self.phases if phase.setting == setting), None)


def plan_course(facts: StayFacts, editions: Sequence[Edition]) -> Course:
    """The plan of a stay under the editions in force from its first date on (see `adoption.editions`).

    Raises CategoryNotIsolated when the first of them isolates nobody of the category.
    """
    stretches, changes = [_stretch(facts, editions[0])], list[EditionChange]()
    if not stretches[0].layout:
        raise CategoryNotIsolated(facts.category, editions[0].pack)
    phases = _phase_ends(facts, stretches)
    for edition in editions[1:]:
        if edition.from_on > max(phase.last_on for phase in phases):
            break
        change, stretch = _compare(facts, phases, stretches[-1], edition)
        changes.append(change)
        if change.applied:
            stretches = [*stretches[:-1], _cut(stretches[-1], edition.from_on), stretch]
            phases = _phase_ends(facts, stretches)
    return Course(
        facts=facts,
        stretches=tuple(stretches),
        days=tuple(_days(stretches)),
        phases=phases,
        changes=tuple(changes),
        ends_on=max(phase.last_on for phase in phases),
        ends_at=max(phase.ends_at for phase in phases),
    )


def layout(facts: StayFacts, rule: CategoryRule) -> tuple[Day, ...]:
    """The dates that count under one rule, in order, as far as the rule asks for days.

    Days after the last known period are presumed served where the rule wants them; so is an open period.
    """
    missing = [phase.days for phase in rule.phases]
    days: list[Day] = []
    for offset in count(1):
        if not any(missing):
            break
        on = facts.clock_start + timedelta(days=offset)
        phase = _fillable(missing, rule.phases, _spent(facts, rule, on))
        if phase is not None:
            missing[phase] -= 1
            within = rule.phases[phase].days - missing[phase]
            setting = rule.phases[phase].setting
            days.append(Day(on=on, number=len(days) + 1, phase=phase, number_in_phase=within, setting=setting))
    return tuple(days)


def _spent(facts: StayFacts, rule: CategoryRule, on: date) -> str | None:
    """The setting in which a date was served, ANY_SETTING when it fits each, None when it does not count."""
    if any(gap.first_on <= on <= gap.last_on for gap in facts.absences):
        return None
    if rule.counts == COUNT_ELAPSED or on >= _presumed_from(facts):
        return ANY_SETTING
    there = [SETTINGS.index(period.setting) for period in facts.served if period.covers(on)]
    return SETTINGS[min(there)] if there else None


def _presumed_from(facts: StayFacts) -> date:
    """From here on days are presumed served as the rule wants them: the open period, else after the last known one."""
    still_there = [period.first_on for period in facts.served if period.last_on is None]
    if still_there:
        return min(still_there)
    ended = [period.last_on + ONE_DAY for period in facts.served if period.last_on]
    return max(ended, default=facts.started_on)


def _fillable(missing: Sequence[int], phases: Sequence[Phase], spent: str | None) -> int | None:
    """The first phase that still wants days and is not stricter than where the day was served."""
    if spent is None:
        return None
    strictness = SETTINGS.index(spent) if spent else 0
    wanted = (n for n, days in enumerate(missing) if days and SETTINGS.index(phases[n].setting) >= strictness)
    return next(wanted, None)


def _stretch(facts: StayFacts, edition: Edition) -> Stretch:
    rule = edition.pack.rule(facts.category)
    return Stretch(from_on=edition.from_on, until_on=None, pack=edition.pack, rule=rule, layout=layout(facts, rule))


def _cut(stretch: Stretch, on: date) -> Stretch:
    return replace(stretch, until_on=on)


def _compare(
    facts: StayFacts, phases: Sequence[PhaseEnd], running: Stretch, edition: Edition
) -> tuple[EditionChange, Stretch]:
    """Whether the edition that begins takes over the stay, by its transition rule."""
    stretch = _stretch(facts, edition)
    end_before = max(phases, key=lambda phase: phase.ends_at)
    end_after = _end_from(facts, stretch)
    shorter = end_after.ends_at < end_before.ends_at
    applied = edition.transition == NEW_APPLIES or (edition.transition == SHORTER_APPLIES and shorter)
    change = EditionChange(
        on=edition.from_on,
        before=running.pack.key,
        after=edition.pack.key,
        transition=edition.transition,
        applied=applied,
        end_before=end_before.ends_at,
        end_after=end_after.ends_at,
    )
    return change, stretch


def _end_from(facts: StayFacts, stretch: Stretch) -> PhaseEnd:
    """The end that an edition would give a running stay: not before the date it comes into force begins."""
    begins = stretch.from_on
    at_once = PhaseEnd(setting=ANY_SETTING, last_on=begins, ends_at=start_of_day(begins, facts.zone))
    return max([at_once, *_own_ends(facts, stretch).values()], key=lambda phase: phase.ends_at)


def _phase_ends(facts: StayFacts, stretches: Sequence[Stretch]) -> tuple[PhaseEnd, ...]:
    """When each setting is complete. A later edition never ends a phase before the date it came into force."""
    ends = _own_ends(facts, stretches[0])
    for stretch in stretches[1:]:
        own = _own_ends(facts, stretch)
        taken = {s: _under_later_edition(facts, stretch, ends.get(s), own.get(s)) for s in {**ends, **own}}
        ends = {setting: end for setting, end in taken.items() if end}
    return tuple(sorted(ends.values(), key=lambda phase: SETTINGS.index(phase.setting)))


def _own_ends(facts: StayFacts, stretch: Stretch) -> dict[str, PhaseEnd]:
    last = {day.setting: day.on for day in stretch.layout}
    return {
        setting: PhaseEnd(setting=setting, last_on=on, ends_at=instant(on, stretch.pack.release_time, facts.zone))
        for setting, on in last.items()
    }


def _under_later_edition(
    facts: StayFacts, stretch: Stretch, before: PhaseEnd | None, own: PhaseEnd | None
) -> PhaseEnd | None:
    """The end of one setting when an edition takes over: its own end; a running phase it does not ask for ends the
    moment it begins; a phase that is over stays as it was; one that would lie in the past is never begun."""
    begins = stretch.from_on
    if own and own.last_on >= begins:
        return own
    if before is None or before.last_on < begins:
        return before
    return PhaseEnd(setting=before.setting, last_on=begins, ends_at=start_of_day(begins, facts.zone))


def _days(stretches: Sequence[Stretch]) -> Iterator[Day]:
    for n, stretch in enumerate(stretches):
        for day in stretch.layout:
            if (n == 0 or stretch.from_on <= day.on) and (stretch.until_on is None or day.on < stretch.until_on):
                yield day
