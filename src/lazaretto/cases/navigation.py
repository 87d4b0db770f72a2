"""The sidebar's entry, and the buttons on the pages of a stay and of a positive."""

from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.cases.choices import ChangeKind
from lazaretto.cases.queries.listing import READ
from lazaretto.cases.queries.ordered import asked_no_more, said_of, still_asked
from lazaretto.cases.rules import PROPOSE
from lazaretto.core.access import Actor
from lazaretto.orders import hooks
from lazaretto.people.panels import Panel
from lazaretto.people.panels import register as register_panel
from lazaretto.stays.choices import SpecimenState, StayEnd
from lazaretto.stays.links import StayLink
from lazaretto.stays.links import register as register_link
from lazaretto.stays.models import Specimen, Stay
from lazaretto.ui import nav

KINDS = {
    SpecimenState.PRELIMINARY_POSITIVE: ChangeKind.CASE,
    SpecimenState.CONFIRMED_POSITIVE: ChangeKind.CASE,
    SpecimenState.REFUTED: ChangeKind.LIFTED,
}


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="cases", label=_("Changes of status"), icon="arrows-exchange", url="cases:changes", order=42,
            visible=lambda request: request.user.is_authenticated and actor_of(request).may(READ),
        )
    )  # fmt: skip
    hooks.remark_with(said_of)
    hooks.refuse_with(still_asked)
    hooks.ask_with(asked_no_more)
    register_panel(Panel(key="status", title=_("Changes of status"), url=_about, order=20))
    register_link(
        StayLink(key="cases", label=_("Change of status"), icon="arrows-exchange", capability=PROPOSE, url=_address)
    )


def _about(actor: Actor, person_id: UUID) -> str | None:
    return reverse("cases:about", args=[person_id]) if actor.may(READ) else None


def _address(stay: Stay, specimen: Specimen | None) -> str | None:
    """The page that proposes; from a positive with the specimen as its evidence."""
    if stay.ended_at is not None and stay.end != StayEnd.HOSPITAL:
        return None
    about: dict[str, str] = {}
    if specimen is not None:
        kind = KINDS.get(SpecimenState(specimen.state))
        about |= {"tube": specimen.tube, **({"kind": kind.value} if kind else {})}
    address = reverse("cases:propose", args=[stay.site.code, stay.number])
    return f"{address}?{urlencode(about)}" if about else address
