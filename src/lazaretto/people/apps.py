"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is in our care."""

    name = "lazaretto.people"
    label = "people"

    def ready(self) -> None:
        """Fill the registries of commands, proofs and duties."""
        from lazaretto.people import commands, duties, proofs  # noqa: F401, PLC0415
