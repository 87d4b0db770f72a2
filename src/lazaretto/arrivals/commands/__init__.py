"""Every write about arrivals, by topic; this package re-exports what other apps may call."""

from lazaretto.arrivals.commands.boarding import (
    Boarded,
    Departed,
    MarkedMissing,
    board,
    board_unexpected,
    depart,
    mark_missing,
)
from lazaretto.arrivals.commands.check_in import CheckedIn, check_in
from lazaretto.arrivals.commands.proposal import RoomGiven, RoomsProposed, WithoutRoom, give_room, propose_rooms

__all__ = [
    "Boarded",
    "CheckedIn",
    "Departed",
    "MarkedMissing",
    "RoomGiven",
    "RoomsProposed",
    "WithoutRoom",
    "board",
    "board_unexpected",
    "check_in",
    "depart",
    "give_room",
    "mark_missing",
    "propose_rooms",
]
