"""A file read once: pages and the command line read it before the command does, outside its transaction."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from threading import Lock

from lazaretto.arrivals.errors import FileUnreadable
from lazaretto.arrivals.manifest import Field, Manifest, read_manifest
from lazaretto.core.tables import TableError, read_workbook

Chosen = dict[str, dict[int, Field]]
_KEPT = 2


@dataclass(frozen=True)
class ReadFile:
    """A file's manifest with what identifies the file."""

    digest: str
    format: str
    manifest: Manifest


_recent: OrderedDict[tuple[str, date, str], ReadFile] = OrderedDict()
_lock = Lock()


def read_file(content: bytes, file_name: str, *, on: date, chosen: Chosen) -> ReadFile:
    """Read a file with these mappings. Reading twenty thousand rows takes seconds, so the last two results are kept.

    The answer may be shared with others: nobody changes it. Raises `FileUnreadable` with the reason.
    """
    digest = sha256(content).hexdigest()
    key = (digest, on, repr(sorted((name, sorted(columns.items())) for name, columns in chosen.items())))
    with _lock:
        if key in _recent:
            _recent.move_to_end(key)
            return _recent[key]
    try:
        workbook = read_workbook(content, file_name)
    except TableError as error:
        raise FileUnreadable.of(error.code) from error
    found = ReadFile(digest, workbook.format, read_manifest(workbook, on=on, chosen=chosen))
    with _lock:
        _recent[key] = found
        while len(_recent) > _KEPT:
            _recent.popitem(last=False)
    return found
