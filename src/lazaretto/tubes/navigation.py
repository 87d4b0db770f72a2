"""The sidebar's entry, and the doors on the page of a round."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.doors import actor_of
from lazaretto.cases.hooks import hear_end
from lazaretto.cases.queries.surroundings import told_by
from lazaretto.screening.navigation import Naming, Panel, Room, add_panel, add_room, name_by
from lazaretto.screening.queries.excused import named_in
from lazaretto.stays.navigation import Tab, add_tab
from lazaretto.tubes.commands.positives import take_up_again
from lazaretto.tubes.models import Absence
from lazaretto.tubes.queries.balance import reasons_for
from lazaretto.tubes.queries.near import known_of
from lazaretto.tubes.rules import MANAGE, READ
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    nav.register(
        nav.NavItem(
            key="tubes", label=_("Tubes and results"), icon="test-pipe", url="tubes:rounds", order=48, visible=_reads
        )
    )
    told_by(known_of)
    hear_end(take_up_again)
    named_in(Absence.objects.holding, Absence.objects.excusing)
    name_by(Naming("tubes:excuse", MANAGE, reasons_for, back="tubes:take_back"))
    _carried()
    add_room(Room(_("Tubes"), "test-pipe", "tubes:round"))
    add_room(Room(_("Strangers"), "user-question", "tubes:strangers"))
    add_room(Room(_("Closing"), "scale", "tubes:closing"))
    add_panel(Panel(_("Numbers agreed with enterprises"), "tubes:agreed", READ))


def _carried() -> None:
    """Beside the tests of a quarantine site: where its tubes are."""
    add_tab(Tab(_("Tubes under way"), "tubes:site", READ))


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)
