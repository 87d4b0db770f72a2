"""People called back follow what a supervisor puts right about their scan. Who is new in a tube the duty calls back.

Who took the list of strangers is written down.
"""

from dataclasses import dataclass
from datetime import datetime

from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import command, record
from lazaretto.screening.choices import Put
from lazaretto.screening.commands import told_of_corrections
from lazaretto.screening.models import Correction, Round
from lazaretto.screening.rules import READ as READ_ROUNDS
from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.models import Recall

NOT_SWABBED = (RecallState.OPEN, RecallState.POSITIVE)


@told_of_corrections
def call_back_as(made: Correction) -> None:
    """Their recall is of whoever really was in the tube.

    A stranger who was recognised is the same person under another number, however far it is with them. Where a wrong
    person was picked, who was in the tube has not been reached yet; the single swab of whoever was picked stays theirs.
    """
    if made.before is None or made.number is None:
        return
    rows = Recall.objects.filter(round=made.round_id, tube=made.tube)
    theirs = rows.filter(number=made.before)
    if made.put == Put.CHANGED:
        theirs = theirs.filter(state__in=NOT_SWABBED)
    if rows.filter(number=made.number).exists():
        return
    for recall in locked(theirs).order_by("pk"):
        recall.number = made.number
        recall.reached_at = recall.reached_at if made.put == Put.RECOGNISED else None
        recall.save(update_fields=["number", "reached_at"])


@dataclass(frozen=True)
class StrangersRead:
    """So many strangers were taken away as a list."""

    people: int


@command("tubes.read_strangers", capability=READ_ROUNDS)
def read_strangers(*, actor: Actor, at: datetime, test_round: Round) -> StrangersRead:
    """Write down who took the list of strangers of a round, with the names and telephones in it."""
    told = StrangersRead(test_round.strangers.count())
    record(test_round, unit_id=test_round.unit_id, data={"people": told.people})
    return told
