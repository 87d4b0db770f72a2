"""The sidebar's entries: transfer orders, and requests that wait for a decision."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.ui import nav
from lazaretto.ui.nav import NavItem


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        NavItem(
            key="transfer_orders", label=_("Transfer orders"), icon="file-text", url="orders:orders", order=41,
            visible=_reads,
        ),
        NavItem(
            key="exceptions", label=_("Admissions without an order"), icon="user-question", url="orders:exceptions",
            order=42, visible=_reads,
        ),
    )  # fmt: skip


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may("orders.read")
