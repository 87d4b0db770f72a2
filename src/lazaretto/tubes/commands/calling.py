"""People called back as a list to take along: who goes from door to door has it on paper or as a sheet."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.screening.models import Round
from lazaretto.tubes.models import Recall
from lazaretto.tubes.queries.balance import PENDING
from lazaretto.tubes.queries.people import Somebody, people_among, shown
from lazaretto.tubes.rules import LONGEST_CODE, RECALL


@dataclass(frozen=True)
class Called:
    """Somebody called back; `where`: enterprise, department, dormitory. `own`: the tube of their single swab."""

    tube: str
    number: int
    name: str
    phone: str
    where: str
    state: str
    due_at: datetime
    reached_at: datetime | None
    own: str


@dataclass(frozen=True)
class CalledBack:
    """Those of a tube, or everybody of a round for whom it is not settled; by tube and number."""

    people: list[Called]


@command("tubes.list_called", capability=RECALL)
def list_called(*, actor: Actor, at: datetime, test_round: Round, tube: str = "") -> CalledBack:
    """People called back with their telephones, of a tube or of all; the journal says who took the list.

    Of a tube also whoever is called by their number in another round, if the actor calls people there.
    """
    rows = Recall.objects.filter(Q(round=test_round) | Q(positive__round=test_round))
    rows = rows.filter(tube=tube[:LONGEST_CODE]) if tube else rows.filter(state__in=PENDING)
    found = [
        row
        for row in rows.select_related("round").order_by("tube", "number", "pk")
        if actor.may(RECALL, row.round.unit_id)
    ]
    known = people_among([(row.round_id, row.number) for row in found])
    people = [_called(actor, row, known.get((row.round_id, row.number))) for row in found]
    record(test_round, unit_id=test_round.unit_id, data={"people": len(people), **({"tube": tube} if tube else {})})
    return CalledBack(people)


def _called(actor: Actor, row: Recall, known: Somebody | None) -> Called:
    who = shown(actor, row.round, known or Somebody(row.number, ""), calls=True)
    where = " ".join(part for part in (who.organisation, who.place) if part)
    return Called(
        row.tube, row.number, who.name, who.phone, where, row.state, row.due_at, row.reached_at, row.retest_tube or ""
    )
