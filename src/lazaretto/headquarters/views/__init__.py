"""Pages of headquarters, by topic."""

from lazaretto.headquarters.views.overview import home, names, overview
from lazaretto.headquarters.views.search import palette, search
from lazaretto.headquarters.views.watch import alarms, answer, deadlines, take

__all__ = ["alarms", "answer", "deadlines", "home", "names", "overview", "palette", "search", "take"]
