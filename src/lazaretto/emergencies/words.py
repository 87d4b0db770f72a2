"""What the commands of emergencies are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "emergencies.report": _("Emergency reported"),
        "emergencies.own": _("Emergency taken on"),
        "emergencies.step": _("Emergency: next step"),
        "emergencies.add_word": _("Emergency: a word more"),
        "emergencies.cancel": _("Emergency was a false alarm"),
        "emergencies.review": _("Emergency reviewed"),
    }
)
