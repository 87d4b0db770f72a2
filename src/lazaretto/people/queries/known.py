"""Who is known already."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.prepared import prepared
from lazaretto.people.digests import document_digest, number_digest
from lazaretto.people.models import IdentityDocument


class Document(Protocol):
    """Anything that names a document."""

    @property
    def kind(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def number(self) -> str: ...


def known_people(documents: Iterable[Document]) -> dict[str, UUID]:
    """Who holds these documents, in the whole district: person ids by `document_digest`, merged records followed.

    A document matches when number and kind agree and the countries agree or one of them is not known. A number that
    fits several people matches none of them. For commands: the answer is not limited to what an actor may see.
    """
    asked = {document_digest(each.kind, each.country, each.number): each for each in documents}
    numbers = {digest: number_digest(each.number) for digest, each in asked.items()}
    held = _holders(sorted(set(numbers.values())))
    found: dict[str, UUID] = {}
    for digest, document in asked.items():
        rows = held.get(numbers[digest], [])
        exact = {person for person, row in rows if row.digest == digest}
        people = exact or {person for person, row in rows if _compatible(row, document)}
        if len(people) == 1:
            found[digest] = people.pop()
    return found


def _holders(numbers: list[str]) -> dict[str, list[tuple[UUID, IdentityDocument]]]:
    held: dict[str, list[tuple[UUID, IdentityDocument]]] = defaultdict(list)
    for row in _with_numbers(numbers=numbers):
        held[row.number_digest].append((row.person.merged_into_id or row.person_id, row))
    return held


@prepared
def _with_numbers(numbers: Any) -> QuerySet[IdentityDocument]:
    found = IdentityDocument.objects.filter(number_digest__among=numbers)
    return found.select_related("person").defer("number", "person__address")


def _compatible(row: IdentityDocument, asked: Document) -> bool:
    return row.kind == asked.kind and (not row.country or not asked.country or row.country == asked.country.upper())
