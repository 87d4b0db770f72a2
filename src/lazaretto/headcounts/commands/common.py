"""What lists and the hand share: how an entry becomes a row, and who is there already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.headcounts.models import HeadcountList, Organisation
from lazaretto.headcounts.queries import (
    members_with,
)
from lazaretto.headcounts.rules import Entry
from lazaretto.people.queries import last_four
from lazaretto.people.rules import initials

MEMBER_FIELDS = (
    "organisation", "section", "building", "room", "inside", "name", "initials", "document_kind", "document_digest",
    "document", "document_tail", "phone", "person", "from_list", "started_at", "ended_at",
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A document as `people` is asked for it."""

    kind: str
    number: str
    country: str = ""


def there_now(digests: Iterable[str]) -> dict[tuple[UUID, str], int]:
    """Members by enterprise and document."""
    rows = members_with(digests=sorted(set(digests) - {""}))
    return {(home, digest): pk for home, digest, pk in rows}


def member_row(
    home: Organisation,
    entry: Entry,
    digest: str,
    person: UUID | None,
    headcount_list: HeadcountList | None,
    at: datetime,
) -> tuple[Any, ...]:
    """The values of `MEMBER_FIELDS`."""
    return (
        home.pk, entry.section, entry.building, entry.room, entry.inside, entry.name, initials(entry.name)[:20],
        entry.kind, digest, entry.document or None, last_four(entry.document) if entry.document else "",
        entry.phone or None, person, headcount_list.pk if headcount_list else None, at, None,
    )  # fmt: skip
