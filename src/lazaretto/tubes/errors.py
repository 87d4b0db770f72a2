"""Named errors of tubes and results."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class EventsReused(DomainError):
    """The same batch number came again with other events in it."""

    code = "events_reused"
    message = _("This batch number was used before for other events.")
    next_step = _("Send the events again under a new batch number; events that are here already are recognised.")
