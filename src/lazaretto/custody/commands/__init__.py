"""Writes of custody, inside the commands of the apps above."""

from lazaretto.custody.commands.handing import Luggage, Way, hand_over
from lazaretto.custody.commands.ledger import Seen, Told, leg_of, let_go, take_in, watch, write_facts

__all__ = ["Luggage", "Seen", "Told", "Way", "hand_over", "leg_of", "let_go", "take_in", "watch", "write_facts"]
