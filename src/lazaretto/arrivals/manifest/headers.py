"""Finding the tables of a sheet: where the header stands, over how many rows, and what each column holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from lazaretto.arrivals.manifest.content import guess_columns
from lazaretto.arrivals.manifest.fields import DOCUMENTS, NAMES, REPEATABLE, Field, header_key, match_header
from lazaretto.arrivals.manifest.model import Column, Table
from lazaretto.core.tables import Cell, Sheet, cell_text

Chosen = Mapping[str, Mapping[int, Field]]
"""Mappings a person has chosen: table signature → column → field."""

_DATA = re.compile(r"\d{5,}|[:：]\s*\S")
_LONGEST_WORDING = 24
_SUB_HEADER_WORDS = (
    "号码 类型 种类 名称 编号 中文 英文 姓 名 时间 日期 年 月 日 号 类别 内容 kind type number no name date time"
)
_SUB_HEADERS = frozenset(_SUB_HEADER_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Header:
    """A header of `depth` rows with its text by column."""

    row: int
    depth: int
    texts: tuple[str, ...]
    score: float


def find_tables(sheet: Sheet, index: int, chosen: Chosen) -> tuple[list[Table], frozenset[int]]:
    """The tables of a sheet in order, and all Excel rows that are header lines (repetitions included)."""
    headers = _headers(sheet)
    if not headers:
        table = _headless(sheet, index, chosen)
        return ([table] if table else []), frozenset()
    tables: list[Table] = []
    header_rows: set[int] = set()
    for place, header in enumerate(headers):
        header_rows.update(range(header.row, header.row + header.depth))
        last = headers[place + 1].row - 1 if place + 1 < len(headers) else len(sheet.rows)
        if tables and tables[-1].signature == _signature(header.texts):
            tables[-1] = _longer(tables[-1], last)
        else:
            tables.append(_table(sheet, index, header, last, chosen))
    return tables, frozenset(header_rows)


def _longer(table: Table, last_row: int) -> Table:
    return Table(table.sheet, table.header_rows, table.first_row, last_row, table.columns, table.signature)


def _headers(sheet: Sheet) -> list[_Header]:
    found: list[_Header] = []
    covered = 0
    for number, row in sheet.numbered():
        if number <= covered or not _may_be_header(row):
            continue
        header = _best_header(sheet, number)
        if header is not None:
            found.append(header)
            covered = number + header.depth - 1
    return found


def _may_be_header(row: Sequence[Cell]) -> bool:
    """Cheap refusal of lines of data: numbers, dates and long digits stand in no header."""
    filled = [value for value in row if value not in {"", None}]
    return bool(filled) and all(isinstance(value, str) and not _DATA.search(value) for value in filled)


def _best_header(sheet: Sheet, number: int) -> _Header | None:
    """A header of two rows must be better than each of its rows, unless the upper one is a header by itself."""
    single = _texts(sheet, number)
    alone = _score(single)
    if number < len(sheet.rows) and _is_sub_header(sheet.rows[number]):
        double = _two_rows(single, _texts(sheet, number + 1))
        both = _score(double)
        if both >= alone and (alone or both > _score(_texts(sheet, number + 1))):
            return _Header(number, 2, double, both)
    return _Header(number, 1, single, alone) if alone else None


def _texts(sheet: Sheet, number: int) -> tuple[str, ...]:
    """The row's texts; a merged block gives its text to all its columns."""
    texts = [cell_text(value) for value in sheet.rows[number - 1]]
    for block in sheet.merged:
        if block.first_row == number and block.last_column > block.first_column < len(texts):
            last = min(block.last_column, len(texts) - 1)
            texts[block.first_column : last + 1] = [texts[block.first_column]] * (last + 1 - block.first_column)
    return tuple(texts)


def _is_sub_header(row: Sequence[Cell]) -> bool:
    texts = [cell_text(value) for value in row if value not in {"", None}]
    if not texts or not _may_be_header(row):
        return False
    known = sum(1 for text in texts if header_key(text) in _SUB_HEADERS or _wording(text))
    return known * 2 > len(texts)


