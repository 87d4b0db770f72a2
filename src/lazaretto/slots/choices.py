"""Words about slots."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Parts(TextChoices):
    """In which parts an enterprise comes that is too large to come as one."""

    WHOLE = "", _("never: each enterprise as one")
    SECTION = "section", _("large ones by department")
    BUILDING = "building", _("large ones by dormitory")


class Why(TextChoices):
    """Why somebody has no slot."""

    TOO_FAR = "too_far", _("no point within the farthest way")
    NOT_OPEN = "not_open", _("no point is open while they can come")
    FULL = "full", _("all points are full before the deadline")
    TAKEN_OFF = "taken_off", _("their slot was cancelled, or their point closed")
