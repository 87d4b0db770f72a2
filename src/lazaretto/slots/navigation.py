"""The doors on the page of a round."""

from django.utils.translation import gettext_lazy as _

from lazaretto.screening.navigation import Room, add_room


def register_entries() -> None:
    """Called when the apps are ready."""
    add_room(Room(_("Slots"), "calendar", "slots:slots"))
    add_room(Room(_("Staff and supplies"), "package", "slots:supplies"))
