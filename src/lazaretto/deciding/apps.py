"""The deciding app."""

from importlib import import_module

from django.apps import AppConfig


class DecidingConfig(AppConfig):
    """The supervisor's queue of mass testing: everything in all rounds of an area that waits for somebody."""

    name = "lazaretto.deciding"
    label = "deciding"

    def ready(self) -> None:
        """Declare deadlines, commands, duties and proofs; put the entry into its place."""
        for room in ("deadlines", "commands", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
