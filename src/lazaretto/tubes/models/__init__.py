"""Tubes: facts and where each is (`custody`; of quarantine sites `sites`), couriers, results, positives and their
recalls, who was not tested.
"""

from lazaretto.tubes.models.absences import Absence
from lazaretto.tubes.models.couriers import Courier
from lazaretto.tubes.models.custody import Bag, EventUpload, Laboratory, Trail, TrailQuerySet, TubeEvent
from lazaretto.tubes.models.positives import Positive, Recall, RecallCall
from lazaretto.tubes.models.results import LineDecision, ResultFile, ResultLine, TubeResult
from lazaretto.tubes.models.sites import SiteBag, SiteEvent, SiteTube, SiteTubeQuerySet, SiteUpload

__all__ = [
    "Absence",
    "Bag",
    "Courier",
    "EventUpload",
    "Laboratory",
    "LineDecision",
    "Positive",
    "Recall",
    "RecallCall",
    "ResultFile",
    "ResultLine",
    "SiteBag",
    "SiteEvent",
    "SiteTube",
    "SiteTubeQuerySet",
    "SiteUpload",
    "Trail",
    "TrailQuerySet",
    "TubeEvent",
    "TubeResult",
]
