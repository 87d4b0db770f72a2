"""The transfers app."""

from importlib import import_module

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """Handovers between places, and the questions they raise."""

    name = "lazaretto.transfers"
    label = "transfers"

    def ready(self) -> None:
        """Declare commands and proofs; add the entry of the sidebar."""
        for room in ("commands", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
