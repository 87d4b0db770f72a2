"""Every write about people on the move, by topic; this package re-exports what others may call."""

from lazaretto.transfers.commands.moving import (
    Decided,
    PlaceAdded,
    Postponed,
    Reported,
    SignedIn,
    SignedOut,
    Verdict,
    add_place,
    bring_back,
    confirm_arrival,
    decide,
    give_room,
    postpone,
    report_here,
    sign_in,
    sign_out,
)

__all__ = [
    "Decided",
    "PlaceAdded",
    "Postponed",
    "Reported",
    "SignedIn",
    "SignedOut",
    "Verdict",
    "add_place",
    "bring_back",
    "confirm_arrival",
    "decide",
    "give_room",
    "postpone",
    "report_here",
    "sign_in",
    "sign_out",
]
