"""Files as parks send them, line by line; a large text file is never in memory as a whole."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from lazaretto.core.tables import Sheet, TableError, cell_text, decode, read_workbook
from lazaretto.core.tables.delimited import guess_delimiter
from lazaretto.headcounts.commands import RawLine
from lazaretto.headcounts.errors import ListUnreadable, NoNameColumn
from lazaretto.headcounts.rules import columns_of, is_header

STREAMED_FROM = 20_000_000  # bytes of a text file; what is smaller is read as spreadsheets are
SAMPLE = 2_000_000  # bytes that tell the encoding
BLOCK = 1_000_000
HEADER_WITHIN = 30  # lines
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Source:
    """A file ready to be read: what identifies it, the line that names its columns, the lines after it.

    `about` is how many lines there are, 0 when that is not known before the end.
    """

    digest: str
    header: list[str]
    lines: Iterator[RawLine]
    about: int = 0


def from_bytes(content: bytes, name: str) -> Source:
    """A file that was uploaded. Raises `ListUnreadable`, `NoNameColumn`."""
    try:
        sheets = [sheet for sheet in read_workbook(content, name).sheets if any(any(row) for row in sheet.rows)]
    except TableError as error:
        raise ListUnreadable(reason=error.code) from error
    header: list[str] = []
    pieces: list[Iterator[RawLine]] = []
    offset = 0
    for sheet in sheets:
        found = _header_of(sheet)
        header = header or found[1]
        pieces.append(_lines(sheet, found[0], _same_order(header, found[1]), offset))
        offset += len(sheet.rows)
    return Source(sha256(content).hexdigest(), header, chain.from_iterable(pieces), offset)


def from_path(path: Path) -> Source:
    """A file on this machine; one too large to be held is read as it goes. Raises `OSError` too."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    if path.stat().st_size < STREAMED_FROM or start.startswith(_ARCHIVES):
        return from_bytes(path.read_bytes(), path.name)
    sample = start[: start.rfind(b"\n")]
    text, encoding, _damaged = decode(sample)
    rows = _records(path, encoding, guess_delimiter(text))
    for number, row in islice(enumerate(rows, start=1), HEADER_WITHIN):
        if is_header(row):
            lines = (RawLine(place, cells) for place, cells in enumerate(rows, start=number + 1))
            return Source(_digest(path), row, lines)
    raise NoNameColumn(file=path.name)


def pieces(lines: Iterator[RawLine], size: int) -> Iterator[list[RawLine]]:
    """The lines, so many at a time."""
    while piece := list(islice(lines, size)):
        yield piece


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _header_of(sheet: Sheet) -> tuple[int, list[str]]:
    for number, row in islice(sheet.numbered(), HEADER_WITHIN):
        texts = [cell_text(cell) for cell in row]
        if is_header(texts):
            return number, texts
    raise NoNameColumn(sheet=sheet.name)  # no sheet with people on it is passed over in silence


def _same_order(wanted: Sequence[str], found: Sequence[str]) -> list[int | None]:
    """Where the columns of the first sheet are in this one."""
    places = {field: index for index, field in columns_of(found).items()}
    words = {word: index for index, word in enumerate(found)}
    meant = columns_of(wanted)
    return [places.get(meant[index]) if index in meant else words.get(word) for index, word in enumerate(wanted)]


def _lines(sheet: Sheet, header: int, order: Sequence[int | None], offset: int) -> Iterator[RawLine]:
    for number, row in sheet.numbered():
        if number > header:
            yield RawLine(offset + number, [cell_text(row[index]) if index is not None else "" for index in order])
