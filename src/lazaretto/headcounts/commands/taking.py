"""Lists are taken in, piece by piece."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows, update_rows
from lazaretto.core.commands import command, record
from lazaretto.headcounts.choices import LineOutcome, ListState, OrganisationKind, Resolution
from lazaretto.headcounts.commands.changing import SAID, Other, differing, otherwise, write_changes
from lazaretto.headcounts.commands.common import MEMBER_FIELDS, Paper, Standing, member_row, there_now
from lazaretto.headcounts.commands.kin import households_of, with_keys, write_concerns
from lazaretto.headcounts.errors import ListClosed
from lazaretto.headcounts.models import HeadcountList, ListLine, Member, Organisation
from lazaretto.headcounts.queries import (
    MANAGE,
    account_of,
    leaving,
    of_unit,
)
from lazaretto.headcounts.rules import Entry, folded, read_entry
from lazaretto.headcounts.rules_families import Family
from lazaretto.people.queries import known_people

PIECE = 4_000  # lines


@dataclass(frozen=True)
class PieceTaken:
    """How far a list is: `finished` when nothing is ready any more; `held` lines still wait for somebody."""

    list_id: UUID
    done: int
    of: int
    held: int
    left: int
    finished: bool


@command("headcounts.commit_list", capability=MANAGE)
def commit_list(*, actor: Actor, at: datetime, headcount_list: HeadcountList, lines: int = PIECE) -> PieceTaken:
    """Take in the next `lines` ready lines; call again until `finished`.

    Whoever is on the headcount already is kept, with where they sleep and their number as the list says now. When
    nothing is ready or held any more, a complete list ends those whom it does not name. Raises `ListClosed`.
    """
    if headcount_list.state not in {ListState.STAGED, ListState.COMMITTING, ListState.COMMITTED}:
        raise ListClosed(list=headcount_list.id, state=headcount_list.state)
    waiting = headcount_list.entries.filter(outcome=LineOutcome.READY, resolution="").order_by("number")
    piece = [] if headcount_list.state == ListState.COMMITTED else list(waiting[: max(1, lines)])
    _take_in(headcount_list, piece, at)
    account = account_of(headcount_list, who_leaves=False)
    if headcount_list.state != ListState.COMMITTED:
        headcount_list.state = ListState.COMMITTING
        if not account.ready and not account.held:
            headcount_list.state, headcount_list.committed_at = ListState.COMMITTED, at
            if headcount_list.complete:
                headcount_list.left = leaving(headcount_list).update(ended_at=at, ended_by=headcount_list)
        headcount_list.save(update_fields=["state", "committed_at", "left"])
    done = account.made + account.kept
    record(
        headcount_list,
        unit_id=headcount_list.unit_id,
        data={"piece": len(piece), "done": done, "left": headcount_list.left},
    )
    return PieceTaken(
        headcount_list.id, done, done + account.ready, account.held, headcount_list.left, finished=not account.ready
    )


def _take_in(headcount_list: HeadcountList, piece: Sequence[ListLine], at: datetime) -> None:
    entries = [_entry_of(headcount_list, line) for line in piece]
    homes = _organisations(headcount_list, entries, at)
    there = there_now(line.document_digest for line in piece)
    people = known_people([Paper(entry.kind, entry.document) for entry in entries if entry.document])
    lines = [(entry, line.document_digest) for line, entry in zip(piece, entries, strict=True)]
    families = households_of(headcount_list, lines, there.values(), at)
    columns = frozenset(headcount_list.columns.values())
    taken = _Taken()
    for line, entry, household in zip(piece, entries, families, strict=True):
        home, digest = homes[folded(entry.organisation)], line.document_digest
        member = there.get((home.id, digest)) if digest else None
        if member is None:
            row = member_row(home, entry, digest, people.get(digest), headcount_list, at, household)
            taken.begins(row, entry)
        else:
            taken.stays(member, entry, otherwise(member, entry, household, columns))
        taken.did.append((Resolution.KEPT if member else Resolution.MADE, line.pk))
    own = [member for member in there.values() if member.unit == headcount_list.unit_id]
    taken.follow_kin({digest: is_of for (_entry, digest), is_of in zip(lines, families, strict=True)}, own)
    taken.write(headcount_list, at)


@dataclass
class _Taken:
    """What a piece changes, gathered to be written at once."""

    fresh: list[tuple[Any, ...]] = field(default_factory=list)
    careful: list[tuple[tuple[Any, ...], Family]] = field(default_factory=list)
    kept: dict[int, Family] = field(default_factory=dict)
    changes: dict[int, Other] = field(default_factory=dict)
    did: list[tuple[str, int]] = field(default_factory=list)

    def begins(self, row: tuple[Any, ...], entry: Entry) -> None:
        """Somebody new; of those with a concern the key is wanted, of a million others it is not."""
        if entry.family.concerns:
            self.careful.append((row, entry.family))
        else:
            self.fresh.append(row)

    def stays(self, member: Standing, entry: Entry, change: Other | None) -> None:
        """Somebody who is on it."""
        self.kept[member.pk] = entry.family
        if change is not None:
            self.changes[member.pk] = change

    def follow_kin(self, households: Mapping[str, int | None], there: Iterable[Standing]) -> None:
        """Whoever stands on a second headcount of the unit is of the same household there."""
        for member in there:
            household = households.get(member.digest)
            if household and member.household != household and member.pk not in self.kept:
                now = {name: getattr(member, name) for name in SAID} | {"household": household}
                other = differing(member, now)
                if other is not None:
                    self.changes[member.pk] = other

    def write(self, headcount_list: HeadcountList, at: datetime) -> None:
        """All of it, in as many statements however many lines there were."""
        insert_rows(Member, MEMBER_FIELDS, self.fresh)
        keys = with_keys(Member, MEMBER_FIELDS, [row for row, _family in self.careful])
        begun = [(key, family) for key, (_row, family) in zip(keys, self.careful, strict=True)]
        write_changes(list(self.changes.values()), at, from_list=headcount_list.pk)
        write_concerns(begun, self.kept, headcount_list, at)
        update_rows(ListLine, ("resolution",), self.did)


def _entry_of(headcount_list: HeadcountList, line: ListLine) -> Entry:
    entry = read_entry(
        json.loads(line.payload), organisation=headcount_list.organisation,
        kind=OrganisationKind(headcount_list.kind), by_hand=bool(line.document_digest),
    )  # fmt: skip
    if entry is None:
        raise RuntimeError(f"line {line.number} is ready without anybody")
    return entry


def _organisations(headcount_list: HeadcountList, entries: Iterable[Entry], at: datetime) -> dict[str, Organisation]:
    """Those named, made where they are new, of the kind that the list is of."""
    unit_id = headcount_list.unit_id
    names: dict[str, str] = {}
    for entry in entries:
        names.setdefault(folded(entry.organisation), entry.organisation)
    found = of_unit(unit_id, sorted(names))
    for key in sorted(names.keys() - found.keys()):
        found[key] = insert(
            Organisation(unit_id=unit_id, kind=headcount_list.kind, name=names[key], folded=key, started_at=at)
        )
    return found
