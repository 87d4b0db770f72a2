"""What the commands of the core's own are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "alarms.answer": _("alarm answered"),
        "alarms.climb": _("alarm passed on to the next role"),
        "alarms.give_back": _("alarm given back"),
        "alarms.take": _("alarm taken on"),
    }
)
