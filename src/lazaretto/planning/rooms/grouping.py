"""Who belongs together: persons → units (one room each) → blocks (rooms side by side on one floor)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from lazaretto.planning.rooms.problem import (
    Notice,
    NoticeCode,
    Person,
    Problem,
    Reason,
    RoomState,
    Sharing,
    Unplaced,
)


@dataclass(slots=True)
class Unit:
    """People who take one room together."""

    members: list[Person]
    beds: int

    @property
    def accessible(self) -> bool:
        return any(person.accessible for person in self.members)

    @property
    def first(self) -> str:
        return min(person.id for person in self.members)


@dataclass(slots=True)
class Block:
    """Units to be placed side by side, in the order in which they stand along the corridor.

    Each entry of `near` is one person's need for company: the number of their unit, and the numbers of the units of
    which at least one must be next door.
    """

    units: list[Unit]
    near: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)

    @property
    def kind(self) -> tuple[str, date]:
        person = self.units[0].members[0]
        return person.category, person.cohort

    @property
    def group(self) -> str | None:
        return self.units[0].members[0].group

    @property
    def people(self) -> list[Person]:
        return [person for unit in self.units for person in unit.members]


@dataclass(slots=True)
class Grouping:
    """Blocks to place, those who cannot be placed whatever rooms there are, and things to look at."""

    blocks: list[Block] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Needs:
    """The sharing rules as questions about one or two people."""

    sharing: Sharing

    def child(self, person: Person) -> bool:
        return person.age is not None and person.age <= self.sharing.child_max_age

    def adult(self, person: Person) -> bool:
        return person.age is not None and person.age >= self.sharing.adult_from_age

    def minds_child(self, person: Person) -> bool:
        return self.adult(person) and not (person.ill or person.needs_care)

    def carer(self, person: Person) -> bool:
        """Able to look after somebody: adult, neither elderly nor ill nor pregnant."""
        return self.minds_child(person) and not person.pregnant and (person.age or 0) <= self.sharing.carer_max_age

    def frail(self, person: Person) -> bool:
        """Should have an able adult of the household in the next room."""
        if self.child(person) or person.needs_care:
            return False
        elderly = person.age is not None and person.age >= self.sharing.elderly_from_age
        return elderly or person.pregnant or person.never_alone

    def beds(self, people: Iterable[Person]) -> int:
        return sum(person.age is None or person.age >= self.sharing.bed_from_age for person in people)

    def settled(self, person: Person, mates: Iterable[Person]) -> bool:
        """Whether `person` may sleep in a room with `mates` (or alone) as far as their own protection goes."""
        if not (self.child(person) or person.needs_care):
            return True
        if any(linked(person, mate) and self.adult(mate) for mate in mates):
            return True
        family = [mate for mate in mates if same_household(person, mate)]
        minded = not self.child(person) or any(self.minds_child(mate) for mate in family)
        cared = not person.needs_care or any(self.carer(mate) for mate in family)
        return minded and cared

    def shareable(self, people: Sequence[Person]) -> bool:
        if len(people) < 2:
            return True
        hosts = (one for one in people if one.age is None or self.adult(one))
        return any(all(self._joins(host, one, people) for one in people if one is not host) for host in hosts)

    def _joins(self, host: Person, other: Person, people: Sequence[Person]) -> bool:
        if any(linked(other, third) for third in people if third is not other):
            return True
        if not same_household(host, other):
            return False
        minded = self.child(other) and self.minds_child(host)
        cared = other.needs_care and self.carer(host)
        return self.sharing.whole_household or minded or cared


def linked(one: Person, other: Person) -> bool:
    """Whether somebody decided that these two share a room."""
    return other.id in one.share_with or one.id in other.share_with


def same_household(one: Person, other: Person) -> bool:
    return one.household is not None and one.household == other.household


def group(problem: Problem) -> Grouping:
    """Blocks in the order of their people's ids, so that the same problem always gives the same blocks."""
    found = Grouping()
    needs = Needs(problem.options.sharing)
    largest = max((room.beds for room in problem.rooms if room.state is RoomState.READY), default=0)
    for party in _parties(problem.people):
        _group_party(party, needs, largest, found, split=problem.options.split_households)
    return found


