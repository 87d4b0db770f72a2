"""Named errors: what went wrong, and what the person can do next.

Each has a stable `code` (the API's and the tests' word for it), an HTTP status and two translated sentences.
"""

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from django.db import IntegrityError, OperationalError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)

Text = str | Promise
_FULL_WIDTH: Final = ("。", "！", "？", "：")  # after these Chinese writes no blank


class DomainError(Exception):
    """A rule of the field was about to be broken; nothing was written."""

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 409
    message: Text = _("This cannot be done now.")
    next_step: Text = _("Look at the record again and decide afresh.")
    mended_at: ClassVar[str] = ""  # name of the page that the person is led to instead of an error page
    mended_in: ClassVar[str] = ""  # the field of a form in which the person mends it
    retry_after: ClassVar[int] = 0  # seconds after which the same may be asked again; 0: asking again changes nothing

    def __init__(self, message: Text | None = None, *, next_step: Text | None = None, **context: Any) -> None:
        if message is not None:
            self.message = message
        if next_step is not None:
            self.next_step = next_step
        self.context = context
        super().__init__(str(self.code))

    def __str__(self) -> str:
        said = str(self.message)
        blank = "" if said.endswith(_FULL_WIDTH) else " "
        return f"{said}{blank}{self.next_step}"

    @property
    def is_of_access(self) -> bool:
        """The actor may not do it, or may not know of it: no form can mend that."""
        return self.status in {403, 404}

    @property
    def by_field(self) -> dict[str, str]:
        """What is wrong, by the field in which it is mended; empty where no single field is to blame."""
        return {self.mended_in: str(self)} if self.mended_in else {}

    def problem(self) -> dict[str, Any]:
        """The error as a problem document (RFC 9457)."""
        return {
            "type": f"urn:lazaretto:error:{self.code}",
            "title": str(self.message),
            "status": self.status,
            "code": self.code,
            "detail": str(self.next_step),
            **({"context": {key: str(value) for key, value in self.context.items()}} if self.context else {}),
        }


class NotFound(DomainError):
    """No such object in the places of this actor: another scope's object looks exactly like none."""

    code = "not_found"
    status = 404
    message = _("There is no such record in the places you work in.")
    next_step = _("Check the number, or ask the site that holds it.")


class Forbidden(DomainError):
    """The actor's role does not carry this capability here."""

    code = "forbidden"
    status = 403
    message = _("Your role does not allow this here.")
    next_step = _("Ask your site lead or the duty officer to do it or to give you the role.")


class MethodNotTaken(DomainError):
    """The address is asked for in a way that it does not answer."""

    code = "method_not_allowed"
    status = 405
    message = _("This page cannot be asked for like that. Nothing was changed.")
    next_step = _("Go back to the page you came from, and do it there.")


class SignInRequired(DomainError):
    """Nobody is signed in."""

    code = "sign_in_required"
    status = 401
    message = _("Please sign in.")
    next_step = _("Sign in, or send a valid token.")
    mended_at = "accounts:sign_in"


class InvalidInput(DomainError):
    """A value is missing or has the wrong form; `fields` says of each what is wrong."""

    code = "invalid_input"
    status = 422
    message = _("Some of what was entered cannot be used.")
    next_step = _("Correct the marked fields; nothing else was lost.")

    def __init__(self, message: Text | None = None, *, fields: Mapping[str, str] | None = None, **more: Any) -> None:
        self.fields = dict(fields or {})
        super().__init__(message, **more)

    @property
    def by_field(self) -> dict[str, str]:
        """The same."""
        return self.fields

    def problem(self) -> dict[str, Any]:
        """With the faults by field."""
        return {**super().problem(), "fields": self.fields}


class ClientIdReused(DomainError):
    """The same client id came again with another body or from another user."""

    code = "client_id_reused"
    status = 409
    message = _("This request number was used before for something else.")
    next_step = _("Send the changed request under a new number.")


class AnswerNotKept(DomainError):
    """The same request came again, but its answer was a secret that is shown once."""

    code = "answer_not_kept"
    status = 409
    message = _("This was done before; its answer is shown only once.")
    next_step = _("If the answer was lost, revoke what it gave and ask anew under a new number.")


