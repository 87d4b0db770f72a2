"""Pages of people."""

from lazaretto.people.views.duplicates import compare, different, duplicates, merge, merge_with, reopen, undo_merge
from lazaretto.people.views.edit import (
    add_document,
    add_name,
    add_phone,
    correct_document,
    edit,
    end_need,
    record_need,
    register,
    remove_document,
    remove_name,
    remove_phone,
)
from lazaretto.people.views.look import people, person, reveal
from lazaretto.people.views.parties import join_party, leave_party

__all__ = [
    "add_document",
    "add_name",
    "add_phone",
    "compare",
    "correct_document",
    "different",
    "duplicates",
    "edit",
    "end_need",
    "join_party",
    "leave_party",
    "merge",
    "merge_with",
    "people",
    "person",
    "record_need",
    "register",
    "remove_document",
    "remove_name",
    "remove_phone",
    "reopen",
    "reveal",
    "undo_merge",
]
