"""Tubes: facts and where each is (`custody`), results, positives with whom they call back, and who was not tested."""

from lazaretto.tubes.models.absences import Absence
from lazaretto.tubes.models.custody import Bag, EventUpload, Laboratory, Trail, TrailQuerySet, TubeEvent
from lazaretto.tubes.models.positives import Positive, Recall, RecallCall
from lazaretto.tubes.models.results import LineDecision, ResultFile, ResultLine, TubeResult

__all__ = [
    "Absence",
    "Bag",
    "EventUpload",
    "Laboratory",
    "LineDecision",
    "Positive",
    "Recall",
    "RecallCall",
    "ResultFile",
    "ResultLine",
    "Trail",
    "TrailQuerySet",
    "TubeEvent",
    "TubeResult",
]
