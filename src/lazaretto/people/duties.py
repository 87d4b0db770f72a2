"""What the installation does for people by itself."""

from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.people.commands.duplicates import compare_new

BATCHES = 10


@duty("people.compare", every=timedelta(seconds=15))
def compare(at: datetime) -> int:
    """Compare new and changed people with everybody; a manifest of twenty thousand takes a few minutes of turns."""
    done = 0
    for _batch in range(BATCHES):
        step = compare_new(at)
        done += step
        if not step:
            break
    return done
