"""Reads of transfers: who is where, who is under way, what is asked."""

from lazaretto.stays.queries.listing import with_room
from lazaretto.transfers.queries.whereabouts import (
    Line,
    OnTheMove,
    Whereabouts,
    all_questions,
    destination_of,
    holding_of,
    holdings,
    lines_of,
    on_the_move,
    origin_of,
    past,
    place_of,
    places,
    questions,
    whereabouts,
    without_room,
)

__all__ = [
    "Line",
    "OnTheMove",
    "Whereabouts",
    "all_questions",
    "destination_of",
    "holding_of",
    "holdings",
    "lines_of",
    "on_the_move",
    "origin_of",
    "past",
    "place_of",
    "places",
    "questions",
    "whereabouts",
    "with_room",
    "without_room",
]
