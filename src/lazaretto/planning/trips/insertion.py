"""Somebody urgent is put into trips that are planned or on the road, without upsetting what was promised.

What a vehicle has left, and the stop that it is driving to, stays as it is; so does the order of all stops. A stop may
be reached later by no more than its `slack`; time that a vehicle would have waited is used first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

Ways = Callable[[str, str], int | None]  # minutes of driving between two places; None where nobody knows


@dataclass(frozen=True, slots=True)
class Promise:
    """A stop as it was promised: minutes of coming and leaving, minutes to the next one, how much later it may be."""

    place: str
    arrives: int
    departs: int
    way: int = 0
    slack: int = 0


@dataclass(frozen=True, slots=True)
class Going:
    """A trip that is planned or on the road.

    `first` is the first stop that has not been left; `loads` are the places taken from each stop to the next; `until`
    is when the vehicle has to be done; `late` by how many minutes it runs behind what was promised.
    """

    id: str
    stops: tuple[Promise, ...]
    loads: tuple[Mapping[str, int], ...]
    room: Mapping[str, int]
    first: int = 0
    until: int = 10**7
    late: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Those who are to be put in together: places, minutes, berths by kind."""

    origin: str
    destination: str
    earliest: int
    latest: int
    load: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Halted:
    """A stop of the trip with them: `old` is its number before, None for a new one."""

    place: str
    arrives: int
    departs: int
    old: int | None


@dataclass(frozen=True, slots=True)
class Insertion:
    """One way to put them in: where they get on and off (numbers of the new sequence), and what it costs.

    `delays` are minutes by which each old stop is reached or left later; `driving` is minutes more at the wheel.
    """

    trip: str
    stops: tuple[Halted, ...]
    get_on: int
    get_off: int
    delays: tuple[int, ...]
    driving: int


def insertions(going: Going, wanted: Wanted, ways: Ways, *, stay: int) -> list[Insertion]:
    """All ways that keep every promise, the cheapest first: the longest delay of a promise and the minutes driven more.

    `stay` is minutes at a new stop.
    """
    found = [
        timed
        for sequence, get_on, get_off in _sequences(going, wanted)
        if _fits(going, wanted, sequence, get_on, get_off)
        and (timed := _timed(going, wanted, sequence, get_on, get_off, ways, stay)) is not None
    ]
    return sorted(found, key=lambda one: (max(one.delays) + one.driving, one.stops[one.get_off].arrives))


Numbers = tuple[int | None, ...]  # old numbers, None for a stop that is new


def _sequences(going: Going, wanted: Wanted) -> Iterator[tuple[Numbers, int, int]]:
    """Every way to get on and off: at stops that are there, or at new ones behind the first that can be changed.

    Nobody gets on where everybody else has got off: such a vehicle is disinfected first.
    """
    old: Numbers = tuple(range(len(going.stops)))
    for sequence, get_on in _with(old, going, wanted.origin, going.first):
        if get_on >= sequence.index(len(going.stops) - 1):
            continue
        for longer, get_off in _with(sequence, going, wanted.destination, get_on + 1):
            yield longer, get_on, get_off


def _with(sequence: Numbers, going: Going, place: str, start: int) -> Iterator[tuple[Numbers, int]]:
    for number in range(start, len(sequence)):
        old = sequence[number]
        if old is not None and going.stops[old].place == place:
            yield sequence, number
    for number in range(max(start, going.first + 1), len(sequence) + 1):
        beside = [sequence[at] for at in (number - 1, number) if 0 <= at < len(sequence)]
        if all(one is None or going.stops[one].place != place for one in beside):
            yield (*sequence[:number], None, *sequence[number:]), number


def _fits(going: Going, wanted: Wanted, sequence: Numbers, get_on: int, get_off: int) -> bool:
    """Whether they have places of their kind from stop to stop."""
    for number in range(get_on, get_off):
        behind = max((one for one in sequence[: number + 1] if one is not None), default=-1)
        taken = Counter(going.loads[behind]) if 0 <= behind < len(going.loads) else Counter[str]()
        taken.update(wanted.load)
        if any(count > going.room.get(berth, 0) for berth, count in taken.items()):
            return False
    return True


