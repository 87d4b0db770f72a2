"""Named errors of the screening of returnees."""

from typing import Self

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class ListUnreadable(DomainError):
    """The file is no table; `context` says why."""

    code = "returnee_list_unreadable"
    status = 422
    message = _("This file cannot be read as a list.")
    next_step = _("Save it as xlsx or csv, without a password, and send that.")


class NoNameColumn(DomainError):
    """No line says which column has the names."""

    code = "returnee_list_without_names"
    status = 422
    message = _("No column of this file is called 姓名 or name.")
    next_step = _("Put one line with the names of the columns above the people, and send it again.")

    @classmethod
    def on(cls, sheet: str) -> Self:
        """Where the people without columns are, of all the sheets of a file."""
        return cls(format_lazy(_("Sheet {sheet}: no column is called 姓名 or name."), sheet=sheet), sheet=sheet)


class ListClosed(DomainError):
    """The list is put aside, or still being read, or taken in already."""

    code = "returnee_list_closed"
    message = _("This list is not open for that.")
    next_step = _("Look at how far it is; a list that was put aside is sent again.")


class LineSettled(DomainError):
    """The line needs no decision any more."""

    code = "returnee_line_settled"
    message = _("This line is decided.")
    next_step = _("Look at the list again; the case it belongs to is changed there.")


class CaseClosed(DomainError):
    """The case has its outcome."""

    code = "returnee_closed"
    message = _("This case is closed.")
    next_step = _("If it was closed wrongly, a leader opens it again with a reason.")


class StepNotPossible(DomainError):
    """The table of states does not have this step."""

    code = "returnee_step"
    message = _("This cannot be done as the case stands.")
    next_step = _("Reload the page: somebody may have been faster.")


class NotOnShift(DomainError):
    """Work goes to nobody who is not on shift."""

    code = "returnee_not_on_shift"
    message = _("They are not on shift for this area now.")
    next_step = _("Let them begin their shift first, or give it to somebody who is here.")


class ShiftTooLong(DomainError):
    """A shift ends after it begins, and within the hours that somebody can work."""

    code = "returnee_shift"
    status = 422
    message = _("A shift ends after now and within twelve hours.")
    next_step = _("Say when you go home today.")


class NobodyWaits(DomainError):
    """The queue has nobody who is due."""

    code = "returnee_nobody_waits"
    message = _("Nobody waits to be called now.")
    next_step = _("Look again in a while; new lists come at any time.")


class OwesTests(DomainError):
    """Tests are owed and nobody said what becomes of them."""

    code = "returnee_tests_owed"
    message = _("Tests of theirs are still owed.")
    next_step = _("Enter the results, or write who sees to these tests now.")


class WatchGoesOn(DomainError):
    """The days of watching are not over, or have not begun."""

    code = "returnee_watch_goes_on"
    message = _("Their days of watching are not over.")
    next_step = _("Close the case when the last day has come.")


class TooFewTries(DomainError):
    """Nobody is given up before so many tries; `context` says how many."""

    code = "returnee_too_few_tries"
    message = _("They were not tried often enough to be given up.")
    next_step = _("Try again, at another hour, another number, or at the door.")


class PositiveIsHandedOn(DomainError):
    """Somebody with a positive test is handed on, not closed otherwise."""

    code = "returnee_positive"
    message = _("A test of theirs is positive.")
    next_step = _("Hand them to quarantine or to the hospital, and write where.")


class NoSuchTest(DomainError):
    """That test is not owed."""

    code = "returnee_no_such_test"
    status = 422
    message = _("No test of theirs is owed for this day.")
    next_step = _("Look at the tests again: its result may be there already.")


class CaseOpenElsewhere(DomainError):
    """Another case of the same document is open."""

    code = "returnee_open_elsewhere"
    message = _("Another case with this document is open.")
    next_step = _("Go on with that one.")
