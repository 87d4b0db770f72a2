"""Two records of one person become one: nobody waits twice for one way, or takes two places in one vehicle.

What is settled here is taken back when the merge is undone. Two different ways refuse the merge: somebody has to say
which of them is right. Whoever was signed out twice is refused by custody (`BothInCare`).
"""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.core.commands import record
from lazaretto.core.deadlines import cancel, move_deadline
from lazaretto.people.commands.merging import Change, changed, settle_first
from lazaretto.people.models import Person
from lazaretto.trips.choices import Berth, RequestState, Urgency
from lazaretto.trips.deadlines import REQUEST
from lazaretto.trips.errors import TwoWays
from lazaretto.trips.models import MoveRequest, Rider

# Who needs a stretcher needs more than who needs a seat.
NEEDS = (Berth.SEAT, Berth.WHEELCHAIR, Berth.STRETCHER)


def settle(kept: Person, merged: Person, actor: Actor, at: datetime) -> Iterator[Change]:
    """One ride and one request stay. Raises `TwoWays`."""
    stays, goes = _waiting_to_ride(kept), _waiting_to_ride(merged)
    if stays is not None and goes is not None and stays.trip_id == goes.trip_id:
        yield from _one_place(stays, goes, at)
        goes = None
    ride = stays or goes
    requests = [one for one in (_open(kept), _open(merged)) if one is not None]
    if len(requests) == 2:
        yield from _one_request(requests[0], requests[1], actor, at)
        requests.pop()
    for one in requests:
        if ride is not None and _same_way(one, ride):
            yield from _over(one, actor, at)


def _waiting_to_ride(person: Person) -> Rider | None:
    """Their place on a list that has not left their stop."""
    found = Rider.objects.filter(person=person, closed_at__isnull=True, leg__isnull=True)
    return found.select_related("trip", "from_stop", "to_stop").first()


def _open(person: Person) -> MoveRequest | None:
    return MoveRequest.objects.filter(person=person, state=RequestState.OPEN).first()


def _one_place(stays: Rider, goes: Rider, at: datetime) -> Iterator[Change]:
    if (stays.from_stop_id, stays.to_stop_id) != (goes.from_stop_id, goes.to_stop_id):
        raise TwoWays(trip=stays.trip.number)
    yield from changed(stays, berth=_more(stays.berth, goes.berth), seen_on_at=stays.seen_on_at or goes.seen_on_at)
    asked = MoveRequest.objects.filter(rider=goes, state=RequestState.PLANNED).first()
    if asked is not None:
        yield from changed(asked, state=RequestState.SETTLED)
    yield from changed(goes, left_behind=_why(), closed_at=at)
    record(
        stays.trip, unit_id=stays.trip.unit_id, person_id=stays.person_id, data={"rider": str(goes.pk)}, reason=_why()
    )


def _one_request(stays: MoveRequest, goes: MoveRequest, actor: Actor, at: datetime) -> Iterator[Change]:
    """The one that stays says what both said: the sooner time, the more pressing, the wider berth, the order."""
    if _ends(stays) != _ends(goes):
        raise TwoWays
    yield from _over(goes, actor, at)
    line, soonest = stays.order_line_id or goes.order_line_id, min(stays.latest_at, goes.latest_at)
    yield from changed(
        stays, latest_at=soonest if soonest > stays.earliest_at else stays.latest_at,
        urgency=Urgency.URGENT if Urgency.URGENT in {stays.urgency, goes.urgency} else stays.urgency,
        berth=_more(stays.berth, goes.berth),
    )  # fmt: skip
    if line != stays.order_line_id:
        yield from changed(stays, order_line_id=line)
    move_deadline(REQUEST.code, stays, stays.latest_at, at=at, by=actor.user_id)


def _over(request: MoveRequest, actor: Actor, at: datetime) -> Iterator[Change]:
    yield from changed(request, state=RequestState.SETTLED, reason=_why())
    cancel(REQUEST.code, request, at=at, by=actor.user_id, answer=_why())
    said = {"before": RequestState.OPEN, "after": request.state}
    record(request, unit_id=request.unit_id, person_id=request.person_id, data=said, reason=_why())


def _why() -> str:
    return gettext("Two records of one person: the other one stands.")


def _more(one: str, other: str) -> str:
    return max(one, other, key=lambda berth: NEEDS.index(Berth(berth)))


def _ends(one: MoveRequest) -> tuple[object, ...]:
    return one.from_site_id, one.from_external_id, one.to_site_id, one.to_external_id


def _same_way(one: MoveRequest, ride: Rider) -> bool:
    to = ride.to_stop
    return (one.to_site_id, one.to_external_id) == (to.site_id, to.external_id)


settle_first(settle)
