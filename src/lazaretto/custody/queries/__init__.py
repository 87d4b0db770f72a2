"""Reads of custody: where everyone is, who is under way, what is asked."""

from lazaretto.custody.queries.stories import Known, known_of

__all__ = ["Known", "known_of"]
