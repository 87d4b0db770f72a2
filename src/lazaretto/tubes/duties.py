"""What tubes do by themselves: follow what scans and events say."""

from datetime import datetime, timedelta

from django.db.models import Q

from lazaretto.core.duties import duty
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.commands import follow_round

LATE = timedelta(days=14)


@duty("tubes.follow", every=timedelta(seconds=20))
def follow(at: datetime) -> int:
    """Rows of tubes, people to be called and deadlines of rounds that are open, or were: phones come late,
    and a tube that was filled goes to the laboratory even when its round was cancelled."""
    since = at - LATE
    recent = Q(state=RoundState.OPEN) | Q(closed_at__gte=since) | Q(cancelled_at__gte=since)
    return sum(follow_round(one, at=at) for one in Round.objects.filter(recent))
