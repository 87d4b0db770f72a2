"""Writes of mass testing."""

from lazaretto.screening.commands.calling import CallList, ToCall, call_missing
from lazaretto.screening.commands.capturing import (
    Kept,
    NumberGiven,
    UploadAnswer,
    take,
    upload,
)
from lazaretto.screening.commands.fevers import FeverSettled, FeversNoted, SeenFever, answer_fever, note_fevers
from lazaretto.screening.commands.rounds import (
    PointAdded,
    PointChanged,
    RoundChanged,
    RoundDrafted,
    RoundFrozen,
    add_point,
    cancel_round,
    close_point,
    close_round,
    closes_only_when,
    draft_round,
    freeze_round,
    open_point,
    open_round,
)
from lazaretto.screening.commands.scans import Stranger, TakenScan

__all__ = [
    "CallList",
    "FeverSettled",
    "FeversNoted",
    "Kept",
    "NumberGiven",
    "PointAdded",
    "PointChanged",
    "RoundChanged",
    "RoundDrafted",
    "RoundFrozen",
    "SeenFever",
    "Stranger",
    "TakenScan",
    "ToCall",
    "UploadAnswer",
    "add_point",
    "answer_fever",
    "call_missing",
    "cancel_round",
    "close_point",
    "close_round",
    "closes_only_when",
    "draft_round",
    "freeze_round",
    "note_fevers",
    "open_point",
    "open_round",
    "take",
    "upload",
]
