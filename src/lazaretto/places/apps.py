"""The places app."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Sites, rooms, beds."""

    name = "lazaretto.places"
    label = "places"

    def ready(self) -> None:
        """Fill the registry of commands and what verify looks at."""
        from lazaretto.places import commands, proofs  # noqa: F401, PLC0415 - models are ready only now
