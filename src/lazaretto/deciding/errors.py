"""Named errors of the queue."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class MatterTaken(DomainError):
    """Somebody else took it since it was looked at."""

    code = "matter_taken"
    message = _("Somebody else has taken this meanwhile.")
    next_step = _("Take another one; if they cannot see to it, take it over.")


class MatterClosed(DomainError):
    """It is decided, or its reason is gone."""

    code = "matter_closed"
    message = _("This is decided already, or what was known later explained it.")
    next_step = _("Read who decided it and why, then take the next one.")


class MatterNotYours(DomainError):
    """Only who has it gives it back."""

    code = "matter_not_yours"
    message = _("Somebody else has this.")
    next_step = _("They give it back themselves; to see to it, take it over.")


class DecidedElsewhere(DomainError):
    """Words do not decide it: its facts must be put right."""

    code = "decided_elsewhere"
    message = _("This is decided on the page of the tube, the bag, the file or the person.")
    next_step = _("Open it from the list; it leaves the list when it is put right there.")
