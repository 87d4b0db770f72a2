"""What planned cursors ask of PostgreSQL, which parses and plans each statement once for a connection.

The driver's own cursors do that too, but go through a generator for every step, which costs as much of the processor
as PostgreSQL's answer, and a command asks some twenty times. Here a statement is one call of the driver's C part.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, InterfaceError, OperationalError, generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

PLANS = 500  # that a connection keeps; the least used is dropped, which is a way there and back
AGAIN = 2  # uses without a plan: what is asked once or twice is not worth keeping

# What says that the server no longer has a plan as it was made: a column of another type, or somebody dropped all.
_STALE = {b"0A000", b"26000"}
_DONE = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}


class Plans:
    """The statements that one connection knows by name.

    Nobody else on this connection may prepare statements: the driver would forget all of them after a rollback.
    """

    def __init__(self, connection: "Connection[Any]") -> None:
        self._connection, self._line = connection, connection.pgconn
        # Of the connection, so that what turns values into bytes and back is looked up once, not for each statement.
        self._values = Transformer.from_context(connection)
        self._known: OrderedDict[tuple[str, tuple[int, ...]], bytes | int] = OrderedDict()
        self._made = 0
        self.interruptible = threading.current_thread() is threading.main_thread()

    def ask(self, sql: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
        """Run a statement: how many rows it found or changed, and those that it returns.

        Raises the driver's errors.
        """
        taken: list[Any] = list(self._values.dump_sequence(values, [PyFormat.AUTO] * len(values)))
        types, formats = self._values.types or (), self._values.formats
        status = self._line.transaction_status
        if status == TransactionStatus.ACTIVE:
            raise InterfaceError("this connection is in the middle of a COPY")
        if status == TransactionStatus.IDLE and not self._connection.autocommit:
            self._good(self._line.exec_(b"BEGIN"))
        name = self._name(sql, types)
        found = self._answer(name, sql, taken, types, formats)
        if name is not None and found.error_field(DiagnosticField.SQLSTATE) in _STALE:
            self._known.pop((sql, types), None)
        self._good(found)
        if found.status == ExecStatus.COMMAND_OK:
            return -1 if found.command_tuples is None else found.command_tuples, []
        self._values.set_pgresult(found)
        rows = self._values.load_rows(0, found.ntuples, tuple)
        self._values.set_pgresult(None)  # which would be kept until the next one
        return found.ntuples, rows

    def _answer(self, name: bytes | None, sql: str, taken: list[Any], types: Any, formats: Any) -> Any:
        """What the server says. In the program's main thread Ctrl-C ends the waiting, which costs a little more."""
        if not self.interruptible:
            if name is None:
                return self._line.exec_params(_numbered(sql), taken, types, formats)
            return self._line.exec_prepared(name, taken, formats)
        if name is None:
            self._line.send_query_params(_numbered(sql), taken, types, formats)
        else:
            self._line.send_query_prepared(name, taken, formats)
        return self._connection.wait(generators.execute(self._line))[-1]

    def forget(self) -> None:
        """Drop all, because tables changed."""
        if self._known:
            self._known.clear()
            self._good(self._line.exec_(b"DEALLOCATE ALL"))

    def _name(self, sql: str, types: tuple[int, ...]) -> bytes | None:
        """By what the server knows a statement; None when it was not asked often enough."""
        key = (sql, types)
        known = self._known.get(key, 0)
        if isinstance(known, bytes):
            self._known.move_to_end(key)
            return known
        if known < AGAIN:
            self._known[key] = known + 1
            self._known.move_to_end(key)
            self._make_room()
            return None
        self._made += 1
        name = b"plan_%d" % self._made
        self._good(self._line.prepare(name, _numbered(sql), types))
        self._known[key] = name
        self._known.move_to_end(key)
        return name

    def _make_room(self) -> None:
        if len(self._known) > PLANS:
            _key, name = self._known.popitem(last=False)
            if isinstance(name, bytes):
                self._good(self._line.exec_(b"DEALLOCATE " + name))

    def _good(self, result: Any) -> None:
        if result.status not in _DONE:
            raise self._lost(result) if self._line.status == ConnStatus.BAD else error_from_result(result)

    def _lost(self, result: Any) -> OperationalError:
        return OperationalError(result.error_message.decode("utf-8", "replace").strip())


@lru_cache(maxsize=2 * PLANS)
def _numbered(sql: str) -> bytes:
    """The statement in the server's own marks."""
    count = 0

    def mark(found: "re.Match[str]") -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        count += 1
        return f"${count}"

    return re.sub("%[s%]", mark, sql).encode()
