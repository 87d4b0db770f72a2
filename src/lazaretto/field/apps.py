"""The field app."""

from importlib import import_module

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """Phones at the tables of mass testing: enrolled by a code, at work without a network, sending later."""

    name = "lazaretto.field"
    label = "field"

    def ready(self) -> None:
        """Declare commands and duties; put the entry into its place."""
        for room in ("commands", "duties", "queries.silence", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
