"""What lists and the hand share: how an entry becomes a row, and who is there already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.headcounts.models import HeadcountList, Member, Organisation
from lazaretto.headcounts.queries import (
    members_with,
)
from lazaretto.headcounts.rules import Entry
from lazaretto.people.queries import last_four
from lazaretto.people.rules import initials

MEMBER_FIELDS = (
    "organisation", "section", "building", "room", "inside", "name", "initials", "document_kind", "document_digest",
    "document", "document_tail", "phone", "person", "household", "from_list", "started_at", "ended_at",
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A document as `people` is asked for it."""

    kind: str
    number: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody as they stand on a headcount now."""

    pk: int
    home: UUID
    unit: UUID
    digest: str
    household: int | None
    name: str
    section: str
    building: str
    room: str
    inside: bool | None
    phone: str | None


def standing(member: Member) -> Standing:
    """The same of a row at hand."""
    return Standing(
        member.pk, member.organisation_id, member.organisation.unit_id, member.document_digest, member.household_id,
        member.name, member.section, member.building, member.room, member.inside, member.phone,
    )  # fmt: skip


def there_now(digests: Iterable[str]) -> dict[tuple[UUID, str], Standing]:
    """Members by enterprise and document."""
    rows = (Standing(*row) for row in members_with(digests=sorted(set(digests) - {""})))
    return {(row.home, row.digest): row for row in rows}


def member_row(
    home: Organisation,
    entry: Entry,
    digest: str,
    person: UUID | None,
    headcount_list: HeadcountList | None,
    at: datetime,
    household: int | None = None,
) -> tuple[Any, ...]:
    """The values of `MEMBER_FIELDS`."""
    return (
        home.pk, entry.section, entry.building, entry.room, entry.inside, entry.name, initials(entry.name)[:20],
        entry.kind, digest, entry.document or None, last_four(entry.document) if entry.document else "",
        entry.phone or None, person, household, headcount_list.pk if headcount_list else None, at, None,
    )  # fmt: skip