def _timed(
    going: Going, wanted: Wanted, sequence: Numbers, get_on: int, get_off: int, ways: Ways, stay: int
) -> Insertion | None:
    places = [
        going.stops[one].place if one is not None else wanted.origin if number == get_on else wanted.destination
        for number, one in enumerate(sequence)
    ]
    legs = _legs(going, sequence, places, ways)
    halts: list[Halted] = []
    for number, (old, place) in enumerate(zip(sequence, places, strict=True)):
        way = legs[number - 1] if number else 0
        if way is None:
            return None
        comes = halts[-1].departs + way if halts else going.stops[0].arrives
        halts.append(_halt(going, old, place, comes, stay, last=number == len(sequence) - 1))
        if number == get_on:
            halts[-1] = _picked_up(halts[-1], wanted, going)
    driving = sum(way or 0 for way in legs) - sum(stop.way for stop in going.stops[:-1])
    made = Insertion(going.id, tuple(halts), get_on, get_off, _delays(going, halts), driving)
    return made if _kept(made, going, wanted) else None


def _legs(going: Going, sequence: Numbers, places: Sequence[str], ways: Ways) -> list[int | None]:
    """Minutes from stop to stop. A detour takes no less than the way that it replaces: somebody may have typed that."""
    legs = [_leg(going, sequence[a], sequence[b], places[a], places[b], ways) for a, b in pairwise(range(len(places)))]
    olds = [number for number, one in enumerate(sequence) if one is not None]
    for a, b in pairwise(olds):
        detour = legs[a:b]
        promised = going.stops[sequence[a] or 0].way
        if b - a > 1 and None not in detour:
            legs[b - 1] = (legs[b - 1] or 0) + max(0, promised - sum(leg or 0 for leg in detour))
    return legs


def _leg(going: Going, a: int | None, b: int | None, start: str, end: str, ways: Ways) -> int | None:
    if a is not None and b is not None:
        return going.stops[a].way  # as it was promised, typed or reckoned
    return ways(start, end)


def _halt(going: Going, old: int | None, place: str, comes: int, stay: int, *, last: bool) -> Halted:
    """Nobody comes or leaves sooner than promised: whoever is to get on there counts on it."""
    if old is None:
        return Halted(place, comes, comes if last else comes + stay, None)
    promised = going.stops[old]
    comes = max(comes, promised.arrives)
    if last:
        return Halted(place, comes, max(comes, promised.departs), old)
    needed = stay if old == len(going.stops) - 1 else min(stay, promised.departs - promised.arrives)
    return Halted(place, comes, max(promised.departs, comes + needed), old)


def _picked_up(halt: Halted, wanted: Wanted, going: Going) -> Halted:
    """A new stop waits until they are ready; one that is there waits for nobody new."""
    return halt if halt.old is not None else replace(halt, departs=max(halt.departs, wanted.earliest - going.late))


def _delays(going: Going, halts: Sequence[Halted]) -> tuple[int, ...]:
    by_old = {one.old: one for one in halts if one.old is not None}
    last = len(going.stops) - 1
    return tuple(
        # Nobody waits for the departure from what was the last stop.
        max(by_old[n].arrives - one.arrives, 0 if n == last else by_old[n].departs - one.departs)
        for n, one in enumerate(going.stops)
    )


def _kept(made: Insertion, going: Going, wanted: Wanted) -> bool:
    on, off = made.stops[made.get_on], made.stops[made.get_off]
    if off.arrives + going.late > wanted.latest or on.departs + going.late < wanted.earliest:
        return False
    if any(delay > stop.slack for delay, stop in zip(made.delays, going.stops, strict=True) if delay):
        return False
    return made.stops[-1].arrives + going.late <= going.until
