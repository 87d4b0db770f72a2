"""Named errors about stranded people. None of them turns anybody away."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class NobodyFound(DomainError):
    """A report without people, or a step that names nobody of the group."""

    code = "nobody_found"
    status = 422
    message = _("Nobody is named.")
    next_step = _("Say whom it is about; a few words to know them by are enough.")


class NothingToKnowBy(DomainError):
    """Neither a name nor a paper nor a description."""

    code = "nothing_to_know_by"
    status = 422
    message = _("Nothing is said by which they could be known again.")
    next_step = _("A few words are enough: about how old, what they wear.")


class WhereMissing(DomainError):
    """Nobody could find them again."""

    code = "where_missing"
    status = 422
    message = _("Say where they are.")
    next_step = _("The gate, the street or the door is enough.")


class PossiblyFoundBefore(DomainError):
    """People in our records are alike, and nobody has said whether it is them."""

    code = "possibly_found_before"
    message = _("This may be somebody who is in our records already.")
    next_step = _("Look at those who are shown: choose who it is, or say that it is somebody else.")


class FoundAlready(DomainError):
    """Somebody of them is registered as stranded and in our care already."""

    code = "found_already"
    message = _("They are in our care as stranded already.")
    next_step = _("Open that entry and go on there.")


class StepNotPossible(DomainError):
    """The table of states does not have this step for one of them."""

    code = "stranded_step"
    message = _("This cannot be done as it stands with them.")
    next_step = _("Reload the page: somebody may have been faster.")


class ChildAlone(DomainError):
    """A child, or somebody who needs help, would be without anybody."""

    code = "child_left_alone"
    message = _("A child, or somebody who must not be alone, would be without anybody.")
    next_step = _("Let somebody grown of the group go along, or name who looks after them first.")


class OnePlace(DomainError):
    """No place or two were named."""

    code = "stranded_one_place"
    status = 422
    message = _("Name one place: a site of ours, or a place that others run.")
    next_step = _("Choose where they go.")


class WayTooLong(DomainError):
    """They would be on the way for too long, or would have arrived before leaving."""

    code = "stranded_way"
    status = 422
    message = _("They have to be there within twelve hours from now.")
    next_step = _("Choose a nearer place, or give them one for the night first.")


class NotLaterThanNow(DomainError):
    """What is reported lies in the future, or before they were found."""

    code = "stranded_time"
    status = 422
    message = _("This moment cannot be.")
    next_step = _("Check the date and the time.")
