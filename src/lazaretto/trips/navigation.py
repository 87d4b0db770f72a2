"""The sidebar's entry: trips, with how many are late."""

from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.trips.queries.board import READ
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="trips", label=_("Trips"), icon="bus", url="trips:board", order=41,
            visible=lambda request: request.user.is_authenticated and actor_of(request).may(READ),
        )
    )  # fmt: skip
