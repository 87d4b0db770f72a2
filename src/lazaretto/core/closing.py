"""What a command leaves at its end: entries in the journal, news for open pages, the answer in its receipt.

PostgreSQL takes all of it in one statement, because every command ends so and each statement is a way there and back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lazaretto.core import journal, live, receipts
from lazaretto.core.bulk import few
from lazaretto.core.databases import on_postgresql
from lazaretto.core.models import JournalEntry
from lazaretto.core.prepared import statement_cursor

PEND = "INSERT INTO core_journalpending (entry_id) SELECT id FROM entry"


@dataclass(frozen=True)
class Answer:
    """What is kept in the receipt of a request; `said` is None when it is a secret."""

    client_id: UUID
    said: Any | None


def close(entries: Sequence[JournalEntry], units: Collection[UUID], answer: Answer | None) -> None:
    """Write it, inside the transaction of the command."""
    if on_postgresql() and 0 < len(entries) <= journal.MANY:
        _at_once(entries, units, answer)
        return
    journal.append(entries)
    live.announce(units)
    if answer is not None:
        receipts.settle(answer.client_id, answer.said)


def _at_once(entries: Sequence[JournalEntry], units: Collection[UUID], answer: Answer | None) -> None:
    written = few(JournalEntry, journal.COLUMNS, journal.values_of(entries))
    steps = [f"entry AS ({written.text} RETURNING id)", f"pending AS ({PEND})"]
    values = list(written.values)
    if answer is not None:
        steps.append(f"receipt AS ({receipts.SETTLE})")
        values += receipts.settling(answer.client_id, answer.said)
    with statement_cursor() as cursor:
        cursor.execute(f"WITH {', '.join(steps)} {live.TELL}", [*values, *live.telling(units)])
