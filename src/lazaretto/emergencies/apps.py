"""The emergencies app."""

from importlib import import_module

from django.apps import AppConfig


class EmergenciesConfig(AppConfig):
    """From the first word to care, and the review afterwards."""

    name = "lazaretto.emergencies"
    label = "emergencies"

    def ready(self) -> None:
        """Declare commands, deadlines and proofs; put the button, the banner and the entry into the frame."""
        for room in ("commands", "deadlines", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
