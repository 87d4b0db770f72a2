"""The headcounts app."""

from importlib import import_module

from django.apps import AppConfig


class HeadcountsConfig(AppConfig):
    """Enterprises, communities and people with neither: the lists they send, and who is on them since when."""

    name = "lazaretto.headcounts"
    label = "headcounts"

    def ready(self) -> None:
        """Declare commands and proofs; put the entry into its place."""
        for room in ("commands", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
