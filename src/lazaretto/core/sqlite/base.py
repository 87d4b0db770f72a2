"""SQLite for several threads and processes that write: they queue for a lock that wakes them.

SQLite itself lets a second writer look again after 1, 2, 5 … 100 ms, so with four clients most of the time is slept
away and the last one waits long. Here a transaction first takes a lock on a file beside the database, which the system
hands on at once, and which it lets go of itself when a process is killed.
"""

import os
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

try:
    import fcntl
except ImportError:  # not a POSIX system: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]


class Cursor(base.SQLiteCursorWrapper):
    """Django writes `%s` where SQLite reads `?`, and turns one into the other each time: here once for each text."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """The statement in SQLite's own marks."""
        if param_names:
            return str(super().convert_query(query, param_names=param_names))  # type: ignore[misc]
        return _in_own_marks(query)


@lru_cache(maxsize=1024)
def _in_own_marks(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query)).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes the lock before `BEGIN IMMEDIATE`, and lets go after commit or rollback."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: int | None = None
        self._held = False

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - SQLite's have no names
        """A cursor that remembers what it turned."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._let_go()
            if self._queue is not None:
                os.close(self._queue)
                self._queue = None

    def _take(self) -> None:
        if fcntl is None or self._held or self.is_in_memory_db():
            return
        if self._queue is None:
            self._queue = os.open(f"{self.settings_dict['NAME']}.queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._queue, fcntl.LOCK_EX)
        self._held = True

    def _let_go(self) -> None:
        if self._held and self._queue is not None:
            fcntl.flock(self._queue, fcntl.LOCK_UN)
        self._held = False
