"""What the commands about stranded people are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "stranded.register": _("Stranded people registered"),
        "stranded.take": _("Stranded people taken on"),
        "stranded.complete": _("Record of somebody stranded completed"),
        "stranded.name_carer": _("Carer named"),
        "stranded.end_carer": _("Carer left"),
        "stranded.give": _("Stranded people given something"),
        "stranded.feed_elsewhere": _("Meals of stranded people changed"),
        "stranded.count_in": _("Stranded people put on a headcount"),
        "stranded.send": _("Stranded people sent to a place"),
        "stranded.arrived": _("Stranded people arrived at a place"),
        "stranded.turned_back": _("Stranded people did not get the place"),
        "stranded.admit": _("Stranded people got a room"),
        "stranded.end": _("Stranded people gone home or taken over"),
        "stranded.report_missing": _("Somebody stranded is not found"),
        "stranded.search": _("Search written down"),
        "stranded.found_again": _("Somebody stranded found again"),
        "stranded.follow_stay": _("Somebody stranded has a room"),
    }
)
