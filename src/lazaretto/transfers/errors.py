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


class RoomUnknown(DomainError):
    """The site has no room of that number."""

    code = "room_unknown"
    status = 422
    message = _("The site has no room of this number.")
    next_step = _("Look at the number again; without one they are signed in, too, and are given a room later.")


class NotInCare(DomainError):
    """Nobody holds the person: they were released, or went home from where they were."""

    code = "not_in_care"
    message = _("Nobody has this person in care any more.")
    next_step = _("If they need care again, admit them at the desk; otherwise they may go.")


class UnderWayFromHere(DomainError):
    """The person was signed out of this very site and is not there yet."""

    code = "under_way_from_here"
    message = _("This person was signed out of here and is on the way.")
    next_step = _("If they never left, or came back, bring them back on the page of the handover.")


class QuestionClosed(DomainError):
    """The question was answered or explained before."""

    code = "question_closed"
    message = _("This question is closed already.")
    next_step = _("Look at how it was answered.")


class NotLater(DomainError):
    """The new time of arrival is behind us, or is the present one."""

    code = "not_later"
    status = 422
    message = _("The new time is over, or is the one that stands.")
    next_step = _("Give another time ahead; nobody needs to wait for a deadline to sign somebody in.")


class MomentUnreadable(DomainError):
    """What was asked for is no date and time."""

    code = "moment_unreadable"
    status = 422
    message = _("This moment cannot be read.")
    next_step = _("Give a date and a time, such as 2026-11-21 09:30; leave it empty for now.")


class MomentAhead(DomainError):
    """It is asked where people will be."""

    code = "moment_ahead"
    status = 422
    message = _("This moment lies ahead: nobody knows yet where people will be.")
    next_step = _("Choose a moment that is past, or leave it empty for now.")


class PlaceTaken(DomainError):
    """A place of that kind, name and district exists."""

    code = "place_taken"
    message = _("This place is there already.")
    next_step = _("Choose it from the list.")
