"""Who of a unit's own people a few letters or digits fit: for boards and lists that show one site."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.people.masking import mask
from lazaretto.people.models import ContactPoint, IdentityDocument, SearchToken
from lazaretto.people.search_text import fold_query

NAMES = "people.names"
LAST = "\U0010ffff"
LAST_FOUR = 4


def name_reader(actor: Actor, unit_id: UUID) -> Callable[[str], str]:
    """How the actor reads names of the unit's own people: as they are, or masked. For lists of hundreds."""
    return str if actor.may(NAMES, unit_id) else mask


def named_like(text: str, unit_id: UUID) -> "QuerySet[SearchToken, UUID]":
    """Ids of people known to the unit whose name, pinyin or initials begin so. For those who read names there."""
    prefix = fold_query(text)
    if not prefix:
        return SearchToken.objects.none().values_list("person_id", flat=True)
    tokens = SearchToken.objects.filter(unit_id=unit_id, token__gte=prefix, token__lt=prefix + LAST)
    return tokens.values_list("person_id", flat=True)


def ending_in(text: str) -> "list[QuerySet[IdentityDocument, UUID] | QuerySet[ContactPoint, UUID]]":
    """Ids of people with a document or a telephone number that ends in these four characters; none for others."""
    if len(text) != LAST_FOUR or not text.isalnum():
        return []
    end = text.upper()
    return [
        IdentityDocument.objects.filter(last_four=end).values_list("person_id", flat=True),
        ContactPoint.objects.filter(last_four=end).values_list("person_id", flat=True),
    ]
