"""Files as parks send them, line by line; a large text file is never in memory as a whole."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.secrets import decrypt, encrypt
from lazaretto.core.tables import TableError
from lazaretto.core.tables.lists import STREAMED_FROM, NoHeader, Source, pieces
from lazaretto.core.tables.lists import from_bytes as _bytes
from lazaretto.core.tables.lists import from_path as _path
from lazaretto.headcounts.errors import ContactsStale, ListUnreadable, NoContactColumn, NoNameColumn
from lazaretto.headcounts.rules import CONTACTS, HEADINGS
from lazaretto.headcounts.rules_contacts import ContactLine

__all__ = ["STREAMED_FROM", "Source", "from_bytes", "from_path", "pieces"]
SHOWN_FOR: Final = timedelta(hours=2)  # then what stands there is looked at anew


def from_bytes(content: bytes, name: str) -> Source:
    """A file that was uploaded. Raises `ListUnreadable`, `NoNameColumn`."""
    try:
        return _bytes(content, name, HEADINGS, pass_over=True)
    except NoHeader as error:
        raise (NoNameColumn() if str(error) == name else NoNameColumn.on(str(error))) from error
    except TableError as error:
        raise ListUnreadable(reason=error.code) from error


def from_path(path: Path) -> Source:
    """A file on this machine; one too large to be held is read as it goes. Raises `OSError` too."""
    try:
        return _path(path, HEADINGS, streamed_from=STREAMED_FROM, pass_over=True)
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

    names = ("organisation", "name", "phone", "longitude", "latitude", "hours")
    return [ContactLine(line.number, *(cell(line.cells, name) for name in names)) for line in source.lines]


def shut(actor: Actor, at: datetime, unit: Unit, lines: Sequence[ContactLine], seal: str) -> str:
    """Lines that were shown, to come back with what somebody decides: encrypted, so nobody reads or alters them."""
    said = {"contacts": [asdict(line) for line in lines], "seal": seal}
    whose = {"by": actor.user_id, "unit": str(unit.pk), "at": at.isoformat()}
    packed = zlib.compress(json.dumps({**whose, **said}, ensure_ascii=False).encode())
    return b64encode(encrypt(b64encode(packed).decode())).decode()


def opened(text: str, *, actor: Actor, at: datetime) -> tuple[UUID, list[ContactLine], str]:
    """The unit, the lines and the seal of `shut`. Raises `ContactsStale`."""
    try:
        said = json.loads(zlib.decompress(b64decode(decrypt(b64decode(text)))))
        shown_at = datetime.fromisoformat(said["at"])
        lines = [ContactLine(**line) for line in said["contacts"]]
        unit = UUID(said["unit"])
    except (InvalidTag, ValueError, KeyError, TypeError, zlib.error) as error:
        raise ContactsStale from error
    if said["by"] != actor.user_id or at - shown_at > SHOWN_FOR:
        raise ContactsStale
    return unit, lines, said["seal"]
