"""Who belongs with whom."""

from collections.abc import Sequence
from uuid import UUID

from lazaretto.people.models import PartyMember

CHUNK = 500


def party_ids(person_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The open party of each person, a household before companions; the person's own id for whoever has none."""
    found = {person: person for person in person_ids}
    for start in range(0, len(person_ids), CHUNK):
        held = PartyMember.objects.filter(person_id__in=person_ids[start : start + CHUNK], ended_at__isnull=True)
        # "companions" sorts before "household": the later one wins.
        found.update(held.order_by("party__kind", "-started_at").values_list("person_id", "party_id"))
    return found
