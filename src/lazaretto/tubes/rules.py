"""Rules of tubes: what the facts about a tube or a bag say. Pure.

Scans with or without a network are facts; they come late and in any order. Each takes its place in true time, and where
a tube is follows from all of them, so the same facts in any order give the same story (a property test). What does not
fit is a doubt on the tube or the bag until somebody has looked into it; it never hides where the tube was seen last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from lazaretto.core.codes import tidy_code
from lazaretto.stays.choices import SpecimenState
from lazaretto.tubes.choices import BagState, Doubt, EventKind, Hold, Outcome, Stage, Standing

READ, HANDLE, MANAGE = "tubes.read", "tubes.handle", "tubes.manage"
REPORT, RECALL, OVERRIDE = "tubes.report", "tubes.recall", "tubes.override"
LOOK = "tubes.look_into"  # into what does not fit: whoever answers for a point has the bag at hand

MOST_EVENTS: Final = 500  # in one upload
MOST_RESULTS: Final = 2_000  # in one call
LONGEST_SIGNATURE: Final = 20_000  # characters of an SVG path
LONGEST_HOURS: Final = 240
LONGEST_CODE: Final = 40
COURIER_KEY: Final = timedelta(days=7)  # a phone that is lost and not reported opens nothing after a week
COURIER_LOOKS_BACK: Final = timedelta(days=14)  # bags of rounds that are over are still carried (`duties.LATE`)
COURIER_CODE: Final = "LZC1:{code}"  # what the badge of a courier says; a table's phone reads it
LABORATORY_CODE: Final = "LZL1:{code}"  # what the code at a laboratory's door says; a courier's phone reads it
HOURS_FOR_A_RESULT: Final = 24  # results within 24 h of sampling: turnaround of 2022 rounds (docs/tubes.md)
_CODE_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


def one_off(code: str) -> set[str]:
    """Codes one slip of a finger away from this one: a letter changed, left out or added, two turned round."""
    whole = code.upper()
    cuts = [(whole[:place], whole[place:]) for place in range(len(whole) + 1)]
    changed = {a + letter + b[1:] for a, b in cuts if b for letter in _CODE_LETTERS}
    fewer = {a + b[1:] for a, b in cuts if b}
    more = {a + letter + b for a, b in cuts for letter in _CODE_LETTERS}
    turned = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return (changed | fewer | more | turned) - {whole, ""}


# What an event of a kind must name to say anything.
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    EventKind.SEALED: ("tube",),
    EventKind.BAGGED: ("tube", "bag"),
    EventKind.UNBAGGED: ("tube",),
    EventKind.BAG_CLOSED: ("bag",),
    EventKind.HANDED_OVER: ("bag",),
    EventKind.TAKEN: ("bag",),
    EventKind.ARRIVED: ("bag",),
    EventKind.RECEIVED: (),
    EventKind.REJECTED: ("tube", "reason"),
    EventKind.RETESTED: ("tube", "number"),
    EventKind.COUNT_AGREED: ("organisation", "count"),
    EventKind.LOOKED_INTO: (),
    EventKind.SLIP: ("tube", "reason"),
}


def incomplete(kind: str, said: Mapping[str, object]) -> bool:
    """Whether something is missing without which an event of this kind says nothing."""
    if kind in {EventKind.RECEIVED, EventKind.LOOKED_INTO}:
        return not (said.get("tube") or said.get("bag"))
    return any(said.get(name) in {None, ""} for name in NEEDS.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing seen or done, at its true time. `to` is a courier or a laboratory."""

    id: UUID
    kind: str
    at: datetime
    tube: str = ""
    bag: str = ""
    to: str = ""
    count: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TubeStory:
    """What the facts about one tube say."""

    sealed_at: datetime | None = None
    bag: str = ""
    bagged_at: datetime | None = None
    received_at: datetime | None = None
    laboratory: str = ""
    rejected_at: datetime | None = None
    reason: str = ""
    slip_at: datetime | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BagStory:
    """What the facts about one bag say. `holder` has it now; empty: the table."""

    state: str = BagState.OPEN
    closed_at: datetime | None = None
    said_tubes: int | None = None
    left_at: datetime | None = None
    holder: str = ""
    arrived_at: datetime | None = None
    received_at: datetime | None = None
    laboratory: str = ""
    counted: int | None = None
    doubts: tuple[str, ...] = ()


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """True time order, each once; at one moment the order in which devices numbered them."""
    once = {fact.id: fact for fact in facts}
    return sorted(once.values(), key=lambda fact: (fact.at, fact.id))


