"""The core app."""

from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Commands, journal, deadlines: what every other app stands on."""

    name = "lazaretto.core"
    label = "core"

    def ready(self) -> None:
        """Declare the core's own commands, proofs and duties."""
        for room in ("alarms", "proofs", "duties", "words"):
            import_module(f"{self.name}.{room}")
