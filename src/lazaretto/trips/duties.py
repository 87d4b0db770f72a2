"""What trips do by themselves: requests that time or another way has answered are settled."""

from datetime import datetime, timedelta

from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.trips.commands import settle_request
from lazaretto.trips.errors import RequestClosed
from lazaretto.trips.queries.waiting import answered_otherwise

BATCH = 200
STEWARD = Actor.system("trips")


@duty("trips.requests", every=timedelta(seconds=30))
def settle_requests(at: datetime) -> int:
    """Settle requests of orders that ran out, and of people who are there already; returns how many."""
    done = 0
    for request in answered_otherwise(at)[:BATCH]:
        try:
            settle_request(actor=STEWARD, at=at, request=request)
        except RequestClosed:  # somebody was faster
            continue
        done += 1
    return done