def story_of_tube(facts: Iterable[Fact]) -> TubeStory:
    """Fold the facts about one tube. The last bag it was scanned into has it: there it was seen.

    A slip is none any more when somebody sees the tube after it.
    """
    story = TubeStory()
    for fact in in_order(facts):
        if step := _TUBE.get(fact.kind):
            story = step(story, fact)
            story = replace(story, slip_at=None) if fact.kind in _SEEN else story
    return story


def story_of_bag(facts: Iterable[Fact]) -> BagStory:
    """Fold the facts about one bag (those that name no tube)."""
    story = BagStory()
    for fact in in_order(facts):
        if step := _BAG.get(fact.kind):
            story = step(story, fact)
    return story


def _with(doubts: tuple[str, ...], doubt: str, *, when: bool) -> tuple[str, ...]:
    return tuple(sorted({*doubts, doubt})) if when else doubts


# ---- a tube


def _sealed(story: TubeStory, fact: Fact) -> TubeStory:
    return replace(story, sealed_at=story.sealed_at or fact.at)


def _bagged(story: TubeStory, fact: Fact) -> TubeStory:
    doubts = _with(story.doubts, Doubt.SECOND_BAG, when=story.bag not in {"", fact.bag})
    doubts = _with(doubts, Doubt.AFTER_ARRIVAL, when=story.received_at is not None)
    since = story.bagged_at if story.bag == fact.bag else fact.at
    return replace(story, bag=fact.bag, bagged_at=since, doubts=doubts)


def _unbagged(story: TubeStory, fact: Fact) -> TubeStory:
    if fact.bag not in {"", story.bag}:
        return story
    return replace(story, bag="", bagged_at=None)


def _tube_received(story: TubeStory, fact: Fact) -> TubeStory:
    second = bool(story.laboratory and fact.to and fact.to != story.laboratory)
    return replace(
        story,
        received_at=story.received_at or fact.at,
        laboratory=fact.to or story.laboratory,
        doubts=_with(story.doubts, Doubt.SECOND_LABORATORY, when=second),
    )


def _rejected(story: TubeStory, fact: Fact) -> TubeStory:
    return story if story.rejected_at else replace(story, rejected_at=fact.at, reason=fact.reason)


_TUBE: Final[dict[str, Callable[[TubeStory, Fact], TubeStory]]] = {
    EventKind.SEALED: _sealed,
    EventKind.BAGGED: _bagged,
    EventKind.UNBAGGED: _unbagged,
    EventKind.RECEIVED: _tube_received,
    EventKind.REJECTED: _rejected,
    EventKind.LOOKED_INTO: lambda story, _fact: replace(story, doubts=()),
    EventKind.SLIP: lambda story, fact: replace(story, slip_at=fact.at),
}
_SEEN: Final = frozenset({EventKind.SEALED, EventKind.BAGGED, EventKind.RECEIVED, EventKind.REJECTED})


# ---- a bag


def _closed(story: BagStory, fact: Fact) -> BagStory:
    said = fact.count if fact.count is not None else story.said_tubes
    state = (
        BagState.CLOSED if story.state == BagState.OPEN else story.state
    )  # its seal was scanned later than its leaving
    return replace(story, state=state, closed_at=story.closed_at or fact.at, said_tubes=said)


def _left(story: BagStory, fact: Fact) -> BagStory:
    """Given by the table and taken by the courier are two sides of one handing over."""
    other = bool(fact.kind == EventKind.TAKEN and fact.to and story.holder and fact.to != story.holder)
    given = story.state == BagState.UNDER_WAY and story.arrived_at is None
    strange = fact.kind == EventKind.HANDED_OVER and fact.reason == Doubt.UNKNOWN_COURIER and fact.to != story.holder
    known = fact.kind == EventKind.TAKEN and fact.to == story.holder  # by their own phone: they were named meanwhile
    doubts = tuple(one for one in story.doubts if not (known and one == Doubt.UNKNOWN_COURIER))
    doubts = _with(doubts, Doubt.UNKNOWN_COURIER, when=strange)
    return replace(
        story,
        state=BagState.UNDER_WAY,
        left_at=story.left_at or fact.at,
        holder=fact.to or story.holder,
        doubts=_with(doubts, Doubt.SECOND_COURIER, when=other and given),
    )


