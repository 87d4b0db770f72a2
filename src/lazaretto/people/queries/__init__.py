"""Reads of people."""

from lazaretto.people.digests import contact_digest, document_digest, last_four
from lazaretto.people.queries.at_unit import ending_in, name_reader, named_like
from lazaretto.people.queries.compare import Comparison, comparison
from lazaretto.people.queries.duplicates import alike, suggestions
from lazaretto.people.queries.known import known_people
from lazaretto.people.queries.listing import Page, Row, people_page
from lazaretto.people.queries.names import display_name, display_names, name_for, names_visible
from lazaretto.people.queries.parties import party_ids
from lazaretto.people.queries.person import Card, age_on, person_card, person_journal
from lazaretto.people.queries.records import person_by_id, record_ids
from lazaretto.people.queries.search import Found, find

__all__ = [
    "Card",
    "Comparison",
    "Found",
    "Page",
    "Row",
    "age_on",
    "alike",
    "comparison",
    "contact_digest",
    "display_name",
    "display_names",
    "document_digest",
    "ending_in",
    "find",
    "known_people",
    "last_four",
    "name_for",
    "name_reader",
    "named_like",
    "names_visible",
    "party_ids",
    "people_page",
    "person_by_id",
    "person_card",
    "person_journal",
    "record_ids",
    "suggestions",
]
