"""Questions of rounds for the tests of the queue. Invented."""

from datetime import timedelta

from lazaretto.core.ids import new_id
from lazaretto.deciding.commands import follow_round
from lazaretto.deciding.models import Matter
from lazaretto.screening.models import Round
from tests.factories import NOW

HOUR = timedelta(hours=1)


def waiting(of: Round, *, at=NOW) -> dict[str, Matter]:
    """What waits of a round now, by kind; of several of one kind the last."""
    follow_round(of, at=at)
    return {row.kind: row for row in Matter.objects.filter(round=of, closed_at__isnull=True).order_by("pk")}


def many(of: Round, count: int, *, due_at=NOW) -> None:
    """So many questions, written down as they would stand."""
    Matter.objects.bulk_create(
        Matter(
            id=new_id(), round=of, kind="twice", subject=str(n), since=NOW, due_at=due_at + n * timedelta(minutes=1),
            said={"number": n + 1, "tube": "T1", "slot": 1, "table": 1, "scans": 1},
        )
        for n in range(count)
    )  # fmt: skip
