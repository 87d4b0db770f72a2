"""Named errors of arrivals."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class NotExpectedNow(DomainError):
    """The person is not (any longer) expected on this bus."""

    code = "not_expected_now"
    message = _("This person is not expected on this bus now.")
    next_step = _("Look at where they stand: they may be checked in, or struck off the list.")


class BusGone(DomainError):
    """The bus has left."""

    code = "bus_gone"
    message = _("The bus has left.")
    next_step = _("Note them at check-in as arrived without being on the list.")


class PeopleUnaccounted(DomainError):
    """People on the list are neither on board nor marked missing."""

    code = "people_unaccounted"
    message = _("Some people on the list are neither on board nor marked as missing.")
    next_step = _("Scan them, or mark each one missing with a reason, before the bus leaves.")


class NoRoomProposed(DomainError):
    """Neither a proposal nor the clerk named a room."""

    code = "no_room_proposed"
    status = 422
    message = _("No room has been chosen for this person.")
    next_step = _("Type a room number, or have rooms proposed for the whole bus.")

    @classmethod
    def because(cls, why: str, words: object) -> "NoRoomProposed":
        """The error for somebody for whom the planner found none: its reason as a code and in words."""
        return cls(_("No room could be proposed: %(why)s.") % {"why": words}, why=why)


class NobodyNamed(DomainError):
    """Neither what somebody says of themselves nor the record of somebody known was given."""

    code = "nobody_named"
    status = 422
    message = _("It is not said who this is.")
    next_step = _("Write down a name; without any, one by which you will know them again. No document is needed.")


class PossiblyKnown(DomainError):
    """Somebody known may be this person; `context` names them."""

    code = "possibly_known"
    message = _("We may know this person already.")
    next_step = _("Choose the record that is theirs, or say that it is somebody else.")


class RoomOutsideSite(DomainError):
    """The room belongs to another site."""

    code = "room_outside_site"
    status = 422
    message = _("This room belongs to another site.")
    next_step = _("Choose a room of the site the bus is going to.")


class ExposureUnknown(DomainError):
    """Without a date of last exposure the end cannot be computed."""

    code = "exposure_unknown"
    status = 422
    message = _("The date of last exposure or entry is not known.")
    next_step = _("Ask the person or the sending office and write it down; nobody is held without a computed end.")


class FileUnreadable(DomainError):
    """The file cannot be read as tables; `context` holds the reason's code."""

    code = "file_unreadable"
    status = 422
    message = _("This file is damaged and cannot be read.")
    next_step = _("Open it in Excel or WPS, save it anew as .xlsx, and send it again.")

    @classmethod
    def of(cls, reason: str) -> "FileUnreadable":
        """The error in the words of its reason (a code of `core.tables`)."""
        message, next_step = _REASONS.get(reason, (cls.message, cls.next_step))
        return cls(message, next_step=next_step, reason=reason)


_REASONS = {
    "file_empty": (_("This file is empty."), _("Ask the sending office for the list once more.")),
    "file_password": (
        _("This file is protected by a password."),
        _("Save it without a password, or ask the sending office for a copy without one."),
    ),
    "file_not_a_table": (
        _("This file is no table."),
        _("Choose the Excel or CSV file itself, not a picture, PDF, Word document or archive."),
    ),
    "file_too_large": (
        _("This file is too large to be a list of people."),
        _("Copy the rows that are meant into a new file and send that."),
    ),
}


class NobodyInFile(DomainError):
    """The file can be read, but no line of it names anybody; nothing of it is kept."""

    code = "nobody_in_file"
    status = 422
    message = _("Nobody was found in this file.")
    next_step = _("Check that it is the list itself, with headings such as name and document number, and send that.")


class ManifestClosed(DomainError):
    """The manifest is committed or cancelled."""

    code = "manifest_closed"
    message = _("This list is committed or cancelled already.")
    next_step = _("Upload the corrected file as a new list; whoever is known will be matched.")


class RowNotHeld(DomainError):
    """The row waits for no decision."""

    code = "row_not_held"
    message = _("This row needs no decision any more.")
    next_step = _("Reload the list; somebody may have decided already.")


class RowStillDoubtful(DomainError):
    """What was typed does not settle the row; `context` names what remains."""

    code = "row_still_doubtful"
    status = 422
    message = _("What you typed does not settle this row yet.")
    next_step = _("Correct what is named, or choose another decision and give the reason.")


class NoCandidate(DomainError):
    """Nobody known was found for this row."""

    code = "no_candidate"
    status = 422
    message = _("Nobody known was found for this row.")
    next_step = _("Correct the row or take it as a new person.")
