"""From a parsed file to a `Pack` or `Overlay`: every key checked, every error named with its path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from lazaretto.protocols.rules import pack as p
from lazaretto.protocols.rules.reader import PackInvalid, TableReader

DEFAULT_SLOTS = (
    p.Slot(code="morning", opens=time(6), due=time(10)),
    p.Slot(code="evening", opens=time(16), due=time(20)),
)


def parse_pack(name: str, table: Mapping[str, Any], *, overlays: tuple[str, ...] = ()) -> p.Pack:
    """The pack a file describes; raises PackInvalid with every error found. `name` is used in messages."""
    errors: list[str] = []
    reader = TableReader(table, "", errors)
    pack = _pack(reader, overlays)
    reader.finish()
    if errors:
        raise PackInvalid(name, errors)
    return pack


def parse_overlay(name: str, table: Mapping[str, Any]) -> p.Overlay:
    """The overlay a file describes; raises PackInvalid. Its changes are checked when they are laid over a pack."""
    errors: list[str] = []
    reader = TableReader(table, "", errors)
    transition = reader.required_table("transition")
    overlay = p.Overlay(
        code=reader.text("code"),
        title=_text(reader.required_table("title")),
        jurisdiction=reader.text("jurisdiction"),
        effective_from=reader.day("effective_from"),
        source=_source(reader.required_table("source")),
        packs=reader.words("packs"),
        transition=transition.choice("running_stays", p.TRANSITIONS),
        transition_at_end=transition.choice("at_end", p.TRANSITIONS, p.SHORTER_APPLIES),
        changes=MappingProxyType(reader.raw("changes")),
    )
    transition.finish()
    reader.finish()
    if not overlay.packs:
        errors.append("packs: must name the packs that this overlay changes")
    if not overlay.changes:
        errors.append("changes: must say what is changed")
    if errors:
        raise PackInvalid(name, errors)
    return overlay


def lay_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The base table with the changes: tables are merged key by key, everything else (lists too) is replaced."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = lay_over(below, value) if both and below is not None else value
    return merged


def _pack(reader: TableReader, overlays: tuple[str, ...]) -> p.Pack:
    transition = reader.required_table("transition")
    source = _source(reader.required_table("source"))
    pack = p.Pack(
        code=reader.text("code"),
        title=_text(reader.required_table("title")),
        disease=reader.text("disease"),
        jurisdiction=reader.text("jurisdiction"),
        effective_from=reader.day("effective_from"),
        source=source,
        transition=transition.choice("running_stays", p.TRANSITIONS),
        transition_note=_text(transition.required_table("note")),
        release_time=reader.clock("release_time"),
        look_back_days=reader.whole("look_back_days", most=60),
        categories=_categories(reader, source),
        rooms=_rooms(reader.required_table("rooms")),
        site_positive=_site_positive(reader.table("site_positive")),
        site_events=_site_events(reader.table("site_events")),
        reserve=_reserve(reader.table("reserve")),
        tubes=tuple(_tube(item) for item in reader.tables("tubes")),
        areas=tuple(_area(item) for item in reader.tables("areas")),
        cadences=tuple(_cadence(item) for item in reader.tables("cadences")),
        passes=_passes(reader.table("passes"), source),
        staff=MappingProxyType(reader.raw("staff")),
        overlays=overlays,
    )
    transition.finish()
    _check_cadences(pack, reader)
    return pack


def _text(reader: TableReader) -> p.Text:
    text = p.Text(zh=reader.text("zh"), en=reader.text("en"))
    reader.finish()
    return text


def _source(reader: TableReader, above: p.Source | None = None) -> p.Source:
    note = reader.table("note")
    source = p.Source(
        document=reader.text("document", above.document) if above else reader.text("document"),
        issuer=reader.text("issuer", above.issuer if above else ""),
        number=reader.text("number", above.number if above else ""),
        edition=reader.text("edition", above.edition if above else ""),
        clause=reader.text("clause", ""),
        confidence=reader.choice("confidence", p.CONFIDENCES),
        note=_text(note) if note else None,
    )
    reader.finish()
    return source


def _categories(reader: TableReader, source: p.Source) -> Mapping[str, p.CategoryRule]:
    tables = reader.required_table("categories")
    defaults = reader.raw("category_defaults")
    rules: dict[str, p.CategoryRule] = {}
    for category in tables.keys():  # noqa: SIM118 - a reader, not a dict
        if category not in p.CATEGORIES:
            tables.fail(category, f"is not a category; known are {', '.join(p.CATEGORIES)}")
            continue
        merged = lay_over(defaults, tables.raw(category))
        rules[category] = _category(category, TableReader(merged, f"categories.{category}", reader.errors), source)
    return MappingProxyType(rules)


def _category(category: str, reader: TableReader, source: p.Source) -> p.CategoryRule:
    own_source = reader.table("source")
    early = reader.table("early_release")
    rule = p.CategoryRule(
        category=category,
        clock=reader.choice("clock", p.CLOCKS),
        counts=reader.choice("counts", p.COUNTS),
        phases=tuple(_phase(item) for item in reader.tables("phases")),
        slots=tuple(_slot(item) for item in reader.tables("slots")) or DEFAULT_SLOTS,
        fever_from=reader.number("fever_from"),
        symptom_free_hours=reader.whole("symptom_free_hours", 24),
        checked_within_hours=reader.whole("checked_within_hours", 24),
        missed_test=reader.choice("missed_test", p.MISSED_TEST_RULES, p.OWN_SAMPLE),
        positive_blocks=reader.choice("positive_blocks", p.POSITIVE_RULES, p.ANY_POSITIVE),
        transfer_within_hours=reader.optional_whole("transfer_within_hours", least=1),
        refer_to=reader.choice("refer_to", p.SETTINGS, "") if "refer_to" in reader.keys() else "",  # noqa: SIM118
        early_grounds=early.words("grounds") if early else (),
        early_options=tuple(_option(item) for item in early.tables("options")) if early else (),
        source=_source(own_source, source) if own_source else source,
    )
    _check_category(rule, reader)
    if early:
        early.finish()
    reader.finish()
    return rule


def _check_category(rule: p.CategoryRule, reader: TableReader) -> None:
    order = [p.SETTINGS.index(phase.setting) for phase in rule.phases if phase.setting in p.SETTINGS]
    if order != sorted(set(order)):
        reader.fail("phases", "must go from the strictest setting to the mildest, each once")
    if rule.refer_to and rule.phases:
        reader.fail("refer_to", "a referred category has no phases here")
    for option in rule.early_options:
        if option.from_day > rule.days:
            reader.fail("early_release", f"day {option.from_day} is after the stay's last day {rule.days}")
    for slot in rule.slots:
        if slot.opens >= slot.due:
            reader.fail("slots", f"{slot.code} is due before it opens")


def _phase(reader: TableReader) -> p.Phase:
    release = reader.table("release")
    phase = p.Phase(
        setting=reader.choice("setting", p.SETTINGS),
        days=reader.whole("days", least=1, most=366),
        tests=reader.numbers("tests"),
        specimen=reader.text("specimen", ""),
        release=_release(release) if release else None,
        ct_at_least=reader.number("ct_at_least") if "ct_at_least" in reader.keys() else None,  # noqa: SIM118
    )
    if list(phase.tests) != sorted(set(phase.tests)):
        reader.fail("tests", "must be different days in rising order")
    for day in phase.tests:
        if not 1 <= day <= phase.days:
            reader.fail("tests", f"day {day} is outside the phase's days 1 to {phase.days}")
    if phase.release and not phase.tests:
        reader.fail("release", "asks for a test, but the phase has no test day")
    reader.finish()
    return phase


def _release(reader: TableReader) -> p.ReleaseTest:
    test = p.ReleaseTest(
        samples=reader.whole("samples", 1, least=1, most=4),
        different_reagents=reader.choice("different_reagents", p.DEMANDS, p.NOT_ASKED),
        different_labs=reader.choice("different_labs", p.DEMANDS, p.NOT_ASKED),
        hours_between=reader.whole("hours_between", 0, most=240),
        early_days=reader.whole("early_days", 0, most=7),
    )
    reader.finish()
    return test


def _slot(reader: TableReader) -> p.Slot:
    slot = p.Slot(code=reader.text("code"), opens=reader.clock("opens"), due=reader.clock("due"))
    reader.finish()
    return slot


def _option(reader: TableReader) -> p.EarlyOption:
    option = p.EarlyOption(
        code=reader.text("code"),
        from_day=reader.whole("from_day", least=1),
        negative_from_day=reader.optional_whole("negative_from_day", least=1),
    )
    reader.finish()
    return option


def _rooms(reader: TableReader) -> p.RoomRule:
    rooms = p.RoomRule(
        child_max_age=reader.whole("child_max_age", most=17),
        household=reader.choice("household", p.SHARING_RULES),
        carer_max_age=reader.whole("carer_max_age", most=120),
        carer_barred_by=reader.words("carer_barred_by"),
        accompanied_needs=reader.words("accompanied_needs"),
        assessed_needs=reader.words("assessed_needs"),
    )
    reader.finish()
    return rooms


def _site_positive(reader: TableReader | None) -> p.SitePositive:
    if reader is None:
        return p.SitePositive()
    rule = p.SitePositive(scope=reader.choice("scope", p.RESTART_SCOPES), floors=reader.whole("floors", 0, most=50))
    reader.finish()
    return rule


def _site_events(reader: TableReader | None) -> Mapping[str, p.SiteEvent]:
    events: dict[str, p.SiteEvent] = {}
    for kind in reader.keys() if reader else ():
        if reader and kind not in p.SITE_EVENTS:
            reader.fail(kind, f"is no event of a site; known are {', '.join(p.SITE_EVENTS)}")
        elif reader and (table := reader.table(kind)):
            restarts = _site_positive(table.table("restarts"))
            hours = table.whole("test_within_hours", 24, least=1, most=240)
            events[kind] = p.SiteEvent(restarts=restarts, test_within_hours=hours)
            table.finish()
    if reader:
        reader.finish()
    return MappingProxyType(events)


def _reserve(reader: TableReader | None) -> p.Reserve | None:
    if reader is None:
        return None
    opening = tuple((item.whole("within_hours", least=1), item.number("share")) for item in reader.tables("opening"))
    reserve = p.Reserve(rooms_per_10000=reader.whole("rooms_per_10000", least=1), opening=opening)
    if any(not Decimal(0) < share <= 1 for _, share in opening):
        reader.fail("opening", "a share must be above 0 and at most 1")
    reader.finish()
    return reserve


def _tube(reader: TableReader) -> p.Tube:
    tube = p.Tube(place=reader.text("place"), people=reader.whole("people", most=20))
    reader.finish()
    return tube


def _area(reader: TableReader) -> p.AreaTier:
    area = p.AreaTier(
        code=reader.text("code"),
        title=_text(reader.required_table("title")),
        days_without_cases=reader.whole("days_without_cases", most=60),
        clean_rounds=reader.whole("clean_rounds", 0, most=20),
        becomes=reader.text("becomes", ""),
    )
    reader.finish()
    return area


def _cadence(reader: TableReader) -> p.Cadence:
    cadence = p.Cadence(
        code=reader.text("code"),
        title=_text(reader.required_table("title")),
        every_days=reader.whole("every_days", least=1, most=60),
        clean_rounds=reader.whole("clean_rounds", least=1, most=20),
        pause_days=reader.whole("pause_days", 0, most=60),
        rounds_after=reader.whole("rounds_after", 0, most=20),
        tubes=reader.text("tubes", "other"),
        source=_source(reader.required_table("source")),
    )
    if cadence.rounds_after and not cadence.pause_days:
        reader.fail("pause_days", "rounds after the clean ones need a pause before them")
    reader.finish()
    return cadence


def _passes(reader: TableReader | None, above: p.Source) -> p.PassRule | None:
    if reader is None:
        return None
    hours, source = reader.whole("hours", most=14 * 24), _source(reader.required_table("source"), above)
    reader.finish()
    return p.PassRule(hours=hours, source=source)


def _check_cadences(pack: p.Pack, reader: TableReader) -> None:
    codes = [cadence.code for cadence in pack.cadences]
    if len(codes) != len(set(codes)):
        reader.fail("cadences", "each needs a code of its own")
    for cadence in pack.cadences:
        if pack.people_to_a_tube(cadence.tubes) is None:
            reader.fail("cadences", f"{cadence.code} names tubes of {cadence.tubes!r}, of which the pack says nothing")
