"""One after the other, by name: for what has no row yet that could be locked."""

from collections.abc import Iterable

from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import statement_cursor

TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name"


def in_turn(names: Iterable[str]) -> None:
    """Whoever says one of these names waits until the transaction of whoever said it before has ended.

    Always in the same order, so that nobody waits in a circle. SQLite has one writer anyway.
    """
    wanted = sorted(set(names))
    if wanted and on_postgresql():
        with statement_cursor() as cursor:
            cursor.execute(TURNS, [wanted])
