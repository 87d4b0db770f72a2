"""What tubes do by themselves: follow what scans say."""

from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.commands.scans import follow_scans


@duty("tubes.follow", every=timedelta(seconds=20))
def follow(at: datetime) -> int:
    """Tubes of rounds that are open get their row; returns how many were new."""
    return sum(follow_scans(one) for one in Round.objects.filter(state=RoundState.OPEN))
