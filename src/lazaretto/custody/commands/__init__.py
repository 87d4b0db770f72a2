"""Writes of custody, inside the commands of the apps above."""

from lazaretto.custody.commands.handing import Luggage, Way, hand_over, not_too_late, redirect
from lazaretto.custody.commands.ledger import Seen, Told, let_go, lock_people, take_in, write_facts

__all__ = [
    "Luggage", "Seen", "Told", "Way", "hand_over", "let_go", "lock_people", "not_too_late", "redirect", "take_in",
    "write_facts",
]  # fmt: skip
