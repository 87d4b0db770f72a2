"""What the commands about orders share: steps along the table, rows of the history, the deadline of validity."""

from datetime import datetime

from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import record
from lazaretto.core.deadlines import Due, meet, set_deadlines
from lazaretto.core.errors import IllegalTransition, ReasonRequired, whole
from lazaretto.core.states import edge
from lazaretto.orders import hooks, rules
from lazaretto.orders.choices import OrderState, StepKind
from lazaretto.orders.deadlines import EXPIRY
from lazaretto.orders.models import OrderStep, TransferOrder

MOST = 500  # characters of a reason


def reason_of(text: str) -> str:
    """A written reason; raises `ReasonRequired`, `TextTooLong`."""
    said = whole(text, MOST)
    if not said:
        raise ReasonRequired
    return said


def go(order: TransferOrder, after: OrderState, at: datetime) -> str:
    """Take an edge of the table; returns the state before. Raises `IllegalTransition`."""
    before = order.state
    if edge(rules.EDGES, before, after) is None:
        raise IllegalTransition(before=before, after=after)
    order.state = after
    order.ended_at = at if after in rules.ENDED else None
    order.save(update_fields=["state", "ended_at"])
    return before


def write_step(order: TransferOrder, step: StepKind, *, actor: Actor, at: datetime, words: str = "") -> None:
    """A row of the order's history, after what it says was written; apps above hear of it."""
    insert(OrderStep(order=order, step=step, at=at, by_id=actor.user_id, words=words or None))
    hooks.tell(order, actor=actor, at=at)


def note(order: TransferOrder, data: dict[str, object], reason: str = "") -> None:
    """The journal's entry about an order."""
    record(order, unit_id=order.unit_id, data=data, reason=reason)


def watch(order: TransferOrder, at: datetime) -> None:
    """The order has to be used in time."""
    set_deadlines([Due(EXPIRY.code, order, order.valid_until, unit_id=order.unit_id)], at=at)


def rest(order: TransferOrder, actor: Actor, at: datetime) -> None:
    """Nothing has to be used any more: they are on the road, or the order has ended."""
    meet(EXPIRY.code, order, at=at, by=actor.user_id, answer=gettext("The order was used or withdrawn."))


def settle(order: TransferOrder, *, actor: Actor, at: datetime) -> OrderState:
    """Let the state of an order follow from its people; returns it."""
    after = rules.state_of(order.people.values_list("state", flat=True))
    if after == order.state:
        return after
    before = go(order, after, at)
    if after == OrderState.ISSUED:
        watch(order, at)
    else:
        rest(order, actor, at)
    if after in rules.ENDED:
        why = gettext("By decision they are elsewhere.") if after == OrderState.WITHDRAWN else ""
        write_step(order, StepKind(after.value), actor=actor, at=at, words=why)
    note(order, {"number": order.number, "before": before, "after": after})
    return after
