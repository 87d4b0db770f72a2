"""What the commands of the cadence are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "cadence.draft_next": _("Next testing round prepared"),
        "cadence.set_day": _("Day of the next testing round set"),
    }
)
