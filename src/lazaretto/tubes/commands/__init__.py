"""Writes of tubes and results."""

from lazaretto.tubes.commands.events import EventsAnswer, Remarked, TakenEvent, take_events, upload_events
from lazaretto.tubes.commands.laboratories import LaboratoryNamed, add_laboratory, change_laboratory

__all__ = [
    "EventsAnswer",
    "LaboratoryNamed",
    "Remarked",
    "TakenEvent",
    "add_laboratory",
    "change_laboratory",
    "take_events",
    "upload_events",
]
