"""Words of accounts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    """What a unit of the command structure is."""

    HEADQUARTERS = "headquarters", _("headquarters")
    TASK_FORCE = "task_force", _("task force")
    SITE = "site", _("site task force")
    TEAM = "team", _("team")
    PARTNER = "partner", _("partner unit")
