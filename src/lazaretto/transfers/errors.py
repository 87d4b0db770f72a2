"""Named errors of transfers."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class OneDestination(DomainError):
    """A handover goes to a site of ours or to a place that others run: exactly one."""

    code = "one_destination"
    status = 422
    message = _("Say where they go: one site, or one other place.")
    next_step = _("Choose the destination; a place that is missing can be added first.")


class SamePlace(DomainError):
    """They are there already."""

    code = "same_place"
    status = 422
    message = _("They are at this place already.")
    next_step = _("Choose another destination; a change of room is a move, not a transfer.")


class SiteUnknown(DomainError):
    """There is no site of that code."""

    code = "site_unknown"
    status = 404
    message = _("There is no site with this code.")
    next_step = _("Check the code; a place that others run is added first.")


class NotOnHandover(DomainError):
    """The person is not one of those who were signed out."""

    code = "not_on_handover"
    message = _("This person is not on this handover.")
    next_step = _("Report that they are here: both places are asked, and nobody is moved by it.")


class NotYours(DomainError):
    """Only the end that receives signs in, only the end that sent takes back."""

    code = "not_your_end"
    message = _("This is done by the other end of the handover.")
    next_step = _("Call them; if they cannot do it, ask the duty officer.")


class NotHeldThere(DomainError):
    """The place of others does not have the person, or did not get them from the actor's site."""

    code = "not_held_there"
    message = _("This place does not have that person from you.")
    next_step = _("Look where they are now; whoever sent them there fetches them.")


class AskedFirst(DomainError):
    """It is still asked where one of them is."""

    code = "asked_first"
    message = _("It is still open where one of them is.")
    next_step = _("Decide that question first; then send the others elsewhere.")


class HandoverClosed(DomainError):
    """Everybody of the handover has been settled."""

    code = "handover_closed"
    message = _("This handover is closed: nobody is under way any more.")
    next_step = _("Look where the person is now.")


class CardUnknown(DomainError):
    """Neither a stay nor a document of anybody in our care."""

    code = "card_unknown"
    status = 404
    message = _("Nobody in our care has this card or document.")
    next_step = _("Look at the card again; whoever is new is admitted at the desk.")


class AlreadyHere(DomainError):
    """The person is held by this very site."""

    code = "already_here"
    message = _("This site holds this person already.")
    next_step = _("Open their stay; if they have no room, give them one.")


class QuestionClosed(DomainError):
    """The question was answered or explained before."""

    code = "question_closed"
    message = _("This question is closed already.")
    next_step = _("Look at how it was answered.")


class NotLater(DomainError):
    """The new time of arrival is not later than the present one."""

    code = "not_later"
    status = 422
    message = _("The new time is not later than the present one.")
    next_step = _("Give a later time; nobody needs to wait for a deadline to sign somebody in.")


class PlaceTaken(DomainError):
    """A place of that kind, name and district exists."""

    code = "place_taken"
    message = _("This place is there already.")
    next_step = _("Choose it from the list.")
