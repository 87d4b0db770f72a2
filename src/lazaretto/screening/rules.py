"""Rules of mass testing: states, what a tube takes, what a wrong clock means. Pure.

Sources: laboratory guides of 2020–2022 (5- and 10-in-1, 20-in-1 validated later, one household a tube in sealed homes);
Chengdu 2022-09-02 and others, where phones captured for hours without a network: what they bring late is a fact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import median
from typing import Final

from lazaretto.core.codes import UNSEEN
from lazaretto.core.states import Edge
from lazaretto.screening.choices import PointState, RoundState, TubeRule

READ, MANAGE, CAPTURE = "screening.read", "screening.manage", "screening.capture"
FEVERS = "screening.fevers"
CORRECT = "screening.correct"

ROUND_EDGES: Final = (
    Edge(RoundState.DRAFT, RoundState.FROZEN, MANAGE),
    Edge(RoundState.FROZEN, RoundState.OPEN, MANAGE),
    Edge(RoundState.OPEN, RoundState.CLOSED, MANAGE),
    Edge(RoundState.DRAFT, RoundState.CANCELLED, MANAGE),
    Edge(RoundState.FROZEN, RoundState.CANCELLED, MANAGE),
    Edge(RoundState.OPEN, RoundState.CANCELLED, MANAGE),
)
POINT_EDGES: Final = (
    Edge(PointState.OPEN, PointState.CLOSED, MANAGE),
    Edge(PointState.CLOSED, PointState.OPEN, MANAGE),
)

OVER: Final = (RoundState.CLOSED, RoundState.CANCELLED)

MOST_SCANS: Final = 200  # in one upload
MOST_CALLS: Final = 20_000  # on one list of those not tested
FOLDED_FROM: Final = 2_000  # deltas of a round: fewer are added up as fast as one
LONGEST_PAST: Final = timedelta(days=2)  # a round written down after it began
FARTHEST: Final = timedelta(days=60)
LARGEST_TUBE: Final = 20
PLACES: Final[dict[str, int]] = {
    TubeRule.SINGLE: 1,
    TubeRule.HOUSEHOLD: LARGEST_TUBE,
    TubeRule.FIVE: 5,
    TubeRule.TEN: 10,
    TubeRule.TWENTY: 20,
}
HOUR: Final = timedelta(hours=1)
MOST_TESTED, FEW_COME = 0.8, 0.1  # when those missing are not in the queue
FEVER: Final = 37.3  # °C, under the arm or at the forehead; from here on somebody looks, and nobody shares a tube
MOST_FEVERS: Final = 200  # facts about fevers in one call
TOLERATED: Final = timedelta(minutes=2)  # an upload under way, a clock nobody minds


def clock_error(sent_at: datetime, received_at: datetime) -> timedelta:
    """How far the clock of a phone is behind ours (ahead: negative); nothing when that is less than `TOLERATED`.

    A phone says by its own clock when it sends; whatever it captured before is wrong by as much.
    """
    behind = received_at - sent_at
    return behind if abs(behind) > TOLERATED else timedelta()


def true_time(said: datetime, error: timedelta, received_at: datetime) -> datetime:
    """When something happened that the phone says happened then, UTC; never after it was received."""
    return min((said + error).astimezone(UTC), received_at)


def true_times(said: Sequence[datetime], error: timedelta, received_at: datetime) -> list[datetime]:
    """The same of several: most phones are right, and say it in UTC."""
    if not error and max(said) <= received_at and {one.tzinfo for one in said} == {UTC}:
        return list(said)
    return [true_time(one, error, received_at) for one in said]


def odd_dates(opens_at: datetime, deadline_at: datetime, *, at: datetime) -> str:
    """Which of the two dates of a new round cannot be meant: a year mistyped, an end before the beginning; or none."""
    if deadline_at <= opens_at:
        return "backwards"
    if opens_at < at - LONGEST_PAST:
        return "past"
    return "far" if max(opens_at, deadline_at - opens_at + at) > at + FARTHEST else ""


def folded(code: str) -> str:
    """How the short name of a point is compared: without width, case, spaces, and what nobody sees."""
    return "".join(UNSEEN.sub("", unicodedata.normalize("NFKC", code)).split()).casefold()


def free_place(taken: Collection[int], most: int) -> int | None:
    """Where a swab is written down that a tube holds beyond those that count; None where no place is left.

    First behind what the rule of the round takes, which no phone will claim that sends late; then from the end.
    """
    places = [*range(most + 1, LARGEST_TUBE + 1), *range(most, 0, -1)]
    return next((place for place in places if place not in taken), None)


def edition(values: Iterable[object]) -> str:
    """A word that changes with any of the values: what a writer saw of a round or a point."""
    return sha256("\n".join(map(str, values)).encode()).hexdigest()[:16]


def worth_folding(sums: int) -> int:
    """From how many deltas on they are folded into so many sums: each is rewritten about once, however many come."""
    return max(FOLDED_FROM, 2 * sums)


def hour_of(moment: datetime) -> datetime:
    """The hour in which it lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


# ---- how fast it goes

FORETOLD: Final = timedelta(days=1)  # after the deadline: beyond it a pace of a few people says only "too late"


@dataclass(frozen=True, slots=True)
class Pace:
    """People an hour over the hour that runs and the one before it; `finish` is None where nobody came."""

    per_hour: int
    finish: datetime | None


def pace(by_hour: Mapping[datetime, int], *, since: datetime, now: datetime, remaining: int) -> Pace:
    """When the `remaining` are done if it goes on as now; `since` is when testing began."""
    first = max(since, hour_of(now) - HOUR)
    minutes = max((now - first) / timedelta(minutes=1), 1.0)
    people = sum(n for hour, n in by_hour.items() if hour >= hour_of(first))
    if remaining <= 0:
        return Pace(round(people * 60 / minutes), now)
    if not people:
        return Pace(0, None)
    return Pace(round(people * 60 / minutes), now + timedelta(minutes=remaining * minutes / people))


def queue_is_empty(by_hour: Mapping[datetime, int], going: Pace, *, tested: int, expected: int) -> bool:
    """Whether those who are left do not come: most are tested, and fewer than a tenth of the best hour still arrive.

    Tables that work take whoever stands in the queue; when so few come, none does, and what the last few say of the
    others is nothing. Our choice of numbers.
    """
    best = max(by_hour.values(), default=0)
    return tested >= expected * MOST_TESTED and going.per_hour < best * FEW_COME


def falls_behind(per_table: Mapping[str, float]) -> set[str]:
    """Points that do less than half of what a table of the middle point does; a single one is never behind."""
    if len(per_table) < 2:
        return set()
    middle = median(per_table.values())
    return {name for name, figure in per_table.items() if figure < middle / 2}


# ---- fevers


@dataclass(frozen=True, slots=True)
class FeverFact:
    """One thing seen of a fever, at its true time; tenths of a degree."""

    at: datetime
    step: str
    temperature: int
    tube: str = ""


def is_fever(temperature: float | None) -> bool:
    """Whether somebody has to look."""
    return temperature is not None and temperature >= FEVER


def fever_of(facts: Iterable[FeverFact]) -> FeverFact:
    """When it was first seen, the last step, the highest temperature, the tube: in true order, however they came."""
    known = sorted(facts, key=lambda fact: (fact.at, fact.step))
    tube = next((fact.tube for fact in reversed(known) if fact.tube), "")
    return FeverFact(known[0].at, known[-1].step, max(fact.temperature for fact in known), tube)
