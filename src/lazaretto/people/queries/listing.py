"""The list of people: newest first, or what a search finds, page by page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lazaretto.core.access import Actor
from lazaretto.people.choices import DocumentKind, NeedKind
from lazaretto.people.masking import mask
from lazaretto.people.models import IdentityDocument, Need, Person, PersonAccess
from lazaretto.people.queries.names import names_visible
from lazaretto.people.queries.records import READ, uuid_of
from lazaretto.people.queries.search import search

PAGE = 50


@dataclass(frozen=True)
class Row:
    """A line of the list, as the actor may read it. `documents` are kinds with the last four characters."""

    person_id: UUID
    name: str
    romanised: str
    sex: str
    birth_date: date | None
    language: str
    needs: list[str]
    documents: list[str]
    matched: str = ""


@dataclass(frozen=True)
class Page:
    """Some lines, and the cursor of the next ones (empty at the end)."""

    rows: list[Row]
    following: str


def people_page(
    actor: Actor, *, text: str = "", need: str = "", unit_id: UUID | None = None, after: str = "", limit: int = PAGE
) -> Page:
    """People whom the actor may see; four to eight queries at any size.

    Without a text newest first; with one in the order of `find`. `need` keeps those with that need open; `unit_id`
    those for whom that unit cares or cared.
    """
    if text.strip():
        hits = search(actor, text, limit=limit + 1, after=after, need=need, unit_id=unit_id)
        matched = {person: by for person, by, _cursor in hits[:limit]}
        following = hits[limit - 1][2] if len(hits) > limit else ""
        return Page(_rows(actor, list(matched), matched), following)
    ids = list(_newest(actor, need, unit_id, after)[: limit + 1])
    return Page(_rows(actor, ids[:limit], {}), str(ids[limit - 1]) if len(ids) > limit else "")


def _newest(actor: Actor, need: str, unit_id: UUID | None, after: str) -> "QuerySet[Any, UUID]":
    """Ids, newest first, from the table that narrows most."""
    units = None if actor.everywhere(READ) else actor.units_with(READ)
    if unit_id is not None:
        units = frozenset({unit_id}) if units is None or unit_id in units else frozenset()
    if need:
        rows: QuerySet[Any] = Need.objects.filter(kind=need, ended_at__isnull=True)
        key = "person_id"
        if units is not None:
            rows = rows.filter(Exists(PersonAccess.objects.filter(person=OuterRef("person"), unit_id__in=units)))
    elif units is not None:
        rows, key = PersonAccess.objects.filter(unit_id__in=units), "person_id"
    else:
        rows, key = Person.objects.current(), "id"
    if after:
        rows = rows.filter(**{f"{key}__lt": uuid_of(after)})
    ids = rows.order_by(f"-{key}").values_list(key, flat=True)
    return ids if key == "id" else ids.distinct()  # several units, or one unit twice


def _rows(actor: Actor, ids: Sequence[UUID], matched: dict[UUID, str]) -> list[Row]:
    people = Person.objects.defer("address").in_bulk(list(ids))
    whole = names_visible(actor, ids)
    needs = _grouped(Need.objects.filter(person_id__in=ids, ended_at__isnull=True).values_list("person_id", "kind"))
    rows = IdentityDocument.objects.filter(person_id__in=ids).order_by("id")
    documents = _grouped(
        (person, f"{DocumentKind(kind).label} …{end}")
        for person, kind, end in rows.values_list("person_id", "kind", "last_four")
    )
    return [_row(people[pk], pk in whole, needs[pk], documents[pk], matched.get(pk, "")) for pk in ids if pk in people]


def _row(person: Person, named: bool, needs: list[str], documents: list[str], matched: str) -> Row:
    return Row(
        person_id=person.id,
        name=person.name if named else mask(person.name),
        romanised=person.romanised if named else "",
        sex=person.sex,
        birth_date=person.birth_date if named else None,
        language=person.language,
        needs=sorted(needs, key=NeedKind.values.index),
        documents=documents if named else [],
        matched=matched,
    )


def _grouped(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for person, value in rows:
        found[person].append(value)
    return found
