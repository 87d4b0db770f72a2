"""The places app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lazaretto.ui import nav
from lazaretto.ui.nav import NavItem


class PlacesConfig(AppConfig):
    """Sites, rooms, beds."""

    name = "lazaretto.places"
    label = "places"

    def ready(self) -> None:
        """Fill the registry of commands and what verify looks at."""
        from lazaretto.accounts.commands import ask_before_closing  # noqa: PLC0415 - models are ready only now
        from lazaretto.accounts.doors import actor_of  # noqa: PLC0415
        from lazaretto.places import commands, proofs, words  # noqa: F401, PLC0415
        from lazaretto.places.queries import sites_run_by  # noqa: PLC0415

        ask_before_closing(sites_run_by)
        nav.register(
            NavItem(
                key="sites",
                label=_("Sites"),
                icon="building",
                url="places:sites",
                order=50,
                visible=lambda request: request.user.is_authenticated and actor_of(request).may("places.read"),
            )
        )
