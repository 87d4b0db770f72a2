"""Writes of slots."""

from lazaretto.slots.commands.proposing import Improved, Proposed, improve, propose, replan
from lazaretto.slots.commands.standing import Accepted, SlotChanged, accept, cancel, move
from lazaretto.slots.commands.telling import Noticed, confirm, tell

__all__ = [
    "Accepted",
    "Improved",
    "Noticed",
    "Proposed",
    "SlotChanged",
    "accept",
    "cancel",
    "confirm",
    "improve",
    "move",
    "propose",
    "replan",
    "tell",
]
