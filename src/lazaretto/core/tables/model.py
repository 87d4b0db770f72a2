"""What a file of tables is made of, and the named reasons why one cannot be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import ClassVar, TypeAlias

LARGEST_CELLS = 8_000_000  # of one sheet, empty ones too

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
"""A cell's value; an empty cell is the empty string."""


class TableError(Exception):
    """The file cannot be read as tables (damaged content). `code` is stable; subclasses say why."""

    code: ClassVar[str] = "file_unreadable"


class EmptyFile(TableError):
    """There is not a single byte or not a single filled cell in the file."""

    code = "file_empty"


class PasswordProtected(TableError):
    """The file is encrypted; it must be saved without a password."""

    code = "file_password"


class NotATable(TableError):
    """The content is something else: a PDF, a picture, a text document, an archive."""

    code = "file_not_a_table"


class TooLarge(TableError):
    """The file holds more cells or unpacks to more bytes than this program will take at once."""

    code = "file_too_large"


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged block. Rows are Excel's (from 1), columns count from 0, both ends belong to it."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows[n]` is Excel row n + 1; all rows have the same width; empty rows at the end are cut."""

    name: str
    rows: Sequence[Sequence[Cell]]
    visible: bool = True
    merged: tuple[MergedRange, ...] = ()
    row_limit: int | None = None
    """The most rows the format can hold: a sheet that is exactly full has probably lost its end."""

    @property
    def is_full(self) -> bool:
        return self.row_limit is not None and len(self.rows) >= self.row_limit

    def numbered(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows with their Excel numbers."""
        return enumerate(self.rows, start=1)


@dataclass(frozen=True)
class Workbook:
    """A file of tables. `format` is xlsx, xls, html or text; `encoding` and `delimiter` only for text.

    `damaged_characters` counts the places where bytes could not be read as text (they stand as U+FFFD).
    """

    format: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    damaged_characters: int = 0
    notes: tuple[str, ...] = field(default=())


def cell_text(value: Cell) -> str:
    """The value as text, nothing rounded away: whole numbers without `.0`, dates in ISO form."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def column_letters(column: int) -> str:
    """Excel's letters for a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def rectangle(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Rows of one width, without the empty rows at the end and the empty columns at the right."""
    height = len(rows)
    while height and not any(not is_blank(value) for value in rows[height - 1]):
        height -= 1
    kept = rows[:height]
    width = max((_filled_width(row) for row in kept), default=0)
    return [_padded(row, width) for row in kept]


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    cells: list[Cell] = ["" if value is None else value for value in row[:width]]
    return cells + [""] * (width - len(cells))


def is_blank(value: Cell) -> bool:
    """Whether a cell holds nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def _filled_width(row: Sequence[Cell]) -> int:
    width = len(row)
    while width and is_blank(row[width - 1]):
        width -= 1
    return width
