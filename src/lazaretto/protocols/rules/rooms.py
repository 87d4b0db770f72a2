"""Who may share a room, who needs company, and whom a positive on the site sends back to day 0.

Source: one person, one room; exceptions: child ≤ 14 with a parent, carers neither elderly nor ill; pregnant, seriously
ill and not self-caring people are assessed. Restart rules are local (in one: the same floor ±1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from lazaretto.protocols.rules.pack import ALLOWED, FORBIDDEN, RoomRule, SitePositive

ALONE: Final = "alone"
CHILD_WITH_PARENT: Final = "child_with_parent"
CARER: Final = "carer"
HOUSEHOLD: Final = "household"
STRANGERS: Final = "strangers"
CHILD_ALONE: Final = "child_alone"
CARER_UNFIT: Final = "carer_unfit"
CATEGORIES_MIXED: Final = "categories_mixed"
NEEDS_ASSESSMENT: Final = "needs_assessment"
REASONS: Final = (
    ALONE,
    CHILD_WITH_PARENT,
    CARER,
    HOUSEHOLD,
    NEEDS_ASSESSMENT,
    STRANGERS,
    CARER_UNFIT,
    CATEGORIES_MIXED,
    CHILD_ALONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """One person as the room rules see them. `needs` are need codes; `cares_for` ids of people this person minds."""

    id: str
    age: int | None = None
    household: str = ""
    category: str = ""
    needs: frozenset[str] = frozenset()
    parent_of: frozenset[str] = frozenset()
    cares_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Whether these people may have one room, after an assessment by name where `needs_approval`, and why."""

    allowed: bool
    needs_approval: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodging:
    """Where somebody is lodged, for the restart rule."""

    id: str
    building: str
    floor: int
    room: str


def may_share(rule: RoomRule, people: Sequence[Occupant]) -> Sharing:
    """Whether these people may share one room under the pack's room rule: each must be linked to the others, as a
    child to a parent, as somebody cared for to a fit carer, or as a member of the household."""
    if len(people) < 2:
        return Sharing(allowed=True, needs_approval=False, reasons=(ALONE,))
    if len({person.category for person in people}) > 1:
        return Sharing(allowed=False, needs_approval=False, reasons=(CATEGORIES_MIXED,))
    links = {(a.id, b.id): _link(rule, a, b) for a, b in combinations(people, 2)}
    free = {CHILD_WITH_PARENT, CARER} | ({HOUSEHOLD} if rule.household == ALLOWED else set())
    by_right = _linked(people, [pair for pair, link in links.items() if link in free])
    if not by_right and not _linked(people, [pair for pair, link in links.items() if link in free | {HOUSEHOLD}]):
        unfit = CARER_UNFIT in links.values()
        return Sharing(allowed=False, needs_approval=False, reasons=(CARER_UNFIT if unfit else STRANGERS,))
    assessed = any(person.needs & set(rule.assessed_needs) for person in people)
    reasons = sorted({link for link in links.values() if link in free or (link == HOUSEHOLD and not by_right)})
    reasons += [NEEDS_ASSESSMENT] if assessed or not by_right else []
    return Sharing(allowed=True, needs_approval=assessed or not by_right, reasons=tuple(reasons))


def needs_company(rule: RoomRule, person: Occupant) -> str:
    """Why this person must not be alone in a room; empty when they may be."""
    if person.age is not None and person.age <= rule.child_max_age:
        return CHILD_ALONE
    return next((need for need in rule.accompanied_needs if need in person.needs), "")


def company(rule: RoomRule, person: Occupant, people: Iterable[Occupant]) -> tuple[str, ...]:
    """Ids of those among `people` who may keep this person company: parents and fit carers, then household adults."""
    others = [other for other in people if other.id != person.id]
    close = [o for o in others if person.id in o.parent_of or _fit_carer(rule, o, person)]
    adults = [o for o in others if o not in close and _adult_of_household(rule, o, person)]
    return tuple(other.id for other in (*close, *adults))


def restarted(rule: SitePositive, case: Lodging, others: Iterable[Lodging]) -> tuple[str, ...]:
    """Ids of those whose clock restarts because this person on the site is positive."""
    return tuple(other.id for other in others if other.id != case.id and _within(rule, case, other))


def _link(rule: RoomRule, a: Occupant, b: Occupant) -> str:
    """On what ground these two may be in one room; the strongest."""
    if _parent_and_child(rule, a, b) or _parent_and_child(rule, b, a):
        return CHILD_WITH_PARENT
    if _fit_carer(rule, a, b) or _fit_carer(rule, b, a):
        return CARER
    if a.household and a.household == b.household and rule.household != FORBIDDEN:
        return HOUSEHOLD
    return CARER_UNFIT if _cares(a, b) or _cares(b, a) else STRANGERS


def _linked(people: Sequence[Occupant], pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether the pairs tie everybody together."""
    tied = {people[0].id}
    while more := {x for pair in pairs if tied & set(pair) for x in pair} - tied:
        tied |= more
    return len(tied) == len({person.id for person in people})


def _parent_and_child(rule: RoomRule, parent: Occupant, child: Occupant) -> bool:
    return child.id in parent.parent_of and child.age is not None and child.age <= rule.child_max_age


def _cares(carer: Occupant, person: Occupant) -> bool:
    return person.id in carer.cares_for


def _fit_carer(rule: RoomRule, carer: Occupant, person: Occupant) -> bool:
    fit = carer.age is not None and rule.child_max_age < carer.age <= rule.carer_max_age
    return _cares(carer, person) and fit and not carer.needs & set(rule.carer_barred_by)


def _adult_of_household(rule: RoomRule, other: Occupant, person: Occupant) -> bool:
    grown = other.age is not None and other.age >= 18 and not other.needs & set(rule.carer_barred_by)
    return bool(person.household) and other.household == person.household and grown and rule.household != FORBIDDEN


def _within(rule: SitePositive, case: Lodging, other: Lodging) -> bool:
    same_building = case.building == other.building
    near = same_building and abs(case.floor - other.floor) <= rule.floors
    return {
        "none": False,
        "room": same_building and case.room == other.room,
        "floors": near,
        "building": same_building,
        "site": True,
    }[rule.scope]
