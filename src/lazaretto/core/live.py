"""Tells open pages that something changed in a unit, after the commit.

On PostgreSQL a NOTIFY carries the unit ids; on SQLite the stream's poller watches the journal instead, so there is
nothing to send. A message says only where to look again, never what happened.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Max

from lazaretto.core.models import JournalEntry

CHANNEL = "lazaretto_changes"


def announce(units: Iterable[UUID]) -> None:
    """Announce a change in these units; PostgreSQL delivers it when the transaction commits."""
    ids = sorted(str(unit) for unit in units)
    if not ids or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 100):
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, ",".join(ids[start : start + 100])])


def position() -> int:
    """The id of the last journal entry, 0 when there is none.

    A page that was rendered at a position follows `/live/site/<code>?since=<position>` and misses nothing between.
    """
    return JournalEntry.objects.aggregate(last=Max("id"))["last"] or 0
