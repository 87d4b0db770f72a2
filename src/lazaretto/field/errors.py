"""Named errors of phones at the tables."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class CodeInvalid(DomainError):
    """The code of the QR is unknown, too old, or was used by another phone."""

    code = "field_code_invalid"
    status = 404
    message = _("This code does not open a phone any more.")
    next_step = _("It is good for a quarter of an hour and for one phone. Ask the point for a new one.")


class DeviceUnknown(DomainError):
    """No phone has this token, or what it may send late is over."""

    code = "field_device_unknown"
    status = 401
    message = _("This phone is not known here.")
    next_step = _("Ask the point to enrol it anew; whatever it still holds has to be copied by hand.")


class DeviceEnded(DomainError):
    """The phone takes nobody any more; what it holds may still be sent. `context` says why it ended."""

    code = "field_device_ended"
    status = 401
    message = _("This phone takes nobody any more.")
    next_step = _("Send what it still holds; then its roster is wiped.")


class RosterTooLarge(DomainError):
    """More people than a phone keeps."""

    code = "field_roster_too_large"
    message = _("More people are expected at this point than a phone keeps.")
    next_step = _(
        "Accept slots on the page of the round, large enterprises by department or by dormitory, or say on the page of "
        "the point which enterprises come to it."
    )


class NobodyForCards(DomainError):
    """The enterprise has nobody on the roster, or not in this department or dormitory."""

    code = "field_nobody_for_cards"
    message = _("Nobody on the roster fits this choice.")
    next_step = _("Choose another department or dormitory, or all of the enterprise.")


class TooManyCards(DomainError):
    """More people than one sheet takes."""

    code = "field_too_many_cards"
    message = _("More people are chosen than are printed at once.")
    next_step = _("Print them by department or by dormitory.")


class RoundNotReady(DomainError):
    """Nobody has a number in this round yet, or it is over."""

    code = "field_round_not_ready"
    message = _("Phones are enrolled once the roster of the round is fixed, and until it is closed.")
    next_step = _("Fix the roster of the round first.")


class RoundIsOver(DomainError):
    """The round is closed or cancelled: nobody is tested in it any more."""

    code = "field_round_is_over"
    message = _("This round is over: no phone is enrolled in it any more.")
    next_step = _(
        "Choose a point of a round that goes on. What phones still hold they may send without being enrolled."
    )


class PointIsClosed(DomainError):
    """Nobody comes to the point any more."""

    code = "field_point_is_closed"
    message = _("This point is closed: no phone is enrolled there.")
    next_step = _("Open the point again on the page of the round, or choose another one.")


class DeviceOver(DomainError):
    """The phone has ended already."""

    code = "field_device_over"
    message = _("This phone has ended already.")
    next_step = _("Look at the list of phones again.")
