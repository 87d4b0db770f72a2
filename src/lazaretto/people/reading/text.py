"""Cleaning of text that came through keyboards, spreadsheets and chat programs."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

# Zero-width, bidirectional and other format characters that no reader sees. Ideographic variation selectors
# (U+E0100…) are not here: they distinguish real name characters.
_INVISIBLE = dict.fromkeys(
    [
        *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x034F, 0x061C, 0x115F, 0x1160,
        0x17B4, 0x17B5, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10), 0xFEFF, 0x3164, 0xFFA0, *range(0xFFF9, 0xFFFC),
    ]
)  # fmt: skip
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_TABLE: dict[int, str | None] = {**_WIDE, **_INVISIBLE, **_SPACES}
_PLAIN = re.compile(r"[!-~\u4e00-\u9fff]*\Z")
_NOTHINGS = r"""
- -- --- — —— – / \ // . 无 無 没有 沒有 暂无 暫無 空 否 不详 不詳 未知 不明 无此项 无需 无特殊 无特殊需求 无要求 正常
未填 待补 待补充 后补 待定 none no nil null n/a na #n/a nan unknown tbd tba
"""
_NOTHING = frozenset(_NOTHINGS.split()) | {""}


class Sex(StrEnum):
    """Sex as a document states it (GB/T 2261.1: 1 male, 2 female)."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The text as a reader sees it: full-width forms narrow, invisible characters gone, spaces single, ends trimmed.

    Chinese punctuation that has a full-width ASCII form becomes ASCII; line breaks become spaces. Composed accents.
    """
    if _PLAIN.match(text):
        return text
    return " ".join(unicodedata.normalize("NFC", text.translate(_TABLE)).split())


@lru_cache(maxsize=65536)
def is_nothing(text: str) -> bool:
    """Whether the text is one of the ways offices write "nothing here" (无, 暂无, -, N/A …)."""
    return not text or fold(text).lower().strip(" 。.();,、:|") in _NOTHING


_MALE = frozenset(
    ("男", "男性", "男士", "先生", "m", "male", "man", "boy", "mr", "mr.", "1", "m男", "男m", "男male", "male男")
)
_FEMALE = frozenset(
    (
        "女",
        "女性",
        "女士",
        "小姐",
        "f",
        "female",
        "woman",
        "girl",
        "ms",
        "ms.",
        "mrs",
        "mrs.",
        "miss",
        "2",
        "f女",
        "女f",
    )
)


def read_sex(text: str) -> Sex | None:
    """Sex by the words and codes offices use; UNKNOWN for an empty cell, None when the words are not understood."""
    word = re.sub(r"[\s()/]+", "", fold(text).lower()).removesuffix(".0")
    if word in _MALE:
        return Sex.MALE
    if word in _FEMALE:
        return Sex.FEMALE
    return Sex.UNKNOWN if is_nothing(word) or word in {"0", "9"} else None
