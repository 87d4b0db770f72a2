"""Named errors of headcounts."""

from typing import Self

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class ListUnreadable(DomainError):
    """The file is no table; `context` says why."""

    code = "headcount_unreadable"
    status = 422
    message = _("This file cannot be read as a list.")
    next_step = _("Save it as xlsx or csv, without a password, and send that.")


class NoNameColumn(DomainError):
    """No line says which column has the names."""

    code = "headcount_without_names"
    status = 422
    message = _("No column of this file is called 姓名 or name.")
    next_step = _("Put one line with the names of the columns above the people, and send it again.")

    @classmethod
    def on(cls, sheet: str) -> Self:
        """Which of several sheets has no columns: a list is read whole or not at all."""
        said = format_lazy(_("Sheet {sheet}: no column is called 姓名 or name."), sheet=sheet)
        todo = _(
            "Name its columns in a line above the people; if nobody is on it, take it out. Then send the file again."
        )
        return cls(said, next_step=todo, sheet=sheet)


class ListClosed(DomainError):
    """The list is put aside, or still being read, or taken in already."""

    code = "headcount_list_closed"
    message = _("This list is not open for that.")
    next_step = _("Look at how far it is; a list that was put aside is sent again.")


class LineSettled(DomainError):
    """The line needs no decision any more."""

    code = "headcount_line_settled"
    message = _("This line is decided.")
    next_step = _("Look at the list again; whoever is on the headcount is changed there.")


class HasLeft(DomainError):
    """They are not on this headcount any more."""

    code = "headcount_has_left"
    message = _("They left this headcount before.")
    next_step = _("If they are back, put them on it again.")


class OnItAlready(DomainError):
    """Their document is on this headcount."""

    code = "headcount_on_it_already"
    message = _("Somebody with this document is on this headcount.")
    next_step = _("Look for them by name or by the last four characters of the document.")


class NoSuchConcern(DomainError):
    """Nothing of that kind stands about them."""

    code = "headcount_no_such_concern"
    message = _("This is not written about them any more.")
    next_step = _("Look at the page of the person again.")


class TooManyToCareFor(DomainError):
    """The list would be longer than anybody can work through."""

    code = "headcount_too_many_to_care_for"
    status = 422
    message = _("These are too many people for one list.")
    next_step = _("Choose one kind.")


class SaidToBeOther(DomainError):
    """This very file lies here as a list of others: of employees, of residents, of people without an employer."""

    code = "headcount_said_to_be_other"
    message = _("This very file was brought in before as a list of other people.")
    next_step = _("Put that list aside first, then send the file again and say of whom it is.")


class ThereAlready(DomainError):
    """Somebody of that name is in the area already."""

    code = "headcount_organisation_there_already"
    message = _("There is one of this name in this area.")
    next_step = _("Look for it in the list of headcounts.")


class TooManyChanges(DomainError):
    """More changes than a sheet is good for."""

    code = "headcount_too_many_changes"
    status = 422
    message = _("These are too many changes for one sheet.")
    next_step = _("Choose a later day, or one enterprise.")


class NoContactColumn(DomainError):
    """No line says which columns have the enterprises and their officers."""

    code = "headcount_without_contacts"
    status = 422
    message = _("No columns of this file are called 企业名称 and 联系人, or enterprise and contact.")
    next_step = _("Put one line with the names of the columns above the officers, and send it again.")


class TooManyContacts(DomainError):
    """More lines than any area has enterprises."""

    code = "headcount_too_many_contacts"
    status = 422
    message = _("This list has more lines than an area has enterprises.")
    next_step = _("Look whether it is a list of people; that is brought in as a headcount.")


class ContactsChanged(DomainError):
    """Since the list was shown, something else was written about one of its enterprises."""

    code = "headcount_contacts_changed"
    message = _("Something was changed since this list was shown. Nothing was taken in.")
    next_step = _("Look at what it changes now; then take it in.")


class ContactsStale(DomainError):
    """What was shown came back from somebody else, after too long, or not whole."""

    code = "headcount_contacts_stale"
    status = 422
    message = _("This list was shown too long ago, or to somebody else. Nothing was taken in.")
    next_step = _("Choose the file once more.")
