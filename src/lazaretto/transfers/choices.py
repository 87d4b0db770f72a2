"""Words about people who are with others."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WordKind(TextChoices):
    """What a place of others tells about somebody who is there."""

    CONDITION = "condition", _("how they are")
    RESULT = "result", _("result of a test")
    MAY_LEAVE = "may_leave", _("may leave the hospital")
