"""Whether a driver may take a route beside what they drive already: hours of a day, rest between two duties."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lazaretto.planning.trips.problem import DAY, Crew, Duty, Hours, Problem, Visit


def may_drive(crew: Crew, visits: Sequence[Visit], problem: Problem) -> bool:
    """Whether the duty that these stops make fits between the duties of the driver."""
    return allowed(crew.duties, _duty(visits, problem), problem.hours)


def _duty(visits: Sequence[Visit], problem: Problem) -> Duty:
    """From before the departure until after the last arrival, as the trip of it will count."""
    driven = sum(problem.way[a.place, b.place] for a, b in pairwise(visits))
    return visits[0].departs - problem.hours.before, visits[-1].arrives + problem.hours.after, driven


def allowed(duties: Sequence[Duty], own: Duty, hours: Hours) -> bool:
    """Whether the driver may take it beside these: it overlaps none, and no day is too long, no rest too short."""
    around = sorted(one for one in (*duties, own) if abs(one[0] - own[0]) <= 2 * DAY)
    for before, after in pairwise(around):
        gap = after[0] - before[1]
        if own in (before, after) and (gap < 0 or hours.one_duty < gap < hours.rest):
            return False
    return all(_day_is_short(around, own, last[1], hours) for last in around)


def _day_is_short(duties: Sequence[Duty], own: Duty, until: int, hours: Hours) -> bool:
    """The 24 hours that end then, where the own duty lies in them."""
    since = until - DAY
    inside = [one for one in duties if one[1] > since and one[0] < until]
    if own not in inside:
        return True
    worked = sum(end - max(start, since) for start, end, _driven in inside)
    return worked <= hours.duty_in_24h and sum(one[2] for one in inside) <= hours.driving_in_24h
