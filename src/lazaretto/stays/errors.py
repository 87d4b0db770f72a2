"""Named errors of stays."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class PersonAlreadyStaying(DomainError):
    """The person has an open stay, here or elsewhere."""

    code = "person_already_staying"
    message = _("This person is checked in already.")
    next_step = _("Open their present stay; if they are at another site, ask that site before anything else.")


class HeldElsewhere(DomainError):
    """The person is under way to another place, or held by one."""

    code = "held_elsewhere"
    message = _("This person is on the way to another place, or another place holds them.")
    next_step = _(
        "Tell the site lead or the duty officer: whoever sent them brings them here or changes where they go."
    )


class NeedsHandover(DomainError):
    """Somebody who goes to another place is handed over, so that nobody is lost between two."""

    code = "needs_handover"
    message = _("Whoever goes to hospital or to another site is handed over.")
    next_step = _("Sign them out with the place they go to and a time of arrival.")


class PersonMerged(DomainError):
    """The record was merged into another one."""

    code = "person_merged"
    message = _("This record was merged into another one.")
    next_step = _("Use the record that was kept.")


class RoomNotReady(DomainError):
    """The room is being cleaned, out of service or otherwise not to be slept in."""

    code = "room_not_ready"
    message = _("This room is not ready.")
    next_step = _("Choose a room that is ready, or finish its disinfection first.")


class RoomKept(DomainError):
    """The room is kept for somebody who is in hospital."""

    code = "room_kept"
    message = _("This room is kept for somebody who is in hospital.")
    next_step = _("Choose another room, or give this one up first if they will not come back to it.")


class KeptTooShort(DomainError):
    """The moment until which a room is kept has passed, or is no later than before."""

    code = "kept_too_short"
    message = _("A room is kept until a moment that is still to come.")
    next_step = _("Choose a later time.")


class KeptTooLong(DomainError):
    """A room would be kept for so long that nobody would decide about it again."""

    code = "kept_too_long"
    message = _("A room is kept for a month at most.")
    next_step = _("Look at the date and the year; after a month it is decided again.")


class HoldEnded(DomainError):
    """The room is kept for this person no more."""

    code = "hold_ended"
    message = _("This room is not kept for them any more.")
    next_step = _("Look at the board again.")


class RoomOccupied(DomainError):
    """People of another household have this room."""

    code = "room_occupied"
    message = _("Somebody else has this room.")
    next_step = _("Choose another room; one person or household, one room.")


class SharingNotAllowed(DomainError):
    """The rule pack in force forbids these people one room; `context` names the room and why."""

    code = "sharing_not_allowed"
    message = _("These people may not share a room.")
    next_step = _("Choose another room; one next to it keeps a household close.")

    @classmethod
    def of(cls, *, who: str, others: str, room: str, why: str) -> "SharingNotAllowed":
        """Who may not join whom, where and why."""
        words = _("%(who)s may not share room %(room)s with %(others)s: %(why)s.")
        return cls(words % {"who": who, "room": room, "others": others, "why": why}, room=room, why=why)


class SharingNeedsAssessment(SharingNotAllowed):
    """These people may share a room only after somebody has judged it by name."""

    code = "sharing_needs_assessment"
    message = _("These people may share a room only after an assessment by name.")
    next_step = _("Write down who judged it and why they may; otherwise choose another room.")

    @classmethod
    def of(cls, *, who: str, others: str, room: str, why: str) -> "SharingNeedsAssessment":
        """Who may join whom only after an assessment, where and why."""
        words = _("%(who)s may share room %(room)s with %(others)s only after an assessment by name: %(why)s.")
        return cls(words % {"who": who, "room": room, "others": others, "why": why}, room=room, why=why)


class LeftAlone(SharingNeedsAssessment):
    """After this move somebody who must not be alone would be alone in a room."""

    code = "left_alone"
    message = _("Somebody who must not be alone would be alone.")
    next_step = _("Move them together, or write down who judged that it is safe and who looks after them.")

    @classmethod
    def of(cls, *, who: str, others: str, room: str, why: str) -> "LeftAlone":
        """Who moves, who would be alone and where, and why they may not."""
        words = _("After this move %(others)s would be alone in room %(room)s: %(why)s.")
        return cls(words % {"who": who, "room": room, "others": others, "why": why}, room=room, why=why)


class GoesAlone(LeftAlone):
    """Somebody who must not be alone would travel without anybody of theirs."""

    code = "goes_alone"
    message = _("Somebody who must not be alone would travel alone.")
    next_step = _("Let somebody of theirs go along, or write down who judged that it is safe and who goes with them.")

    @classmethod
    def of(cls, *, who: str, others: str, room: str, why: str) -> "GoesAlone":
        """Who would travel alone, and why they may not; `who` and `room` say nothing here."""
        del who, room
        return cls(_("%(others)s would travel alone: %(why)s.") % {"others": others, "why": why}, why=why)


class NoFreeBed(DomainError):
    """Every bed of the room is taken."""

    code = "no_free_bed"
    message = _("Every bed in this room is taken.")
    next_step = _("Choose another room, or say that an infant shares the bed of a parent.")


class RoomElsewhere(DomainError):
    """The room belongs to another site."""

    code = "room_elsewhere"
    status = 422
    message = _("This room belongs to another site.")
    next_step = _("Choose a room of this site; a change of site is a transfer.")


class SameRoom(DomainError):
    """They have this room already."""

    code = "same_room"
    status = 422
    message = _("They have this room already.")
    next_step = _("Choose another room.")


class CategoryNotReceived(DomainError):
    """The site may not receive this category."""

    code = "category_not_received"
    message = _("This site may not receive people of this category.")
    next_step = _("Ask headquarters for another site; in an urgent need let them in first and report it at once.")


class NotIsolated(DomainError):
    """The rule pack in force isolates nobody of this category."""

    code = "not_isolated"
    message = _("The rules in force isolate nobody of this category.")
    next_step = _("Check the category and the date of last exposure; do not hold this person.")


class NoRulePack(DomainError):
    """No rule pack is in force at the site."""

    code = "no_rule_pack"
    message = _("No rule pack is in force here on that day.")
    next_step = _("Ask an approver to adopt one for this jurisdiction; without a rule nobody can be held.")


class IsolationOver(DomainError):
    """By the rules the isolation had ended before it would begin."""

    code = "isolation_over"
    message = _("Counted from the last exposure, this isolation is over already.")
    next_step = _("Check the date of last exposure and the days served elsewhere; do not hold this person.")


class StayEnded(DomainError):
    """The stay is closed."""

    code = "stay_ended"
    message = _("This stay has ended.")
    next_step = _("Open the person's present stay, if there is one.")


class TemperatureNeeded(DomainError):
    """Neither a temperature nor `no answer` was given."""

    code = "temperature_needed"
    status = 422
    message = _("Write a temperature between 30.0 and 45.0 °C, or say that nobody answered.")
    next_step = _("Measure again if the thermometer showed something else.")


class NotYet(DomainError):
    """The moment lies ahead."""

    code = "not_yet"
    status = 422
    message = _("This lies in the future.")
    next_step = _("Check the date and the time.")


class TubeTaken(DomainError):
    """The tube code was used before."""

    code = "tube_taken"
    message = _("This tube belongs to another specimen.")
    next_step = _("Take a fresh tube; if the label was printed twice, set both tubes aside and tell the laboratory.")


class TubeUnknown(DomainError):
    """No specimen of these sites has this tube."""

    code = "tube_unknown"
    status = 404
    message = _("No specimen here has this tube.")
    next_step = _("Check the code; hold the result until its tube is found.")


class ResultConflict(DomainError):
    """A different result stands already."""

    code = "result_conflict"
    message = _("A different result of this specimen was reported before.")
    next_step = _("Hold it and ask the laboratory which one is right; take a new specimen.")


class ConfirmationNeeded(DomainError):
    """A preliminary positive must be confirmed or refuted by a second finding."""

    code = "confirmation_needed"
    message = _("One unconfirmed positive decides nothing.")
    next_step = _("Take a second specimen or have the first rechecked, then confirm or refute with that evidence.")


class NotReleasable(DomainError):
    """Criteria of release are open; `context` names them."""

    code = "not_releasable"
    message = _("Not every criterion of release is met.")
    next_step = _("Look at the open criteria; each says what is missing and from when it can be met.")


class ExtensionNotLater(DomainError):
    """An extension must end later than the order does now."""

    code = "extension_not_later"
    status = 422
    message = _("The new end is not later than the present one.")
    next_step = _("Choose a later day; to let somebody go earlier use early release.")


class ExtensionTooLong(DomainError):
    """One decision makes an order longer by a bounded time only."""

    code = "extension_too_long"
    status = 422
    message = _("One decision adds at most 14 days.")
    next_step = _("Look at the date, above all at the year; if more days are needed, decide again when these are over.")


class NotExtended(DomainError):
    """No extension of this order stands."""

    code = "not_extended"
    message = _("No extension of this order stands.")
    next_step = _("To let somebody go before the end of the rules use early release.")


class DayAhead(DomainError):
    """An observation is said to be of a day that has not come."""

    code = "day_ahead"
    status = 422
    message = _("This day has not come yet.")
    next_step = _("Choose the round that is on; if the day is right, look at the clock of the device.")


class BeforeTheStay(DomainError):
    """An observation is said to be from before the stay."""

    code = "before_the_stay"
    status = 422
    message = _("This stay had not begun by then.")
    next_step = _("Choose a round since they came; if the day is right, look at the clock of the device.")


class TestNotExcusable(DomainError):
    """Only a scheduled test that is open can be excused; a release test cannot."""

    __test__ = False  # not a test case

    code = "test_not_excusable"
    status = 422
    message = _("Nobody can be excused from this test.")
    next_step = _("Choose a scheduled test of this stay that has no result yet; release tests are never excused.")


class GroundUnknown(DomainError):
    """The rule pack knows no such ground for early release."""

    code = "ground_unknown"
    status = 422
    message = _("The rules know no such ground for early release.")
    next_step = _("Choose one of the grounds that the rule pack names.")


class AlreadyClosed(DomainError):
    """It was closed before."""

    code = "already_closed"
    message = _("This is closed already.")
    next_step = _("Nothing needs to be done; look at what was written when it was closed.")
