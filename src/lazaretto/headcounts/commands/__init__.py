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

__all__ = [
    "PIECE",
    "ContactNamed",
    "Enrolled",
    "Gone",
    "LineDecided",
    "LineShown",
    "LinesRead",
    "ListBegun",
    "ListCancelled",
    "PieceTaken",
    "RawLine",
    "WhereaboutsSaid",
    "add_lines",
    "as_newcomer",
    "begin_list",
    "cancel_list",
    "commit_list",
    "decide_line",
    "end_reading",
    "enrol",
    "leave",
    "link",
    "name_contact",
    "people_for",
    "say_whereabouts",
    "show_line",
    "tidy",
]
