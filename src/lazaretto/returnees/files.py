"""Files as agencies send them, line by line."""

from pathlib import Path

from lazaretto.core.tables import TableError
from lazaretto.core.tables import lists as tables
from lazaretto.core.tables.lists import NoHeader, Source, pieces
from lazaretto.returnees.errors import ListUnreadable, NoNameColumn
from lazaretto.returnees.rules import HEADINGS

__all__ = ["Source", "from_bytes", "from_path", "pieces"]


def from_bytes(content: bytes, name: str) -> Source:
    """A file that was uploaded. Raises `ListUnreadable`, `NoNameColumn`."""
    try:
        return tables.from_bytes(content, name, HEADINGS, pass_over=True)
    except NoHeader as error:
        raise NoNameColumn.on(str(error)) from error
    except TableError as error:
        raise ListUnreadable(reason=error.code) from error


def from_path(path: Path) -> Source:
    """A file on this machine. Raises `OSError` too."""
    return from_bytes(path.read_bytes(), path.name)
