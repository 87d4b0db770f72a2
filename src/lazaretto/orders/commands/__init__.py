"""Writes of orders: transfer orders, what sources say, how they are carried out; exceptions."""

from lazaretto.orders.commands.checking import (
    AddressCorrected,
    Checked,
    Overridden,
    Struck,
    check_source,
    correct_address,
    override,
    strike,
)
from lazaretto.orders.commands.exceptions import (
    Asked,
    Decided,
    Plea,
    ask_exception,
    decide_exception,
    open_exception,
    withdraw_exception,
)
from lazaretto.orders.commands.movement import follow, leave, receive
from lazaretto.orders.commands.writing import (
    OrderMoved,
    OrderWritten,
    Passenger,
    discard,
    issue,
    renew,
    withdraw,
    write_order,
)

__all__ = [
    "AddressCorrected",
    "Asked",
    "Checked",
    "Decided",
    "OrderMoved",
    "OrderWritten",
    "Overridden",
    "Passenger",
    "Plea",
    "Struck",
    "ask_exception",
    "check_source",
    "correct_address",
    "decide_exception",
    "discard",
    "follow",
    "issue",
    "leave",
    "open_exception",
    "override",
    "receive",
    "renew",
    "strike",
    "withdraw",
    "withdraw_exception",
    "write_order",
]
