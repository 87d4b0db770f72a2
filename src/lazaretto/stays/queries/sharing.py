"""Who may share a room by the rule pack in force: joins people, households and needs with the pure rule."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from lazaretto.core.prepared import prepared
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need, Person
from lazaretto.people.queries import age_on
from lazaretto.places.models import Room, Site
from lazaretto.protocols.choices import SharingReason
from lazaretto.protocols.queries import effective
from lazaretto.protocols.rules import NoPackAdopted, Occupant, company, may_share, needs_company
from lazaretto.protocols.rules.pack import RoomRule
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.rules import with_ties


@dataclass(frozen=True)
class Sharer:
    """Somebody who has, or is to have, the room: with their category and the household they are lodged with.

    `birth_date` and `needs` are what was said of them and is not on record yet.
    """

    person: Person
    category: str
    party_id: UUID
    birth_date: date | None = None
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """Whether they may share, after an assessment by name where the rules ask for one, and why in words."""

    allowed: bool = True
    needs_assessment: bool = False
    why: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The reasons in one line."""
        return ", ".join(self.why)


NOTHING_AGAINST = Verdict()


def others_in(room: Room, stay: Stay | None = None) -> list[Sharer]:
    """Those who are in a room now, but for one stay; one query."""
    here = Occupancy.objects.filter(room=room, ended_at__isnull=True).select_related("stay__person")
    rows = here.exclude(stay=stay).order_by("started_at", "id") if stay else here
    return [Sharer(taken.stay.person, taken.stay.category, taken.party_id) for taken in rows]


def verdict(site: Site, people: Sequence[Sharer], *, at: datetime) -> Verdict:
    """What the pack in force at a site says of these people in one room; two queries, none for one alone.

    Where no pack is in force nothing is known against it: without one nobody is admitted anyway.
    """
    if len(people) < 2:
        return NOTHING_AGAINST
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    try:
        rule = effective(site.jurisdiction, today).rooms
    except NoPackAdopted:
        return NOTHING_AGAINST
    occupants = with_ties(rule, _occupants(people, today))
    found = may_share(rule, occupants)
    if found.allowed and not found.needs_approval:
        return NOTHING_AGAINST
    return Verdict(found.allowed, found.allowed, _why(rule, found.reasons, occupants))


@dataclass(frozen=True)
class Lonely:
    """Somebody without the company they must have, and why they must."""

    sharer: Sharer
    why: str


def without_company(site: Site, people: Sequence[Sharer], *, at: datetime) -> list[Lonely]:
    """Those of one room who must not be alone by the pack in force, and have nobody there who may look after them."""
    return without_company_in(site, [people], at=at)[0]


def without_company_in(site: Site, groups: Sequence[Sequence[Sharer]], *, at: datetime) -> list[list[Lonely]]:
    """The same of each of these groups: a room, or those who sit in one vehicle. Two queries for all of them."""
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    try:
        rule = effective(site.jurisdiction, today).rooms
    except NoPackAdopted:
        return [[] for _group in groups]
    everybody = {one.person.pk: one for group in groups for one in group}
    known = dict(zip(everybody, _occupants(list(everybody.values()), today), strict=True))
    return [_lonely(rule, group, [known[one.person.pk] for one in group]) for group in groups]


def _lonely(rule: RoomRule, people: Sequence[Sharer], alone: Sequence[Occupant]) -> list[Lonely]:
    occupants = with_ties(rule, alone)
    found = []
    for sharer, one in zip(people, occupants, strict=True):
        why = needs_company(rule, one)
        if why and not company(rule, one, occupants):
            label = SharingReason(why).label if why in SharingReason.values else NeedKind(why).label
            found.append(Lonely(sharer, str(label)))
    return found


@dataclass(frozen=True)
class Behind:
    """Somebody of a room, or of those who leave together (`room` None), who would be alone and was not before."""

    lonely: Lonely
    room: Room | None


def alone_without(leaving: Sequence[Stay], *, at: datetime, rooms: Collection[UUID] = ()) -> list[Behind]:
    """Who would be without the company they need if these people of one site left together, and had it before.

    Both those who stay behind in their rooms and those who go. Four queries; one when a room goes whole. Whoever
    decides by it locks the rooms before, or of two who go at once each sees the other stay; then their `rooms` are
    known and need not be found.
    """
    return alone_apart([leaving], at=at, rooms=rooms)


