"""The sidebar's entry: people on the move."""

from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.ui import nav
from lazaretto.ui.nav import NavItem


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        NavItem(
            key="moves",
            label=_("On the move"),
            icon="ambulance",
            url="transfers:moves",
            order=40,
            visible=lambda request: request.user.is_authenticated and actor_of(request).may("transfers.read"),
        )
    )
