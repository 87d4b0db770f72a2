"""What the commands of tubes are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "tubes.upload_events": _("Events of tubes and bags taken in"),
        "tubes.add_laboratory": _("Laboratory named"),
        "tubes.change_laboratory": _("Laboratory changed"),
    }
)
