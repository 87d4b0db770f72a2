"""Named errors of emergencies. None of them asks for a test, an order, a payment or a document."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class NothingSaid(DomainError):
    """Neither who, nor where, nor what."""

    code = "nothing_said"
    status = 422
    message = _("One word is needed: who, where or what.")
    next_step = _("Choose the site or write a single word; help is sent at once.")


class AlreadyOwned(DomainError):
    """Somebody else has the emergency; `context` says who."""

    code = "emergency_owned"
    message = _("Somebody has this emergency already.")
    next_step = _("Help them, or take it over with a reason.")

    @classmethod
    def by(cls, owner: object) -> "AlreadyOwned":
        """Who has it."""
        return cls(format_lazy(_("{owner} has this emergency already."), owner=str(owner)), owner=owner)


class NobodyHasIt(DomainError):
    """It was to be taken over from somebody, but nobody has it."""

    code = "emergency_unowned"
    message = _("Nobody has this emergency yet.")
    next_step = _("Take it on; nothing has to be taken over.")


class EmergencyEnded(DomainError):
    """It is closed, or was a false alarm."""

    code = "emergency_ended"
    message = _("This emergency has ended.")
    next_step = _("If help is needed again, report a new one; write the rest into its review.")


class BeforeFirstWord(DomainError):
    """A step before the clock started."""

    code = "before_first_word"
    status = 422
    message = _("This lies before the first word of the emergency.")
    next_step = _("Look at the clock of the device and send the time again.")


class NotEnded(DomainError):
    """A review of something that goes on."""

    code = "emergency_open"
    message = _("This emergency is not over; it is reviewed afterwards.")
    next_step = _("Close it first.")


class AlreadyReviewed(DomainError):
    """The review is written, and stays."""

    code = "emergency_reviewed"
    message = _("This emergency was reviewed already.")
    next_step = _("Read the review; it stays as it was written.")
