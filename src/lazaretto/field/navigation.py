"""The sidebar's entry, and the door on the line of a point."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.screening.navigation import Room, add_enterprise_room, add_point_room
from lazaretto.screening.rules import READ
from lazaretto.tubes.rules import HANDLE
from lazaretto.tubes.rules import READ as TUBES
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="field", label=_("Phones at the tables"), icon="phone", url="field:points", order=48, visible=_reads
        )
    )
    nav.register(
        nav.NavItem(
            key="couriers", label=_("Couriers"), icon="package", url="field:couriers", order=48, visible=_knows_tubes
        ),
        nav.NavItem(
            key="carrying", label=_("Bags I carry"), icon="package", url="field:own_courier", order=48, visible=_carries
        ),
    )
    add_enterprise_room(Room(_("Cards for testing"), "qrcode", "field:cards"))
    add_point_room(Room(_("Phones"), "phone", "field:point"))


def _knows_tubes(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(TUBES)


def _carries(request: HttpRequest) -> bool:
    """Those who tell of bags and read nothing: the couriers."""
    if not request.user.is_authenticated:
        return False
    actor = actor_of(request)
    return actor.may(HANDLE) and not actor.may(TUBES)


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)
