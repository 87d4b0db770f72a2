"""The stays app."""

from importlib import import_module

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """Orders, stays, rounds, release."""

    name = "lazaretto.stays"
    label = "stays"

    def ready(self) -> None:
        """Declare commands, deadlines and proofs."""
        for room in ("commands", "deadlines", "proofs"):
            import_module(f"{self.name}.{room}")
