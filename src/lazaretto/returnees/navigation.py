"""The sidebar's entry. Without a number: those who wait have their alarms, and no page pays for counting them."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.returnees.rules import READ
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="returnees", label=_("Returnees"), icon="zoom-question", url="returnees:overview", order=44,
            visible=_reads,
        )
    )  # fmt: skip


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)
