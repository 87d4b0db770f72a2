"""Pages of transfers, by topic."""

from lazaretto.transfers.views.away import divert, fetch, left, where, word
from lazaretto.transfers.views.moves import (
    arrived,
    everyone,
    give_room,
    handover,
    moves,
    new_place,
    postpone,
    question,
    seen_here,
    sign_out,
)

__all__ = [
    "arrived",
    "divert",
    "everyone",
    "fetch",
    "give_room",
    "handover",
    "left",
    "moves",
    "new_place",
    "postpone",
    "question",
    "seen_here",
    "sign_out",
    "where",
    "word",
]
