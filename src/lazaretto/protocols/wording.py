"""Packs in words: titles in the reader's language, and everything a pack says as labelled facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from lazaretto.protocols import choices
from lazaretto.protocols.library import jurisdiction_names, library
from lazaretto.protocols.rules.pack import (
    CATEGORIES,
    NOT_ASKED,
    AreaTier,
    Cadence,
    CategoryRule,
    Overlay,
    Pack,
    Phase,
    ReleaseTest,
    Reserve,
    Source,
    Text,
    Tube,
)

T = TypeVar("T", bound=TextChoices)


@dataclass(frozen=True)
class Fact:
    """One thing a pack says. `key` is the same in every pack, so that two can be laid side by side."""

    key: str
    label: str
    value: str


@dataclass(frozen=True)
class DayMark:
    """One day of a stay for the eye: where it is served, whether a test falls on it. `said` is for the ear."""

    number: int
    setting: str
    test: bool
    said: str


@dataclass(frozen=True)
class Section:
    """Facts under one heading; for a category also its days."""

    key: str
    title: str
    facts: tuple[Fact, ...]
    days: tuple[DayMark, ...] = ()


def said(text: Text | None) -> str:
    """A text in the reader's language."""
    if text is None:
        return ""
    return text.zh if (get_language() or "zh").startswith("zh") else text.en


def title_of(code: str) -> str:
    """The title of a pack or overlay, or of a pack with overlays as an order records it."""
    parts = [
        said(library().overlays[p].title if p in library().overlays else library().pack(p).title)
        for p in code.split("+")
    ]
    return " + ".join(parts)


def jurisdiction_title(code: str) -> str:
    """A jurisdiction's name with those it lies in, the code itself where nothing is known."""
    name = said(jurisdiction_names().get(code))
    return _("{name} ({code})").format(name=name, code=code) if name else code


def sections_of(pack: Pack) -> tuple[Section, ...]:
    """Everything a pack says, in words."""
    return (
        Section("general", _("In general"), _general(pack)),
        *(_category(pack, pack.rule(category)) for category in CATEGORIES),
        Section("rooms", _("Rooms"), _rooms(pack)),
        Section("planning", _("Planning"), _planning(pack)),
        Section("areas", _("Sealed areas"), tuple(_area(area) for area in pack.areas)),
        Section("rounds", _("Mass testing: when again"), tuple(f for one in pack.cadences for f in _cadence(one))),
        Section("passes", _("Negative result as a pass"), _passes(pack)),
    )


def gathered(sections: Iterable[Section]) -> tuple[Section, ...]:
    """For one pack's page: empty sections left out, the categories that it does not isolate in one section."""
    told, idle = list[Section](), list[Fact]()
    for section in sections:
        if section.key in CATEGORIES and len(section.facts) == 1:
            idle.append(Fact(section.key, section.title, section.facts[0].value))
        elif section.facts:
            told.append(section)
    return (*told, Section("idle", _("Other people"), tuple(idle))) if idle else tuple(told)


def source_facts(source: Source) -> tuple[Fact, ...]:
    """Where a pack comes from."""
    pairs = (
        ("document", _("Source document"), source.document),
        ("number", _("Number of the document"), source.number),
        ("issuer", _("Issued by"), source.issuer),
        ("edition", _("Edition"), source.edition),
        ("confidence", _("How sure"), _label(choices.Confidence, source.confidence)),
        ("note", _("Note"), said(source.note)),
    )
    return tuple(Fact(*pair) for pair in pairs if pair[2])


def _general(pack: Pack) -> tuple[Fact, ...]:
    scope = _label(choices.RestartScope, pack.site_positive.scope)
    if pack.site_positive.floors:
        scope = _("the same floor and {count} up and down").format(count=pack.site_positive.floors)
    return (
        Fact("transition", _("Stays that are running at the change"), said(pack.transition_note)),
        Fact("release_time", _("Release on the last day from"), _clock(pack.release_time)),
        Fact("look_back", _("Contacts are looked for"), _days_back(pack.look_back_days)),
        Fact("site_positive", _("A positive on the site restarts"), scope),
    )


def _category(pack: Pack, rule: CategoryRule) -> Section:
    key, title = rule.category, _label(choices.Category, rule.category)
    if rule.refer_to:
        goes = _("to {place}").format(place=_label(choices.Setting, rule.refer_to))
        facts = [Fact(f"{key}.stay", _("Length of stay"), goes), *_transfer(rule)]
    elif not rule.phases:
        facts = [Fact(f"{key}.stay", _("Length of stay"), _("not isolated"))]
    else:
        facts = [*_stay(rule), *_transfer(rule), *_checks(rule), *_endings(rule)]
    if key in pack.categories and rule.source.clause:
        facts.append(Fact(f"{key}.clause", _("Clause"), rule.source.clause))
    if key in pack.categories:
        facts.append(Fact(f"{key}.confidence", _("How sure"), _label(choices.Confidence, rule.source.confidence)))
    return Section(key, title, tuple(facts), days_of(rule))


