"""Writes of the cadence."""

from lazaretto.cadence.commands.following import follow_areas, follow_rounds
from lazaretto.cadence.commands.planning import DaySet, NextDrafted, draft_next, set_day

__all__ = ["DaySet", "NextDrafted", "draft_next", "follow_areas", "follow_rounds", "set_day"]
