"""Whose card the escort has scanned, typed or tapped."""

from uuid import UUID

from lazaretto.people.models import IdentityDocument, Person
from lazaretto.stays.models import Stay
from lazaretto.transfers.queries.cards import person_of_card
from lazaretto.trips.models import Trip

LAST = 4


def person_of(trip: Trip, card: str) -> UUID | None:
    """The person of a card, a document, a code or the last four of one of the list; None when nobody's.

    The codes on cards are addresses that end with the person or the stay.
    """
    text = card.strip()
    last = text.rstrip("/").rpartition("/")[2]
    named = _uuid(last)
    if named is not None:
        return named if Person.objects.filter(pk=named).exists() else None
    if len(last) == LAST and last.isalnum():
        return _ending_in(trip, last)
    return person_of_card(last)


def _ending_in(trip: Trip, last_four: str) -> UUID | None:
    """The one of the list whose document or stay ends so; None when nobody's or more than one's."""
    listed = trip.riders.values("person")
    documents = IdentityDocument.objects.filter(person__in=listed, last_four=last_four.upper())
    stays = Stay.objects.filter(person__in=listed, number__endswith=last_four)
    found = {*documents.values_list("person_id", flat=True), *stays.values_list("person_id", flat=True)}
    return found.pop() if len(found) == 1 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
