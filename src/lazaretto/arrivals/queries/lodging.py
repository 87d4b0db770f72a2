"""What the rooms chosen for a bus break, worked out whenever it is looked at: a warning lasts until it is mended."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.rooms import ON_THE_WAY, room_problem
from lazaretto.people.models import Person
from lazaretto.planning import rooms as planner
from lazaretto.stays.models import Occupancy


@dataclass(frozen=True)
class Broken:
    """A rule (`RuleBroken`) that somebody's room breaks.

    For a room that is not ready: who lives in it (`lived_in_by`) or whom another bus brings to it (`promised_to`).
    """

    rule: str
    lived_in_by: tuple[Person, ...] = ()
    promised_to: tuple[Person, ...] = ()


def broken_rules(
    manifest: Manifest, coming: Sequence[ExpectedArrival], *, at: datetime
) -> dict[UUID, tuple[Broken, ...]]:
    """The rules that the rooms of those on the way break, by the id of whoever's choice it is.

    Where several are concerned those whose room was chosen by hand are named, for that is what can be taken back. None
    of it is stored. Ten queries, none before somebody has a room. `coming` must be everybody of the bus on the way.
    """
    chosen = {one.room_id for one in coming if one.room_id is not None}
    if not chosen:
        return {}
    taken = _taken(manifest, coming, chosen)
    parties = {one.party_id for one in coming}
    housed = [one for one in taken if one.party_id in parties]
    problem = room_problem(manifest, list(coming), at=at, housed=housed)
    lodged: list[ExpectedArrival | Occupancy] = [*coming, *housed]
    where = {str(one.pk): str(one.room_id) for one in lodged if one.room_id is not None}
    found = planner.validate(planner.standing(problem, where), problem)
    return _by_choice(coming, found, taken, _promised(manifest, chosen))


def rooms_of_households(manifest: Manifest, coming: Sequence[ExpectedArrival]) -> dict[UUID, list[UUID]]:
    """Rooms at the site in which somebody of a household of this bus lives, or which a clerk gave them, by party."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    parties = {one.party_id for one in coming}
    here = Occupancy.objects.filter(room__site=manifest.site_id, ended_at__isnull=True, party_id__in=parties)
    for party_id, room_id in here.order_by("started_at", "id").values_list("party_id", "room_id"):
        found[party_id].append(room_id)
    for one in coming:
        if one.room_by_hand and one.room_id is not None:
            found[one.party_id].append(one.room_id)
    return found


def _taken(manifest: Manifest, coming: Iterable[ExpectedArrival], chosen: set[UUID]) -> list[Occupancy]:
    """Who lives in the chosen rooms, and the households of this bus who have a room already."""
    parties = {one.party_id for one in coming}
    here = Occupancy.objects.filter(room__site=manifest.site_id, ended_at__isnull=True)
    theirs = here.filter(Q(room__in=chosen) | Q(party_id__in=parties))
    return list(theirs.select_related("stay__person").order_by("started_at", "id"))


def _promised(manifest: Manifest, chosen: set[UUID]) -> list[ExpectedArrival]:
    others = ExpectedArrival.objects.filter(site=manifest.site_id, state__in=ON_THE_WAY, room__in=chosen)
    return list(others.exclude(manifest=manifest).select_related("person").order_by("id"))


def _by_choice(
    coming: Sequence[ExpectedArrival],
    found: Iterable[planner.Violation],
    taken: Iterable[Occupancy],
    promised: Iterable[ExpectedArrival],
) -> dict[UUID, tuple[Broken, ...]]:
    living, bound = _people_of(taken), defaultdict(list)
    for other in promised:
        bound[other.room_id].append(other.person)
    rules: dict[UUID, dict[str, Broken]] = defaultdict(dict)
    for violation in found:
        rule = str(violation.rule)
        for one in _choosers(coming, violation):
            unready = violation.rule is planner.Rule.ROOM_NOT_READY
            people = (tuple(living.get(one.room_id, ())), tuple(bound.get(one.room_id, ()))) if unready else ((), ())
            rules[one.id][rule] = Broken(rule, *people)
    return {one: tuple(broken[rule] for rule in sorted(broken)) for one, broken in rules.items()}


def _people_of(taken: Iterable[Occupancy]) -> Mapping[UUID | None, list[Person]]:
    living: dict[UUID | None, list[Person]] = defaultdict(list)
    for one in taken:
        living[one.room_id].append(one.stay.person)
    return living


def _choosers(coming: Sequence[ExpectedArrival], violation: planner.Violation) -> list[ExpectedArrival]:
    """Whose choice it is: of those concerned (all who have a room, when a rule names nobody) those by hand, if any."""
    placed = [one for one in coming if one.room_id is not None]
    concerned = [one for one in placed if not violation.people or str(one.id) in violation.people]
    return [one for one in concerned if one.room_by_hand] or concerned
