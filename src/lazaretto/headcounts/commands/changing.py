"""What a list or somebody says otherwise of a member: only rows that differ are written, and what was stays beside."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.bulk import insert_rows, update_rows
from lazaretto.headcounts.commands.common import Standing
from lazaretto.headcounts.models import Member, MemberChange
from lazaretto.headcounts.rules import Entry
from lazaretto.people.rules import initials

SAID = ("name", "section", "building", "room", "inside", "phone", "household")
MOVES = frozenset(("section", "building", "room", "inside"))
# Which columns of a list speak about which fields; an empty cell says nothing where it takes nothing away.
_SPEAK = {
    "name": {"name"}, "section": {"section"}, "phone": {"phone"}, "inside": {"inside", "dormitory"},
    "building": {"dormitory", "building"}, "room": {"dormitory", "room"},
}  # fmt: skip
_STAY = frozenset(("name", "phone", "section"))


@dataclass(frozen=True, slots=True)
class Other:
    """A member of whom something is said otherwise: all fields as they are from now on, and what differs."""

    pk: int
    now: tuple[Any, ...]
    differs: dict[str, tuple[Any, Any]]


def otherwise(member: Standing, entry: Entry, household: int | None, columns: Collection[str]) -> Other | None:
    """What a line says otherwise than what stands, None for nothing; `columns` are those that its list has."""
    now: dict[str, Any] = {name: getattr(member, name) for name in SAID}
    for field, speak in _SPEAK.items():
        said = getattr(entry, field)
        if not speak.isdisjoint(columns) and (said or field not in _STAY):
            now[field] = said
    now["household"] = household or member.household
    return differing(member, now)


def differing(member: Standing, now: dict[str, Any]) -> Other | None:
    """None where all is as it was."""
    before = {name: getattr(member, name) for name in now}
    differs = {name: (before[name], value) for name, value in now.items() if _plain(before[name]) != _plain(value)}
    return Other(member.pk, tuple(now[name] for name in SAID), differs) if differs else None


def write_changes(changes: Sequence[Other], at: datetime, *, from_list: UUID | None = None) -> None:
    """Change the members, and keep what was."""
    update_rows(
        Member, (*SAID, "initials"), [(*change.now, initials(change.now[0])[:20], change.pk) for change in changes]
    )
    rows: Iterable[tuple[Any, ...]] = (
        (change.pk, at, not MOVES.isdisjoint(change.differs), json.dumps(change.differs, ensure_ascii=False), from_list)
        for change in changes
    )
    insert_rows(MemberChange, ("member", "changed_at", "moved", "said", "from_list"), rows)


def _plain(value: Any) -> Any:
    """Nothing said is nothing said, whether it is empty or null; "no" is an answer."""
    return None if value == "" else value
