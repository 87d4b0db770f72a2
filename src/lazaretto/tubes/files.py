"""Files as laboratories send them: title lines above, sheets of several machines, codes with apostrophes."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from lazaretto.core.tables import Sheet, TableError, cell_text, read_workbook
from lazaretto.tubes.commands import RawLine
from lazaretto.tubes.errors import NoTubeColumn, ResultsUnreadable
from lazaretto.tubes.rules import columns_of, is_header

HEADER_WITHIN = 30  # lines


@dataclass(frozen=True)
class Source:
    """A file ready to be laid out: what identifies it, the line that names its columns, the lines after it."""

    digest: str
    header: list[str]
    lines: list[RawLine]


def from_bytes(content: bytes, name: str) -> Source:
    """Every sheet with anything on it. Raises `ResultsUnreadable`, `NoTubeColumn` for a sheet that names no columns."""
    try:
        sheets = [sheet for sheet in read_workbook(content, name).sheets if any(any(row) for row in sheet.rows)]
    except TableError as error:
        raise ResultsUnreadable(reason=error.code) from error
    header: list[str] = []
    lines: list[RawLine] = []
    offset = 0
    for sheet in sheets:
        at, words = _header_of(sheet)
        header = header or words
        order = _same_order(header, words)
        lines += [
            RawLine(offset + number, [cell_text(row[i]) if i is not None and i < len(row) else "" for i in order])
            for number, row in sheet.numbered()
            if number > at
        ]
        offset += len(sheet.rows)
    if not header:
        raise NoTubeColumn(file=name)
    return Source(sha256(content).hexdigest(), header, lines)


def _header_of(sheet: Sheet) -> tuple[int, list[str]]:
    for number, row in islice(sheet.numbered(), HEADER_WITHIN):
        texts = [cell_text(cell) for cell in row]
        if is_header(texts):
            return number, texts
    raise NoTubeColumn(sheet=sheet.name)  # a sheet passed over in silence is results that nobody has


def _same_order(wanted: list[str], found: list[str]) -> list[int | None]:
    """Where the columns of the first sheet are in this one."""
    places = {field: index for index, field in columns_of(found).items()}
    words = {word: index for index, word in enumerate(found)}
    meant = columns_of(wanted)
    return [places.get(meant[index]) if index in meant else words.get(word) for index, word in enumerate(wanted)]