def _arrived(story: BagStory, fact: Fact) -> BagStory:
    state = BagState.RECEIVED if fact.kind == EventKind.RECEIVED else BagState.ARRIVED
    if state == BagState.ARRIVED and story.state == BagState.RECEIVED and fact.to in {"", story.laboratory}:
        return story  # the courier's word after the laboratory's own
    counted = fact.count if fact.kind == EventKind.RECEIVED and fact.count is not None else story.counted
    differs = counted is not None and story.said_tubes is not None and counted != story.said_tubes
    second = bool(
        fact.to and story.laboratory and fact.to != story.laboratory
        and story.state == BagState.RECEIVED and fact.kind == EventKind.RECEIVED
    )  # fmt: skip
    doubts = _with(story.doubts, Doubt.COUNTED_OTHERWISE, when=differs)
    laboratory = fact.to or story.laboratory
    return replace(
        story,
        state=state,
        arrived_at=story.arrived_at or fact.at,
        received_at=story.received_at or (fact.at if state == BagState.RECEIVED else None),
        laboratory=laboratory,
        holder=laboratory or story.holder,
        counted=counted,
        doubts=_with(doubts, Doubt.SECOND_LABORATORY, when=second),
    )


_BAG: Final[dict[str, Callable[[BagStory, Fact], BagStory]]] = {
    EventKind.BAG_CLOSED: _closed,
    EventKind.HANDED_OVER: _left,
    EventKind.TAKEN: _left,
    EventKind.ARRIVED: _arrived,
    EventKind.RECEIVED: _arrived,
    EventKind.LOOKED_INTO: lambda story, _fact: replace(story, doubts=()),
}


# ---- bags of a site, which are used again every day


@dataclass(slots=True)
class Use:
    """One use of a bag of a site: since when, and when a laboratory had it. `key` names it."""

    key: UUID
    begun_at: datetime
    arrived_at: datetime | None = None


BEGINS: Final = frozenset({EventKind.BAGGED, EventKind.BAG_CLOSED, EventKind.HANDED_OVER, EventKind.TAKEN})


_OF_A_TUBE: Final = frozenset({EventKind.BAGGED, EventKind.UNBAGGED})
_OF_A_BAG: Final = (BEGINS - _OF_A_TUBE) | {EventKind.ARRIVED, EventKind.RECEIVED}


def shows_a_bag(kind: str, said: Mapping[str, object]) -> bool:
    """Whether an event that names a bag says that there is one. One of an unknown kind, or one with something missing,
    says nothing: a bag that is begun by it would be waited for at its laboratory for ever.
    """
    return not incomplete(kind, said) and kind in (_OF_A_TUBE if said.get("tube") else _OF_A_BAG)


def use_of(uses: Sequence[Use], kind: str, at: datetime) -> Use | None:
    """Which use of a bag's code is meant by what happened to it then; None: it begins a new one.

    The one that was under way at that moment. What is packed or taken after the last one arrived begins anew, unless
    a later one is known: then that one began sooner than was thought (its phone sends late).
    """
    before = [one for one in uses if one.begun_at <= at]
    later = [one for one in uses if one.begun_at > at]
    if before:
        last = max(before, key=lambda one: one.begun_at)
        if last.arrived_at is None or last.arrived_at > at or kind not in BEGINS:
            return last
    return min(later, key=lambda one: one.begun_at, default=None)


# ---- what a laboratory's line says

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "tube": (
        "试管编号", "试管号", "试管条码", "采样管编号", "采样管条码", "采样管号", "管号", "管码", "条码", "条码号",
        "条形码", "样本编号", "样本号", "样本条码", "标本编号", "标本号", "标本条码", "tube", "tube code", "barcode",
        "sample", "sample id", "specimen",
    ),
    "result": ("检测结果", "核酸检测结果", "核酸结果", "结果", "结论", "检测结论", "result", "outcome"),
    "ct_n": ("n", "n基因", "n基因ct", "n基因ct值", "ct(n)", "ct值(n)", "n(ct)", "ct n", "ct_n", "n gene"),
    "ct_orf": (
        "orf1ab", "orf1ab基因", "orf1ab基因ct", "orf1ab基因ct值", "orf1ab ct", "ct(orf1ab)", "ct值(orf1ab)", "orf",
        "ct_orf", "orf1ab gene",
    ),
}  # fmt: skip
NEGATIVE_FROM_CT: Final = 35  # plan 9: negative is no amplification, or Ct of both genes at least 35
_HIGHEST_CT: Final = 60


