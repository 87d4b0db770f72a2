"""The list follows the facts by itself."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from lazaretto.core.duties import duty
from lazaretto.deciding.commands import follow_round
from lazaretto.deciding.models import Matter
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round

LATE = timedelta(days=14)  # as long as tubes of a round are followed


@duty("deciding.follow", every=timedelta(seconds=15))
def follow(at: datetime) -> int:
    """Rounds that are open, or were lately, and those with something open; returns how many questions changed."""
    since = at - LATE
    open_ones = Matter.objects.filter(round=OuterRef("pk"), closed_at__isnull=True)
    recent = Q(state=RoundState.OPEN) | Q(closed_at__gte=since) | Q(cancelled_at__gte=since) | Exists(open_ones)
    return sum(follow_round(one, at=at) for one in Round.objects.filter(recent))
