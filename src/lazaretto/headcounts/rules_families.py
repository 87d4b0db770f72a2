"""What a list says about somebody's family. Pure: known words become concerns, the rest stays a note."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.headcounts.choices import Concern
from lazaretto.people.rules import fold, is_nothing

# The words that parks and communities write, as they are found in such columns.
WORDS: dict[Concern, tuple[str, ...]] = {
    Concern.PREGNANT: ("孕妇", "怀孕", "孕期", "有孕", "妊娠", "pregnant"),
    Concern.NURSING: ("哺乳期", "哺乳", "产后", "breast-feeding", "breastfeeding", "nursing"),
    Concern.SINGLE: ("单亲", "独自带孩子", "single parent"),
    Concern.CHILD: (
        "小孩", "孩子", "幼儿", "婴儿", "婴幼儿", "儿童", "宝宝", "small children", "small child", "children", "child",
        "infant", "baby",
    ),
    Concern.DUAL: ("双职工", "夫妻均在职", "夫妻双方在职", "both work", "dual-employee", "dual employee"),
    Concern.ALONE: ("独居", "lives alone"),
    Concern.ELDERLY: ("老人", "高龄", "老年人", "elderly"),
    Concern.DISABLED: ("残疾", "残障", "轮椅", "失能", "行动不便", "disabled", "disability", "wheelchair"),
    Concern.DIALYSIS: ("血液透析", "血透", "透析", "放化疗", "化疗", "放疗", "dialysis", "chemotherapy"),
    Concern.CHRONIC: ("慢性病", "基础疾病", "基础病", "糖尿病", "高血压", "心脏病", "chronic illness", "chronic"),
    Concern.MIND: ("精神障碍", "精神疾病", "精神病", "抑郁症", "抑郁", "mental illness"),
}  # fmt: skip
_FOUND = [
    (concern, re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))))
    for concern, words in WORDS.items()
]
_PARTS = re.compile(r"[,，、;；/。.+\n]|\band\b")
_NOT = re.compile(r"[无没未非不否]|\bno\b|\bnot\b|\bnone\b|\bwithout\b")
_FILLERS = re.compile(r"家庭|家中|家里|家有|有|是|\b(?:with|and|one|an?)\b|[\s:：()（）]")
_NOTHING = frozenset(("否", "正常", "普通", "no", "No", "normal"))
LASTING = 8  # characters from which a household's number is one of the register, the same in every list


@dataclass(frozen=True, slots=True)
class Family:
    """What a cell says: concerns in the order of their table, and the whole cell where it says more than these.

    `remarked`: something of it was found among the remarks of a line.
    """

    concerns: tuple[Concern, ...] = ()
    note: str = ""
    remarked: bool = False


NO_FAMILY = Family()


@lru_cache(maxsize=4096)
def read_family(text: str) -> Family:
    """`双职工，有小孩` → both work, small child. What is denied ("无孕妇") is none."""
    if is_nothing(text.strip()) or fold(text) in _NOTHING:
        return NO_FAMILY
    said: set[Concern] = set()
    whole = True
    for part in _PARTS.split(fold(text).casefold()):
        found = [concern for concern, words in _FOUND if words.search(part)]
        denied = _NOT.search(part) is not None
        said.update(() if denied else found)
        whole = whole and not _rest(part, denied=denied and bool(found))
    concerns = tuple(concern for concern in Concern if concern in said)
    note = "" if whole else text.strip()
    return Family(concerns if concerns or not note else (Concern.OTHER,), note)


def with_remark(family: Family, remark: str) -> Family:
    """With what a remark names by the same words; the remark stands beside, so that it is seen where it is from.

    Remarks are about anything. One of which no word is known says nothing about a family: its line keeps it as text.
    """
    found = set(read_family(remark).concerns) - {Concern.OTHER}
    if not found:
        return family
    concerns = tuple(concern for concern in Concern if concern in found | set(family.concerns))
    return Family(concerns, "；".join(filter(None, (family.note, f"备注：{remark.strip()}"))), remarked=True)


def _rest(part: str, *, denied: bool) -> str:
    for _concern, words in _FOUND:
        part = words.sub("", part)
    return _FILLERS.sub("", _NOT.sub("", part) if denied else part)


def lasts(number: str) -> bool:
    """Whether a household's number means the same in every list; a short one is the list's own."""
    return len(number) >= LASTING


def household_number(text: str) -> str:
    """The number as it is compared, empty for none."""
    return "" if is_nothing(text) else fold(text).replace(" ", "").casefold()[:40]


def names(concerns: Iterable[str]) -> list[Concern]:
    """In the order of their table."""
    there = set(concerns)
    return [concern for concern in Concern if concern.value in there]
