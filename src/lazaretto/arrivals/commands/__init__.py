"""Every write about arrivals, by topic; this package re-exports what other apps may call."""

from lazaretto.arrivals.commands.boarding import (
    Boarded,
    Departed,
    MarkedMissing,
    board,
    board_newcomer,
    board_unexpected,
    depart,
    mark_missing,
)
from lazaretto.arrivals.commands.check_in import CheckedIn, check_in
from lazaretto.arrivals.commands.committing import PieceCommitted, commit_manifest
from lazaretto.arrivals.commands.deciding import Corrections, RowDecided, RowShown, decide_row, show_row
from lazaretto.arrivals.commands.proposal import RoomGiven, RoomsProposed, WithoutRoom, give_room, propose_rooms
from lazaretto.arrivals.commands.staging import (
    ManifestCancelled,
    ManifestStaged,
    cancel_manifest,
    map_columns,
    stage_manifest,
)
from lazaretto.arrivals.commands.walk_in import AskedToAdmit, WalkInAdmitted, admit_walk_in, ask_to_admit

__all__ = [
    "AskedToAdmit",
    "Boarded",
    "CheckedIn",
    "Corrections",
    "Departed",
    "ManifestCancelled",
    "ManifestStaged",
    "MarkedMissing",
    "PieceCommitted",
    "RoomGiven",
    "RoomsProposed",
    "RowDecided",
    "RowShown",
    "WalkInAdmitted",
    "WithoutRoom",
    "admit_walk_in",
    "ask_to_admit",
    "board",
    "board_newcomer",
    "board_unexpected",
    "cancel_manifest",
    "check_in",
    "commit_manifest",
    "decide_row",
    "depart",
    "give_room",
    "map_columns",
    "mark_missing",
    "propose_rooms",
    "show_row",
    "stage_manifest",
]
