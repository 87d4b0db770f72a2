"""Lists of people in tables: which column says what is found by its heading, lines are read one after another.

A large text file is never in memory as a whole.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from lazaretto.core.errors import CellIsFormula, NobodyOnList
from lazaretto.core.tables.delimited import decode, guess_delimiter
from lazaretto.core.tables.model import Sheet, TableError, cell_text
from lazaretto.core.tables.workbook import formula_without_value, read_workbook

STREAMED_FROM = 20_000_000  # bytes of a text file; what is smaller is read as spreadsheets are
SAMPLE = 2_000_000  # bytes that tell the encoding
BLOCK = 1_000_000
HEADER_WITHIN = 30  # lines
OTHER = "+"  # stands before the name of a column that says nothing we know: kept as it came
# Who is on a sheet without headings. A letter has telephones, too, but says whose: a word stands right before them.
_DOCUMENT = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_DIGITS = r"(?!\d{4}-\d{1,2}-\d{1,2}(?!\d))[+(]?\d[\d() -]{5,}\d"  # of a telephone or a document, not a date
_NUMBER = re.compile(_DIGITS)
_IS_NUMBER = re.compile(rf"['’‘`]?[A-Za-z]{{0,2}}{_DIGITS}")
_AFTER_A_NAME = re.compile(rf"[\d.、)]*\s*([\u4e00-\u9fff·]{{2,8}}|[A-Za-z' -]{{3,40}})[\s,，、;；]*{_DIGITS}")
_WHOSE = re.compile(
    r"联系人|经办人|负责人|contact person|(电话|手机|热线|传真|联系方式|号码|编号|文号|(?<![a-z])"
    rf"(phone|telephone|tel|mobile|fax|hotline|no))\W*{_DIGITS}",
    re.IGNORECASE,
)
_FEW = 5  # telephones of a letter: of more, somebody must say whose they are
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NoHeader(TableError):
    """No line of a sheet names its columns."""

    code = "file_without_header"


@dataclass(frozen=True)
class RawLine:
    """A line as it stands in the file: its number there and its cells."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class SheetStart:
    """A sheet of a file, and the number after which its lines begin."""

    name: str
    after: int


def place_in_file(sheets: Sequence[SheetStart], number: int) -> tuple[str, int]:
    """On which sheet a line stands, and in which row of it; without a name where there is one sheet."""
    start = max((one for one in sheets if one.after < number), key=lambda one: one.after, default=None)
    if start is None:
        return "", number
    return (start.name if len(sheets) > 1 else ""), number - start.after


@dataclass(frozen=True)
class Source:
    """A file ready to be read: what identifies it, the line that names its columns, the lines after it.

    `about` is about how many lines there are. Of several sheets the lines are
    numbered on: `sheets` says after which number each begins, so that a line is found in the file. `passed` are sheets
    that were passed over, because nobody is on them.
    """

    digest: str
    header: list[str]
    lines: Iterator[RawLine]
    about: int = 0
    sheets: Sequence[SheetStart] = ()
    passed: Sequence[str] = ()


@dataclass(frozen=True)
class Headings:
    """Which words head which column; `folded` makes two ways of writing a word one."""

    words: Mapping[str, Sequence[str]]
    folded: Callable[[str], str]

    def columns_of(self, header: Sequence[str]) -> dict[int, str]:
        """Which column says what; unknown words are left out, the first of two with one meaning counts."""
        meaning = {self.folded(word): field for field, words in self.words.items() for word in words}
        found: dict[int, str] = {}
        for index, word in enumerate(header):
            field = meaning.get(self.folded(str(word)))
            if field and field not in found.values():
                found[index] = field
        return found

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a line names columns: a name and one more."""
        found = self.columns_of(cells)
        return "name" in found.values() and len(found) > 1

    def all_columns(self, header: Sequence[str]) -> dict[int, str]:
        """The same with the columns that say nothing we know, under their own words; of two alike, the second has a
        number."""
        found = self.columns_of(header)
        for index, word in enumerate(header):
            if word.strip() and index not in found:
                name = f"{OTHER}{word[:60]}"
                alike = sum(other == name or other.startswith(f"{name} ") for other in found.values())
                found[index] = f"{name} {alike + 1}" if alike else name
        return found


def from_bytes(content: bytes, name: str, headings: Headings, *, pass_over: bool = False) -> Source:
    """A file that was uploaded. Raises `TableError`, `NoHeader` for a sheet with people whose columns nobody names,
    `NobodyOnList` for headings with nothing under them, `CellIsFormula` for one whose value the file does not hold.

    With `pass_over` a sheet without columns and without a row that could be somebody's (a cover letter, say, with its
    telephone) is passed over and named, as long as another sheet has people.
    """
    filled = [sheet for sheet in read_workbook(content, name).sheets if any(any(row) for row in sheet.rows)]
    if cell := formula_without_value(content):
        raise CellIsFormula(cell)
    sheets = filled
    if pass_over:
        sheets = [sheet for sheet in filled if _has_header(sheet, headings) or _names_somebody(sheet)] or filled
    header: list[str] = []
    anybody = False
    pieces: list[Iterator[RawLine]] = []
    starts: list[SheetStart] = []
    offset = 0
    for sheet in sheets:
        starts.append(SheetStart(sheet.name, offset))
        found = _header_of(sheet, headings)
        header = header or found[1]
        anybody = anybody or _says_anything(sheet, found, headings)
        who = next(index for index, field in headings.columns_of(header).items() if field == "name")
        pieces.append(_lines(sheet, found[0], _same_order(header, found[1], headings), offset, who))
        offset += len(sheet.rows)
    if not anybody:
        raise NobodyOnList(file=name)
    passed = [sheet.name for sheet in filled if sheet not in sheets]
    return Source(sha256(content).hexdigest(), header, chain.from_iterable(pieces), offset, starts, passed)


def _says_anything(sheet: Sheet, found: tuple[int, list[str]], headings: Headings) -> bool:
    """Whether a line under the headings says anything that we know: a column of numbers one to fifty names nobody."""
    places = headings.columns_of(found[1])
    rows = islice(sheet.rows, found[0], None)
    return any(cell_text(row[index]).strip() for row in rows for index in places)


def _has_header(sheet: Sheet, headings: Headings) -> bool:
    top = islice(sheet.numbered(), HEADER_WITHIN)
    return any(headings.is_header([cell_text(cell) for cell in row]) for _number, row in top)


def _names_somebody(sheet: Sheet) -> bool:
    """Whether a row could be somebody's: then its columns must be named."""
    rows = [[text for cell in row if (text := cell_text(cell).strip())] for _number, row in sheet.numbered()]
    numbered = [row for row in rows if any(_NUMBER.search(text) for text in row)]
    return len(numbered) > _FEW or any(_is_somebody(row) for row in numbered)


