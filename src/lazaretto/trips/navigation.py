"""The sidebar's entry; what the page of a transfer order says about the rides of its people."""

from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.orders import hooks
from lazaretto.trips.queries.board import READ
from lazaretto.trips.queries.waiting import rides_of
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="trips", label=_("Trips"), icon="bus", url="trips:board", order=41,
            visible=lambda request: request.user.is_authenticated and actor_of(request).may(READ),
        )
    )  # fmt: skip
    hooks.remark_with(rides_of)
