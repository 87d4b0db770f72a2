"""The sidebar's entry, and the door on the line of a point."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.screening.navigation import Room, add_enterprise_room, add_point_room
from lazaretto.screening.rules import READ
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="field", label=_("Phones at the tables"), icon="phone", url="field:points", order=48, visible=_reads
        )
    )
    add_enterprise_room(Room(_("Cards for testing"), "qrcode", "field:cards"))
    add_point_room(Room(_("Phones"), "phone", "field:point"))


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)
