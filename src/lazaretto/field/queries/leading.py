"""A point as its leader sees it on a phone: what was promised, who came, how fast it goes, what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from lazaretto.core.access import Actor
from lazaretto.screening.models import Point
from lazaretto.screening.queries import fevers
from lazaretto.screening.queries.at_points import Counted, Question, counted_at, questions_at, works_at
from lazaretto.screening.rules import Pace, pace
from lazaretto.slots.queries import PointSlots, point_slots
from lazaretto.slots.rules.coming import done_at

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lead:
    """How a point goes. `takes`: people an hour that its tables were planned to take; `closes_at`: when it closes next.

    `remaining`: promised until then and not tested (None: nothing was promised); `finish`: when they are done, as far
    as somebody can say; `late`: after what that is.
    """

    counted: Counted
    pace: Pace
    takes: int
    slots: PointSlots
    works: bool
    closes_at: datetime
    remaining: int | None
    finish: datetime | None
    late: Literal["", "closing", "deadline"]
    fevers: int
    questions: list[Question]

    @property
    def asked(self) -> int:
        """How many questions wait for a decision."""
        return sum(one.count for one in self.questions)


def lead(actor: Actor, point: Point, *, at: datetime) -> Lead:
    """Of one point: nine queries, whatever comes to it; none over scans or people."""
    of, counted, closes_at = point.round, counted_at(point), _closes_next(point, at)
    going = pace(counted.by_hour, since=of.opened_at or of.opens_at, now=at, remaining=0)
    slots = point_slots(point, at=at, closing=closes_at)
    remaining = max(0, slots.until - slots.promised.tested) if slots.promised else None
    finish = _finish(slots, going, remaining or 0, at)
    return Lead(
        counted=counted,
        pace=going,
        takes=slots.per_table_hour * point.tables,
        slots=slots,
        works=works_at(point, of, at=at),
        closes_at=closes_at,
        remaining=remaining,
        finish=finish,
        late=_late(finish, of.deadline_at, closes_at),
        fevers=fevers(of).filter(point=point, answered_at__isnull=True).count(),
        questions=questions_at(actor, point),
    )


def _finish(slots: PointSlots, going: Pace, remaining: int, at: datetime) -> datetime | None:
    """Where nothing was promised, or everybody promised is tested, nothing is foretold."""
    if slots.promised is None or slots.last is None or not remaining:
        return None
    behind = slots.promised.behind
    return done_at(at=at, last=slots.last, remaining=remaining, per_hour=going.per_hour, behind=behind)


def _late(finish: datetime | None, deadline_at: datetime, closes_at: datetime) -> Literal["", "closing", "deadline"]:
    if finish is None or finish <= min(deadline_at, closes_at):
        return ""
    return "deadline" if finish > deadline_at else "closing"


def _closes_next(point: Point, at: datetime) -> datetime:
    """The next moment at which clocks there show its closing."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    closing = datetime.combine(local.date(), point.closes, local.tzinfo)
    return closing if closing > local else closing + DAY