def _parties(people: Sequence[Person]) -> list[list[Person]]:
    """People tied by household or by a decision to share, apart by category and cohort (these never mix)."""
    parent = {person.id: person.id for person in people}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    by_id = {person.id: person for person in people}
    heads: dict[tuple[object, ...], str] = {}
    for person in people:
        kind = (person.category, person.cohort)
        if person.household is not None:
            head = heads.setdefault((person.household, *kind), person.id)
            parent[root(person.id)] = root(head)
        for other in sorted(person.share_with):
            if other in by_id and (by_id[other].category, by_id[other].cohort) == kind:
                parent[root(person.id)] = root(other)
    parties: dict[str, list[Person]] = defaultdict(list)
    for person in sorted(people, key=lambda one: one.id):
        parties[root(person.id)].append(person)
    return list(parties.values())


def _group_party(party: list[Person], needs: Needs, largest: int, found: Grouping, *, split: bool) -> None:
    units, unplaced = _units(party, needs, largest)
    units, lonely = _drop_abandoned(units, party, needs)
    found.unplaced += unplaced + lonely
    placed = [person for unit in units for person in unit.members]
    found.notices += [notice for person in placed for notice in _notices(person, placed, needs)]
    chains = _chains(units, needs)
    whole = _block(chains, needs)
    apart = [_block([chain], needs) for chain in chains]
    if split and sum(len(block.near) for block in apart) == len(whole.near):
        found.blocks += apart
    elif chains:
        found.blocks.append(whole)


def _units(party: list[Person], needs: Needs, largest: int) -> tuple[list[Unit], list[Unplaced]]:
    """First those who may have a room for themselves, then each dependant to an adult with the fewest to mind."""
    clusters, unplaced = _clusters(party)
    units: list[Unit] = []
    dependants: list[list[Person]] = []
    for cluster in clusters:
        settled = all(needs.settled(one, [mate for mate in cluster if mate is not one]) for one in cluster)
        if settled and needs.shareable(cluster):
            units.append(Unit(cluster, needs.beds(cluster)))
        else:
            dependants.append(cluster)
    for cluster in dependants:
        unplaced += _attach(cluster, units, needs, largest)
    too_large = [unit for unit in units if unit.beds > largest]
    unplaced += [Unplaced(person.id, Reason.NO_LARGE_ROOM) for unit in too_large for person in unit.members]
    return [unit for unit in units if unit.beds <= largest], unplaced


def _clusters(party: list[Person]) -> tuple[list[list[Person]], list[Unplaced]]:
    """People who must share by decision; whoever is tied to somebody absent is handed back with the reason."""
    present = {person.id for person in party}
    lost: set[str] = set()
    while True:
        gone = {one.id for one in party if one.id not in lost and one.share_with - (present - lost)}
        if not gone:
            break
        lost |= gone
    clusters: list[list[Person]] = []
    for person in party:
        if person.id in lost:
            continue
        touching = [cluster for cluster in clusters if any(linked(person, mate) for mate in cluster)]
        merged = [mate for cluster in touching for mate in cluster] + [person]
        clusters = [cluster for cluster in clusters if cluster not in touching] + [merged]
    return clusters, [Unplaced(one.id, Reason.SHARE_UNAVAILABLE) for one in party if one.id in lost]


def _attach(cluster: list[Person], units: list[Unit], needs: Needs, largest: int) -> list[Unplaced]:
    fitting = [unit for unit in units if _fits(unit.members + cluster, needs)]
    extra = needs.beds(cluster)
    roomy = [unit for unit in fitting if unit.beds + extra <= largest]
    if roomy:
        host = min(roomy, key=lambda unit: (unit.beds, len(unit.members), unit.first))
        host.members = host.members + cluster
        host.beds += extra
        return []
    reason = Reason.NO_LARGE_ROOM if fitting else _missing(cluster, needs)
    return [Unplaced(person.id, reason) for person in cluster]


