"""What the commands of orders are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "orders.write_order": _("Transfer order written"),
        "orders.issue": _("Transfer order issued"),
        "orders.renew": _("Transfer order prolonged"),
        "orders.withdraw": _("Transfer order withdrawn"),
        "orders.discard": _("Draft of a transfer order discarded"),
        "orders.check_source": _("Source asked about somebody of a transfer order"),
        "orders.correct_address": _("Address on a transfer order corrected"),
        "orders.strike": _("Somebody struck off a transfer order"),
        "orders.override": _("Dispatch allowed without two sources"),
        "orders.ask_exception": _("Headquarters asked to admit without an order"),
        "orders.decide_exception": _("Request to admit without an order decided"),
        "orders.withdraw_exception": _("Request to admit without an order withdrawn"),
    }
)
