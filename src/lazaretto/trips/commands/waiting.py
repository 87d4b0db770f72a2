"""Who waits for a trip: a request begins, is on a trip, waits again, ends. Transfer orders ask by themselves.

Plain functions, called inside the commands that change something about it. `follow_order` hears of every step of an
order (`orders.hooks`) and compares what the order needs now with what was asked for it, so hearing twice is harmless.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext

from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import record
from lazaretto.core.deadlines import Due, cancel, meet, set_deadlines
from lazaretto.core.errors import IllegalTransition, whole
from lazaretto.core.states import edge
from lazaretto.orders import hooks
from lazaretto.orders.choices import LineState, OrderState
from lazaretto.orders.choices import Urgency as HowSoon
from lazaretto.orders.models import OrderPerson, TransferOrder
from lazaretto.orders.queries.agreement import agreement_of
from lazaretto.orders.rules import IN_FORCE
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need
from lazaretto.trips import rules
from lazaretto.trips.choices import Berth, RequestState, Urgency
from lazaretto.trips.deadlines import REQUEST
from lazaretto.trips.limits import limits
from lazaretto.trips.models import MoveRequest, Rider

LONGEST = 200
LIVE = (RequestState.OPEN, RequestState.PLANNED)


def wait(request: MoveRequest, *, at: datetime) -> None:
    """Somebody begins to wait, and it is watched."""
    request.save(force_insert=True)
    watch([request], at=at)
    said = {"urgency": request.urgency, "latest_at": request.latest_at}
    record(request, unit_id=request.unit_id, person_id=request.person_id, data=said)


def plan_request(request: MoveRequest, rider: Rider, *, actor: Actor, at: datetime) -> None:
    """The request is on a trip."""
    _step(request, RequestState.PLANNED)
    request.rider = rider
    request.save(update_fields=["state", "rider"])
    meet(REQUEST.code, request, at=at, by=actor.user_id)


def reopen(riders: Iterable[Rider], *, actor: Actor, at: datetime) -> None:
    """Those who asked to be moved wait again; nobody who asked anew meanwhile waits twice."""
    planned = list(locked(MoveRequest.objects.filter(rider__in=riders, state=RequestState.PLANNED)).order_by("id"))
    people = [request.person_id for request in planned]
    anew = MoveRequest.objects.filter(person__in=people, state=RequestState.OPEN)
    waiting = set(anew.values_list("person_id", flat=True))
    for request in planned:
        again = request.person_id in waiting
        before = _step(request, RequestState.WITHDRAWN if again else RequestState.OPEN)
        request.rider = None
        request.save(update_fields=["state", "rider"])
        if not again:
            watch([request], at=at)
        waiting.add(request.person_id)
        _note(request, before, "")


def close(request: MoveRequest, after: RequestState, reason: str, *, actor: Actor, at: datetime) -> None:
    """Nobody waits any more; whoever is on a list that has not left is taken off it.

    Raises `IllegalTransition`, `TextTooLong`.
    """
    before, rider = _step(request, after), request.rider
    request.reason = whole(reason, LONGEST)
    if rider is not None:
        request.rider = None
        _take_off(rider, request.reason, at)
    request.save(update_fields=["state", "rider", "reason"])
    cancel(REQUEST.code, request, at=at, by=actor.user_id, answer=request.reason)
    _note(request, before, request.reason)


def _take_off(rider: Rider, reason: str, at: datetime) -> None:
    if rider.closed_at is None and rider.leg_id is None:
        rider.left_behind, rider.closed_at = reason, at
        rider.save(update_fields=["left_behind", "closed_at"])
        record(
            rider.trip, unit_id=rider.trip.unit_id, person_id=rider.person_id, data={"rider": rider.id}, reason=reason
        )


def _step(request: MoveRequest, after: RequestState) -> str:
    before = request.state
    if edge(rules.REQUEST_EDGES, before, after) is None:
        raise IllegalTransition(before=before, after=after)
    request.state = after
    return before


def watch(requests: Iterable[MoveRequest], *, at: datetime) -> None:
    """Whoever has no trip by the time they were to be there is heard of."""
    dues = [Due(REQUEST.code, one, one.latest_at, unit_id=one.unit_id, person_id=one.person_id) for one in requests]
    set_deadlines(dues, at=at)


def _note(request: MoveRequest, before: str, reason: str) -> None:
    said = {"before": before, "after": request.state}
    record(request, unit_id=request.unit_id, person_id=request.person_id, data=said, reason=reason)


# ---- transfer orders


def follow_order(order: TransferOrder, *, actor: Actor, at: datetime) -> None:
    """Something changed about an order: people who may be dispatched under it wait for a trip, all others do not.

    Only orders of ours ask: who issued one elsewhere also sends the vehicle, unless somebody asks for one by hand.
    """
    if order.issuer_number or order.state == OrderState.DRAFT:
        return
    lines = list(order.people.exclude(state=LineState.STRUCK).select_related("person").prefetch_related("checks"))
    wanted = {line.pk for line in lines if _may_go(order, line, at)}
    standing = MoveRequest.objects.filter(order_line__order=order, state__in=LIVE)
    for request in standing.select_related("order_line", "rider__from_stop", "rider__trip").order_by("id"):
        _keep_or_close(request, wanted, actor, at)
    _ask(order, [line for line in lines if line.pk in wanted], actor, at)


def ask_of_orders(people: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
    """A request of these people ended: an order that stood behind it asks now."""
    waiting = OrderPerson.objects.filter(person__in=people, state=LineState.WAITING, order__state__in=IN_FORCE)
    for line in waiting.select_related("order").order_by("id"):
        follow_order(line.order, actor=actor, at=at)


def _may_go(order: TransferOrder, line: OrderPerson, at: datetime) -> bool:
    if line.state != LineState.WAITING or order.state not in IN_FORCE or order.valid_until <= at:
        return False
    return order.overridden_at is not None or agreement_of(line).reached


def _keep_or_close(request: MoveRequest, wanted: set[UUID], actor: Actor, at: datetime) -> None:
    line, rider = request.order_line, request.rider
    left = rider is not None and (rider.leg_id is not None or rider.from_stop.departed_at is not None)
    if line is None or (line.pk in wanted and not left):
        return
    if left:
        if line.state == LineState.WAITING:
            _came_back(request)
    elif line.state in {LineState.UNDER_WAY, LineState.ARRIVED}:
        close(request, RequestState.SETTLED, gettext("They left another way."), actor=actor, at=at)
    else:
        close(request, RequestState.LAPSED, gettext("The transfer order asks for it no longer."), actor=actor, at=at)


def _came_back(request: MoveRequest) -> None:
    """Their trip is behind them and brought them nowhere; the request keeps it, and another one may be asked."""
    before = _step(request, RequestState.SETTLED)
    request.save(update_fields=["state"])
    _note(request, before, "")


def _ask(order: TransferOrder, lines: Sequence[OrderPerson], actor: Actor, at: datetime) -> None:
    """One request for each who has none; what somebody asked for the same way by hand becomes the order's.

    A request to another place stands first; when it ends, `ask_of_orders` comes here again. What was withdrawn by hand
    is not asked again behind the back of whoever withdrew it.
    """
    if not lines:
        return
    people = [line.person_id for line in lines]
    of_order = MoveRequest.objects.filter(order_line__in=lines)
    done = set(of_order.filter(state__in=[*LIVE, RequestState.WITHDRAWN]).values_list("order_line", flat=True))
    missing = [line for line in lines if line.pk not in done]
    open_now = {
        one.person_id: one
        for one in locked(MoveRequest.objects.filter(person__in=people, state=RequestState.OPEN)).order_by("id")
    }
    lame = _lame(people) if missing else set()
    for line in missing:
        there = open_now.get(line.person_id)
        if there is None:
            wait(_request(order, line, lame, actor, at), at=at)
        elif there.order_line_id is None and _to(there) == _to(order):
            there.order_line = line
            there.save(update_fields=["order_line"])


def _request(order: TransferOrder, line: OrderPerson, lame: set[UUID], actor: Actor, at: datetime) -> MoveRequest:
    urgent = order.urgency == HowSoon.NOW
    within = {HowSoon.NOW: limits().ordered_now, HowSoon.TODAY: limits().ordered_today}.get(HowSoon(order.urgency))
    latest = order.valid_until if within is None else min(order.valid_until, at + within)
    return MoveRequest(
        unit_id=order.unit_id, person_id=line.person_id, category=order.category, order_line=line,
        from_site_id=order.from_site_id, from_external_id=order.from_external_id,
        to_site_id=order.to_site_id, to_external_id=order.to_external_id,
        berth=Berth.WHEELCHAIR if line.person_id in lame else Berth.SEAT,
        urgency=Urgency.URGENT if urgent else Urgency.ROUTINE, earliest_at=min(at, latest - timedelta(minutes=1)),
        latest_at=latest, asked_at=at, asked_by_id=actor.user_id,
    )  # fmt: skip


def _lame(people: Sequence[UUID]) -> set[UUID]:
    needs = Need.objects.filter(person__in=people, kind=NeedKind.CANNOT_WALK, ended_at__isnull=True)
    return set(needs.values_list("person", flat=True))


def _to(row: MoveRequest | TransferOrder) -> tuple[UUID | None, UUID | None]:
    return row.to_site_id, row.to_external_id


hooks.hear(follow_order)