def alone_apart(parties: Sequence[Sequence[Stay]], *, at: datetime, rooms: Collection[UUID] = ()) -> list[Behind]:
    """The same of parties who leave at one moment, each another way: nobody of them stays behind, and nobody of one
    party keeps somebody of another company. Each is named once.
    """
    leaving = [stay for party in parties for stay in party]
    way = {stay.pk: number for number, party in enumerate(parties) for stay in party}
    here = _living_in(rooms=sorted(set(rooms))) if rooms else _rooms_of(stays=list(way))
    if _goes_whole(parties, here):
        return []
    by_room: dict[UUID, list[Occupancy]] = defaultdict(list)
    for taken in _with_them(stays=list(way)):
        by_room[taken.room_id].append(taken)
    everybody = [taken for those in by_room.values() for taken in those]
    together = [[_sharer(taken) for taken in those] for those in by_room.values()]
    behind = [[_sharer(taken) for taken in those if taken.stay_id not in way] for those in by_room.values()]
    goers = [[_sharer(taken) for taken in everybody if way.get(taken.stay_id) == one] for one in range(len(parties))]
    lonely = without_company_in(leaving[0].site, [*together, *behind, *goers], at=at)
    before = {one.sharer.person.pk for group in lonely[: len(by_room)] for one in group}
    places: list[Room | None] = [*(those[0].room for those in by_room.values()), *[None] * len(parties)]
    found = [Behind(one, room) for room, group in zip(places, lonely[len(by_room) :], strict=True) for one in group]
    return [one for one in found if one.lonely.sharer.person.pk not in before]


def _goes_whole(parties: Sequence[Sequence[Stay]], here: Sequence[tuple[UUID, UUID]]) -> bool:
    """Whether one room is left by all who are in it, on one way: everybody keeps the company they had."""
    rooms, staying = {room for room, _stay in here}, {stay for _room, stay in here}
    return not rooms or (len(rooms) == len(parties) == 1 and staying <= {stay.pk for stay in parties[0]})


def _sharer(taken: Occupancy) -> Sharer:
    return Sharer(taken.stay.person, taken.stay.category, taken.party_id)


def _in_rooms_of(stays: Any) -> QuerySet[Occupancy]:
    rooms = Occupancy.objects.filter(stay__among=stays, ended_at__isnull=True).values("room")
    return Occupancy.objects.filter(room__in=rooms, ended_at__isnull=True)


@prepared
def _rooms_of(stays: Any) -> QuerySet[Occupancy, tuple[UUID, UUID]]:
    return _in_rooms_of(stays).values_list("room_id", "stay_id")


@prepared
def _living_in(rooms: Any) -> QuerySet[Occupancy, tuple[UUID, UUID]]:
    return Occupancy.objects.filter(room__among=rooms, ended_at__isnull=True).values_list("room_id", "stay_id")


@prepared
def _with_them(stays: Any) -> QuerySet[Occupancy]:
    return _in_rooms_of(stays).select_related("stay__person", "room").order_by("room", "started_at", "id")


def _occupants(people: Sequence[Sharer], today: date) -> list[Occupant]:
    needs: dict[UUID, set[str]] = defaultdict(set)
    for person, kind in _needs_of(people=[one.person.pk for one in people]):
        needs[person].add(kind)
    return [
        Occupant(
            id=str(one.person.pk),
            age=age_on(one.person.birth_date or one.birth_date, today),
            household=str(one.party_id),
            category=one.category,
            needs=one.needs | needs[one.person.pk],
        )
        for one in people
    ]


def _why(rule: RoomRule, reasons: Sequence[str], occupants: Sequence[Occupant]) -> tuple[str, ...]:
    """The rule's reasons, and the needs that ask for the assessment."""
    said = [SharingReason(reason).label for reason in reasons if reason != SharingReason.NEEDS_ASSESSMENT]
    assessed = {need for one in occupants for need in one.needs & set(rule.assessed_needs)}
    return tuple(str(word) for word in (*said, *(NeedKind(need).label for need in sorted(assessed))))


@prepared
def _needs_of(people: Any) -> QuerySet[Need, tuple[UUID, str]]:
    return Need.objects.filter(person__among=people, ended_at__isnull=True).values_list("person_id", "kind")
