"""Does a plan keep the rules? Written from the rules alone.

It shares no predicate with any planner on purpose: a mistake in a planner's reading of a rule must show here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lazaretto.planning.rooms.problem import Floor, Person, Placement, Plan, Problem, Room, RoomState, Zone


class Rule(StrEnum):
    """The rules, by the name that a broken one is reported with."""

    UNKNOWN = "unknown"
    PLACED_TWICE = "placed_twice"
    FORGOTTEN = "forgotten"
    ROOM_NOT_READY = "room_not_ready"
    WRONG_ZONE = "wrong_zone"
    TOO_FEW_BEDS = "too_few_beds"
    BED_TAKEN = "bed_taken"
    SHARING_NOT_ALLOWED = "sharing_not_allowed"
    CHILD_ALONE = "child_alone"
    CARE_MISSING = "care_missing"
    NOT_ACCOMPANIED = "not_accompanied"
    SHARE_BROKEN = "share_broken"
    HOUSEHOLD_SPLIT = "household_split"
    NOT_ACCESSIBLE = "not_accessible"
    CATEGORY_NOT_RECEIVED = "category_not_received"
    CATEGORY_MIXED = "category_mixed"
    COHORT_MIXED = "cohort_mixed"
    RESERVE_USED = "reserve_used"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One broken rule: where, and who is concerned."""

    rule: Rule
    place: str
    people: tuple[str, ...]


def validate(plan: Plan, problem: Problem) -> list[Violation]:
    """Every rule that the plan breaks, in a stable order; an empty list for a plan that may be carried out."""
    return sorted(_Check(plan, problem).violations())


