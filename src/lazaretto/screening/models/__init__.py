"""Rounds, points, rosters, what phones sent (`rounds`), and what supervisors put right (`corrections`)."""

from lazaretto.screening.models.corrections import Correction
from lazaretto.screening.models.rounds import (
    AlsoNamed,
    CountDelta,
    CountFold,
    DuplicateScan,
    Fever,
    FeverSighting,
    Point,
    RosterBuilding,
    RosterEntry,
    RosterShare,
    Round,
    Scan,
    Stranger,
    Tube,
    Upload,
)

__all__ = [
    "AlsoNamed",
    "Correction",
    "CountDelta",
    "CountFold",
    "DuplicateScan",
    "Fever",
    "FeverSighting",
    "Point",
    "RosterBuilding",
    "RosterEntry",
    "RosterShare",
    "Round",
    "Scan",
    "Stranger",
    "Tube",
    "Upload",
]
