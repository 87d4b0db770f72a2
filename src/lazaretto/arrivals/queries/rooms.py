"""The question put to the room planner: who is on the bus, which rooms and floors the site has."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count

from lazaretto.arrivals.choices import ExpectedState
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need
from lazaretto.places.choices import SiteCategory
from lazaretto.places.models import Floor, Room, Site
from lazaretto.planning import rooms as planner
from lazaretto.protocols.queries import effective
from lazaretto.protocols.rules import NoPackAdopted
from lazaretto.stays.models import Occupancy

ON_THE_WAY = (ExpectedState.EXPECTED, ExpectedState.BOARDED)
ACCESSIBLE = {NeedKind.CANNOT_WALK, NeedKind.DISABILITY}
# A child under three may lie in a cot or in a parent's bed.
BED_FROM_AGE = 3
ILL = {NeedKind.CHRONIC, NeedKind.DIALYSIS}


def on_the_way(manifest: Manifest) -> list[ExpectedArrival]:
    """Everybody of a manifest who still needs a room."""
    found = ExpectedArrival.objects.filter(manifest=manifest, state__in=ON_THE_WAY)
    return list(found.select_related("person", "room").order_by("id"))


def room_problem(
    manifest: Manifest, coming: list[ExpectedArrival], *, at: datetime, housed: Sequence[Occupancy] = ()
) -> planner.Problem:
    """The planning problem of a bus. Seven queries, whatever the number of people and rooms.

    Rooms that a clerk gave to somebody by hand, or that another bus was promised, are not offered. `housed` are those
    of the same households who have their room already: their rooms are open to the rest of the household.
    """
    arrival = arrival_day(manifest, at)
    people = tuple(_people(manifest, coming, arrival, housed))
    return problem_of(
        manifest.site,
        people,
        arrival=arrival,
        promised=_promised(manifest.site, manifest, coming),
        shared=frozenset(taken.room_id for taken in housed),
    )


def arrival_day(manifest: Manifest, at: datetime) -> date:
    """The day at the site on which a bus comes: the one that was said, else today."""
    return (manifest.expected_at or at).astimezone(ZoneInfo(manifest.site.time_zone)).date()


def problem_of(
    site: Site, people: tuple[planner.Person, ...], *, arrival: date, promised: set[UUID],
    shared: Collection[UUID] = (),
) -> planner.Problem:  # fmt: skip
    """These people, who arrive on that day, and the rooms of a site but for those that are promised.

    `shared` are rooms in which nobody but their own household lives: they count as ready.
    """
    return planner.Problem(
        people=people,
        sites=(_site(site),),
        floors=tuple(_floors(site, ZoneInfo(site.time_zone))),
        rooms=tuple(_rooms(site, promised, shared)),
        options=planner.Options(sharing=_sharing(site, arrival)),
    )


def _people(
    manifest: Manifest, coming: list[ExpectedArrival], arrival: date, housed: Sequence[Occupancy]
) -> Iterable[planner.Person]:
    needs: dict[UUID, set[str]] = defaultdict(set)
    asked = [one.person_id for one in coming] + [taken.stay.person_id for taken in housed]
    rows = Need.objects.filter(person__in=asked, ended_at__isnull=True)
    for person_id, kind in rows.values_list("person_id", "kind"):
        needs[person_id].add(kind)
    parties = Counter([one.party_id for one in coming] + [taken.party_id for taken in housed])
    for taken in housed:
        yield guest(
            str(taken.id),
            category=taken.stay.category,
            arrival=arrival,
            birth_date=taken.stay.person.birth_date,
            needs=needs[taken.stay.person_id],
            household=str(taken.party_id),
        )
    for one in coming:
        yield guest(
            str(one.id),
            category=one.category or manifest.category,
            arrival=arrival,
            birth_date=one.person.birth_date,
            needs=needs[one.person_id],
            household=str(one.party_id) if parties[one.party_id] > 1 else None,
            group=str(manifest.id),
        )


def guest(
    key: str, *, category: str, arrival: date, birth_date: date | None, needs: Collection[str],
    household: str | None = None, group: str | None = None,
) -> planner.Person:  # fmt: skip
    """Somebody as the room planner sees them: age, category and what their needs (codes) ask of a room."""
    return planner.Person(
        id=key,
        category=category,
        cohort=arrival,
        age=age_on(birth_date, arrival),
        household=household,
        group=group,
        accessible=not ACCESSIBLE.isdisjoint(needs),
        pregnant=NeedKind.PREGNANT in needs,
        ill=not ILL.isdisjoint(needs),
    )


def age_on(born: date | None, day: date) -> int | None:
    """Completed years on a day; None when the date of birth is not known."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _site(site: Site) -> planner.Site:
    total = Room.objects.filter(site=site).exclude(state="out_of_service").count()
    received = None if site.category == SiteCategory.MIXED else frozenset({site.category})
    return planner.Site(id=str(site.id), reserve=total * site.reserve_percent // 100, categories=received)


def _floors(site: Site, zone: ZoneInfo) -> Iterable[planner.Floor]:
    housed: dict[UUID, set[tuple[str, date]]] = defaultdict(set)
    here = Occupancy.objects.filter(room__site=site, ended_at__isnull=True)
    for floor_id, category, started in here.values_list("room__floor_id", "stay__category", "stay__started_at"):
        housed[floor_id].add((category, started.astimezone(zone).date()))
    for floor in Floor.objects.filter(building__site=site).order_by("building__name", "order"):
        cohort = floor.category if floor.category not in {"", SiteCategory.MIXED} else None
        yield planner.Floor(
            id=str(floor.id), site=str(site.id), level=floor.order, category=cohort, housed=frozenset(housed[floor.id])
        )


def _rooms(site: Site, promised: set[UUID], shared: Collection[UUID]) -> Iterable[planner.Room]:
    rooms = Room.objects.filter(site=site).annotate(bed_count=Count("beds")).order_by("floor_id", "position", "number")
    for room in rooms:
        state = planner.RoomState.READY if room.id in shared else planner.RoomState(room.state)
        state = planner.RoomState.OCCUPIED if room.id in promised else state
        yield planner.Room(
            id=str(room.id),
            floor=str(room.floor_id),
            position=room.position,
            beds=room.bed_count,
            accessible=room.accessible,
            state=state,
        )


def _promised(site: Site, manifest: Manifest, coming: list[ExpectedArrival]) -> set[UUID]:
    others = ExpectedArrival.objects.filter(site=site, state__in=ON_THE_WAY, room__isnull=False).exclude(
        manifest=manifest
    )
    mine = {one.room_id for one in coming if one.room_by_hand and one.room_id is not None}
    asked = {one.id for one in coming}
    by_hand = ExpectedArrival.objects.filter(
        manifest=manifest, state__in=ON_THE_WAY, room_by_hand=True, room__isnull=False
    )
    rest = set(by_hand.exclude(pk__in=asked).values_list("room_id", flat=True))
    return set(others.values_list("room_id", flat=True)) | (rest - mine)


def _sharing(site: Site, day: date) -> planner.Sharing:
    try:
        rule = effective(site.jurisdiction, day).rooms
    except NoPackAdopted:
        return planner.Sharing()
    return planner.Sharing(
        child_max_age=rule.child_max_age, carer_max_age=rule.carer_max_age, whole_household=rule.household == "allowed"
    )
