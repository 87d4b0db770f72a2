"""Writes of headcounts: lists read and taken in piece by piece, people put on and off by hand."""

from lazaretto.core.tables.lists import RawLine
from lazaretto.headcounts.commands.by_hand import (
    ContactNamed,
    Enrolled,
    Gone,
    WhereaboutsSaid,
    enrol,
    leave,
    name_contact,
    say_whereabouts,
)
from lazaretto.headcounts.commands.caring import as_newcomer, link, people_for, tidy
from lazaretto.headcounts.commands.caring_for import CareList, InCare, list_concerns
from lazaretto.headcounts.commands.contacts import MOST as MOST_CONTACTS
from lazaretto.headcounts.commands.contacts import ContactRead, ContactsNamed, name_contacts
from lazaretto.headcounts.commands.families import (
    ConcernSaid,
    HouseholdShared,
    end_concern,
    leave_household,
    note_concern,
    share_household,
)
from lazaretto.headcounts.commands.looking import ConcernsRead, read_concerns
from lazaretto.headcounts.commands.organisations import (
    OrganisationSaid,
    add_organisation,
    enrol_without_employer,
    leave_area,
    say_kind,
)
from lazaretto.headcounts.commands.reading import (
    LineDecided,
    LineShown,
    LinesRead,
    ListBegun,
    ListCancelled,
    add_lines,
    begin_list,
    cancel_list,
    decide_line,
    end_reading,
    show_line,
)
from lazaretto.headcounts.commands.taking import PIECE, PieceTaken, commit_list
from lazaretto.headcounts.commands.telling import Changed, ChangeList, list_changes, list_left

__all__ = [
    "MOST_CONTACTS",
    "PIECE",
    "CareList",
    "ChangeList",
    "Changed",
    "ConcernSaid",
    "ConcernsRead",
    "ContactNamed",
    "ContactRead",
    "ContactsNamed",
    "Enrolled",
    "Gone",
    "HouseholdShared",
    "InCare",
    "LineDecided",
    "LineShown",
    "LinesRead",
    "ListBegun",
    "ListCancelled",
    "OrganisationSaid",
    "PieceTaken",
    "RawLine",
    "WhereaboutsSaid",
    "add_lines",
    "add_organisation",
    "as_newcomer",
    "begin_list",
    "cancel_list",
    "commit_list",
    "decide_line",
    "end_concern",
    "end_reading",
    "enrol",
    "enrol_without_employer",
    "leave",
    "leave_area",
    "leave_household",
    "link",
    "list_changes",
    "list_concerns",
    "list_left",
    "name_contact",
    "name_contacts",
    "note_concern",
    "people_for",
    "read_concerns",
    "say_kind",
    "say_whereabouts",
    "share_household",
    "show_line",
    "tidy",
]
