"""What the commands of cases are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "cases.propose": _("Change of status proposed"),
        "cases.propose_outside": _("Change of status proposed for somebody outside"),
        "cases.confirm": _("Change of status confirmed"),
        "cases.refuse": _("Change of status not confirmed"),
        "cases.withdraw": _("Proposed change of status withdrawn"),
        "cases.take_follow_up": _("Follow-up taken on"),
        "cases.finish_follow_up": _("Follow-up done"),
        "cases.see_arrival": _("Follow-up done: they arrived"),
        "cases.drop_follow_up": _("Follow-up dropped"),
        "cases.watch_positive": _("Confirmed positive waits for a change of status"),
    }
)
