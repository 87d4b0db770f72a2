"""Reads of people."""

from lazaretto.people.queries.at_unit import ending_in, named_like
from lazaretto.people.queries.known import known_people
from lazaretto.people.queries.names import display_name, display_names, names_visible
from lazaretto.people.queries.parties import party_ids
from lazaretto.people.queries.search import Found, find

__all__ = [
    "Found",
    "display_name",
    "display_names",
    "ending_in",
    "find",
    "known_people",
    "named_like",
    "names_visible",
    "party_ids",
]
