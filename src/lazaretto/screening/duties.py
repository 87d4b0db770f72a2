"""What mass testing does by itself: its sums stay short."""

from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.screening.commands import fold_counts


@duty("screening.fold_counts", every=timedelta(minutes=1))
def fold(at: datetime) -> int:
    """A phone sends a tube at a time: ten people make a row, and every screen adds up all of them."""
    return fold_counts(at=at)
