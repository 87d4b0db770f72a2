"""The custody app."""

from importlib import import_module

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Where everyone is, and who holds them."""

    name = "lazaretto.custody"
    label = "custody"

    def ready(self) -> None:
        """Declare deadlines and proofs."""
        for room in ("deadlines", "proofs"):
            import_module(f"{self.name}.{room}")
