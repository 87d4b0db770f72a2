"""What trips do by themselves: requests that time or another way has answered are settled."""

from datetime import datetime, timedelta

from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.trips.commands import settle_request
from lazaretto.trips.commands.waiting import watch
from lazaretto.trips.errors import RequestClosed
from lazaretto.trips.queries.waiting import answered_otherwise, unwatched

BATCH = 200
STEWARD = Actor.system("trips")


@duty("trips.watch", every=timedelta(minutes=5))
def watch_requests(at: datetime) -> int:
    """Whoever waits is watched, also where a merge that was undone has brought a request back; returns how many."""
    missing = unwatched()[:BATCH]
    watch(missing, at=at)
    return len(missing)


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
