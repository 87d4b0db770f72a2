"""Who was promised to a point, who of them came, and when a point is done. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

HOUR: Final = timedelta(hours=1)
At = tuple[UUID, UUID]  # an enterprise at a point


@dataclass(frozen=True, slots=True)
class Promise:
    """So many of an enterprise are promised to a point, `due` of them in steps that are over.

    `first` is when the first of them come, `until` when the last step that is over was; None while none is.
    """

    organisation_id: UUID
    point_id: UUID
    people: int
    due: int
    first: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a promise: so many of those expected are tested, here or elsewhere.

    `away`: whoever of them is due and not tested does not wait at the point, they did not turn up.
    """

    expected: int
    due: int
    tested: int
    away: bool = False

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


# ---- who waits, and who does not turn up

# A point that has worked this long in the hour that runs is judged by it; before, by the hour that is over.
ENOUGH: Final = timedelta(minutes=20)
JUDGED: Final = timedelta(minutes=15)  # less of an hour says nothing of how fast tables are


def absent_from(
    promises: Iterable[Promise], lines: Mapping[At, Kept], here: Mapping[At, int], idle: Collection[UUID], *,
    at: datetime, late: timedelta,
) -> set[At]:  # fmt: skip
    """Of which enterprises those due and not tested did not turn up at a point, instead of waiting there.

    A queue is not seen, so it is taken from what is: whoever waits is served in turn. They did not turn up where the
    point stands `idle`, or where somebody was tested before them whose time began when theirs was over: at least half
    of those of another enterprise (`here`: tested at that point). Nobody is judged while they may only be `late`: since
    their time is over, at an idle point since it began.
    """
    by_point: dict[UUID, list[Promise]] = {}
    for one in promises:
        by_point.setdefault(one.point_id, []).append(one)
    found = set()
    for point, own in by_point.items():
        served = [one.first for one in own if one.due and here.get((one.organisation_id, point), 0) * 2 >= one.due]
        for one in own:
            alone = point in idle and one.first + late <= at
            overtaken = _overtaken(one, served) and one.until is not None and one.until + late <= at
            if lines[one.organisation_id, point].missing_now and (alone or overtaken):
                found.add((one.organisation_id, point))
    return found


def _overtaken(one: Promise, served: Iterable[datetime]) -> bool:
    return one.until is not None and any(first >= one.until for first in served)


def stands_idle(by_hour: Mapping[datetime, int], *, at: datetime, takes: int, worked_before: bool) -> bool:
    """Whether tables have nobody before them: in the hour that runs a point tests less than half of what it did in its
    best hour before, and of what its tables are planned to take (`takes`).

    A point that never was faster is slow, not idle. `worked_before`: it was open an hour ago.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    length = at - hour
    if length < ENOUGH:
        if not worked_before:
            return False
        hour, length = hour - HOUR, HOUR
    best = max((people for begins, people in by_hour.items() if begins < hour), default=0)
    return by_hour.get(hour, 0) * 2 * HOUR < min(best, takes) * length


def pace_with_queue(
    due: Sequence[tuple[datetime, int]], by_hour: Mapping[datetime, int], *, at: datetime
) -> int | None:  # fmt: skip
    """People an hour that a point tests while people wait: over the last two hours at whose beginning and end more
    were due (`due`: moments at which a step was over, with its people) than were tested. None where there is none.
    """
    hour, people, time = at.replace(minute=0, second=0, microsecond=0), 0, timedelta()
    used = 0
    while used < 2 and by_hour and hour >= min(by_hour):
        ends = min(at, hour + HOUR)
        if ends - hour >= JUDGED and _queue_at(due, by_hour, hour) and _queue_at(due, by_hour, ends):
            people, time, used = people + by_hour.get(hour, 0), time + (ends - hour), used + 1
        hour -= HOUR
    return round(people * HOUR / time) if used else None


def _queue_at(due: Sequence[tuple[datetime, int]], by_hour: Mapping[datetime, int], moment: datetime) -> bool:
    come = sum(people for over, people in due if over <= moment)
    return come > sum(people for hour, people in by_hour.items() if hour < moment)


def is_behind(due: int, missing_now: int, *, percent: int) -> bool:
    """Whether more than so many of a hundred who are due until now are not tested."""
    return missing_now * 100 > due * percent


def due_of(portions: Sequence[int], starts_at: datetime, ends_at: datetime, *, at: datetime) -> int:
    """How many of a slot are due by then: those in steps that are over."""
    if at >= ends_at:
        return sum(portions)
    return sum(portions[: max(0, _steps(portions, starts_at, ends_at, at=at))])


def over_at(portions: Sequence[int], starts_at: datetime, ends_at: datetime, *, at: datetime) -> datetime | None:
    """When the last step of a slot that is over by then ended; None while none is."""
    steps = min(len(portions), _steps(portions, starts_at, ends_at, at=at))
    return starts_at + steps * (ends_at - starts_at) / len(portions) if steps > 0 else None


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
