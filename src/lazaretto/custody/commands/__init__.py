"""Writes of custody, inside the commands of the apps above."""

from lazaretto.custody.commands.handing import Luggage, Way, hand_over, redirect
from lazaretto.custody.commands.ledger import Seen, Told, let_go, take_in, write_facts

__all__ = ["Luggage", "Seen", "Told", "Way", "hand_over", "let_go", "redirect", "take_in", "write_facts"]
