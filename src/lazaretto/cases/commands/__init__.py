"""Every write about changes of status, by topic; this package re-exports what other rooms and apps may call."""

from lazaretto.cases.commands.changes import (
    Confirmed,
    Decided,
    PositiveWatched,
    Proposed,
    confirm,
    propose,
    propose_outside,
    refuse,
    settle_positives,
    watch_positive,
    withdraw,
)
from lazaretto.cases.commands.follow_ups import (
    FollowUpSeen,
    drop_follow_up,
    finish_follow_up,
    see_arrival,
    take_follow_up,
)

__all__ = [
    "Confirmed",
    "Decided",
    "FollowUpSeen",
    "PositiveWatched",
    "Proposed",
    "confirm",
    "drop_follow_up",
    "finish_follow_up",
    "propose",
    "propose_outside",
    "refuse",
    "see_arrival",
    "settle_positives",
    "take_follow_up",
    "watch_positive",
    "withdraw",
]
