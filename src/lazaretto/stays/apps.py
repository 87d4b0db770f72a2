"""The stays app."""

from importlib import import_module

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """Orders, stays, rounds, release."""

    name = "lazaretto.stays"
    label = "stays"

    def ready(self) -> None:
        """Declare commands, deadlines, duties and proofs; add the entries of the sidebar."""
        for room in ("commands", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
