"""Named errors of the cadence."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class PreparedAlready(DomainError):
    """The next round of the area is prepared, perhaps by somebody else at this moment."""

    code = "next_round_prepared"
    mended_in = "another"
    message = _("The next round of this area is prepared already.")
    next_step = _("Look at that one; if another is meant, say so and send this again.")


class LaterThanDue(DomainError):
    """The round would begin after the day on which it is due; `context` names that day."""

    code = "round_later_than_due"
    mended_in = "reason"
    message = _("This round would begin later than the next one is due in this area.")
    next_step = _("Choose the day on which it is due, or say why it is later; the reason stays with the round.")
