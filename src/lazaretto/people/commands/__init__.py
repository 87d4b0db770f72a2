"""Writes of people."""

from lazaretto.people.commands.details import (
    DocumentStored,
    PersonChanged,
    add_document,
    add_name,
    add_phone,
    change_details,
    correct_document,
    remove_document,
    remove_name,
    remove_phone,
)
from lazaretto.people.commands.duplicates import (
    DecidedDifferent,
    SuggestionReopened,
    compare_new,
    decide_different,
    reopen_suggestion,
)
from lazaretto.people.commands.merging import MergeUndone, PeopleMerged, merge, undo_merge
from lazaretto.people.commands.needs import NeedEnded, NeedRecorded, end_need, record_need
from lazaretto.people.commands.newcomers import GivenDocument, GivenNeed, NewPerson, clean_person
from lazaretto.people.commands.parties import PartyJoined, PartyLeft, join_party, leave_party
from lazaretto.people.commands.registration import (
    PersonRegistered,
    add_people,
    close_access,
    form_parties,
    open_access,
    register_person,
    take_up,
)
from lazaretto.people.commands.reveal import Revealed, reveal_address, reveal_document, reveal_note, reveal_phone

__all__ = [
    "DecidedDifferent",
    "DocumentStored",
    "GivenDocument",
    "GivenNeed",
    "MergeUndone",
    "NeedEnded",
    "NeedRecorded",
    "NewPerson",
    "PartyJoined",
    "PartyLeft",
    "PeopleMerged",
    "PersonChanged",
    "PersonRegistered",
    "Revealed",
    "SuggestionReopened",
    "add_document",
    "add_name",
    "add_people",
    "add_phone",
    "change_details",
    "clean_person",
    "close_access",
    "compare_new",
    "correct_document",
    "decide_different",
    "end_need",
    "form_parties",
    "join_party",
    "leave_party",
    "merge",
    "open_access",
    "record_need",
    "register_person",
    "remove_document",
    "remove_name",
    "remove_phone",
    "reopen_suggestion",
    "reveal_address",
    "reveal_document",
    "reveal_note",
    "reveal_phone",
    "take_up",
    "undo_merge",
]
