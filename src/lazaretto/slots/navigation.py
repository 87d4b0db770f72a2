"""The doors on the page of a round."""

from django.utils.translation import gettext_lazy as _

from lazaretto.screening.navigation import Room, add_room
from lazaretto.screening.queries import awaited_by
from lazaretto.screening.queries.at_points import promised_by
from lazaretto.slots.queries import promises, somebody_has_a_slot


def register_entries() -> None:
    """Called when the apps are ready."""
    awaited_by(somebody_has_a_slot)
    promised_by(promises)
    add_room(Room(_("Slots"), "calendar", "slots:slots"))
    add_room(Room(_("Staff and supplies"), "package", "slots:supplies"))
