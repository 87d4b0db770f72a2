"""What the commands of slots are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "slots.propose": _("Slots of a testing round proposed"),
        "slots.replan": _("Slots of a testing round proposed anew"),
        "slots.improve": _("Shorter ways sought for proposed slots"),
        "slots.accept": _("Slots of a testing round accepted"),
        "slots.move": _("Slot of an enterprise moved"),
        "slots.cancel": _("Slot of an enterprise cancelled"),
        "slots.tell": _("Enterprise told of its slots"),
        "slots.list_notices": _("List of whom to tell their slots taken out, with numbers"),
        "slots.tell_all": _("All enterprises on a list told of their slots"),
        "slots.confirm": _("Enterprise confirmed its slots"),
    }
)
