"""PostgreSQL whose kept connections are looked at before each request, not asked; whose moments are read fast.

Django sends `SELECT 1` before a request uses a connection that was kept from the last one. A server that went away has
said so or closed the line, and that waits in the socket: where nothing waits, nothing needs to be asked.
"""

import select
from collections.abc import Sequence
from datetime import UTC
from typing import Any, cast

from django.db.backends.postgresql import base, operations
from psycopg import adapters
from psycopg.adapt import Loader
from psycopg.pq import Format, TransactionStatus

from lazaretto.core.planned import PlannedCursor, planned_cursor
from lazaretto.core.postgresql import SHARED, packed
from lazaretto.core.postgresql.plans import Plans


class DatabaseOperations(operations.DatabaseOperations):
    """Knows a lock for those who only read, which Django does not, and what a planned cursor asked."""

    def for_update_sql(
        self, nowait: bool = False, skip_locked: bool = False, of: Any = (), no_key: bool | str = False
    ) -> str:
        """`FOR SHARE` where `SHARED` is asked for."""
        said = super().for_update_sql(nowait, skip_locked, of, bool(no_key))
        return said.replace("NO KEY UPDATE", "SHARE") if no_key == SHARED else said

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> Any:
        """For the log of queries: the statement, of a planned cursor without its values."""
        planned = isinstance(cursor, PlannedCursor)
        return sql if planned else super().last_executed_query(cursor, sql, params)


class MomentLoader(Loader):
    """Moments of a connection that speaks UTC, as all of ours do, read by the driver's own reader.

    Django's own derives from the one in Python, which takes twenty times as long, and every row has a few moments.
    """

    timezone = UTC

    def __new__(cls, oid: int, context: Any = None) -> Any:
        """The driver's reader in place of this one; Django only looks at its `timezone`."""
        return cast("type[Loader]", adapters.get_loader(oid, Format.TEXT))(oid, context)


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps more plans, and asks a connection only when there is a reason."""

    ops_class = DatabaseOperations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that keeps the plans of all that commands ask."""
        made = super().get_new_connection(conn_params)
        if self.timezone == MomentLoader.timezone:
            made.adapters.register_loader("timestamptz", MomentLoader)
        for kind, dumper in packed.DUMPERS:
            made.adapters.register_dumper(kind, dumper)
        self.plans = Plans(made)
        return made

    def planned_cursor(self) -> Any:
        """A cursor for statements that come again and again, which are parsed and planned once."""
        return planned_cursor(self, self._ask)

    def _ask(self, sql: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
        return self.plans.ask(sql, values)

    def schema_editor(self, *args: Any, **words: Any) -> Any:
        """Django's, before which nothing is kept that knows the tables as they were."""
        if self.connection is not None:
            self.plans.forget()
        return super().schema_editor(*args, **words)

    def is_usable(self) -> bool:
        """Whether the server is there."""
        return self._rests() or bool(super().is_usable())

    def _rests(self) -> bool:
        """Whether nothing is under way, nothing went wrong, and nothing waits to be read: no last word of a server."""
        if self.connection is None or self.errors_occurred:
            return False
        if self.connection.info.transaction_status != TransactionStatus.IDLE:
            return False
        line = select.poll()
        line.register(self.connection.fileno(), select.POLLIN)
        return not line.poll(0)
