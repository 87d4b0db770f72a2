"""SQLite for several threads and processes that write: they queue for a lock that wakes them.

SQLite itself lets a second writer look again after 1, 2, 5 … 100 ms, so with four clients most of the time is slept
away and the last one waits long. Here a transaction first takes a lock on a file beside the database, which the system
hands on at once, and which it lets go of itself when a process is killed.

Nor does the next writer wait for the disk: SQLite keeps its own file whole (`synchronous=NORMAL`), and what a
transaction wrote is brought to the disk after the lock was handed on, before anybody is told that it is done. Whatever
comes later in the log stands on what came before it, so nothing is ever kept that stood on something lost. Where the
disk refuses a part of the log, nothing may be written behind that part: the log is emptied into the database first.
"""

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.db.backends.sqlite3 import base

from lazaretto.core.errors import NOT_SYNCED
from lazaretto.core.planned import planned_cursor

try:
    import fcntl
except ImportError:  # not a POSIX system: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

# Who brings a commit to the disk: whoever holds the lock does it after handing it on; all else is SQLite's affair.
BY_US, BY_SQLITE = "PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"
to_disk = getattr(os, "fdatasync", os.fsync)

log = logging.getLogger(__name__)


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
        self._log: int | None = None
        self._logs = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that knows whether its database keeps a log, which alone can be brought to the disk later."""
        made = super().get_new_connection(conn_params)
        self._logs = made.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        return made

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - SQLite's have no names
        """A cursor that remembers what it turned."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def planned_cursor(self) -> Any:
        """A cursor for statements that come again and again."""
        return planned_cursor(self, self._ask)

    def _ask(self, sql: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
        asked = self.connection.execute(_in_own_marks(sql), values)
        rows = asked.fetchall()
        return asked.rowcount, rows

    def _start_transaction_under_autocommit(self) -> None:
        self._take()
        ours = self._held and self._logs
        try:
            if ours:
                if self._hole().exists():
                    self._empty_log()
                self.connection.execute(BY_US)
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            if ours:
                self._open_log()
        except BaseException:
            self.connection.rollback()  # where it had begun
            if ours:
                self.connection.execute(BY_SQLITE)
            self._let_go()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        ours = self._held and self._logs
        self._let_go()
        if ours:
            self._to_disk()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
            if self._held and self._logs:
                self.connection.execute(BY_SQLITE)
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._let_go()
            for file in (self._queue, self._log):
                if file is not None:
                    os.close(file)
            self._queue = self._log = None

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

    def _to_disk(self) -> None:
        """What was committed stands after a power cut too. Raises `OperationalError` when the disk does not take it."""
        with self.wrap_database_errors:
            self.connection.execute(BY_SQLITE)
            try:
                to_disk(cast("int", self._log))
            except OSError as error:
                log.error("the disk did not take a part of the log: %s", error.strerror)
                self._take()
                try:
                    with suppress(OSError):  # a disk that takes no file either takes no transaction
                        self._hole().touch()
                    self._empty_log()
                finally:
                    self._let_go()

    def _empty_log(self) -> None:
        """Bring all of the log into the database and the database to the disk, holding the lock.

        Raises `OperationalError`; until it succeeds nobody writes, for it would be lost with what is not there.
        """
        with self.wrap_database_errors:
            try:
                (busy, *_pages) = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError as error:
                raise _not_synced() from error
            if busy:
                raise _not_synced()
            self._hole().unlink(missing_ok=True)

    def _hole(self) -> Path:
        """Says, while it is there, that the disk does not have all of the log."""
        return Path(f"{self.settings_dict['NAME']}.hole")

    def _open_log(self) -> None:
        """Open the log before anything is written: only who had it open is told what the disk did not take."""
        if self._log is not None and not os.fstat(self._log).st_nlink:  # deleted since: not the one SQLite writes
            os.close(self._log)
            self._log = None
        if self._log is None:
            self._log = os.open(f"{self.settings_dict['NAME']}-wal", os.O_RDONLY | os.O_CLOEXEC)


def _not_synced() -> sqlite3.OperationalError:
    """What SQLite raises itself where it brings a commit to the disk; `core.errors` knows it by its name."""
    error = sqlite3.OperationalError("what was written may not be on the disk")
    error.sqlite_errorname = NOT_SYNCED
    return error
