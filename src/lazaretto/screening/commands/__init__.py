"""Writes of mass testing."""

from lazaretto.screening.commands.answers import Kept, NumberGiven, Refused, UploadAnswer
from lazaretto.screening.commands.calling import CallList, ToCall, call_missing
from lazaretto.screening.commands.capturing import upload
from lazaretto.screening.commands.copying import PointsCopied, copy_points
from lazaretto.screening.commands.correcting import (
    KeptRead,
    PutRight,
    correct_scan,
    count_scan,
    read_kept,
    recognise_stranger,
    swab_again,
    told_of_corrections,
)
from lazaretto.screening.commands.fevers import FeverSettled, FeversNoted, SeenFever, answer_fever, note_fevers
from lazaretto.screening.commands.folding import fold_counts
from lazaretto.screening.commands.numbering import number_kept
from lazaretto.screening.commands.points import (
    PointAdded,
    PointChanged,
    PointEdited,
    PointRemoved,
    add_point,
    change_point,
    close_point,
    open_point,
    remove_point,
)
from lazaretto.screening.commands.rounds import (
    RoundChanged,
    RoundDrafted,
    RoundEdited,
    RoundFrozen,
    cancel_round,
    change_round,
    close_round,
    closes_only_when,
    draft_round,
    followed,
    follows_a_change,
    freeze_round,
    open_round,
    told_of_drafts,
)
from lazaretto.screening.commands.scans import Stranger, Swab, TakenScan, Unread
from lazaretto.screening.commands.taking import take, take_together
from lazaretto.screening.commands.together import NotFresh, Sent

__all__ = [
    "CallList",
    "FeverSettled",
    "FeversNoted",
    "Kept",
    "KeptRead",
    "NotFresh",
    "NumberGiven",
    "PointAdded",
    "PointChanged",
    "PointEdited",
    "PointRemoved",
    "PointsCopied",
    "PutRight",
    "Refused",
    "RoundChanged",
    "RoundDrafted",
    "RoundEdited",
    "RoundFrozen",
    "SeenFever",
    "Sent",
    "Stranger",
    "Swab",
    "TakenScan",
    "ToCall",
    "Unread",
    "UploadAnswer",
    "add_point",
    "answer_fever",
    "call_missing",
    "cancel_round",
    "change_point",
    "change_round",
    "close_point",
    "close_round",
    "closes_only_when",
    "copy_points",
    "correct_scan",
    "count_scan",
    "draft_round",
    "fold_counts",
    "followed",
    "follows_a_change",
    "freeze_round",
    "note_fevers",
    "number_kept",
    "open_point",
    "open_round",
    "read_kept",
    "recognise_stranger",
    "remove_point",
    "swab_again",
    "take",
    "take_together",
    "told_of_corrections",
    "told_of_drafts",
    "upload",
]
