"""What the commands of the queue are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "deciding.take": _("Question of a round taken"),
        "deciding.give_back": _("Question of a round given back"),
        "deciding.settle": _("Question of a round decided"),
    }
)
