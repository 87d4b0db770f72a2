"""The returnees app."""

from importlib import import_module

from django.apps import AppConfig


class ReturneesConfig(AppConfig):
    """People back from risk areas: lists of agencies, one case each, somebody who calls, tests, an outcome."""

    name = "lazaretto.returnees"
    label = "returnees"

    def ready(self) -> None:
        """Declare commands, deadlines, duties and proofs; put the entry into its place."""
        for room in ("commands", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
