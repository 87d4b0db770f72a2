"""Named errors of slots."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class NobodyExpected(DomainError):
    """There is nobody to give a slot to."""

    code = "slots_nobody_expected"
    message = _("Nobody is expected in this round.")
    next_step = _("Fix the roster of the round first; headcounts say who belongs to its area.")


class RoundTakesNobody(DomainError):
    """No point is open between now and the deadline."""

    code = "slots_no_open_point"
    message = _("No point of this round is open from now until its deadline.")
    next_step = _("Add a point, change its hours, or move the deadline.")


class SlotsHaveBegun(DomainError):
    """Some have come already."""

    code = "slots_have_begun"
    message = _("Slots of this round have begun.")
    next_step = _("Plan anew what has not begun: who came stays, as few as possible are told something else.")


class NothingPlanned(DomainError):
    """No plan was accepted."""

    code = "slots_nothing_planned"
    message = _("No slots of this round are accepted yet.")
    next_step = _("Propose slots and accept them first.")


class ProposalStale(DomainError):
    """What was proposed rests on what is no longer so."""

    code = "slots_proposal_stale"
    message = _("Slots or their times have changed since this was proposed.")
    next_step = _("Propose them again; it takes a second.")


class PointsChanged(ProposalStale):
    """The points that slots were proposed for are no longer what they were."""

    code = "slots_points_changed"
    message = _("Points, their hours or tables, or the deadline have changed since this was proposed.")
    next_step = _("Plan anew: what was proposed may name a point that is closed or takes fewer now.")


class SlotsTooSoon(ProposalStale):
    """Nobody can be told in time."""

    code = "slots_too_soon"
    message = _("One of these slots begins too soon for its enterprise to be told.")
    next_step = _("Propose them again; the first begins a little later then.")


class ToldOtherwise(DomainError):
    """Enterprises would lose what they were told, and nobody has agreed to it."""

    code = "slots_told_otherwise"
    message = _("Enterprises that were told of their slots lose one or have it moved.")
    next_step = _("Look at who they are, agree to it with their number, and tell them at once.")


class SlotBegun(DomainError):
    """They are expected now, or have come."""

    code = "slot_has_begun"
    message = _("This slot has begun or is over.")
    next_step = _("Whoever did not come is given another slot by planning anew.")


class NoRoomThen(DomainError):
    """The point does not take so many then."""

    code = "slot_no_room"
    message = _("The point does not take so many people in a row from then on.")
    next_step = _("Choose a time at which enough places are free; the list shows them.")


class NotTheirHours(DomainError):
    """The enterprise cannot come then."""

    code = "slot_not_their_hours"
    message = _("This enterprise cannot come at that time.")
    next_step = _("Choose a time within its hours, or correct them on its page in the headcounts.")


class NoticeStale(DomainError):
    """What the caller read is no longer what stands."""

    code = "slots_notice_stale"
    message = _("The slots of this enterprise have changed since you read them.")
    next_step = _("Read the notice anew, then tell them.")


class NotToldYet(DomainError):
    """Nobody there was told what stands now."""

    code = "slots_not_told_yet"
    message = _("This enterprise was not told what stands now.")
    next_step = _("Tell them first; then write down who confirmed.")


class NothingToTell(DomainError):
    """No slot, and nobody was told of one."""

    code = "slots_nothing_to_tell"
    message = _("This enterprise has no slot, and was told of none.")
    next_step = _("Look at who has no slot, and plan anew.")


class NobodyToTell(DomainError):
    """Nobody who can be reached waits to be told."""

    code = "slots_nobody_to_tell"
    message = _("Every enterprise with an officer and a number knows what stands.")
    next_step = _("Name an officer for those who still do not know, on their page in the headcounts.")


class ListStale(DomainError):
    """Slots or officers have changed since the list was taken out."""

    code = "slots_list_stale"
    message = _("What enterprises are to be told has changed since this list was taken out.")
    next_step = _("Take the list out anew and tell those who are on it.")
