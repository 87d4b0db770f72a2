"""The screening app."""

from importlib import import_module

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Rounds of mass testing: who is expected, who was tested where, in which tube, and who is missing by name."""

    name = "lazaretto.screening"
    label = "screening"

    def ready(self) -> None:
        """Declare deadlines, commands and proofs; put the entry into its place."""
        for room in ("deadlines", "commands", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
