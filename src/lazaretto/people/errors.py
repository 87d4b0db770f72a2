"""Named errors of people."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class DocumentTaken(DomainError):
    """The document belongs to somebody who is registered already."""

    code = "document_taken"
    status = 409
    message = _("This document belongs to somebody who is registered already.")
    next_step = _("Find that person by the document number; if both records are one person, merge them.")


class DocumentInvalid(DomainError):
    """The number cannot be right: length, date or check digit; `context` names the reason."""

    code = "document_invalid"
    status = 422
    message = _("This document number cannot be right.")
    next_step = _("Compare it with the document, character by character; a check digit finds nearly every slip.")


class PhoneInvalid(DomainError):
    """The text is no telephone number that could be dialled."""

    code = "phone_invalid"
    status = 422
    message = _("This telephone number cannot be dialled.")
    next_step = _("Enter all digits; a foreign number with + and its country code.")


class NameInvalid(DomainError):
    """The text does not look like a name."""

    code = "name_invalid"
    status = 422
    message = _("This does not look like a name.")
    next_step = _("Enter the name as the document has it, without digits or remarks.")


class BirthDateImpossible(DomainError):
    """Nobody alive was born on that day: it lies ahead, or more than 130 years back."""

    code = "birth_date_impossible"
    status = 422
    message = _("Nobody here can have been born on this day.")
    next_step = _("Look at the year again; leave the birth date empty if it is not known.")


class PersonMerged(DomainError):
    """The record was merged into another; `context` names it."""

    code = "person_merged"
    status = 409
    message = _("This record was merged into another one.")
    next_step = _("Open the record that was kept and work there.")


class NameInUse(DomainError):
    """The name cannot be taken away because it is the one shown."""

    code = "name_in_use"
    status = 409
    message = _("This is the name that is shown.")
    next_step = _("Choose another name to be shown first.")


class NeedUnknown(DomainError):
    """The person has no such open need."""

    code = "need_unknown"
    status = 409
    message = _("This need is not open any more.")
    next_step = _("Reload the page; somebody may have ended it.")


class SamePerson(DomainError):
    """The command needs two different people."""

    code = "same_person"
    status = 422
    message = _("These are one and the same record.")
    next_step = _("Choose two different people.")


class AlreadyInParty(DomainError):
    """Two parties of the same kind cannot become one by moving a person who belongs to one already."""

    code = "already_in_party"
    status = 409
    message = _("This person belongs to another party of this kind already.")
    next_step = _("Take the person out of that party first.")


class BothInCare(DomainError):
    """Both records are in use at the same time, so they cannot be one person yet; `context` names what collides."""

    code = "both_in_care"
    status = 409
    message = _("Both records are in care at the same time.")
    next_step = _("One person cannot be in two places: end or cancel one of the two first, then merge.")


class AlreadyDecided(DomainError):
    """The pair was merged, or the merge undone, by somebody else."""

    code = "already_decided"
    status = 409
    message = _("Somebody decided about these two records already.")
    next_step = _("Reload the list and look at the next pair.")


class MergeBuiltUpon(DomainError):
    """The record was merged further, or what was moved is no longer where the merge left it."""

    code = "merge_built_upon"
    status = 409
    message = _("This merge cannot be undone: later changes stand on it.")
    next_step = _("Undo the later merge first; otherwise register the second person anew and correct both records.")
