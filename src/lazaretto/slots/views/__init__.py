"""Pages of slots."""

from lazaretto.slots.views.slots import accept, anew, cancel, improve, move, one, proposal, propose, slots

__all__ = ["accept", "anew", "cancel", "improve", "move", "one", "proposal", "propose", "slots"]
