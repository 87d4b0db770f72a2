"""The arrivals app."""

from importlib import import_module

from django.apps import AppConfig


class ArrivalsConfig(AppConfig):
    """Manifests and check-in."""

    name = "lazaretto.arrivals"
    label = "arrivals"

    def ready(self) -> None:
        """Declare the commands and the proofs."""
        for room in ("commands", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