class _Check:
    def __init__(self, plan: Plan, problem: Problem) -> None:
        self.problem = problem
        self.plan = plan
        self.sharing = problem.options.sharing
        self.people = {person.id: person for person in problem.people}
        self.rooms = {room.id: room for room in problem.rooms}
        self.floors = {floor.id: floor for floor in problem.floors}
        self.known = [one for one in plan.placements if one.person in self.people and one.room in self.rooms]
        self.room_of = {one.person: self.rooms[one.room] for one in self.known}

    @cached_property
    def in_room(self) -> dict[str, list[Placement]]:
        found: dict[str, list[Placement]] = defaultdict(list)
        for one in self.known:
            found[one.room].append(one)
        return found

    @cached_property
    def on_floor(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for one in self.known:
            found[self.rooms[one.room].floor].append(self.people[one.person])
        return found

    def violations(self) -> Iterator[Violation]:
        yield from self._everybody_once()
        for room_id, placements in self.in_room.items():
            yield from self._room(self.rooms[room_id], placements)
        for person in self.problem.people:
            if person.id in self.room_of:
                yield from self._person(person)
        yield from self._households()
        for floor_id, people in self.on_floor.items():
            yield from self._floor(self.floors[floor_id], people)
        yield from self._reserve()

    def _everybody_once(self) -> Iterator[Violation]:
        named = Counter([one.person for one in self.plan.placements] + [one.person for one in self.plan.unplaced])
        for one in self.plan.placements:
            if one.person not in self.people or one.room not in self.rooms:
                yield Violation(Rule.UNKNOWN, one.room, (one.person,))
        for person, times in named.items():
            if times > 1:
                yield Violation(Rule.PLACED_TWICE, "", (person,))
        for person in self.people:
            if not named[person]:
                yield Violation(Rule.FORGOTTEN, "", (person,))

    def _room(self, room: Room, placements: list[Placement]) -> Iterator[Violation]:
        people = [self.people[one.person] for one in placements]
        who = tuple(sorted(person.id for person in people))
        if room.state is not RoomState.READY:
            yield Violation(Rule.ROOM_NOT_READY, room.id, who)
        if room.zone in (Zone.CLEAN, Zone.POTENTIAL):
            yield Violation(Rule.WRONG_ZONE, room.id, who)
        yield from self._beds(room, placements)
        if len(people) > 1 and not any(self._may_share(people, host) for host in people):
            yield Violation(Rule.SHARING_NOT_ALLOWED, room.id, who)

    def _beds(self, room: Room, placements: list[Placement]) -> Iterator[Violation]:
        sleepers = [one for one in placements if one.bed is not None or not self._may_use_cot(self.people[one.person])]
        if len(sleepers) > room.beds:
            yield Violation(Rule.TOO_FEW_BEDS, room.id, tuple(sorted(one.person for one in sleepers)))
            return
        taken = Counter(one.bed for one in sleepers)
        for one in sleepers:
            if one.bed is None or not 1 <= one.bed <= room.beds or taken[one.bed] > 1:
                yield Violation(Rule.BED_TAKEN, room.id, (one.person,))

    def _may_use_cot(self, person: Person) -> bool:
        return person.age is not None and person.age < self.sharing.bed_from_age

    def _may_share(self, people: list[Person], host: Person) -> bool:
        """Whether everybody else in the room is there because of `host`, or by a decision taken for them."""
        if not self._adult(host):
            return False
        return all(self._guest_of(host, other, people) for other in people if other is not host)

    def _guest_of(self, host: Person, other: Person, people: list[Person]) -> bool:
        if any(_linked(other, third) for third in people if third is not other):
            return True
        if host.household is None or host.household != other.household:
            return False
        if self.sharing.whole_household:
            return True
        return (self._child(other) and self._may_mind_child(host)) or (other.needs_care and self._may_care(host))

    def _child(self, person: Person) -> bool:
        return person.age is not None and person.age <= self.sharing.child_max_age

    def _adult(self, person: Person) -> bool:
        return person.age is None or person.age >= self.sharing.adult_from_age

    def _may_mind_child(self, person: Person) -> bool:
        grown = person.age is not None and person.age >= self.sharing.adult_from_age
        return grown and not person.ill and not person.needs_care

    def _may_care(self, person: Person) -> bool:
        able = person.age is not None and self.sharing.adult_from_age <= person.age <= self.sharing.carer_max_age
        return able and not (person.ill or person.needs_care or person.pregnant)

    def _person(self, person: Person) -> Iterator[Violation]:
        room = self.room_of[person.id]
        mates = [self.people[one.person] for one in self.in_room[room.id] if one.person != person.id]
        family = [mate for mate in mates if mate.household is not None and mate.household == person.household]
        decided = any(_linked(person, mate) and mate.age is not None and self._adult(mate) for mate in mates)
        if self._child(person) and not decided and not any(self._may_mind_child(mate) for mate in family):
            yield Violation(Rule.CHILD_ALONE, room.id, (person.id,))
        if person.needs_care and not decided and not any(self._may_care(mate) for mate in family):
            yield Violation(Rule.CARE_MISSING, room.id, (person.id,))
        yield from self._accompanied(person, room, decided=decided)
        missing = [other for other in person.share_with if self.room_of.get(other) is not room]
        if missing:
            yield Violation(Rule.SHARE_BROKEN, room.id, (person.id, *sorted(missing)))
        if person.accessible and not room.accessible:
            yield Violation(Rule.NOT_ACCESSIBLE, room.id, (person.id,))

    def _accompanied(self, person: Person, room: Room, *, decided: bool) -> Iterator[Violation]:
        """Elderly, pregnant: an able adult of the household in the room or next door, where there is one."""
        elderly = person.age is not None and person.age >= self.sharing.elderly_from_age
        if decided or self._child(person) or person.needs_care:  # these have the stricter rule of one room
            return
        if not (elderly or person.pregnant or person.never_alone):
            return
        able = [other for other in self._kin(person) if self._may_care(other)]
        if not able and not person.never_alone:
            return
        near = (self.room_of[other.id] for other in able if other.id in self.room_of)
        if not any(self._adjoining(room, other) for other in near):
            yield Violation(Rule.NOT_ACCOMPANIED, room.id, (person.id,))

    def _kin(self, person: Person) -> list[Person]:
        """Members of the household who may live on the same floor at all."""
        if person.household is None:
            return []
        return [
            other
            for other in self._members[person.household]
            if other is not person and (other.category, other.cohort) == (person.category, person.cohort)
        ]

    @cached_property
    def _members(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.problem.people:
            if person.household is not None:
                found[person.household].append(person)
        return found

    def _adjoining(self, one: Room, other: Room) -> bool:
        return one.floor == other.floor and abs(one.position - other.position) <= self.problem.options.adjoining_span

    def _households(self) -> Iterator[Violation]:
        if self.problem.options.split_households:
            return
        together: dict[tuple[object, ...], list[Person]] = defaultdict(list)
        for person in self.problem.people:
            if person.household is not None and person.id in self.room_of:
                together[(person.household, person.category, person.cohort)].append(person)
        for (household, *_), members in together.items():
            if len({self.room_of[person.id].floor for person in members}) > 1:
                yield Violation(Rule.HOUSEHOLD_SPLIT, str(household), tuple(sorted(one.id for one in members)))

    def _floor(self, floor: Floor, people: list[Person]) -> Iterator[Violation]:
        who = tuple(sorted(person.id for person in people))
        site = next(site for site in self.problem.sites if site.id == floor.site)
        barred = [one.id for one in people if site.categories is not None and one.category not in site.categories]
        if barred:
            yield Violation(Rule.CATEGORY_NOT_RECEIVED, site.id, tuple(sorted(barred)))
        categories = {person.category for person in people} | {category for category, _ in floor.housed}
        if len(categories | ({floor.category} - {None})) > 1:
            yield Violation(Rule.CATEGORY_MIXED, floor.id, who)
        cohorts = {person.cohort for person in people} | {cohort for _, cohort in floor.housed}
        if floor.cohort is not None:
            cohorts.add(floor.cohort)
        if (max(cohorts) - min(cohorts)).days > self.problem.options.cohort_span_days:
            yield Violation(Rule.COHORT_MIXED, floor.id, who)

    def _reserve(self) -> Iterator[Violation]:
        taken: dict[str, set[str]] = defaultdict(set)
        left: Counter[str] = Counter()
        for room in self.problem.rooms:
            site = self.floors[room.floor].site
            if room.id in self.in_room:
                taken[site].add(room.id)
            elif room.state in (RoomState.READY, RoomState.RESERVE):
                left[site] += 1
        for one in self.problem.sites:
            if taken[one.id] and left[one.id] < one.reserve:
                yield Violation(Rule.RESERVE_USED, one.id, ())


def _linked(one: Person, other: Person) -> bool:
    return other.id in one.share_with or one.id in other.share_with
