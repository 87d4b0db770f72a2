"""The sidebar's entry, and the button on the page of a stay."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.objections.queries import READ
from lazaretto.objections.rules import TALK
from lazaretto.stays.links import StayLink
from lazaretto.stays.links import register as register_link
from lazaretto.stays.models import Specimen, Stay
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="objections", label=_("Objections"), icon="message", url="objections:objections", order=44,
            visible=lambda request: request.user.is_authenticated and actor_of(request).may(READ),
        )
    )  # fmt: skip
    register_link(
        StayLink(key="objections", label=_("They do not agree"), icon="message", capability=TALK, url=_address)
    )


def _address(stay: Stay, specimen: Specimen | None) -> str | None:
    """Only from a stay that goes on."""
    if specimen is not None or stay.ended_at is not None:
        return None
    return reverse("objections:raise", args=[stay.site.code, stay.number])
