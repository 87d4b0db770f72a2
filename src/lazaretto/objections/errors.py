"""Named errors of objections. None of them is about making somebody do something."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class TheirWordsMissing(DomainError):
    """An objection without a reason in their words."""

    code = "their_words_missing"
    status = 422
    message = _("An objection is written down in the person's own words.")
    next_step = _("Ask them, and write what they say; one sentence is enough.")


class RaisedAlready(DomainError):
    """They object to the same thing already, and it is open; `context` has its number."""

    code = "objection_raised_already"
    message = _("An objection of theirs about this is open.")
    next_step = _("Open it, and write what they say now as a conversation; its reply is due sooner.")


class BothSidesNeeded(DomainError):
    """A conversation with one side only."""

    code = "both_sides_needed"
    status = 422
    message = _("A conversation has two sides.")
    next_step = _("Write what was explained and what they said to it.")


class ObjectionClosed(DomainError):
    """It has ended."""

    code = "objection_closed"
    message = _("This objection has ended.")
    next_step = _("If they disagree again, write down a new one; the old one stays readable.")


class NotForward(DomainError):
    """It is with that level, or was."""

    code = "objection_not_forward"
    message = _("An objection is only ever passed on forward.")
    next_step = _("Speak with them at the level where it is, or pass it on to the next.")


class OfferAnswered(DomainError):
    """They answered this offer already."""

    code = "offer_answered"
    message = _("They have answered this offer already.")
    next_step = _("If something changed, make the offer anew.")


class OfferUnclear(DomainError):
    """Something else was offered, but not what."""

    code = "offer_unclear"
    status = 422
    message = _("Write what is offered.")
    next_step = _("One sentence is enough, in words that they would understand.")


class ReplyMissing(DomainError):
    """A decision about an objection without a written reply."""

    code = "reply_missing"
    status = 422
    message = _("They are due a written reply.")
    next_step = _("Write the answer to their reason; they get it as a paper.")


class NothingToHand(DomainError):
    """No reply was written, or it was handed over already."""

    code = "nothing_to_hand"
    message = _("There is no reply that still has to be handed over.")
    next_step = _("Reload the page.")


class OtherPerson(DomainError):
    """The transfer order is about somebody else."""

    code = "objection_other_person"
    status = 422
    message = _("This transfer order does not name the person.")
    next_step = _("Choose the order that names them, or none.")
