"""Words about phones at the tables."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Ending(TextChoices):
    """Why a phone takes nobody any more."""

    SHIFT = "shift", pgettext_lazy("phone at a table", "shift ended")
    REVOKED = "revoked", pgettext_lazy("phone at a table", "revoked")
    TAKEN_OVER = "taken_over", pgettext_lazy("phone at a table", "another phone took over")
