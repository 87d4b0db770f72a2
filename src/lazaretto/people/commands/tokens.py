"""Keeps search tokens in step with names and access. Called inside commands only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from lazaretto.core.bulk import LaidOut, insert_rows
from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import adapted, statement_cursor
from lazaretto.people.models import PersonAccess, PersonName, SearchToken
from lazaretto.people.search_text import tokens_of

T = TypeVar("T")
CHUNK = 500


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The items in runs of at most `size`: SQLite limits the number of parameters."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def add_tokens(names: Mapping[UUID, Sequence[str]], units: Iterable[UUID]) -> None:
    """Tokens of people who have none yet, for the whole district and for these units."""
    places = [SearchToken.EVERYWHERE, *units]
    rows = ((unit, token, person) for person, own in names.items() for token in tokens_of(own) for unit in places)
    insert_rows(SearchToken, ("unit_id", "token", "person"), rows)


def open_with_tokens(access: LaidOut, unit_id: UUID) -> int:
    """Insert rows of `PersonAccess` for a unit, without those that it has; whom it sees from now on it finds as well.

    Returns how many they are. One statement on PostgreSQL.
    """
    opened = f"{access.text} ON CONFLICT DO NOTHING RETURNING person_id"
    places = [adapted(unit_id), adapted(SearchToken.EVERYWHERE)]
    with statement_cursor() as cursor:
        if on_postgresql():
            copied = COPY.format(people="SELECT person_id FROM opened")
            statement = f"WITH opened AS ({opened}), copied AS ({copied}) SELECT count(*) FROM opened"  # noqa: S608
            cursor.execute(statement, [*access.values, *places])
            return int(cursor.fetchone()[0])
        cursor.execute(opened, access.values)
        people = [person for (person,) in cursor.fetchall()]
        cursor.execute(COPY.format(people="SELECT value FROM json_each(%s)"), [*places, adapted(people)])
        return len(people)


COPY = """INSERT INTO people_searchtoken (unit_id, token, person_id)
SELECT %s, token, person_id FROM people_searchtoken WHERE unit_id = %s AND person_id IN ({people})
ON CONFLICT DO NOTHING"""


def rewrite_tokens(person_ids: Sequence[UUID]) -> None:
    """Make the tokens of these people what their names and access say now."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for person, full in PersonName.objects.filter(person_id__in=person_ids).values_list("person_id", "full"):
        names[person].append(full)
    units: dict[UUID, set[UUID]] = defaultdict(set)
    for person, unit in PersonAccess.objects.filter(person_id__in=person_ids).values_list("person_id", "unit_id"):
        units[person].add(unit)
    SearchToken.objects.filter(person_id__in=person_ids).delete()
    for person in person_ids:
        add_tokens({person: names[person]}, units[person])


def remove_tokens(person_ids: Sequence[UUID]) -> None:
    """Nobody finds these records by search any more."""
    SearchToken.objects.filter(person_id__in=person_ids).delete()
