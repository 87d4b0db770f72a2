"""The sidebar's entry, the box on the page of a person, the button on the page of a stay that somebody left."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.core.access import Actor
from lazaretto.people.panels import Panel
from lazaretto.people.panels import register as register_panel
from lazaretto.stays.links import StayLink
from lazaretto.stays.links import register as register_link
from lazaretto.stays.models import Specimen, Stay
from lazaretto.transfers.queries.away import left_by
from lazaretto.transfers.queries.whereabouts import READ
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
            visible=lambda request: request.user.is_authenticated and actor_of(request).may(READ),
        )
    )
    register_panel(Panel(key="where", title=_("Where they are"), url=_where, order=10))
    register_link(StayLink(key="handover", label=_("Handover"), icon="ambulance", capability=READ, url=_handover))


def _where(actor: Actor, person_id: UUID) -> str | None:
    return reverse("transfers:where", args=[person_id]) if actor.may(READ) else None


def _handover(stay: Stay, specimen: Specimen | None) -> str | None:
    """From a stay that ended with a handover: to it."""
    number = left_by(stay) if specimen is None else ""
    return reverse("transfers:handover", args=[number]) if number else None
