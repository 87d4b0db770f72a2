"""The stranded app."""

from importlib import import_module

from django.apps import AppConfig


class StrandedConfig(AppConfig):
    """People found without a place to be, and households left without anybody: in our care from the first word."""

    name = "lazaretto.stranded"
    label = "stranded"

    def ready(self) -> None:
        """Declare commands, deadlines, duties and proofs; put the entry into its place."""
        for room in ("commands", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
