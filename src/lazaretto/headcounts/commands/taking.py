"""Lists are taken in, piece by piece."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows, update_rows
from lazaretto.core.commands import command, record
from lazaretto.headcounts.choices import LineOutcome, ListState, Resolution
from lazaretto.headcounts.commands.common import MEMBER_FIELDS, Paper, member_row, there_now
from lazaretto.headcounts.errors import ListClosed
from lazaretto.headcounts.models import HeadcountList, ListLine, Member, Organisation
from lazaretto.headcounts.queries import (
    MANAGE,
    account_of,
    leaving,
    of_unit,
)
from lazaretto.headcounts.rules import Entry, folded, read_entry
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
            headcount_list.left = leaving(headcount_list).update(ended_at=at) if headcount_list.complete else 0
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
    homes = _organisations(headcount_list.unit_id, entries, at)
    there = there_now(line.document_digest for line in piece)
    people = known_people([Paper(entry.kind, entry.document) for entry in entries if entry.document])
    fresh: list[tuple[Any, ...]] = []
    kept: list[tuple[Any, ...]] = []
    did: list[tuple[str, int]] = []
    for line, entry in zip(piece, entries, strict=True):
        home = homes[folded(entry.organisation)]
        member = there.get((home.id, line.document_digest)) if line.document_digest else None
        if member is None:
            fresh.append(
                member_row(home, entry, line.document_digest, people.get(line.document_digest), headcount_list, at)
            )
        else:
            kept.append((entry.section, entry.building, entry.room, entry.inside, entry.phone or None, member))
        did.append((Resolution.KEPT if member else Resolution.MADE, line.pk))
    insert_rows(Member, MEMBER_FIELDS, fresh)
    update_rows(Member, ("section", "building", "room", "inside", "phone"), kept)
    update_rows(ListLine, ("resolution",), did)


def _entry_of(headcount_list: HeadcountList, line: ListLine) -> Entry:
    entry = read_entry(
        json.loads(line.payload), organisation=headcount_list.organisation, by_hand=bool(line.document_digest)
    )
    if entry is None:
        raise RuntimeError(f"line {line.number} is ready without anybody")
    return entry


def _organisations(unit_id: UUID, entries: Iterable[Entry], at: datetime) -> dict[str, Organisation]:
    """Those named, made where they are new."""
    names: dict[str, str] = {}
    for entry in entries:
        names.setdefault(folded(entry.organisation), entry.organisation)
    found = of_unit(unit_id, sorted(names))
    for key in sorted(names.keys() - found.keys()):
        found[key] = insert(Organisation(unit_id=unit_id, name=names[key], folded=key, started_at=at))
    return found
