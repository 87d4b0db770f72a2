"""What transfers do by themselves: whoever has left a hospital by another way is not fetched from there."""

from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.transfers.commands import settle_words


@duty("transfers.words", every=timedelta(minutes=1))
def words(at: datetime) -> int:
    """Brought by a trip, admitted at a desk, found elsewhere: *may leave* waits for nobody who is there no more."""
    return settle_words(at=at)
