"""The slots app."""

from importlib import import_module

from django.apps import AppConfig


class SlotsConfig(AppConfig):
    """Who comes to which test point when, who has been told of it, and what each point needs."""

    name = "lazaretto.slots"
    label = "slots"

    def ready(self) -> None:
        """Declare commands and proofs; add the doors to the page of a round."""
        for room in ("commands", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
