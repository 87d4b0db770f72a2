"""Writes of slots."""

from lazaretto.slots.commands.proposing import Improved, Proposed, improve, propose, replan
from lazaretto.slots.commands.standing import Accepted, SlotChanged, accept, cancel, move

__all__ = [
    "Accepted",
    "Improved",
    "Proposed",
    "SlotChanged",
    "accept",
    "cancel",
    "improve",
    "move",
    "propose",
    "replan",
]