class RefusedByDatabase(DomainError):
    """A constraint of the database was about to be broken, mostly because somebody else was faster."""

    code = "refused_by_database"
    status = 409
    message = _("This does not fit what is recorded already.")
    next_step = _("Reload, look at what changed, and decide again.")

    @classmethod
    def because(cls, error: Exception, doing: str) -> Self:
        """The named error for a refusal of the database. The log gets the constraint, never the values in its text."""
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        name = constraint or str(error).partition("\n")[0].partition(" DETAIL")[0]
        log.warning("%s refused by the database: %s", doing, name)
        return cls(constraint=name)


class NoRoom(DomainError):
    """The disk of the database is full: nothing can be written, and nothing of the request was."""

    code = "no_room"
    status = 503
    retry_after = 60
    message = _("The server has no room to write. Nothing of this was saved.")
    next_step = _("Tell whoever runs the server that its disk is full. Phones keep what they hold and send it again.")


class NotOnDisk(DomainError):
    """The disk of the database failed after something was written: it stands now, and may be gone after a power cut."""

    code = "not_on_disk"
    status = 503
    retry_after = 60
    message = _("The disk of the server may not have kept what was sent.")
    next_step = _("Tell whoever runs the server that its disk fails. Look whether it is there before sending it again.")


NOT_SYNCED: Final = "SQLITE_IOERR_FSYNC"  # how SQLite calls it
_FULL: Final = {"SQLITE_FULL", "53100"}  # how SQLite and PostgreSQL call a full disk


def named(error: Exception, doing: str) -> "DomainError | None":
    """The named error for what was raised, if it has one: a constraint that held, a disk that is full or fails."""
    if isinstance(error, IntegrityError):
        return RefusedByDatabase.because(error, doing)
    cause = error.__cause__
    said = {getattr(cause, "sqlite_errorname", ""), getattr(cause, "sqlstate", "")}
    if isinstance(error, OperationalError) and _FULL & said:
        log.error("%s: the disk of the database is full", doing)
        return NoRoom()
    if isinstance(error, OperationalError) and NOT_SYNCED in said:
        log.error("%s: the disk of the database fails", doing)
        return NotOnDisk()
    return error if isinstance(error, DomainError) else None


class TextTooLong(DomainError):
    """A text has more characters than its place holds; nothing is ever cut. `context` says how many are allowed."""

    code = "text_too_long"
    status = 422
    message = _("This text is too long, and nothing of it may be cut.")

    def __init__(self, *, most: int, given: int, field: str = "") -> None:
        step = _("Say it in {most} characters; there are {given}.")
        where = {"field": field} if field else {}
        super().__init__(next_step=format_lazy(step, most=most, given=given), most=most, given=given, **where)

    @property
    def by_field(self) -> dict[str, str]:
        """In the field that is named, if one is."""
        field = self.context.get("field")
        return {field: str(self)} if field else {}


def whole(text: str, most: int) -> str:
    """The text without spaces around it; raises `TextTooLong` where a shorter one would have to be cut."""
    return fits(text.strip(), most)


def fits(text: str, most: int, *, field: str = "") -> str:
    """The text as it is; raises `TextTooLong`."""
    if len(text) > most:
        raise TextTooLong(most=most, given=len(text), field=field)
    return text


class ReasonRequired(DomainError):
    """A decision of this kind needs a written reason."""

    code = "reason_required"
    status = 422
    mended_in = "reason"
    message = _("A reason is needed.")
    next_step = _("Write in a sentence why; the person concerned may read it.")


class IllegalTransition(DomainError):
    """The declared table has no such edge, or not for this role."""

    code = "illegal_transition"
    status = 409
    message = _("This step is not possible from the present state.")
    next_step = _("Look at the present state and take one of the steps that are offered.")


class StaleState(DomainError):
    """Somebody else changed it since it was looked at."""

    code = "stale_state"
    status = 409
    message = _("Somebody changed this while you were looking at it.")
    next_step = _("Reload, look at what changed, and decide again.")


class NobodyOnList(DomainError):
    """Headings, and nothing under them."""

    code = "list_without_people"
    status = 422
    message = _("Nobody is on this list: there are headings and nothing under them.")
    next_step = _("Look whether it is the right file; ask whoever sent it.")


class CellIsFormula(DomainError):
    """A formula whose value the file does not hold: it would be read as an empty cell. `context` names the cell."""

    code = "list_with_formulas"
    status = 422
    next_step = _("Open the file, save it as values, and send it again.")

    def __init__(self, cell: str) -> None:
        super().__init__(
            format_lazy(_("Cell {cell} is a formula, and its value is not in the file."), cell=cell), cell=cell
        )
