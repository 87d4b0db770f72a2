"""A file is read before the command that stages it runs, outside its transaction, and handed over to it."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from threading import Lock

from lazaretto.arrivals.errors import FileUnreadable
from lazaretto.arrivals.manifest import Field, Manifest, read_manifest
from lazaretto.core.tables import TableError, read_workbook

Chosen = dict[str, dict[int, Field]]
_Key = tuple[str, date, str]
_KEPT = 2


@dataclass(frozen=True)
class ReadFile:
    """A file's manifest with what identifies the file."""

    digest: str
    format: str
    manifest: Manifest


_ahead: OrderedDict[_Key, ReadFile] = OrderedDict()
_lock = Lock()


def read_ahead(content: bytes, file_name: str, *, on: date, chosen: Chosen) -> None:
    """Read a file with these mappings and keep it for `take`: twenty thousand rows take seconds.

    Only the last two are kept, for a reading that nobody takes. Raises `FileUnreadable` with the reason.
    """
    digest = sha256(content).hexdigest()
    found = _read(digest, content, file_name, on, chosen)
    with _lock:
        _ahead[_key(digest, on, chosen)] = found
        while len(_ahead) > _KEPT:
            _ahead.popitem(last=False)


def take(content: bytes, file_name: str, *, on: date, chosen: Chosen) -> ReadFile:
    """The file as it was read ahead, else read now. It belongs to the caller alone. Raises `FileUnreadable`."""
    digest = sha256(content).hexdigest()
    with _lock:
        found = _ahead.pop(_key(digest, on, chosen), None)
    return found or _read(digest, content, file_name, on, chosen)


def _key(digest: str, on: date, chosen: Chosen) -> _Key:
    return digest, on, repr(sorted((name, sorted(columns.items())) for name, columns in chosen.items()))


def _read(digest: str, content: bytes, file_name: str, on: date, chosen: Chosen) -> ReadFile:
    try:
        workbook = read_workbook(content, file_name)
    except TableError as error:
        raise FileUnreadable.of(error.code) from error
    return ReadFile(digest, workbook.format, read_manifest(workbook, on=on, chosen=chosen))
