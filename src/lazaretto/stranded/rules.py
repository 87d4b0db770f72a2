"""Rules about stranded people: states, clocks, meals, company. Pure; no database, no clock.

Sources: a sealed park whose patrols found couriers and walkers caught by the closure and gave them board and lodging,
which moved workers who belonged to no company there into a school, and looked after the children of couples both kept
at work (Zhongshan, July 2021); a pregnant woman two hours at a door (Xi'an, January 2022). `CLOCKS` has the numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lazaretto.protocols.rules import Occupant, needs_company
from lazaretto.protocols.rules.pack import RoomRule
from lazaretto.stranded.choices import State

READ, REGISTER, PLACE = "stranded.read", "stranded.register", "stranded.place"
S = State
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# ---- states


@dataclass(frozen=True)
class Edge:
    """A permitted step: `capability` may take it; with `by_stay` it follows from a stay that began."""

    before: str
    after: str
    capability: str
    by_stay: bool = False


HERE: Final = (S.WAITING, S.MINDED, S.LODGED)
OPEN: Final = frozenset({*HERE, S.ON_THE_WAY, S.MISSING})
ENDED: Final = frozenset({S.PLACED, S.HOME, S.TAKEN_OVER})
EDGES: tuple[Edge, ...] = (
    Edge(S.WAITING, S.MINDED, REGISTER),
    Edge(S.MINDED, S.WAITING, REGISTER),
    *(Edge(before, S.ON_THE_WAY, PLACE) for before in HERE),
    *(Edge(before, S.LODGED, PLACE) for before in (S.WAITING, S.MINDED, S.ON_THE_WAY)),
    Edge(S.ON_THE_WAY, S.WAITING, PLACE),
    *(Edge(before, S.MISSING, REGISTER) for before in (*HERE, S.ON_THE_WAY)),
    Edge(S.MISSING, S.WAITING, REGISTER),
    *(Edge(before, after, PLACE) for before in (*HERE, S.MISSING) for after in (S.HOME, S.TAKEN_OVER)),
    *(Edge(before, S.PLACED, PLACE, by_stay=True) for before in (*HERE, S.ON_THE_WAY, S.MISSING)),
)
_PERMITTED = frozenset((edge.before, edge.after) for edge in EDGES)


def permitted(before: str, after: str) -> bool:
    """Whether the table has this step."""
    return (before, after) in _PERMITTED


# ---- clocks


@dataclass(frozen=True)
class Clock:
    """How long something may take by day, and at night or in the cold; where the number comes from."""

    by_day: timedelta
    by_night: timedelta
    source: str


OURS = "our choice"
CLOCKS: dict[str, Clock] = {
    "owner": Clock(15 * MINUTE, 15 * MINUTE, OURS),
    "place": Clock(4 * HOUR, 2 * HOUR, f"{OURS}; far within the 12 h in which a contact is moved (plan 7)"),
    "place_vulnerable": Clock(HOUR, 30 * MINUTE, f"{OURS}; a pregnant woman waited 2 h at a door (Xi'an, 2022)"),
    "care": Clock(30 * MINUTE, 30 * MINUTE, OURS),
    "first_meal": Clock(HOUR, HOUR, f"{OURS}; who arrives late gets food and water at once (hotels of Haizhu)"),
    "infant": Clock(3 * HOUR, 3 * HOUR, f"{OURS}; an infant is fed every three hours, at night too"),
    "search": Clock(30 * MINUTE, 30 * MINUTE, OURS),
    "search_again": Clock(2 * HOUR, HOUR, OURS),
}
LONGEST_WAY = 12 * HOUR  # plan 7: a contact is transferred within twelve hours
NIGHT_FROM, NIGHT_UNTIL = time(20), time(6)
MEALS: tuple[time, ...] = (time(8, 30), time(12, 30), time(18, 30))  # local time, the latest for each; our choice
BETWEEN_MEALS = 2 * HOUR  # a meal given late is not followed by the next at once
CHILD_UNTIL, OLD_FROM, GROWN_FROM = 14, 65, 18  # years; 14: who may share a parent's room (plan 8), where no pack says
VULNERABLE = frozenset({
    "infant", "child_alone", "elderly", "pregnant", "disability", "cannot_walk", "dialysis", "chronic", "medication",
    "mental_health",
})  # fmt: skip


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Whether it is night there."""
    local = at.astimezone(zone).time()
    return local >= NIGHT_FROM or local < NIGHT_UNTIL


def within(clock: str, at: datetime, zone: ZoneInfo, *, cold: bool = False) -> datetime:
    """When the time of that clock is over, if it begins now."""
    row = CLOCKS[clock]
    return at + (row.by_night if cold or is_night(at, zone) else row.by_day)


def is_vulnerable(age: int | None, needs: Collection[str]) -> bool:
    """Children, the old, the pregnant, the ill: the short clock."""
    return bool(VULNERABLE.intersection(needs)) or (age is not None and (age <= CHILD_UNTIL or age >= OLD_FROM))


def place_due(found_at: datetime, zone: ZoneInfo, *, age: int | None, needs: Collection[str], cold: bool) -> datetime:
    """Until when somebody found then has to have a place."""
    clock = "place_vulnerable" if is_vulnerable(age, needs) else "place"
    return within(clock, found_at, zone, cold=cold)


def first_meal(found_at: datetime, zone: ZoneInfo) -> datetime:
    """Something to eat and to drink, whatever the hour."""
    return within("first_meal", found_at, zone)


def next_meal(after: datetime, zone: ZoneInfo, *, infant: bool = False) -> datetime:
    """When they have to eat next; an infant does not wait for the hour of a meal."""
    local = after.astimezone(zone)
    ahead = [_moment(local.date() + timedelta(days=day), meal, zone) for day in (0, 1) for meal in MEALS]
    due = next(moment for moment in ahead if moment >= after + BETWEEN_MEALS)
    return min(due, within("infant", after, zone)) if infant else due


def _moment(day: date, meal: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, meal, zone)


# ---- company


@dataclass(frozen=True)
class Somebody:
    """One of a group as the rule of company sees them. `place` is where they are or go; `minded`: a carer is named."""

    id: str
    place: str
    age: int | None = None
    needs: frozenset[str] = frozenset()
    minded: bool = False


def lonely(group: Iterable[Somebody], rule: RoomRule | None, *, at_home: bool) -> frozenset[str]:
    """Ids of those who must not be alone and are.

    Who must not be alone the rule pack says; without one, a child of `CHILD_UNTIL` or younger. Somebody grown who is
    at the same place keeps them company. Of a household that was left nobody does: those who would are away.
    """
    people = list(group)
    return frozenset(
        one.id
        for one in people
        if not one.minded and (at_home or (_must_not_be_alone(one, rule) and not _accompanied(one, people, rule)))
    )


def _must_not_be_alone(one: Somebody, rule: RoomRule | None) -> bool:
    if one.needs & {"infant", "child_alone"} and (one.age is None or one.age < GROWN_FROM):
        return True
    if rule is None:
        return one.age is not None and one.age <= CHILD_UNTIL
    return bool(needs_company(rule, Occupant(id=one.id, age=one.age, needs=one.needs)))


def _accompanied(one: Somebody, people: Sequence[Somebody], rule: RoomRule | None) -> bool:
    return any(
        other.id != one.id
        and other.place == one.place
        and (other.age is None or other.age >= GROWN_FROM)
        and not _must_not_be_alone(other, rule)
        for other in people
    )