def _is_somebody(texts: Sequence[str]) -> bool:
    """An identity number; or a cell that is a number beside others, or after a name, and no word says whose it is."""
    line = " ".join(texts)
    if _DOCUMENT.search(line):
        return True
    if _WHOSE.search(line) or any(text.endswith((":", "：")) for text in texts):
        return False
    if len(texts) == 1:
        return _AFTER_A_NAME.fullmatch(line) is not None
    return any(_IS_NUMBER.match(text) for text in texts)


def from_path(
    path: Path, headings: Headings, *, streamed_from: int = STREAMED_FROM, pass_over: bool = False
) -> Source:  # fmt: skip
    """A file on this machine; one too large to be held is read as it goes. Raises `OSError` too."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    if path.stat().st_size < streamed_from or start.startswith(_ARCHIVES):
        return from_bytes(path.read_bytes(), path.name, headings, pass_over=pass_over)
    sample = start[: start.rfind(b"\n")]
    text, encoding, _damaged = decode(sample)
    rows = _records(path, encoding, guess_delimiter(text))
    for number, row in islice(enumerate(rows, start=1), HEADER_WITHIN):
        if headings.is_header(row):
            lines = (RawLine(place, cells) for place, cells in enumerate(rows, start=number + 1))
            digest, about = _digest(path)
            return Source(digest, row, lines, about)
    raise NoHeader(path.name)


def pieces(lines: Iterator[RawLine], size: int) -> Iterator[list[RawLine]]:
    """The lines, so many at a time."""
    while piece := list(islice(lines, size)):
        yield piece


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter)


def _digest(path: Path) -> tuple[str, int]:
    """What identifies it, and about how many lines it has: a cell may hold a new line of its own."""
    digest, lines = sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines


def _header_of(sheet: Sheet, headings: Headings) -> tuple[int, list[str]]:
    for number, row in islice(sheet.numbered(), HEADER_WITHIN):
        texts = [cell_text(cell) for cell in row]
        if headings.is_header(texts):
            return number, texts
    raise NoHeader(sheet.name)  # no sheet with people on it is passed over in silence


def _same_order(wanted: Sequence[str], found: Sequence[str], headings: Headings) -> list[int | None]:
    """Where the columns of the first sheet are in this one."""
    places = {field: index for index, field in headings.columns_of(found).items()}
    words = {word: index for index, word in enumerate(found)}
    meant = headings.columns_of(wanted)
    return [places.get(meant[index]) if index in meant else words.get(word) for index, word in enumerate(wanted)]


def _lines(
    sheet: Sheet, header: int, order: Sequence[int | None], offset: int, who: int
) -> Iterator[RawLine]:  # fmt: skip
    """A cell that is merged over several lines says the same of everybody who is named in one of them."""
    merged = _merged(sheet)
    for number, row in sheet.numbered():
        if number > header:
            cells = [cell_text(row[index]) if index is not None else "" for index in order]
            above = merged.get(number, {})
            if above and cells[who].strip():
                cells = [text or above.get(index, "") for text, index in zip(cells, order, strict=True)]
            yield RawLine(offset + number, cells)


def _merged(sheet: Sheet) -> dict[int, dict[int | None, str]]:
    """What cells merged downwards say, by line and column; the file has it in the first line alone."""
    found: dict[int, dict[int | None, str]] = {}
    for block in sheet.merged:
        if block.first_column == block.last_column and block.first_row <= len(sheet.rows):
            text = cell_text(sheet.rows[block.first_row - 1][block.first_column])
            for number in range(block.first_row, min(block.last_row, len(sheet.rows)) + 1):
                found.setdefault(number, {})[block.first_column] = text
    return found
