"""What custody can prove about the promises (`lazaretto verify`)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.custody import rules
from lazaretto.custody.choices import Outcome
from lazaretto.custody.deadlines import HANDOVER
from lazaretto.custody.models import Fact, HandedOver, Handover, Holding, Question
from lazaretto.custody.queries.stories import known_of

PIECE = 1_000  # people looked at together
SLACK = timedelta(minutes=5)


@proof(1, "holdings_follow_facts", _("Where everyone is follows from the facts, and nobody is at two places"))
def holdings_follow_facts(at: datetime) -> Finding:
    """Every holding is what the facts about that person say, and the facts say no other."""
    wrong = [person for people in _pieces() for person in _contradicted(people)]
    oldest = Handover.objects.filter(closed_at__isnull=True).order_by("signed_out_at").first()
    figures = {
        "people_held": Holding.objects.filter(ended_at__isnull=True).count(),
        "people_under_way": Holding.objects.filter(ended_at__isnull=True, handover__isnull=False).count(),
        "oldest_open_handover_minutes": int((at - oldest.signed_out_at).total_seconds() // 60) if oldest else 0,
        "custody_questions": Question.objects.filter(closed_at__isnull=True).count(),
    }
    offenders = [Offender("person", str(person), "the facts say another place than the holding") for person in wrong]
    return Finding(figures, offenders, in_use=Fact.objects.exists())


@proof(1, "handovers_are_watched", _("Every handover under way has a deadline, and a late one has raised its alarm"))
def handovers_are_watched(at: datetime) -> Finding:
    """Open handovers have open deadlines, closed ones nobody under way, and an overdue one has climbed."""
    under_way = HandedOver.objects.filter(handover=OuterRef("pk"), outcome=Outcome.UNDER_WAY)
    rows = Handover.objects.annotate(going=Exists(under_way))
    watched = set(
        Deadline.objects.filter(kind=HANDOVER.code, state=DeadlineState.OPEN).values_list("subject_id", flat=True)
    )
    open_now = rows.filter(closed_at__isnull=True)
    late = Deadline.objects.filter(kind=HANDOVER.code, state=DeadlineState.OPEN, overdue_at__lt=at - SLACK, rung=0)
    offenders = [
        *(
            Offender("handover", str(row.id), "nothing watches it")
            for row in open_now.filter(going=True)
            if str(row.id) not in watched
        ),
        *(
            Offender("handover", str(row.id), "open, although nobody is under way")
            for row in open_now.filter(going=False)
        ),
        *(
            Offender("handover", str(row.id), "closed, although somebody is under way")
            for row in rows.filter(closed_at__isnull=False, going=True)
        ),
        *(Offender("deadline", str(row.id), "an overdue handover has raised no alarm") for row in late),
    ]
    overdue = open_now.filter(due_at__lt=at).count()
    return Finding({"handovers_open": open_now.count(), "handovers_overdue": overdue}, offenders, in_use=rows.exists())


def _pieces() -> Iterator[list[UUID]]:
    """People of whom there are facts or holdings, in runs."""
    last = UUID(int=0)
    while True:
        facts = (
            Fact.objects.filter(person__gt=last).order_by("person_id").values_list("person_id", flat=True).distinct()
        )
        piece = list(facts[:PIECE])
        if not piece:
            return
        yield piece
        last = piece[-1]


def _contradicted(people: list[UUID]) -> list[UUID]:
    held: dict[UUID, set[tuple[object, ...]]] = {person: set() for person in people}
    rows = Holding.objects.filter(person__in=people)
    for person, site, outside, leg, fact, started_at, ended_at in rows.values_list(
        "person_id", "site_id", "external_id", "handover_id", "fact_id", "started_at", "ended_at"
    ):
        held[person].add((site or outside or leg, fact, started_at, ended_at))
    return [person for person, known in known_of(people).items() if held[person] != set(map(_row, known.story.periods))]


def _row(period: rules.Period) -> tuple[object, ...]:
    where = period.held.id if isinstance(period.held, rules.Leg) else period.held
    return where, period.since, period.started_at, period.ended_at
