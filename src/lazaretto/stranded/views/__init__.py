"""Pages about stranded people."""

from lazaretto.stranded.views.doing import admit, care, complete, count, give, place, send, step
from lazaretto.stranded.views.listing import listing, one
from lazaretto.stranded.views.registering import new

__all__ = ["admit", "care", "complete", "count", "give", "listing", "new", "one", "place", "send", "step"]
