"""The cases app."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Findings that change what somebody is (contact, case), and what follows for them and those around them."""

    name = "lazaretto.cases"
    label = "cases"

    def ready(self) -> None:
        """Declare commands, deadlines, duties and proofs; put the entry and the buttons into their places."""
        for room in ("commands", "deadlines", "duties", "proofs", "words"):
            import_module(f"{self.name}.{room}")
        import_module(f"{self.name}.navigation").register_entries()
