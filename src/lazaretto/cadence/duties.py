"""What is due follows by itself."""

from datetime import datetime, timedelta

from lazaretto.cadence import commands
from lazaretto.core.duties import duty


@duty("cadence.follow", every=timedelta(minutes=1))
def follow(at: datetime) -> int:
    """Deadlines of next rounds and of those that run; returns how many changed."""
    return commands.follow_rounds(at=at) + commands.follow_areas(at=at)
