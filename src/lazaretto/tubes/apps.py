"""The tubes app."""

from importlib import import_module

from django.apps import AppConfig


class TubesConfig(AppConfig):
    """Who has which tube since when, what laboratories report of it, who is called back, and when a round may close."""

    name = "lazaretto.tubes"
    label = "tubes"

    def ready(self) -> None:
        """Declare commands, deadlines, duties and proofs."""
        for room in ("deadlines", "commands", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
