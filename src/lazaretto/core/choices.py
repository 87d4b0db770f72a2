"""Words of the core."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeadlineState(TextChoices):
    """What became of a deadline."""

    OPEN = "open", _("open")
    MET = "met", _("met")
    CANCELLED = "cancelled", _("cancelled")
