"""The core app."""

from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Commands, journal, deadlines: what every other app stands on."""

    name = "lazaretto.core"
    label = "core"

    def ready(self) -> None:
        """Declare the core's own proofs, duties and commands on alarms."""
        for room in ("proofs", "duties", "alarms"):
            import_module(f"{self.name}.{room}")