def days_of(rule: CategoryRule) -> tuple[DayMark, ...]:
    """The days of a stay in order, phase after phase."""
    marks: list[DayMark] = []
    for phase in rule.phases:
        where = _label(choices.Setting, phase.setting)
        for day in range(1, phase.days + 1):
            words = _("{setting}, day {day}").format(setting=where, day=day)
            test = day in phase.tests
            spoken = _commas([words, _("test")]) if test else words
            marks.append(DayMark(len(marks) + 1, phase.setting, test, spoken))
    return tuple(marks)


def _stay(rule: CategoryRule) -> tuple[Fact, ...]:
    key = rule.category
    tests = _semicolons(_tests(phase) for phase in rule.phases if phase.tests)
    release = _semicolons(_release(phase) for phase in rule.phases)
    return (
        Fact(f"{key}.stay", _("Length of stay"), " + ".join(_phase(phase) for phase in rule.phases)),
        Fact(f"{key}.clock", _("Day 0"), _label(choices.Clock, rule.clock)),
        Fact(f"{key}.counts", _("Days that count"), _label(choices.Counting, rule.counts)),
        Fact(f"{key}.tests", _("Test days"), tests or _("not asked")),
        Fact(f"{key}.release", _("To be released"), release or _("not asked")),
        Fact(f"{key}.missed", _("A missed test is made good"), _label(choices.MissedTest, rule.missed_test)),
    )


def _phase(phase: Phase) -> str:
    days = ngettext("{count} day", "{count} days", phase.days).format(count=phase.days)
    return _("{setting} {days}").format(setting=_label(choices.Setting, phase.setting), days=days)


def _tests(phase: Phase) -> str:
    days = _("day {days}").format(days=_commas(str(day) for day in phase.tests))
    swab = _label(choices.Specimen, phase.specimen) if phase.specimen else ""
    where = _label(choices.Setting, phase.setting)
    return _("{setting}: {days}, {swab}").format(setting=where, days=days, swab=swab) if swab else _colon(where, days)


def _release(phase: Phase) -> str:
    if phase.release is None:
        return ""
    where = _label(choices.Setting, phase.setting)
    return _colon(where, f"{_release_test(phase.release)}{_ct(phase)}")


def _ct(phase: Phase) -> str:
    return _(" (or Ct {value} or more)").format(value=phase.ct_at_least.normalize()) if phase.ct_at_least else ""


def _release_test(test: ReleaseTest) -> str:
    many = ngettext("{count} negative sample", "{count} negative samples", test.samples).format(count=test.samples)
    demands = [
        (_("different reagents"), test.different_reagents),
        (_("different laboratories"), test.different_labs),
    ]
    both = _("{what} ({how})")
    asked = [both.format(what=what, how=_label(choices.Demand, how)) for what, how in demands if how != NOT_ASKED]
    if test.hours_between:
        asked.append(_("{hours} h apart").format(hours=test.hours_between))
    return _commas([many, *asked])


def _transfer(rule: CategoryRule) -> tuple[Fact, ...]:
    if rule.transfer_within_hours is None:
        return ()
    within = _("within {hours} h").format(hours=rule.transfer_within_hours)
    return (Fact(f"{rule.category}.transfer", _("Transfer"), within),)


def _checks(rule: CategoryRule) -> tuple[Fact, ...]:
    slots = _semicolons(
        f"{_label(choices.CheckSlot, slot.code)} {_clock(slot.opens)}–{_clock(slot.due)}" for slot in rule.slots
    )
    fever = _("from {degrees} °C").format(degrees=rule.fever_from)
    return (
        Fact(f"{rule.category}.checks", _("Checks"), slots),
        Fact(f"{rule.category}.fever", _("Fever"), fever),
    )


def _endings(rule: CategoryRule) -> tuple[Fact, ...]:
    grounds = [*rule.early_grounds, *(option.code for option in rule.early_options)]
    early = _semicolons(_label(choices.EarlyGround, ground) for ground in grounds)
    return (Fact(f"{rule.category}.early", _("Early release"), early),) if early else ()


