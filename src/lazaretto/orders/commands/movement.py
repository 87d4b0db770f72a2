"""Orders follow where people are: sent off, arrived, brought back, received at a desk.

Plain functions, called inside the commands of the apps above (`transfers.sign_out`, `arrivals.admit_walk_in` …).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor, locked
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import HandedOver, Handover
from lazaretto.orders import hooks, rules
from lazaretto.orders.choices import LineState, StepKind
from lazaretto.orders.commands.common import settle, write_step
from lazaretto.orders.commands.exceptions import close_waiting
from lazaretto.orders.errors import (
    NotChecked,
    NotOnOrder,
    OrderElsewhere,
    OrderExpired,
    OrderNeeded,
    OrderNotInForce,
    OrderUnknown,
)
from lazaretto.orders.models import OrderPerson, TransferOrder
from lazaretto.orders.queries.agreement import agreement_of
from lazaretto.orders.queries.standing import open_lines, people_ordered_to
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import Site
from lazaretto.places.queries import count_expected_with

count_expected_with(people_ordered_to)

HAND_OVER = rules.HAND_OVER


def leave(
    people: Sequence[UUID], handover: Handover, *, number: str = "", judged: bool = False, actor: Actor, at: datetime
) -> None:
    """People were just signed out. Those of the named order, or of the order in force to that place, go under it.

    Between our own sites, and to a hospital, nobody needs an order; to a hospital an order that is not checked holds
    nobody up. `judged`: somebody said by name that they go though what asked for it is gone. Raises `OrderUnknown`,
    `OrderNotInForce`, `OrderExpired`, `OrderElsewhere`, `NotOnOrder`, `NotChecked` naming whom, `OrderNeeded`, and what
    apps above ask (`cases`: `CauseGone`).
    """
    lines = _of_order(number, people, handover, actor, at) if number else _to_there(people, handover, at)
    place = handover.to_external
    to_hospital = place is not None and place.kind == ExternalKind.HOSPITAL
    unchecked = [line for line in lines if line.order.overridden_at is None and not agreement_of(line).reached]
    if unchecked and (number or not to_hospital):
        raise NotChecked(people=_names(unchecked), orders=_numbers(unchecked))
    going = [line for line in lines if line not in unchecked]
    if going and not judged:
        hooks.may_leave(going, actor=actor, at=at)
    if place is not None and not to_hospital and len(going) < len(set(people)):
        raise OrderNeeded(place=str(place.pk))
    if going:
        _go(going, handover, actor, at)
        follow(people, actor=actor, at=at)  # a sign-out that is told late may have its arrival behind it


def follow(people: Iterable[UUID], *, actor: Actor, at: datetime) -> None:
    """Facts were written about these people: their lines, and so their orders, follow what became of the handover."""
    lines = [line for line in open_lines(people) if line.state == LineState.UNDER_WAY]
    if not lines:
        return
    outcomes = _outcomes(lines)
    moved = [line for line in lines if outcomes.get((line.handover_id, line.person_id)) != Outcome.UNDER_WAY]
    for order, own in _by_order(moved).items():
        steps = {_moved(line, outcomes[line.handover_id, line.person_id], at) for line in own}
        for step in sorted(steps):
            write_step(order, step, actor=actor, at=at)
        settle(order, actor=actor, at=at)


def receive(person_id: UUID, site: Site, *, actor: Actor, at: datetime) -> str:
    """Somebody was admitted at a site: the order that sent them there, even one run out, is used; its number.

    What headquarters was asked about them while they waited outside is closed.
    """
    close_waiting(person_id, site, actor=actor, at=at)
    lines = open_lines([person_id])
    if any(line.state == LineState.UNDER_WAY for line in lines):
        follow([person_id], actor=actor, at=at)
        lines = open_lines([person_id])
    lines = [line for line in lines if line.order.to_site_id == site.pk]
    if not lines:
        return ""
    (line,) = lines
    order = _locked([line.order_id])[line.order_id]
    line.state, line.arrived_at = LineState.ARRIVED, at
    line.save(update_fields=["state", "arrived_at"])
    write_step(order, StepKind.ARRIVED, actor=actor, at=at)
    settle(order, actor=actor, at=at)
    return order.number


def _of_order(number: str, people: Sequence[UUID], handover: Handover, actor: Actor, at: datetime) -> list[OrderPerson]:
    """The lines of the named order for exactly these people."""
    order = TransferOrder.objects.visible_to(actor, HAND_OVER).filter(number=number.strip()).first()
    if order is None:
        raise OrderUnknown(number=number)
    if order.state not in rules.IN_FORCE:
        raise OrderNotInForce(order=number, state=order.state)
    if rules.expired(order.state, order.valid_until, at):
        raise OrderExpired(order=number)
    if _ends_of(order) != _ends_of(handover):
        raise OrderElsewhere(order=number)
    lines = [line for line in open_lines(people) if line.order_id == order.pk and line.state == LineState.WAITING]
    missing = set(people) - {line.person_id for line in lines}
    if missing:
        raise NotOnOrder(order=number, people=", ".join(sorted(map(str, missing))))
    return lines


def _to_there(people: Sequence[UUID], handover: Handover, at: datetime) -> list[OrderPerson]:
    """The lines of orders in force that send these people this very way."""
    return [
        line
        for line in open_lines(people)
        if line.state == LineState.WAITING
        and line.order.state in rules.IN_FORCE
        and not rules.expired(line.order.state, line.order.valid_until, at)
        and _ends_of(line.order) == _ends_of(handover)
    ]


def _ends_of(row: TransferOrder | Handover) -> tuple[UUID | None, ...]:
    return row.from_site_id, row.from_external_id, row.to_site_id, row.to_external_id


def _go(lines: list[OrderPerson], handover: Handover, actor: Actor, at: datetime) -> None:
    for order, own in _by_order(lines).items():
        # The lines were read before the order was locked: whoever was struck off meanwhile does not go under it.
        going = OrderPerson.objects.filter(pk__in=[line.pk for line in own], state=LineState.WAITING)
        if going.update(state=LineState.UNDER_WAY, handover=handover) < len(own):
            raise NotOnOrder(order=order.number)
        write_step(order, StepKind.LEFT, actor=actor, at=at, words=handover.number)
        settle(order, actor=actor, at=at)


def _moved(line: OrderPerson, outcome: str, at: datetime) -> StepKind:
    """Write what became of one person; returns the step it is."""
    if outcome == Outcome.ARRIVED:
        line.state, line.arrived_at, step = LineState.ARRIVED, at, StepKind.ARRIVED
    elif outcome == Outcome.ELSEWHERE:  # settled by a decision: the order did not bring them there
        line.state, step = LineState.STRUCK, StepKind.STRUCK
    else:
        line.state, line.handover, step = LineState.WAITING, None, StepKind.RETURNED
    line.save(update_fields=["state", "arrived_at", "handover"])
    return step


def _outcomes(lines: Sequence[OrderPerson]) -> dict[tuple[UUID | None, UUID], str]:
    rows = HandedOver.objects.filter(
        handover__in={line.handover_id for line in lines}, person__in={line.person_id for line in lines}
    )
    return {(handover, person): outcome for handover, person, outcome in rows.values_list(
        "handover_id", "person_id", "outcome"
    )}  # fmt: skip


def _by_order(lines: Sequence[OrderPerson]) -> dict[TransferOrder, list[OrderPerson]]:
    """Lines by their order, which is locked now and read anew."""
    orders = _locked(sorted({line.order_id for line in lines}))
    found: dict[TransferOrder, list[OrderPerson]] = defaultdict(list)
    for line in lines:
        found[orders[line.order_id]].append(line)
    return found


def _locked(pks: Sequence[UUID]) -> dict[UUID, TransferOrder]:
    return {order.pk: order for order in locked(TransferOrder.objects.filter(pk__in=pks)).order_by("pk")}


def _names(lines: Sequence[OrderPerson]) -> str:
    return ", ".join(line.person.name for line in lines)


def _numbers(lines: Sequence[OrderPerson]) -> str:
    return ", ".join(sorted({line.order.number for line in lines}))
