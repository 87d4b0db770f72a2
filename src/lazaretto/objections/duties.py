"""What objections do by themselves: nobody is sent to speak with somebody who has left."""

from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.objections.commands import settle_talks


@duty("objections.talks", every=timedelta(minutes=1))
def talks(at: datetime) -> int:
    """Talks with those who have left our care lapse; returns how many."""
    return settle_talks(at=at)