def _rooms(pack: Pack) -> tuple[Fact, ...]:
    rooms = pack.rooms
    child = _("with a parent up to the age of {age}").format(age=rooms.child_max_age)
    carer = _("up to the age of {age}, not ill").format(age=rooms.carer_max_age)
    return (
        Fact("rooms.child", _("Children"), child),
        Fact("rooms.carer", _("Carers"), carer),
        Fact("rooms.household", _("One household"), _label(choices.SharingRule, rooms.household)),
    )


def _planning(pack: Pack) -> tuple[Fact, ...]:
    tubes = _semicolons(_colon(_label(choices.TubePlace, tube.place), _people(tube)) for tube in pack.tubes)
    facts = [Fact("tubes", _("Tubes"), tubes)] if tubes else []
    return (*([_reserve(pack.reserve)] if pack.reserve else []), *facts)


def _people(tube: Tube) -> str:
    return _("{count} to a tube").format(count=tube.people) if tube.people else _("one tube a household")


def _reserve(reserve: Reserve) -> Fact:
    rooms = _("{count} rooms per 10,000 residents").format(count=reserve.rooms_per_10000)
    opening = [
        _("{percent} % within {hours} h").format(percent=f"{share:.0%}"[:-1], hours=h) for h, share in reserve.opening
    ]
    return Fact("reserve", _("Reserve rooms"), _semicolons([rooms, *opening]))


def _area(area: AreaTier) -> Fact:
    if not area.days_without_cases:
        return Fact(f"area.{area.code}", said(area.title), "–")
    lifted = _("lifted after {days} days without new cases").format(days=area.days_without_cases)
    if area.clean_rounds:
        rounds = ngettext("{count} clean round of tests", "{count} clean rounds of tests", area.clean_rounds)
        lifted = _commas([lifted, rounds.format(count=area.clean_rounds)])
    return Fact(f"area.{area.code}", said(area.title), lifted)


def _cadence(cadence: Cadence) -> tuple[Fact, ...]:
    key, source = f"cadence.{cadence.code}", cadence.source
    return (
        Fact(key, said(cadence.title), cadence_said(cadence)),
        Fact(f"{key}.clause", _("Source document"), _commas(part for part in (source.document, source.clause) if part)),
        Fact(f"{key}.confidence", _("How sure"), _label(choices.Confidence, source.confidence)),
    )


def _passes(pack: Pack) -> tuple[Fact, ...]:
    title = _("A negative result opens a gate")
    if pack.passes is None:
        return (Fact("passes", title, _("This pack says nothing of it: the usual hours of the program hold")),)
    rule, source = pack.passes, pack.passes.source
    hours = ngettext("for {count} hour after the swab", "for {count} hours after the swab", rule.hours)
    clause = _commas(part for part in (source.document, source.clause) if part)
    facts = [
        Fact("passes", title, hours.format(count=rule.hours) if rule.hours else _("Nobody is asked for one")),
        Fact("passes.clause", _("Source document"), clause),
        Fact("passes.confidence", _("How sure"), _label(choices.Confidence, source.confidence)),
    ]
    return tuple(facts) if source.note is None else (*facts, Fact("passes.note", _("Note"), said(source.note)))


def cadence_said(cadence: Cadence) -> str:
    """When everybody is tested again, in one sentence."""
    often = _("every {count} days").format(count=cadence.every_days) if cadence.every_days > 1 else _("daily")
    clean = ngettext("until {count} clean round", "until {count} clean rounds in a row", cadence.clean_rounds)
    daily = _("{often} {clean}").format(often=often, clean=clean.format(count=cadence.clean_rounds))
    if not cadence.rounds_after:
        return daily
    pause = ngettext("after a pause of {count} day", "after a pause of {count} days", cadence.pause_days)
    again = ngettext("once more", "{count} times more", cadence.rounds_after).format(count=cadence.rounds_after)
    return _("{said}, {pause} {again}").format(said=daily, pause=pause.format(count=cadence.pause_days), again=again)


def overlay_facts(overlay: Overlay) -> tuple[Fact, ...]:
    """Where an overlay comes from and which packs it changes."""
    return (
        Fact("packs", _("Changes"), _semicolons(title_of(code) for code in overlay.packs)),
        *source_facts(overlay.source),
    )


def _label(labels: type[T], code: str) -> str:
    return str(labels(code).label)


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _days_back(days: int) -> str:
    return ngettext("{count} day back", "{count} days back", days).format(count=days) if days else "–"


def _colon(what: str, value: str) -> str:
    return _("{what}: {value}").format(what=what, value=value)


def _commas(parts: Iterable[str]) -> str:
    return pgettext("between items of a list", ", ").join(parts)


def _semicolons(parts: Iterable[str] | Sequence[str]) -> str:
    return pgettext("between clauses of a list", "; ").join(part for part in parts if part)
