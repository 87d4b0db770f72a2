"""Cursors for statements that come again and again, with nothing between them and the driver that is not needed.

Django's own go through a dozen calls for every statement, which a command asks some twenty times.
"""

from collections.abc import Callable, Sequence
from typing import Any

Ask = Callable[[str, Sequence[Any]], tuple[int, list[Any]]]


class PlannedCursor:
    """As much of a cursor as those need who run a statement and take its rows.

    `ask` runs a statement: how many rows it found or changed, and those that it returns.
    """

    def __init__(self, ask: Ask, wrapper: Any) -> None:
        self._ask, self._wrapper = ask, wrapper
        self._rows: list[Any] = []
        self._next = 0
        self.rowcount = -1

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> None:
        """Run it; its rows are here at once. Raises Django's database errors."""
        self._wrapper.validate_no_broken_transaction()
        with self._wrapper.wrap_database_errors:
            self.rowcount, self._rows = self._ask(sql, params or ())
        self._next = 0

    def fetchone(self) -> Any:
        """The next row; None after the last."""
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchall(self) -> list[Any]:
        """All rows that were not taken yet."""
        rows, self._rows = self._rows[self._next :] if self._next else self._rows, []
        self._next = 0
        return rows

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> "PlannedCursor":
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is open."""


def planned_cursor(wrapper: Any, ask: Ask) -> Any:
    """One on this connection; within Django's own where queries are logged or looked at."""
    wrapper.close_if_health_check_failed()
    if wrapper.connection is None:
        wrapper.ensure_connection()
    wrapper.validate_thread_sharing()
    cursor = PlannedCursor(ask, wrapper)
    return wrapper._prepare_cursor(cursor) if wrapper.queries_logged or wrapper.execute_wrappers else cursor
