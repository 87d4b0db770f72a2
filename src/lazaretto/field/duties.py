"""What the field does by itself: what phones told each other goes once their round is long over."""

from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.field.commands import forget_told

LATE = timedelta(days=14)  # after its round is over; as long as what comes late is followed (`tubes.duties`)


@duty("field.forget_told", every=timedelta(hours=1))
def forget(at: datetime) -> int:
    """Who was tested at another table is a fact of the round; its copy for phones serves nobody any more."""
    return forget_told(over_before=at - LATE)
