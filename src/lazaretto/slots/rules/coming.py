"""Who was promised to a point, who of them came, and when a point is done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

HOUR: Final = timedelta(hours=1)
At = tuple[UUID, UUID]  # an enterprise at a point


@dataclass(frozen=True, slots=True)
class Promise:
    """So many of an enterprise are promised to a point, `due` of them in steps that are over; `first` begins then."""

    organisation_id: UUID
    point_id: UUID
    people: int
    due: int
    first: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a promise: so many of those expected are tested, here or elsewhere."""

    expected: int
    due: int
    tested: int

    @property
    def missing(self) -> int:
        """Expected, and tested nowhere."""
        return self.expected - self.tested

    @property
    def missing_now(self) -> int:
        """Due until now, and tested nowhere."""
        return max(0, self.due - self.tested)


def kept(promises: Iterable[Promise], tested: Mapping[At, int], people: Mapping[UUID, int]) -> dict[At, Kept]:
    """What came of each promise. `tested`: people of an enterprise by the point where they were; `people`: all it has.

    Whoever was tested at a point that was promised fewer of their enterprise, or nobody, is taken off what is missing
    at the point that expects them first: they are not looked for any more. Who missed a slot and was given another one
    is expected there alone.
    """
    came: dict[UUID, int] = {}
    for (home, _point), count in tested.items():
        came[home] = came.get(home, 0) + count
    found: dict[At, Kept] = {}
    for home, own in groupby(sorted(promises, key=_order), key=lambda one: one.organisation_id):
        several, all_came = list(own), came.get(home, 0)
        here = [min(one.people, tested.get((home, one.point_id), 0)) for one in several]
        done = _filled(here, [one.people for one in several], all_came - sum(here))
        left = max(0, people.get(home, 0) - all_came)
        for one, count in reversed(list(zip(several, done, strict=True))):
            missing = min(one.people - count, left)
            left -= missing
            found[home, one.point_id] = Kept(count + missing, min(one.due, count + missing), count)
    return found


def _filled(here: Sequence[int], wanted: Sequence[int], spare: int) -> list[int]:
    """So many more than are here, first to last, none above what is wanted."""
    found = []
    for count, most in zip(here, wanted, strict=True):
        more = min(spare, most - count)
        spare -= more
        found.append(count + more)
    return found


def _order(one: Promise) -> tuple[UUID, datetime, UUID]:
    return one.organisation_id, one.first, one.point_id


def is_behind(due: int, missing_now: int, *, percent: int) -> bool:
    """Whether more than so many of a hundred who are due until now are not tested."""
    return missing_now * 100 > due * percent


def due_of(portions: Sequence[int], starts_at: datetime, ends_at: datetime, *, at: datetime) -> int:
    """How many of a slot are due by then: those in steps that are over."""
    if at >= ends_at:
        return sum(portions)
    return sum(portions[: max(0, _steps(portions, starts_at, ends_at, at=at))])


def present_of(portions: Sequence[int], starts_at: datetime, ends_at: datetime, *, at: datetime) -> int:
    """How many of a slot come in the step that runs then."""
    step = _steps(portions, starts_at, ends_at, at=at)
    return portions[step] if 0 <= step < len(portions) else 0


def _steps(portions: Sequence[int], starts_at: datetime, ends_at: datetime, *, at: datetime) -> int:
    return int((at - starts_at) // ((ends_at - starts_at) / len(portions)))


def done_at(*, at: datetime, last: datetime, remaining: int, per_hour: int, behind: bool) -> datetime | None:
    """When the last of those promised to a point are tested, of whom so many remain; None where nobody can say.

    A point that keeps up is done when its last slot is over. One that is behind goes on as fast as in the last hour,
    and is not done before its last slot is over either.
    """
    if not behind:
        return max(at, last)
    return max(last, at + remaining * HOUR / per_hour) if per_hour else None
