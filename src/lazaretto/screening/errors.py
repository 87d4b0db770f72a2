"""Named errors of mass testing."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class RoundHasNoRoster(DomainError):
    """The round is being prepared: nobody has a number in it yet."""

    code = "round_has_no_roster"
    message = _("This round is being prepared; nobody has a number in it yet.")
    next_step = _("Keep what was captured, fix the roster of the round, and send again.")


class RosterIsFixed(DomainError):
    """The round is past preparation."""

    code = "round_roster_is_fixed"
    message = _("The roster of this round is fixed.")
    next_step = _("Whoever is not on it is tested as a stranger; the next round has a new roster.")


class RoundWithoutPoint(DomainError):
    """Nobody could be tested anywhere."""

    code = "round_without_point"
    message = _("This round has no open point.")
    next_step = _("Add a point with its tables and hours, then open the round.")


class BatchReused(DomainError):
    """The same batch number came again with other scans in it."""

    code = "batch_reused"
    message = _("This batch number was used before for other scans.")
    next_step = _("Send the scans again under a new batch number; scans that are here already are recognised.")


class TooManyToCall(DomainError):
    """More people are missing than one list can hold."""

    code = "too_many_to_call"
    message = _("More people are missing than one list holds.")
    next_step = _("Choose an enterprise: each has a list of its own.")


class FeverAnswered(DomainError):
    """Somebody said already what was done."""

    code = "fever_answered"
    message = _("What was done about this fever is written down already.")
    next_step = _("Read who did it and what; if more was done, tell them.")


class PointNameTaken(DomainError):
    """Two points of a round would be called alike."""

    code = "point_name_taken"
    message = _("This round has a point with this short name.")
    next_step = _("Capitals and spaces make no difference: choose another short name, or change the point there is.")


class EditedMeanwhile(DomainError):
    """What is said here was written over an edition that stands no more."""

    code = "edited_meanwhile"
    message = _("Somebody else changed this while you were writing.")
    next_step = _("Compare what stands now with what you wrote, then save again: what you save then stands.")


class PointInUse(DomainError):
    """Something has happened at the point, or is planned there."""

    code = "point_in_use"
    message = _("This point has scans, phones, slots or a list of who comes: it stays written.")
    next_step = _("Close the point instead; then plan anew who has a slot there.")


class AlreadyTested(DomainError):
    """Somebody has a scan that counts in this round."""

    code = "already_tested"
    message = _("This person is counted as tested in this round already.")
    next_step = _("Was it somebody else? Say which number it really was; otherwise there is nothing to put right.")


class NobodyHasNumber(DomainError):
    """Nobody of the round has the number."""

    code = "nobody_has_number"
    message = _("Nobody has this number in this round.")
    next_step = _("Look for the person among those missing, and take their number from there.")


class TubeNotOfRound(DomainError):
    """No scan of this round named the tube."""

    code = "tube_not_of_round"
    message = _("No scan of this round names a tube with this code.")
    next_step = _("Read the code on the tube. If their swab is in no tube of this round, they are swabbed again.")


class TubeIsFull(DomainError):
    """The tube has as many people as one is ever shared by."""

    code = "tube_is_full"
    message = _("So many people are in this tube that no laboratory takes one more.")
    next_step = _("They are swabbed again.")


class PutRightAlready(DomainError):
    """Somebody said how this scan was."""

    code = "put_right_already"
    message = _("Somebody has put this right already.")
    next_step = _("Read who did it and why; a wrong number is put right at the scan that counts now.")


class NoScanCounts(DomainError):
    """Nobody was counted under the number."""

    code = "no_scan_counts"
    message = _("No scan of this round counts under this number.")
    next_step = _("If their scan was kept beside the others, count it from there.")
