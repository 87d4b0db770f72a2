"""The objections app."""

from importlib import import_module

from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    """Somebody does not agree: their reasons, each conversation, offers, the reply that is due."""

    name = "lazaretto.objections"
    label = "objections"

    def ready(self) -> None:
        """Declare commands and what they are called."""
        for room in ("commands", "words"):
            import_module(f"{self.name}.{room}")
