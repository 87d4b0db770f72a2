"""Named errors of the cadence."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class LaterThanDue(DomainError):
    """The round would begin after the day on which it is due; `context` names that day."""

    code = "round_later_than_due"
    message = _("This round would begin later than the next one is due in this area.")
    next_step = _("Choose the day on which it is due, or say why it is later; the reason stays with the round.")
