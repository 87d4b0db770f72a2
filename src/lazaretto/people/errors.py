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


class PersonMerged(DomainError):
    """The record was merged into another; `context` names it."""

    code = "person_merged"
    status = 409
    message = _("This record was merged into another one.")
    next_step = _("Open the record that was kept and work there.")
