"""The trips app."""

from importlib import import_module

from django.apps import AppConfig


class TripsConfig(AppConfig):
    """Vehicles, drivers and trips: who rides with whom, when, and where they are on the road."""

    name = "lazaretto.trips"
    label = "trips"

    def ready(self) -> None:
        """Declare commands, deadlines, proofs and what they are called."""
        for room in ("commands", "commands.merging", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
