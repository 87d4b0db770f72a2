"""Delimited text: which encoding, which delimiter, and quotes that were never closed."""

import csv
import io
import re
from collections import Counter

from lazaretto.core.tables.model import EmptyFile, NotATable, Sheet, Workbook, rectangle

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = ("\t", ",", ";", "|", "，", "；")
_WESTERN = re.compile(r"(?<![\x80-\uffff])[\xc0-\xff](?![\x80-\uffff])")
_SAMPLE_LINES = 60
# Excel's largest cell; the csv module would refuse longer fields with a bare error.
_FIELD_LIMIT = 10_000_000


def decode(data: bytes) -> tuple[str, str, int]:
    """Text, encoding and the number of damaged places of a text file of unknown encoding.

    Order: byte order mark, UTF-16 without one, UTF-8, then GB18030 against Big5 and the western code page by which
    reads as common text. One damaged byte does not cost the file: it becomes U+FFFD and is counted.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    if encoding := _utf16_without_mark(data):
        return _decoded(data, encoding)
    try:
        return data.decode("utf-8"), "utf-8", 0
    except UnicodeDecodeError:
        return _legacy(data)


def _utf16_without_mark(data: bytes) -> str:
    sample = data[:4000]
    if len(sample) < 4 or b"\x00" not in sample:
        return ""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy(data: bytes) -> tuple[str, str, int]:
    readings = (_decoded(data, encoding) for encoding in ("utf-8", "gb18030", "big5hkscs", "cp1252"))
    best = max(readings, key=_plausibility)
    if best[2] > max(3, len(best[0]) // 50):
        raise NotATable
    return best


def _decoded(data: bytes, encoding: str) -> tuple[str, str, int]:
    text = data.decode(encoding, errors="replace")
    return text, encoding, text.count("\ufffd")


def _plausibility(decoded: tuple[str, str, int]) -> float:
    """Share of the non-ASCII characters that are everyday ones; damage weighs more than rarity."""
    text, encoding, damaged = decoded
    others = [c for c in text[:20_000] if c > "\x7f"]
    if encoding == "cp1252":
        common = len(_WESTERN.findall(text[:20_000]))
    else:
        common = sum(1 for c in others if _is_everyday(c, encoding))
    return (common / len(others) if others else 0.0) - 3 * damaged / (len(others) or 1)


def _is_everyday(character: str, encoding: str) -> bool:
    if character in "，。：；、（）！？·“”《》　－":
        return True
    legacy = ("big5", range(0xA4, 0xC7)) if encoding == "big5hkscs" else ("gb2312", range(0xB0, 0xD8))
    try:
        code = character.encode(legacy[0])
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and code[0] in legacy[1]


def read_text(data: bytes, name: str) -> Workbook:
    """Read delimited text as a workbook of one sheet. Row n is the n-th record, as when Excel opens the file.

    Raises `EmptyFile`, `NotATable` (binary content).
    """
    text, encoding, damaged = decode(data)
    if "\x00" in text[:4000]:
        raise NotATable
    if not text.strip():
        raise EmptyFile
    text, stated = _stated_delimiter(text)
    delimiter = stated or guess_delimiter(text)
    rows, notes = _records(text, delimiter)
    if stated:
        rows.insert(0, [f"sep={stated}"])
    sheet = Sheet(name, rectangle(rows))
    return Workbook("text", (sheet,), encoding, delimiter, damaged, notes)


def _stated_delimiter(text: str) -> tuple[str, str]:
    found = re.match(r"\ufeff?sep=(.)\r?\n", text)
    return (text[found.end() :], found[1]) if found else (text.removeprefix("\ufeff"), "")


def guess_delimiter(text: str) -> str:
    """The character that divides most lines into the same number of fields; a comma when none does."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> float:
    counts = Counter(line.count(delimiter) for line in lines)
    counts.pop(0, None)
    if not counts:
        return 0.0
    often = max(counts.values())
    return often * (1 + min(9, max(count for count, times in counts.items() if times == often)) / 10)


def _records(text: str, delimiter: str) -> tuple[list[list[str]], tuple[str, ...]]:
    csv.field_size_limit(_FIELD_LIMIT)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if _swallowed_lines(rows, delimiter):
        plain = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return list(plain), ("quotes_ignored",)
    return rows, ()


def _swallowed_lines(rows: list[list[str]], delimiter: str) -> bool:
    """A quote that was opened and not closed makes one cell of all the lines after it."""
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)
    if not width:
        return any(field.count("\n") > 3 and delimiter in field for row in rows for field in row)
    expected = max(1, width[0][0] - 1)
    return any(
        line.count(delimiter) >= expected
        for row in rows
        for field in row
        if "\n" in field
        for line in field.split("\n")
    )
