"""Writes of mass testing."""

from lazaretto.screening.commands.calling import CallList, ToCall, call_missing
from lazaretto.screening.commands.capturing import (
    Kept,
    NumberGiven,
    Stranger,
    TakenScan,
    UploadAnswer,
    take,
    upload,
)
from lazaretto.screening.commands.rounds import (
    PointAdded,
    PointChanged,
    RoundChanged,
    RoundDrafted,
    RoundFrozen,
    add_point,
    close_point,
    close_round,
    closes_only_when,
    draft_round,
    freeze_round,
    open_point,
    open_round,
)

__all__ = [
    "CallList",
    "Kept",
    "NumberGiven",
    "PointAdded",
    "PointChanged",
    "RoundChanged",
    "RoundDrafted",
    "RoundFrozen",
    "Stranger",
    "TakenScan",
    "ToCall",
    "UploadAnswer",
    "add_point",
    "call_missing",
    "close_point",
    "close_round",
    "closes_only_when",
    "draft_round",
    "freeze_round",
    "open_point",
    "open_round",
    "take",
    "upload",
]