def folded(text: str) -> str:
    """A word as it is compared: without width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


_FIELD_OF: Final = {folded(word): field for field, words in HEADERS.items() for word in words}
# In this order: a longer word is taken out before a shorter one in it is looked for. 未检出 is not 检出.
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("未检出", Outcome.NEGATIVE), ("notdetected", Outcome.NEGATIVE), ("undetected", Outcome.NEGATIVE),
    ("弱阳性", Outcome.SUSPECT), ("weakpositive", Outcome.SUSPECT), ("weaklypositive", Outcome.SUSPECT),
    ("单靶标阳性", Outcome.SUSPECT), ("单基因阳性", Outcome.SUSPECT), ("疑似阳性", Outcome.SUSPECT),
    ("可疑", Outcome.SUSPECT), ("疑似", Outcome.SUSPECT), ("灰区", Outcome.SUSPECT), ("待复检", Outcome.SUSPECT),
    ("待复核", Outcome.SUSPECT), ("复检", Outcome.SUSPECT), ("suspect", Outcome.SUSPECT),
    ("标本不足", Outcome.INVALID), ("样本不足", Outcome.INVALID), ("样本量不足", Outcome.INVALID),
    ("不合格", Outcome.INVALID), ("无效", Outcome.INVALID), ("重采", Outcome.INVALID), ("重新采样", Outcome.INVALID),
    ("污染", Outcome.INVALID), ("空管", Outcome.INVALID), ("invalid", Outcome.INVALID),
    ("insufficient", Outcome.INVALID), ("inconclusive", Outcome.INVALID),
    ("阴性", Outcome.NEGATIVE), ("negative", Outcome.NEGATIVE), ("阳性", Outcome.POSITIVE),
    ("positive", Outcome.POSITIVE), ("检出", Outcome.POSITIVE), ("detected", Outcome.POSITIVE),
)  # fmt: skip
_SHORT: Final = {
    "阴": Outcome.NEGATIVE, "-": Outcome.NEGATIVE, "(-)": Outcome.NEGATIVE, "neg": Outcome.NEGATIVE,
    "n": Outcome.NEGATIVE, "阳": Outcome.POSITIVE, "+": Outcome.POSITIVE, "(+)": Outcome.POSITIVE,
    "pos": Outcome.POSITIVE, "p": Outcome.POSITIVE, "±": Outcome.SUSPECT, "+-": Outcome.SUSPECT,
}  # fmt: skip
_TURNED: Final = re.compile(r"[非无排除不](?:阴性|阳性|检出)|否认")
_NUMBER: Final = re.compile(r"\d{1,2}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it was read: empty parts could not be."""

    tube: str = ""
    words: str = ""
    outcome: str = ""
    ct_n: Decimal | None = None
    ct_orf: Decimal | None = None


def columns_of(header: Sequence[str]) -> dict[int, str]:
    """Which column says what; unknown ones are left out, the first of two with one meaning counts."""
    found: dict[int, str] = {}
    for index, word in enumerate(header):
        field = _FIELD_OF.get(folded(str(word)).replace("(必填)", "").rstrip(":*"))
        if field and field not in found.values():
            found[index] = field
    return found


def is_header(cells: Sequence[str]) -> bool:
    """Whether a line names columns: a tube and a result."""
    return {"tube", "result"} <= set(columns_of(cells).values())


def read_outcome(text: str) -> str:
    """`阴性`, `N基因:阴性 ORF1ab:阴性`, `未检出（-）`, `弱阳性` …; empty when it says two things, or none we know."""
    word = folded(text).strip("'’‘`")
    if word in _SHORT:
        return _SHORT[word]
    if _TURNED.search(word.replace("未检出", "")):
        return ""
    found = set()
    for token, outcome in _WORDS:
        if token in word:
            found.add(outcome)
            word = word.replace(token, "")
    return found.pop() if len(found) == 1 else ""


def read_ct(text: str) -> Decimal | None:
    """The value of a cell such as `36.52` or `Ct=22.1`; `NoCt`, `-`, `0` are none."""
    found = _NUMBER.search(folded(text))
    if found is None:
        return None
    value = round(Decimal(found[0]), 1)
    return value if 0 < value <= _HIGHEST_CT else None


