"""Staff and supplies of a round, by point and shift: rounded up everywhere, never fewer than needed. Pure.

The numbers come from `numbers.toml` with their sources; minutes count from one moment for all points of a round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, zip_longest

from lazaretto.planning.points.supplies import Tubes, tubes_for, whole

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Norms:
    """What is counted by: a row of `numbers.toml` each, and how many swabs go into a tube of the round."""

    tubes: Tubes
    people_per_table_hour: int
    people_per_sampler: int
    registrars_per_table: int
    samplers_per_table: int
    tables_per_guide: int
    shift_minutes: int
    suit_minutes: int
    swabs_per_person: int
    people_per_100_households: int
    reserve_percent: int


@dataclass(frozen=True, slots=True)
class Station:
    """A point: its tables, when it is open, how many come at which minute, and in which groups.

    A group is of one enterprise and comes in a row. `arrivals` and `groups` name the same people.
    """

    id: str
    tables: int
    open: tuple[Span, ...]
    arrivals: tuple[tuple[int, int], ...] = ()
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """Who works at a point from `begins` until `ends`, and how many come then. `tables`: what so many people ask for.

    `suits` are worn by all of them, without reserve.
    """

    begins: int
    ends: int
    people: int
    registrars: int
    samplers: int
    guides: int
    suits: int
    tables: int

    @property
    def staff(self) -> int:
        """All of them."""
        return self.registrars + self.samplers + self.guides


@dataclass(frozen=True, slots=True)
class Needs:
    """What is carried to a point, reserve included; `bare_…` is what is used if nothing goes wrong."""

    people: int
    swabs: int
    tubes: int
    suits: int
    bare_tubes: int
    bare_suits: int


@dataclass(frozen=True, slots=True)
class PointNeeds:
    """A point with its shifts and its box."""

    id: str
    shifts: tuple[Shift, ...]
    needs: Needs

    @property
    def staff(self) -> int:
        """Of the largest shift."""
        return max((shift.staff for shift in self.shifts), default=0)

    @property
    def tables(self) -> int:
        """What the fullest shift asks for."""
        return max((shift.tables for shift in self.shifts), default=0)


# ---- who comes where, as far as no slot says it


def apportioned(people: int, weights: Sequence[int]) -> list[int]:
    """So many people over places by their weights, whole and in all exactly `people`; nobody where all weigh nothing.

    The largest remainders are rounded up, the first of equal ones.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    found = [people * weight // total for weight in weights]
    rest = sorted(range(len(weights)), key=lambda place: (-(people * weights[place] % total), place))
    for place in rest[: people - sum(found)]:
        found[place] += 1
    return found


def shared(groups: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    """Groups that stand in line, cut so that each place gets its size: whom a cut goes through comes to two places."""
    line, begins = list(accumulate(groups, initial=0)), list(accumulate(sizes, initial=0))
    return [
        [part for first, last in pairwise(line) if (part := min(last, ends) - max(first, begin)) > 0]
        for begin, ends in pairwise(begins)
    ]


def spread(station: Station, groups: Sequence[int], norms: Norms) -> Station:
    """Whoever has no slot comes too: from the opening on, as fast as the tables take them beside those who have one.

    Who does not fit before the deadline comes in the last shift: they are counted, and the tables are too few.
    """
    left, arrivals = sum(groups), list(station.arrivals)
    cut = list(_cut(station.open, norms.shift_minutes))
    for place, (begins, ends) in enumerate(cut):
        room = max(0, _room(station, begins, ends, norms) - _between(station.arrivals, begins, ends))
        people = left if place == len(cut) - 1 else min(left, room)
        arrivals += [(begins, people)] if people else []
        left -= people
    return Station(station.id, station.tables, station.open, tuple(arrivals), (*station.groups, *groups))


def room(station: Station, norms: Norms) -> int:
    """How many more it takes while it is open, never less than its tables: who is full shares the burden too."""
    takes = sum(_room(station, begins, ends, norms) for begins, ends in station.open)
    return max(takes - sum(people for _at, people in station.arrivals), station.tables) if station.open else 0


def _room(station: Station, begins: int, ends: int, norms: Norms) -> int:
    return station.tables * norms.people_per_table_hour * (ends - begins) // 60


def _between(arrivals: Iterable[tuple[int, int]], begins: int, ends: int) -> int:
    return sum(people for at, people in arrivals if begins <= at < ends)


# ---- what they need


def needs(station: Station, norms: Norms) -> PointNeeds:
    """Its shifts in which somebody comes, and what is carried there."""
    shifts = tuple(_shift(station, span, people, norms) for span, people in _peopled(station, norms) if people)
    people = sum(shift.people for shift in shifts)
    tubes = sum(
        tubes_for(group, station.tables, norms.tubes, per_100_households=norms.people_per_100_households)
        for group in station.groups
    )
    suits = sum(shift.suits for shift in shifts)
    swabs = people * norms.swabs_per_person
    box = Needs(people, _more(swabs, norms), _more(tubes, norms), _more(suits, norms), tubes, suits)
    return PointNeeds(station.id, shifts, box)


def _peopled(station: Station, norms: Norms) -> list[tuple[Span, int]]:
    """Shifts with those who come in them. Who comes while it is closed (its hours changed) counts with the nearest."""
    cut = list(_cut(station.open, norms.shift_minutes))
    if not cut:
        first = min((at for at, _people in station.arrivals), default=0)
        cut = [(first, first + norms.shift_minutes)]
    counts = [0] * len(cut)
    for at, people in station.arrivals:
        counts[min(range(len(cut)), key=lambda place: _away(cut[place], at))] += people
    return list(zip(cut, counts, strict=True))


def _away(span: Span, at: int) -> int:
    begins, ends = span
    return 0 if begins <= at < ends else min(abs(at - begins), abs(at - ends + 1))


def _cut(spans: Iterable[Span], minutes: int) -> Iterator[Span]:
    for begins, ends in spans:
        for at in range(begins, ends, minutes):
            yield at, min(at + minutes, ends)


def _shift(station: Station, span: Span, people: int, norms: Norms) -> Shift:
    begins, ends = span
    registrars = station.tables * norms.registrars_per_table
    samplers = max(station.tables * norms.samplers_per_table, whole(people, norms.people_per_sampler))
    guides = whole(station.tables, norms.tables_per_guide)
    suits = (registrars + samplers + guides) * whole(ends - begins, norms.suit_minutes)
    tables = whole(people * 60, norms.people_per_table_hour * (ends - begins))
    return Shift(begins, ends, people, registrars, samplers, guides, suits, tables)


def _more(count: int, norms: Norms) -> int:
    """With the reserve, rounded up: a single one has a spare."""
    return whole(count * (100 + norms.reserve_percent), 100)


def together(rows: Iterable[Needs]) -> Needs:
    """All points: the sum of their boxes, because each box is packed by itself."""
    listed = list(rows)
    return Needs(*(sum(getattr(row, name) for row in listed) for name in Needs.__slots__))


def by_shift(rows: Iterable[PointNeeds]) -> list[Shift]:
    """Who works at all points together, from each moment at which somebody begins until the next one.

    People of a shift that such a moment cuts are shared out by time: in all as many as come.
    """
    shifts = [shift for row in rows for shift in row.shifts]
    moments = sorted({shift.begins for shift in shifts})
    spans = [_until(shifts, begins, next_) for begins, next_ in zip_longest(moments, moments[1:])]
    people = [0] * len(spans)
    for shift in shifts:
        for place, count in enumerate(apportioned(shift.people, [_common(shift, span) for span in spans])):
            people[place] += count
    return [_all_in(shifts, span, count) for span, count in zip(spans, people, strict=True)]


def _until(shifts: Iterable[Shift], begins: int, until: int | None) -> Span:
    ends = max(shift.ends for shift in shifts if shift.begins <= begins < shift.ends)
    return begins, ends if until is None else min(ends, until)


def _common(shift: Shift, span: Span) -> int:
    begins, ends = span
    return max(0, min(shift.ends, ends) - max(shift.begins, begins))


def _all_in(shifts: Iterable[Shift], span: Span, people: int) -> Shift:
    on = [shift for shift in shifts if _common(shift, span)]
    sums = (sum(getattr(shift, name) for shift in on) for name in Shift.__slots__[3:])
    return Shift(*span, people, *sums)
