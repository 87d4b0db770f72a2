"""The orders app."""

from importlib import import_module

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """What stands on paper before anybody moves or is admitted: transfer orders, their checks, exceptions."""

    name = "lazaretto.orders"
    label = "orders"

    def ready(self) -> None:
        """Declare commands, deadlines, proofs and what commands are called; add the entries of the sidebar."""
        for room in ("commands", "deadlines", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
