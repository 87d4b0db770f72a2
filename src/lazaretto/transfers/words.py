"""What the commands of transfers are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "transfers.add_place": _("Place of others added"),
        "transfers.sign_out": _("Sent off"),
        "transfers.sign_in": _("Received"),
        "transfers.confirm_arrival": _("Arrival confirmed by the other place"),
        "transfers.bring_back": _("Brought back"),
        "transfers.give_room": _("Room given after arrival"),
        "transfers.postpone": _("Time of arrival postponed"),
        "transfers.report_here": _("Reported at a second place"),
        "transfers.divert": _("Sent elsewhere on the way"),
        "transfers.write_word": _("Word from the other place"),
        "transfers.fetch": _("Fetched from the other place"),
        "transfers.still_there": _("Still at the other place"),
        "transfers.leave_from_there": _("Left our care from the other place"),
        "transfers.decide": _("Decided where somebody is"),
    }
)
