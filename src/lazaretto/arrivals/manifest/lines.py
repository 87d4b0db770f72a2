"""What a line is: a person, or one of the lines around the people. In doubt it is a person."""

import re
from collections.abc import Sequence

from lazaretto.arrivals.manifest.fields import DOCUMENTS, NAMES, Field
from lazaretto.arrivals.manifest.model import LineKind
from lazaretto.people.rules import fold, is_nothing, read_name

_TOTAL = re.compile(
    r"(?:以上|本页|本表|本车|本次|全部|名单)?(?:[总合共小累總]\s*[计計]).*|总人数.*|总数.*|人数(?:合计)?\s*[:：]?\s*\d*.*|"
    r"共\s*[\d一二三四五六七八九十百]+\s*[人名位].*|(?:grand\s*|sub\s*-?)?total\b.*|sum\W*\d*|"
    r"number of (?:people|persons|pax).*",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:以下|下面|此)(?:为)?(?:空白|无正文|无)|.*以下空白.*|完|结束|(?:the )?end|\*+|-{2,}|—+|/+", re.IGNORECASE
)
_SECTION = re.compile(
    r".*(?:名单|一览表|登记表|汇总表|统计表|车组?|组|批|航班|人员)(?:名单)?[（(]?[^）)]*[）)]?|第.{1,3}[车组批页].*|page\s*\d+.*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[:：。；;！!]|注意|备注|说明|注\s*[:：]|\bnote\b", re.IGNORECASE)
_STRONG = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|[A-Za-z]{1,2}\d{7,9}|(?:\+?86)?1[3-9]\d{9})(?![0-9A-Za-z])")
_NUMBER = re.compile(r"\d+(?:\.0)?")
_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_COUNT = r"(\d{1,6}|[零〇一二两三四五六七八九十百千]{1,9})"
_UNIT = r"\s*(?:人|名|位|persons?\b|people\b|pax\b|passengers?\b|guests?\b)"
_DECLARED = (
    re.compile(
        r"(?:合计|总计|共计|小计|累计|总共|一共|共有|共|合計|總計|总人数|人数|total(?: number)?(?: of)?)"
        rf"[^\d零〇一二两三四五六七八九十百千,，。;；]{{0,8}}?{_COUNT}{_UNIT}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:合计|总计|共计|小计|累计|总人数|人数|合計|總計|总数|total)(?:人数|people|pax|persons|passengers)?"
        r"\s*(?:[:：=]|为|是|\s)\s*(\d{1,6})(?![\d年月./-])",
        re.IGNORECASE,
    ),
    re.compile(rf"[（(\[]\s*{_COUNT}{_UNIT}\s*[)）\]]", re.IGNORECASE),
    re.compile(rf"^{_COUNT}{_UNIT}$", re.IGNORECASE),
)


def classify(texts: Sequence[str], fields: Sequence[Field] | None, spread: int) -> LineKind:
    """The kind of a line that is no header.

    `fields` are the meanings of the columns, None outside any table; `spread` is the width of the widest merged block
    in the line.
    """
    filled = [index for index, text in enumerate(texts) if text.strip()]
    if not filled:
        return LineKind.BLANK
    if _is_total(texts, filled):
        return LineKind.TOTAL
    if fields is None:
        return LineKind.PERSON if len(filled) > 1 and _has_strong(texts) else LineKind.NOTE
    if len(filled) == 1 or spread >= 3:
        return _lonely(texts, filled, fields, spread)
    if _is_numbering(texts, filled, fields):
        return LineKind.NOTE
    return LineKind.PERSON if _names_somebody(texts, filled, fields) else LineKind.NOTE


def has_plain_document(texts: Sequence[str], fields: Sequence[Field]) -> bool:
    """The usual line, recognised quickly: an identity card number in a column of documents, and other cells."""
    return (
        any(
            len(text) == 18 and field in DOCUMENTS and text[:17].isdigit()
            for text, field in zip(texts, fields, strict=True)
        )
        and sum(map(bool, texts)) > 2
    )


