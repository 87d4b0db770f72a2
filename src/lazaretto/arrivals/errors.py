"""Named errors of arrivals."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class NotExpectedNow(DomainError):
    """The person is not (any longer) expected on this bus."""

    code = "not_expected_now"
    message = _("This person is not expected on this bus now.")
    next_step = _("Look at where they stand: they may be checked in, or struck off the list.")


class BusGone(DomainError):
    """The bus has left."""

    code = "bus_gone"
    message = _("The bus has left.")
    next_step = _("Note them at check-in as arrived without being on the list.")


class PeopleUnaccounted(DomainError):
    """People on the list are neither on board nor marked missing."""

    code = "people_unaccounted"
    message = _("Some people on the list are neither on board nor marked as missing.")
    next_step = _("Scan them, or mark each one missing with a reason, before the bus leaves.")


class NoRoomProposed(DomainError):
    """Neither a proposal nor the clerk named a room."""

    code = "no_room_proposed"
    status = 422
    message = _("No room has been chosen for this person.")
    next_step = _("Type a room number, or have rooms proposed for the whole bus.")


class RoomOutsideSite(DomainError):
    """The room belongs to another site."""

    code = "room_outside_site"
    status = 422
    message = _("This room belongs to another site.")
    next_step = _("Choose a room of the site the bus is going to.")


class ExposureUnknown(DomainError):
    """Without a date of last exposure the end cannot be computed."""

    code = "exposure_unknown"
    status = 422
    message = _("The date of last exposure or entry is not known.")
    next_step = _("Ask the person or the sending office and write it down; nobody is held without a computed end.")
