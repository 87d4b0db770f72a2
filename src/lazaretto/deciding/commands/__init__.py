"""Writes of the queue."""

from lazaretto.deciding.commands.correcting import settle_by
from lazaretto.deciding.commands.following import follow_round
from lazaretto.deciding.commands.owning import MatterOwned, MatterSettled, give_back, settle, take

__all__ = ["MatterOwned", "MatterSettled", "follow_round", "give_back", "settle", "settle_by", "take"]