def read_line(cells: Mapping[str, str]) -> Said | None:
    """A line by its meaning, or None when it has neither tube nor result."""
    tube, words = tidy_code(cells.get("tube", "")), cells.get("result", "").strip()
    if not tube and not words:
        return None
    good = tube if len(tube) <= LONGEST_CODE and tube.isascii() and tube.isprintable() else ""
    return Said(good, words[:60], read_outcome(words), read_ct(cells.get("ct_n", "")), read_ct(cells.get("ct_orf", "")))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a tube when a line about it is examined. `first`, `stands`: results that count; `own`: the first
    one is of the same laboratory, or was reported by the same person. `site`: of somebody at a quarantine site.
    """

    here: bool = True
    scanned: bool = False
    received: bool = False
    rejected: bool = False
    first: str = ""
    stands: str = ""
    own: bool = False
    site: bool = False


def holds_of(said: Said, known: Known | None, *, stage: int, declared_negative: bool, others: set[str]) -> list[str]:
    """Why somebody must decide about a line, in the order of `Hold`. `others`: what else its file says of the tube."""
    if not said.tube:
        return [Hold.NO_TUBE.value, *([] if said.outcome else [Hold.UNREADABLE.value])]
    positive = said.outcome in POSITIVES
    in_round = known if known is not None and not known.site else None
    differs = known is not None and known.stands not in {"", _at_site(said.outcome) if known.site else said.outcome}
    faults = {
        Hold.UNREADABLE: not said.outcome,
        Hold.UNKNOWN_TUBE: known is None or not known.scanned,
        Hold.OTHER_ROUND: known is not None and not known.here,
        Hold.SAID_OTHERWISE: bool(others - {said.outcome}),
        Hold.CONTRADICTS: in_round is not None and differs,
        Hold.HIDDEN_POSITIVE: declared_negative and positive,
        Hold.CT_CONTRADICTS: said.outcome == Outcome.NEGATIVE and _below(said),
        Hold.NOT_RECEIVED: known is not None and known.scanned and not known.received,
        Hold.REJECTED_TUBE: known is not None and known.rejected,
        Hold.SITE_DECIDES: known is not None and known.site and (differs or stage == Stage.RECHECK),
        Hold.NO_FIRST_RESULT: stage == Stage.RECHECK and in_round is not None and in_round.first not in POSITIVES,
        Hold.NOT_INDEPENDENT: stage == Stage.RECHECK and in_round is not None and in_round.own,
    }
    return [str(hold) for hold in Hold if faults.get(hold)]


def _below(said: Said) -> bool:
    return any(value is not None and value < NEGATIVE_FROM_CT for value in (said.ct_n, said.ct_orf))


def _at_site(outcome: str) -> str:
    """A site knows no suspect: it looks into it as into a positive."""
    return Outcome.POSITIVE if outcome in POSITIVES else outcome


SITE_SAYS: Final[dict[str, str]] = {
    SpecimenState.PENDING: "",
    SpecimenState.NEGATIVE: Outcome.NEGATIVE,
    SpecimenState.PRELIMINARY_POSITIVE: Outcome.POSITIVE,
    SpecimenState.CONFIRMED_POSITIVE: Outcome.POSITIVE,
    SpecimenState.REFUTED: SpecimenState.REFUTED,  # no first result says that
    SpecimenState.INVALID: Outcome.INVALID,
}
SITE_TAKES: Final[dict[str, SpecimenState]] = {
    Outcome.NEGATIVE: SpecimenState.NEGATIVE,
    Outcome.POSITIVE: SpecimenState.PRELIMINARY_POSITIVE,
    Outcome.SUSPECT: SpecimenState.PRELIMINARY_POSITIVE,
    Outcome.INVALID: SpecimenState.INVALID,
}
POSITIVES: Final[frozenset[str]] = frozenset({Outcome.POSITIVE, Outcome.SUSPECT})


def standing_of(first: str, recheck: str) -> str:
    """What is known of a tube by its first result and its recheck. A recheck that is invalid decides nothing."""
    if first in POSITIVES:
        if recheck in POSITIVES:
            return Standing.CONFIRMED
        return Standing.REFUTED if recheck == Outcome.NEGATIVE else Standing.PRELIMINARY
    return {Outcome.NEGATIVE: Standing.NEGATIVE, Outcome.INVALID: Standing.INVALID}.get(first, "")  # type: ignore[call-overload,no-any-return]