def _two_rows(parents: Sequence[str], children: Sequence[str]) -> tuple[str, ...]:
    texts: list[str] = []
    heading = ""
    for parent, child in zip(parents, children, strict=True):
        heading = parent or (heading if child else "")
        texts.append(f"{heading}\n{child}".strip() if child and child != heading else heading)
    return tuple(texts)


def _wording(text: str) -> tuple[Field, float] | None:
    """The field a header cell names; long sentences and "word: value" are no headers."""
    return match_header(text) if len(header_key(text)) <= _LONGEST_WORDING and not _DATA.search(text) else None


def _score(texts: Sequence[str]) -> float:
    """How well the texts work as a header; zero when they are none."""
    filled = [text for text in texts if text.strip()]
    matches = {text: match for text in filled if (match := _wording(text))}
    fields = {field for field, _ in matches.values()}
    if not fields & (NAMES | DOCUMENTS):
        return 0.0
    named = (Field.NAME, 1.0) in matches.values()
    if len(filled) == 1:
        return 1.0 if named else 0.0
    if len(set(filled)) < 2 or len(fields - {Field.OTHER}) < 2 or len(matches) * 2 < len(set(filled)):
        # The very word for "name" among words we do not know is a header still: its people must not be passed over.
        return 0.5 if named and all(len(header_key(text)) <= _LONGEST_WORDING for text in filled) else 0.0
    return sum(max(value for name, value in matches.values() if name is field) for field in fields)


def _table(sheet: Sheet, index: int, header: _Header, last_row: int, chosen: Chosen) -> Table:
    first = header.row + header.depth
    signature = _signature(header.texts)
    by_header = {column: match for column, text in enumerate(header.texts) if (match := match_header(text))}
    by_content = guess_columns(sheet.rows[first - 1 : last_row], len(header.texts))
    columns = _columns(header.texts, by_header, by_content, chosen.get(signature, {}))
    return Table(index, tuple(range(header.row, first)), first, last_row, columns, signature)


def _headless(sheet: Sheet, index: int, chosen: Chosen) -> Table | None:
    """A list without any header, when its columns say by themselves what they hold."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    guesses = guess_columns(sheet.rows, width)
    signature = f"{width} columns without header"
    fields = set(guesses.values()) | set(chosen.get(signature, {}).values())
    if not (fields & NAMES and fields & (DOCUMENTS | {Field.PHONE})):
        return None
    columns = _columns(("",) * width, {}, guesses, chosen.get(signature, {}))
    return Table(index, (), 1, len(sheet.rows), columns, signature)


def _columns(
    headers: Sequence[str],
    by_header: Mapping[int, tuple[Field, float]],
    by_content: Mapping[int, Field],
    chosen: Mapping[int, Field],
) -> tuple[Column, ...]:
    taken: set[Field] = set(chosen.values()) - REPEATABLE
    columns = {
        index: Column(index, headers[index], field, 1.0, "chosen")
        for index, field in chosen.items()
        if index < len(headers)
    }
    ranked = sorted(by_header.items(), key=lambda item: (-item[1][1], item[0]))
    guesses = [(index, field, confidence, "header") for index, (field, confidence) in ranked]
    guesses += [(index, field, 0.5, "content") for index, field in by_content.items() if index not in by_header]
    for index, field, confidence, source in guesses:
        if index not in columns and field not in taken and not _is_known_by_content(field, source, columns):
            columns[index] = Column(index, headers[index], field, confidence, source)
            taken |= {field} - REPEATABLE
    return tuple(
        columns.get(index) or Column(index, header, Field.OTHER, 0.0, "none") for index, header in enumerate(headers)
    )


def _is_known_by_content(field: Field, source: str, columns: Mapping[int, Column]) -> bool:
    """What a header names need not be found again by looking at the cells."""
    present = {column.field for column in columns.values()}
    family = next((group for group in (NAMES, DOCUMENTS, frozenset((Field.PHONE,))) if field in group), frozenset())
    return source == "content" and bool(family & present) and field is not Field.DOCUMENT


@lru_cache(maxsize=1024)
def _signature(texts: tuple[str, ...]) -> str:
    return sha256("|".join(header_key(text) for text in texts).encode()).hexdigest()[:32]
