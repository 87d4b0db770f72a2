"""Whose card or document this is: asked across all sites, answered with nothing but the person."""

from uuid import UUID

from lazaretto.people.digests import normal_number, number_digest
from lazaretto.people.models import IdentityDocument
from lazaretto.stays.models import Stay


def person_of_card(text: str) -> UUID | None:
    """The person whose stay number or document number this is, whole; None when nobody's or more than one's."""
    wanted = text.strip()
    if not wanted:
        return None
    stays = Stay.objects.filter(number=wanted.upper()).values_list("person_id", flat=True)
    documents = IdentityDocument.objects.filter(number_digest=number_digest(normal_number(wanted)))
    found = set(stays) or set(documents.values_list("person_id", flat=True))
    return found.pop() if len(found) == 1 else None
