"""Rounds and rosters (`rounds`), what phones sent (`captured`), and what supervisors put right (`corrections`)."""

from lazaretto.screening.models.captured import (
    CountDelta,
    CountFold,
    DuplicateScan,
    Fever,
    FeverSighting,
    Scan,
    Stranger,
    Tube,
    Upload,
)
from lazaretto.screening.models.corrections import Correction
from lazaretto.screening.models.rounds import AlsoNamed, Point, RosterBuilding, RosterEntry, RosterShare, Round

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
