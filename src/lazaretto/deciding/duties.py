"""The list follows the facts by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from lazaretto.core.duties import duty
from lazaretto.deciding.commands import follow_round
from lazaretto.deciding.models import Matter
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.queries.trails import came_in

LATE = timedelta(days=14)  # as long as tubes of a round are followed


RARELY = timedelta(minutes=5)
# Rounds that are over, and when they were compared. By UUID: two databases of one process never meet here.
_looked: dict[UUID, datetime] = {}


@duty("deciding.follow", every=timedelta(seconds=15))
def follow(at: datetime) -> int:
    """Rounds that are open, or were lately, and those with something open; returns how many questions changed."""
    since = at - LATE
    waiting = set(Matter.objects.filter(closed_at__isnull=True).values_list("round", flat=True).distinct())
    recent = Q(state=RoundState.OPEN) | Q(closed_at__gte=since) | Q(cancelled_at__gte=since) | Q(pk__in=waiting)
    rounds = Round.objects.filter(recent)
    return sum(follow_round(one, at=at) for one in rounds if one.pk in waiting or _changes(one, at))


def _changes(one: Round, at: datetime) -> bool:
    """Whether anything may be new. One that is over changes by what comes in, which the apps below follow first, and
    seldom by a decision or time alone: so while something came lately, and every few minutes."""
    if one.state == RoundState.OPEN:
        return True
    lately = any(moment and at - moment < RARELY for moment in came_in(one))
    before = _looked.get(one.pk)
    if not lately and before is not None and abs(at - before) < RARELY:
        return False
    _looked[one.pk] = at
    return True
