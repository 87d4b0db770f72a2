"""Tells open pages that something changed in a unit, after the commit.

On PostgreSQL a NOTIFY carries the unit ids; on SQLite the stream's poller watches the journal instead, so there is
nothing to send. A message says only where to look again, never what happened.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max

from lazaretto.core.databases import on_postgresql
from lazaretto.core.models import JournalEntry
from lazaretto.core.prepared import statement_cursor

CHANNEL = "lazaretto_changes"
TELL = "SELECT pg_notify('lazaretto_changes', said) FROM unnest(%s::text[]) AS said"
AT_ONCE = 100  # units in a message, which PostgreSQL limits to 8000 bytes


def announce(units: Iterable[UUID]) -> None:
    """Announce a change in these units; PostgreSQL delivers it when the transaction commits."""
    units = list(units)
    if not units or not on_postgresql():
        return
    with statement_cursor() as cursor:
        cursor.execute(TELL, telling(units))


def telling(units: Iterable[UUID]) -> list[list[str]]:
    """The values of `TELL`: the messages."""
    ids = sorted(str(unit) for unit in units)
    return [[",".join(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE)]]


def position() -> int:
    """The id of the last journal entry, 0 when there is none.

    A page that was rendered at a position follows `/live/site/<code>?since=<position>` and misses nothing between.
    """
    return JournalEntry.objects.aggregate(last=Max("id"))["last"] or 0
