"""Writes of tubes and results."""

from lazaretto.tubes.commands.events import EventsAnswer, Remarked, TakenEvent, take_events, upload_events

__all__ = [
    "EventsAnswer",
    "Remarked",
    "TakenEvent",
    "take_events",
    "upload_events",
]
