"""Staff and supplies of a round: what its points need for who comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from lazaretto.planning.points import Tubes
from lazaretto.screening.choices import PointState, TubeRule
from lazaretto.screening.models import Point, RosterShare, Round
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.numbers import number
from lazaretto.slots.queries.problem import twice_of
from lazaretto.slots.queries.standing import current
from lazaretto.slots.rules import (
    MINUTE,
    Needs,
    Norms,
    PointNeeds,
    Shift,
    Station,
    apportioned,
    by_shift,
    clock_spans,
    grid_begins,
    needs,
    room,
    shared,
    spread,
    together,
)

RULES = {
    TubeRule.SINGLE: Tubes.ONE,
    TubeRule.HOUSEHOLD: Tubes.HOUSEHOLD,
    TubeRule.FIVE: Tubes.FIVE,
    TubeRule.TEN: Tubes.TEN,
    TubeRule.TWENTY: Tubes.TWENTY,
}


def norms_of(of: Round, plan: Proposal | None) -> Norms:
    """What a round is counted by; how many a table takes as it was chosen for the slots, if they are planned."""
    return Norms(
        tubes=RULES[TubeRule(of.tube_rule)],
        people_per_table_hour=plan.per_table_hour if plan else number("staff.people_per_table_hour"),
        people_per_sampler=number("staff.people_per_sampler"),
        registrars_per_table=number("staff.registrars_per_table"),
        samplers_per_table=number("staff.samplers_per_table"),
        tables_per_guide=number("staff.tables_per_guide"),
        shift_minutes=number("staff.shift_minutes"),
        suit_minutes=number("supplies.suit_minutes"),
        swabs_per_person=number("supplies.swabs_per_person"),
        people_per_100_households=number("supplies.people_per_100_households"),
        reserve_percent=number("supplies.reserve_percent"),
    )


@dataclass(frozen=True)
class ShiftLine:
    """A shift as clocks show it."""

    begins_at: datetime
    ends_at: datetime
    shift: Shift


@dataclass(frozen=True)
class PointSupplies:
    """A point with what it needs; `placed` of its people have a slot there."""

    point: Point
    needed: PointNeeds
    shifts: list[ShiftLine]
    placed: int

    @property
    def fewer_staff(self) -> int:
        """How many people are missing of those that its fullest shift needs, as far as somebody said who is there."""
        return 0 if self.point.staff is None else max(0, self.needed.staff - self.point.staff)

    @property
    def fewer_tables(self) -> int:
        """How many more tables its fullest shift asks for."""
        return max(0, self.needed.tables - self.point.tables)


@dataclass(frozen=True)
class Supplies:
    """Of all points. `shifts`: who works at the same time everywhere; `unplaced` have no slot, `nowhere` no point."""

    points: list[PointSupplies]
    shifts: list[ShiftLine]
    needs: Needs
    unplaced: int
    nowhere: int

    @property
    def staff(self) -> int:
        """At the same time, when most are there."""
        return max((line.shift.staff for line in self.shifts), default=0)

    @property
    def tables(self) -> int:
        """Of all points."""
        return sum(row.point.tables for row in self.points)

    @property
    def there(self) -> int | None:
        """Who works at the same time as somebody said; None where it is not said of every point."""
        known = [row.point.staff for row in self.points]
        return None if None in known else sum(staff or 0 for staff in known)

    @property
    def turns(self) -> int:
        """Shifts that somebody must be found for, of all people and points."""
        return sum(line.shift.staff for row in self.points for line in row.shifts)

    @property
    def short(self) -> list[PointSupplies]:
        """Points with fewer people or tables than they need."""
        return [row for row in self.points if row.fewer_staff or row.fewer_tables]


def supplies(of: Round, plan: Proposal | None) -> Supplies:
    """Counted from the slots that stand and, for whoever has none, from the roster; three queries.

    Whoever has no slot goes where there is most room, enterprise by enterprise.
    """
    norms, begins = norms_of(of, plan), grid_begins(of.opens_at)
    rows = list(current(of).filter(waiting=False))
    places = list(of.points.order_by("folded"))
    stations = [_station(place, of, begins, [row for row in rows if row.point_id == place.pk]) for place in places]
    left = _without_slot(of, rows, plan)
    weights = [
        room(one, norms) if place.state == PointState.OPEN else 0 for place, one in zip(places, stations, strict=True)
    ]
    sizes = apportioned(sum(left), weights)
    found = [
        needs(spread(one, groups, norms), norms) for one, groups in zip(stations, shared(left, sizes), strict=True)
    ]
    return Supplies(
        points=[
            PointSupplies(place, needed, _lines(needed.shifts, begins), sum(one.groups))
            for place, needed, one in zip(places, found, stations, strict=True)
        ],
        shifts=_lines(by_shift(found), begins),
        needs=together(one.needs for one in found),
        unplaced=sum(left),
        nowhere=sum(left) - sum(sizes),
    )


def _station(place: Point, of: Round, counts_from: datetime, rows: Sequence[Slot]) -> Station:
    """A closed point is as if it were open only while slots stand there: somebody must be told, or must work."""
    spans = []
    if place.state == PointState.OPEN or rows:
        spans = clock_spans(
            place.opens, place.closes, zone=timezone.get_default_timezone(), counts_from=counts_from,
            begins=of.opens_at, until=of.deadline_at,
        )  # fmt: skip
    arrivals = Counter[int]()
    for row in rows:
        step = (row.ends_at - row.starts_at) / len(row.portions)
        for nth, people in enumerate(row.portions):
            arrivals[(row.starts_at + nth * step - counts_from) // MINUTE] += people
    return Station(
        str(place.pk), place.tables, tuple(spans), tuple(sorted(arrivals.items())), tuple(row.people for row in rows)
    )


def _without_slot(of: Round, rows: Sequence[Slot], plan: Proposal | None) -> list[int]:
    """People of each enterprise for whom no slot stands, enterprises by name."""
    placed = Counter[UUID]()
    for row in rows:
        placed[row.organisation_id] += row.people
    placed.subtract(twice_of(plan))
    shares = RosterShare.objects.filter(round=of).order_by("organisation__folded", "organisation")
    found = shares.values_list("organisation", "people")
    return [people - placed[home] for home, people in found if people > placed[home]]


def _lines(shifts: Sequence[Shift], counts_from: datetime) -> list[ShiftLine]:
    return [
        ShiftLine(counts_from + shift.begins * MINUTE, counts_from + shift.ends * MINUTE, shift) for shift in shifts
    ]
