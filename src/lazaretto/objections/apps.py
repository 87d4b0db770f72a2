"""The objections app."""

from importlib import import_module

from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    """Somebody does not agree: what is said, offered and answered, and the reply they are due."""

    name = "lazaretto.objections"
    label = "objections"

    def ready(self) -> None:
        """Declare commands, deadlines, duties and proofs; put the entry and the button into their places."""
        for room in ("commands", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
