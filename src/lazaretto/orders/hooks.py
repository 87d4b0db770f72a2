"""What apps above hear of orders, and what they say on an order's page: they register here, so orders knows none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.errors import Text
from lazaretto.orders.models import OrderPerson, TransferOrder


@dataclass(frozen=True)
class Remark:
    """A line about one person of an order; `url` leads to what it speaks of, empty where the reader may not go."""

    text: Text
    url: str = ""
    tone: str = ""


Hearing = Callable[..., None]  # (order, *, actor, at), inside the command that changed the order
Remarking = Callable[[Actor, Sequence[OrderPerson]], Mapping[UUID, Remark]]
Refusing = Callable[[TransferOrder], None]  # raises a named error where a draft must not be issued
Asking = Callable[
    ..., None
]  # (lines, *, actor, at) raises a named error where somebody must say that they go all the same
_hearing: list[Hearing] = []
_refusing: list[Refusing] = []
_asking: list[Asking] = []
_remarking: list[Remarking] = []


def hear(function: Hearing) -> None:
    """An app hears of every step of an order and of every source, in the same transaction."""
    if function not in _hearing:
        _hearing.append(function)


def tell(order: TransferOrder, *, actor: Actor, at: datetime) -> None:
    """Something was written about an order."""
    for function in _hearing:
        function(order, actor=actor, at=at)


def refuse_with(function: Refusing) -> None:
    """An app may refuse that a draft is issued: what asked for it does not stand any more."""
    if function not in _refusing:
        _refusing.append(function)


def may_be_issued(order: TransferOrder) -> None:
    """Raises what an app above has against it."""
    for function in _refusing:
        function(order)


def ask_with(function: Asking) -> None:
    """An app may ask before people leave under an order: what it was issued for does not stand any more."""
    if function not in _asking:
        _asking.append(function)


def may_leave(lines: Sequence[OrderPerson], *, actor: Actor, at: datetime) -> None:
    """Raises what an app above asks about these people."""
    for function in _asking:
        function(lines, actor=actor, at=at)


def remark_with(function: Remarking) -> None:
    """An app has something to say about people of an order, by the id of their line; a fixed number of queries."""
    if function not in _remarking:
        _remarking.append(function)


def remarks(actor: Actor, lines: Sequence[OrderPerson]) -> dict[UUID, list[Remark]]:
    """What other apps say about these people."""
    found: dict[UUID, list[Remark]] = {line.pk: [] for line in lines}
    for function in _remarking:
        for pk, remark in function(actor, lines).items():
            found[pk].append(remark)
    return found
