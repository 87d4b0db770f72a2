"""Hours in minutes, steps in rows, what an enterprise knows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from lazaretto.planning.points import Booking
from lazaretto.slots.choices import NoticeState, NoticeStep

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
Span = tuple[int, int]


def grid_begins(opens_at: datetime) -> datetime:
    """The full hour from which slots of a round are counted."""
    return opens_at.replace(minute=0, second=0, microsecond=0)


def clock_spans(
    opens: time, closes: time, *, zone: tzinfo, counts_from: datetime, begins: datetime, until: datetime
) -> list[Span]:  # fmt: skip
    """The hours of each day as whole minutes after `counts_from`, within [begins, until). Past midnight if so said.

    What closes at the last minute of a day and opens at its first goes on through the night.
    """
    day, spans = begins.astimezone(zone).date() - DAY, []
    while datetime.combine(day, time(), zone) < until:
        first, last = _span(day, opens, closes, zone)
        if max(first, begins) < min(last, until):
            spans.append((-(-(max(first, begins) - counts_from) // MINUTE), (min(last, until) - counts_from) // MINUTE))
        day += DAY
    return _joined(spans)


def _span(day: date, opens: time, closes: time, zone: tzinfo) -> tuple[datetime, datetime]:
    last = day if opens < closes else day + DAY
    ends = datetime.combine(last, closes, zone)
    return datetime.combine(day, opens, zone), ends + (MINUTE if closes == time(23, 59) else timedelta())


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in spans:
        if begin >= end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


@dataclass(frozen=True, slots=True)
class Visit:
    """An unbroken row of steps of a group at a point: people in each step from `slot` on."""

    group: str
    point: str
    slot: int
    portions: tuple[int, ...]

    @property
    def people(self) -> int:
        """All of them."""
        return sum(self.portions)


def visits(bookings: Iterable[Booking]) -> list[Visit]:
    """Bookings of single steps joined to rows, by group, point and time."""
    found: list[Visit] = []
    for one in sorted(bookings):
        last = found[-1] if found else None
        if last and (last.group, last.point, last.slot + len(last.portions)) == (one.group, one.point, one.slot):
            found[-1] = Visit(one.group, one.point, last.slot, (*last.portions, one.people))
        else:
            found.append(Visit(one.group, one.point, one.slot, (one.people,)))
    return found


def rows_of(people: int, free: Sequence[int]) -> tuple[int, ...] | None:
    """How so many fill steps that are free, one after the other from the first; None where the row breaks off."""
    portions: list[int] = []
    for room in free:
        if people <= 0 or room <= 0:
            break
        portions.append(min(room, people))
        people -= portions[-1]
    return tuple(portions) if people <= 0 else None


def notice_state(said: Sequence[tuple[str, str]], now: str) -> NoticeState:
    """What an enterprise knows: `said` are steps with the slots they were about, in order; `now` is what stands.

    Whoever was told this and something else afterwards knows the last, even where slots went back to what they were.
    """
    told = [place for place, (step, _about) in enumerate(said) if step == NoticeStep.TOLD]
    if not told:
        return NoticeState.UNTOLD
    if said[told[-1]][1] != now:
        return NoticeState.STALE
    answered = any(step == NoticeStep.CONFIRMED and about == now for step, about in said[told[-1] :])
    return NoticeState.CONFIRMED if answered else NoticeState.TOLD