def _is_total(texts: Sequence[str], filled: Sequence[int]) -> bool:
    """A total begins with its word (after at most a number), and no document stands in the line."""
    first = fold(texts[filled[0]])
    if len(filled) > 1 and _NUMBER.fullmatch(first):
        first = fold(texts[filled[1]])
    return bool(_TOTAL.fullmatch(first)) and not _has_strong(texts)


def _has_strong(texts: Sequence[str]) -> bool:
    return any(_STRONG.search(text.replace(" ", "")) for text in texts)


def _lonely(texts: Sequence[str], filled: Sequence[int], fields: Sequence[Field], spread: int) -> LineKind:
    """A single filled cell, or a line merged across: a person only if it is a name that stands in the name column."""
    index = filled[0]
    word = fold(texts[index])
    field = fields[index]
    if len(filled) > 1 and _names_somebody(texts, filled, fields):
        return LineKind.PERSON
    if field is Field.SERIAL and _NUMBER.fullmatch(word):
        return LineKind.BLANK  # numbered in advance, never filled in
    if _END.fullmatch(word):
        return LineKind.NOTE
    if field in NAMES and spread < 3 and _could_be_name(word):
        return LineKind.PERSON
    if field in DOCUMENTS and _STRONG.search(word.replace(" ", "")):
        return LineKind.PERSON
    return LineKind.NOTE if _SENTENCE.search(word) else LineKind.TITLE


def _could_be_name(word: str) -> bool:
    return len(word) <= 40 and not _SENTENCE.search(word) and not _SECTION.fullmatch(word) and read_name(word).certain


def _is_numbering(texts: Sequence[str], filled: Sequence[int], fields: Sequence[Field]) -> bool:
    """The line of column numbers (1, 2, 3 …) that official forms have under the header."""
    words = [fold(texts[index]).strip("()（）") for index in filled]
    if len(words) < 3 or len(words) < len(fields) // 2:
        return False
    return all(_NUMBER.fullmatch(word) for word in words) and [int(float(word)) for word in words] == list(
        range(int(float(words[0])), int(float(words[0])) + len(words))
    )


def _names_somebody(texts: Sequence[str], filled: Sequence[int], fields: Sequence[Field]) -> bool:
    """A name, a document, or at least two statements that are made of people."""
    stated = [fields[index] for index in filled if not is_nothing(texts[index])]
    names = [texts[index] for index in filled if fields[index] in NAMES]
    if any(_END.fullmatch(fold(name)) for name in names) and not _has_strong(texts):
        return False
    if any(field in DOCUMENTS for field in stated) or _has_strong(texts):
        return True
    sentence = any(_SENTENCE.search(fold(name)) or len(name) > 40 for name in names)
    if names and not sentence:
        return True
    return len([field for field in stated if field not in {Field.SERIAL, Field.OTHER, Field.REMARKS}]) >= 2


def declared_number(texts: Sequence[str], *, total_line: bool) -> tuple[int, str] | None:
    """The number of people a title, note or total line states, and the words that state it."""
    words = [fold(text) for text in texts if text.strip()]
    line = " ".join(words)
    for pattern in _DECLARED:
        if found := pattern.search(line):
            return number_of(found[1]), found[0]
    if not total_line:
        return None
    numbers = [word for word in words if _NUMBER.fullmatch(word) and not _TOTAL.fullmatch(word)]
    after = words[next(place for place, word in enumerate(words) if _TOTAL.fullmatch(word)) + 1 :]
    for word in [*after, *numbers]:
        if found := re.fullmatch(rf"{_COUNT}(?:\.0)?{_UNIT}?|(\d+)\.0", word):
            return number_of(found[1] or found[2]), line
    return None


def number_of(text: str) -> int:
    """An integer in digits or Chinese numerals below ten thousand (四十九 → 49)."""
    if text.isdigit():
        return int(text)
    total = current = 0
    for character in text:
        unit = {"十": 10, "百": 100, "千": 1000}.get(character)
        if unit is None:
            current = _HAN_DIGITS[character] + (current * 10 if current else 0)
        else:
            total, current = total + (current or 1) * unit, 0
    return total + current
