"""Files as parks send them, line by line; a large text file is never in memory as a whole."""

from pathlib import Path

from lazaretto.core.tables import TableError
from lazaretto.core.tables.lists import STREAMED_FROM, NoHeader, Source, pieces
from lazaretto.core.tables.lists import from_bytes as _bytes
from lazaretto.core.tables.lists import from_path as _path
from lazaretto.headcounts.commands import ContactLine
from lazaretto.headcounts.errors import ListUnreadable, NoContactColumn, NoNameColumn
from lazaretto.headcounts.rules import CONTACTS, HEADINGS

__all__ = ["STREAMED_FROM", "Source", "from_bytes", "from_path", "pieces"]


def from_bytes(content: bytes, name: str) -> Source:
    """A file that was uploaded. Raises `ListUnreadable`, `NoNameColumn`."""
    try:
        return _bytes(content, name, HEADINGS)
    except NoHeader as error:
        raise (NoNameColumn() if str(error) == name else NoNameColumn.on(str(error))) from error
    except TableError as error:
        raise ListUnreadable(reason=error.code) from error


def from_path(path: Path) -> Source:
    """A file on this machine; one too large to be held is read as it goes. Raises `OSError` too."""
    try:
        return _path(path, HEADINGS, streamed_from=STREAMED_FROM)
    except NoHeader as error:
        raise NoNameColumn(file=path.name) from error
    except TableError as error:
        raise ListUnreadable(reason=error.code) from error


def contacts_from(content: bytes, name: str) -> list[ContactLine]:
    """A list of officers, of enterprises only. Raises `ListUnreadable`, `NoContactColumn`."""
    try:
        source = _bytes(content, name, CONTACTS)
    except NoHeader as error:
        raise NoContactColumn(file=name) from error
    except TableError as error:
        raise ListUnreadable(reason=error.code) from error
    places = {field: index for index, field in CONTACTS.columns_of(source.header).items()}
    if "organisation" not in places:
        raise NoContactColumn(file=name)

    def cell(cells: list[str], field: str) -> str:
        index = places.get(field)
        return cells[index] if index is not None and index < len(cells) else ""

    return [
        ContactLine(line.number, cell(line.cells, "organisation"), cell(line.cells, "name"), cell(line.cells, "phone"))
        for line in source.lines
    ]
