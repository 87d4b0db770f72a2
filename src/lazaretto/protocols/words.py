"""What the commands of rule packs are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "protocols.adopt_pack": _("rule pack put into force"),
        "protocols.end_adoption": _("rule pack ended"),
    }
)
