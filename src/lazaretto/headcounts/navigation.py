"""The sidebar's entry."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.headcounts.queries import CARE, READ
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="headcounts", label=_("Headcounts"), icon="users-group", url="headcounts:headcounts", order=46,
            visible=_reads,
        ),
        nav.NavItem(
            key="families", label=_("To look after"), icon="heart-handshake", url="headcounts:families", order=46,
            visible=_only_cares,
        ),
    )  # fmt: skip


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)


def _only_cares(request: HttpRequest) -> bool:
    """Whoever reads headcounts finds the page there."""
    return request.user.is_authenticated and actor_of(request).may(CARE) and not actor_of(request).may(READ)
