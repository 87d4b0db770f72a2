"""Writes of tubes and results."""

from lazaretto.tubes.commands.closing import AbsencesNamed, everything_is_answered, name_absent, name_rest
from lazaretto.tubes.commands.events import EventsAnswer, Remarked, TakenEvent, take_events, upload_events
from lazaretto.tubes.commands.laboratories import LaboratoryNamed, add_laboratory, change_laboratory
from lazaretto.tubes.commands.recalls import (
    HandedOn,
    RecallChanged,
    close_recall,
    hand_on,
    record_call,
    record_retest,
)
from lazaretto.tubes.commands.results import (
    FilePutAside,
    RawLine,
    ResultLineDecided,
    ResultsStaged,
    ResultsTaken,
    cancel_results,
    commit_results,
    decide_line,
    decide_lines,
    stage_results,
)
from lazaretto.tubes.commands.watching import follow_round

__all__ = [
    "AbsencesNamed",
    "EventsAnswer",
    "FilePutAside",
    "HandedOn",
    "LaboratoryNamed",
    "RawLine",
    "RecallChanged",
    "Remarked",
    "ResultLineDecided",
    "ResultsStaged",
    "ResultsTaken",
    "TakenEvent",
    "add_laboratory",
    "cancel_results",
    "change_laboratory",
    "close_recall",
    "commit_results",
    "decide_line",
    "decide_lines",
    "everything_is_answered",
    "follow_round",
    "hand_on",
    "name_absent",
    "name_rest",
    "record_call",
    "record_retest",
    "stage_results",
    "take_events",
    "upload_events",
]
