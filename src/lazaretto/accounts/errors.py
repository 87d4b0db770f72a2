"""Named errors of accounts."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class TokenInvalid(DomainError):
    """The token is unknown, expired or revoked."""

    code = "token_invalid"
    status = 401
    message = _("This token is not valid.")
    next_step = _("Ask an administrator for a new one.")


class PasswordChangeRequired(DomainError):
    """The first password was given by somebody else; nothing may be done with it but to replace it."""

    code = "password_change_required"
    status = 403
    message = _("Your password was chosen by somebody else.")
    next_step = _("Choose your own password first.")
    mended_at = "accounts:own_password"


class LockedOut(DomainError):
    """Too many wrong passwords for this name from this address."""

    code = "locked_out"
    status = 429
    message = _("Too many attempts with a wrong password.")
    next_step = _("Wait a quarter of an hour, or ask the administrator to unblock you.")


class WrongPassword(DomainError):
    """The present password was not given rightly."""

    code = "wrong_password"
    status = 422
    message = _("The present password is not right.")
    next_step = _("Type it again; if it is forgotten, ask your site lead for a new one.")


class UnknownRole(DomainError):
    """The table of roles has no such role."""

    code = "unknown_role"
    status = 422
    message = _("There is no such role.")
    next_step = _("Choose one of the roles in the table of roles.")


class UnknownCapability(DomainError):
    """No role carries such a capability."""

    code = "unknown_capability"
    status = 422
    message = _("There is no such capability.")
    next_step = _("Choose among the capabilities in the table of roles.")


class NotYours(DomainError):
    """The person also works where this administrator has no say."""

    code = "not_yours"
    status = 403
    message = _("This person also holds roles in units that you do not manage.")
    next_step = _("Ask the administrator of the district.")


class UnknownLanguage(DomainError):
    """The program does not speak this language."""

    code = "unknown_language"
    status = 422
    message = _("This language is not offered.")
    next_step = _("Choose one of the languages that are offered.")


class WeakPassword(DomainError):
    """The password breaks the rules."""

    code = "weak_password"
    status = 422
    message = _("This password is too easy to guess.")
    next_step = _("Use at least ten characters that are not a name, a common word or only digits.")


class NameTaken(DomainError):
    """Another account or unit has this name."""

    code = "name_taken"
    status = 409
    message = _("This name is taken.")
    next_step = _("Choose another name.")


class AlreadySetUp(DomainError):
    """The first administrator exists already."""

    code = "already_set_up"
    status = 409
    message = _("This installation has its administrator already.")
    next_step = _("Sign in, or ask the administrator for an account.")


class MembershipExists(DomainError):
    """The user holds this role in this unit already."""

    code = "membership_exists"
    status = 409
    message = _("This person holds this role here already.")
    next_step = _("End the present membership first if its period is wrong.")


class LastAdministrator(DomainError):
    """Nobody would be left to manage accounts."""

    code = "last_administrator"
    status = 409
    message = _("This is the last administrator.")
    next_step = _("Make another administrator first.")


class UnitInUse(DomainError):
    """Somebody still works in the unit or below it."""

    code = "unit_in_use"
    status = 409
    message = _("This unit cannot be closed yet.")
    next_step = _("End the roles of its people and close the units below it first; headquarters cannot be closed.")


class UnitRunsSomething(DomainError):
    """What the unit answers for is not ended yet; `context` names it."""

    code = "unit_runs_something"
    status = 409

    def __init__(self, what: str) -> None:
        message = format_lazy(_("This unit cannot be closed: it answers for {what}."), what=what)
        super().__init__(message, next_step=_("End that first, then close the unit."), what=what)


class UnitClosed(DomainError):
    """Nobody begins to work in a unit that has ended."""

    code = "unit_closed"
    status = 409
    message = _("This unit is closed.")
    next_step = _("Choose an open unit.")


class UnitMoveImpossible(DomainError):
    """The tree of units would have a loop, a second root, or a branch on a closed unit."""

    code = "unit_move_impossible"
    status = 409
    message = _("The unit cannot stand there.")
    next_step = _("Choose an open unit that does not lie below this one.")
