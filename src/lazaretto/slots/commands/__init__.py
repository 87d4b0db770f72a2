"""Writes of slots."""

from lazaretto.slots.commands.proposing import Improved, Proposed, improve, propose, replan
from lazaretto.slots.commands.standing import Accepted, SlotChanged, accept, cancel, move
from lazaretto.slots.commands.telling import AllTold, Noticed, ToTell, ToTellList, confirm, list_notices, tell, tell_all

__all__ = [
    "Accepted",
    "AllTold",
    "Improved",
    "Noticed",
    "Proposed",
    "SlotChanged",
    "ToTell",
    "ToTellList",
    "accept",
    "cancel",
    "confirm",
    "improve",
    "list_notices",
    "move",
    "propose",
    "replan",
    "tell",
    "tell_all",
]
