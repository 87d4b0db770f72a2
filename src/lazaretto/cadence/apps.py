"""The cadence app."""

from importlib import import_module

from django.apps import AppConfig


class CadenceConfig(AppConfig):
    """When an area is tested again by its rule pack, who is told when that is forgotten, and when a round is late."""

    name = "lazaretto.cadence"
    label = "cadence"

    def ready(self) -> None:
        """Declare deadlines, commands, duties and proofs; add what the pages of rounds show."""
        for room in ("deadlines", "commands", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