def _fits(people: list[Person], needs: Needs) -> bool:
    settled = all(needs.settled(one, [mate for mate in people if mate is not one]) for one in people)
    return settled and needs.shareable(people)


def _missing(cluster: list[Person], needs: Needs) -> Reason:
    if any(person.needs_care for person in cluster):
        return Reason.CARER_MISSING
    return Reason.CHILD_WITHOUT_ADULT if any(needs.child(one) for one in cluster) else Reason.SHARE_UNAVAILABLE


def _companion(unit: Unit, person: Person, needs: Needs) -> bool:
    return any(one is not person and same_household(one, person) and needs.carer(one) for one in unit.members)


def _watched(person: Person, unit: Unit, needs: Needs) -> bool:
    """Frail, and nobody in the same room who counts as company."""
    if not needs.frail(person) or _companion(unit, person, needs):
        return False
    return not any(linked(person, mate) and needs.adult(mate) for mate in unit.members if mate is not person)


def _drop_abandoned(units: list[Unit], party: list[Person], needs: Needs) -> tuple[list[Unit], list[Unplaced]]:
    """Without units whose member may not be alone, while every able companion of theirs is without a room."""
    kept, lonely = list(units), list[Unplaced]()
    while True:
        failing = [unit for unit in kept if any(_abandoned(one, unit, kept, party, needs) for one in unit.members)]
        if not failing:
            return kept, lonely
        kept = [unit for unit in kept if unit not in failing]
        lonely += [Unplaced(one.id, Reason.COMPANION_MISSING) for unit in failing for one in unit.members]


def _abandoned(person: Person, unit: Unit, units: list[Unit], party: list[Person], needs: Needs) -> bool:
    if not _watched(person, unit, needs):
        return False
    able = any(one is not person and same_household(one, person) and needs.carer(one) for one in party)
    if not (able or person.never_alone):
        return False
    return not any(_companion(other, person, needs) for other in units)


def _chains(units: list[Unit], needs: Needs) -> list[list[Unit]]:
    """Each able companion with the frail they watch, half on either side; everybody else for themselves."""
    watched: dict[int, list[Unit]] = defaultdict(list)
    bound: set[int] = set()
    for unit in units:
        wanting = [person for person in unit.members if _watched(person, unit, needs)]
        hosts = [host for host in units if wanting and all(_companion(host, one, needs) for one in wanting)]
        free = [host for host in hosts if host is not unit and id(host) not in bound]
        if free and id(unit) not in watched:
            host = min(free, key=lambda one: (len(watched[id(one)]), one.first))
            watched[id(host)].append(unit)
            bound.add(id(unit))
    chains = []
    for unit in units:
        if id(unit) not in bound:
            side = watched.get(id(unit), [])
            half = len(side) // 2
            chains.append([*side[:half], unit, *side[half:]])
    return chains


def _block(chains: list[list[Unit]], needs: Needs) -> Block:
    units = [unit for chain in chains for unit in chain]
    watched = [(n, one) for n, unit in enumerate(units) for one in unit.members if _watched(one, unit, needs)]
    near = [(n, tuple(m for m, host in enumerate(units) if _companion(host, one, needs))) for n, one in watched]
    return Block(units, [(n, hosts) for n, hosts in near if hosts])


def _notices(person: Person, party: list[Person], needs: Needs) -> list[Notice]:
    notices = []
    others = [one for one in party if one is not person]
    if person.age is None:
        notices.append(Notice(person.id, NoticeCode.AGE_UNKNOWN))
    elif not needs.adult(person) and not any(needs.adult(one) for one in others):
        notices.append(Notice(person.id, NoticeCode.MINOR_ALONE))
    kin = [one for one in others if same_household(person, one)]
    if needs.frail(person) and not any(needs.carer(one) for one in kin):
        notices.append(Notice(person.id, NoticeCode.NO_COMPANION))
    return notices
