"""Slots for those who go to one point: one group after the other in unbroken rows, as far as hours allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from lazaretto.planning.points.board import Share


class Piece(NamedTuple):
    """So many of a group in a slot."""

    group: int
    slot: int
    people: int


@dataclass(slots=True)
class _Row:
    """What a point can still take from a slot on, slot after slot."""

    room: list[int]
    slot: int = 0

    def copy(self) -> _Row:
        return _Row(list(self.room), self.slot)

    def take(self, share: Share) -> list[Piece] | None:
        """The whole share in the next slots; None if that would be too late for some of them."""
        pieces, left = [], share.people
        while left:
            if self.slot >= share.end:
                return None
            count = min(left, self.room[self.slot])
            if count:
                pieces.append(Piece(share.group, self.slot, count))
                self.room[self.slot] -= count
                left -= count
            if left:
                self.slot += 1
        return pieces


def sequence(shares: Sequence[Share], room: Sequence[int]) -> list[Piece]:
    """Who comes when; all of them, if there is a way at all (the most pressing first is one then)."""
    row, waiting, pieces = _Row(list(room)), list(shares), []
    while waiting and row.slot < len(row.room):
        ready = sorted((one for one in waiting if one.begin <= row.slot), key=_pressing)
        if not row.room[row.slot] or not ready:
            row.slot += 1
            continue
        chosen = _unbroken(ready, waiting, row)
        if chosen is None:
            share = ready[0]
            count = min(share.people, row.room[row.slot])
            row.room[row.slot] -= count
            pieces.append(Piece(share.group, row.slot, count))
            waiting.remove(share)
            if share.people > count:
                waiting.append(share._replace(people=share.people - count))
            continue
        share, row, found = chosen
        waiting.remove(share)
        pieces += found
    return pieces


def _pressing(share: Share) -> tuple[int, int, int]:
    return share.end, share.begin, share.group


def _unbroken(ready: Sequence[Share], waiting: Sequence[Share], row: _Row) -> tuple[Share, _Row, list[Piece]] | None:
    """The most pressing share that can have an unbroken row now without making another one late."""
    for share in ready:
        after = row.copy()
        pieces = after.take(share)
        if pieces is not None and _all_in_time([one for one in waiting if one is not share], after):
            return share, after, pieces
    return None


def _all_in_time(shares: Sequence[Share], row: _Row) -> bool:
    """Whether the most pressing first would be done in time; then, and only then, there is a way."""
    coming = sorted(shares, key=lambda one: one.begin, reverse=True)
    pressing: list[tuple[int, int]] = []
    for slot in range(row.slot, len(row.room)):
        while coming and coming[-1].begin <= slot:
            share = coming.pop()
            heappush(pressing, (share.end, share.people))
        if pressing and pressing[0][0] <= slot:
            return False
        room = row.room[slot]
        while room and pressing:
            end, left = heappop(pressing)
            if left > room:
                heappush(pressing, (end, left - room))
            room -= min(left, room)
        if not pressing and not coming:
            return True
    return not pressing and not coming
