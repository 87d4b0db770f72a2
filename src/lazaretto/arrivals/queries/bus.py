"""A bus and who is on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from lazaretto.arrivals.choices import ManifestState, RuleBroken
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.lodging import Broken, broken_rules
from lazaretto.arrivals.queries.periods import over_on_the_bus
from lazaretto.arrivals.queries.rooms import ON_THE_WAY, age_on
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need
from lazaretto.people.queries import display_names
from lazaretto.places.choices import RoomState
from lazaretto.places.models import Room, Site


def people_expected(sites: Collection[UUID]) -> dict[UUID, int]:
    """How many people of lists, and taken along by the buses, are on their way to these sites or announced there."""
    coming = ExpectedArrival.objects.filter(site__in=sites, state__in=ON_THE_WAY)
    return dict(coming.order_by().values_list("site").annotate(n=Count("id")))


@dataclass(frozen=True)
class Passenger:
    """Somebody on a bus, as the list shows them. `party` numbers the households of the bus from 1, 0 for alone.

    `breaks` says in words which rules of lodging their room breaks, `without` why the last proposal found them none,
    `over_on` the day on which their isolation would have ended before they come.
    """

    expected: ExpectedArrival
    name: str
    age: int | None
    needs: tuple[str, ...]
    party: int
    room: str
    breaks: tuple[str, ...] = ()
    over_on: date | None = None

    @property
    def without(self) -> str:
        """Why they have no room, as long as they need one."""
        if not self.on_the_way or self.expected.room_id is not None:
            return ""
        return str(self.expected.get_without_room_because_display())

    @property
    def on_the_way(self) -> bool:
        """Whether they can still be given a room, boarded or marked missing."""
        return self.expected.state in ON_THE_WAY


@dataclass(frozen=True)
class Bus:
    """A bus: everybody in order of household, and the figures above the list."""

    manifest: Manifest
    passengers: list[Passenger]
    counts: dict[str, int]
    free_rooms: list[Room]


def buses(actor: Actor, site: Site) -> QuerySet[Manifest]:
    """The buses of a site, the newest first, with how many people each has and how many are still on the way."""
    visible = Manifest.objects.visible_to(actor, "arrivals.read").filter(site=site).defer("content")
    known = visible.exclude(state=ManifestState.CANCELLED)
    on_the_way = Count("expected", filter=Q(expected__state__in=ON_THE_WAY))
    return known.annotate(people=Count("expected"), coming=on_the_way).order_by("-uploaded_at", "-id")


def manifest_by_id(actor: Actor, site: Site, manifest_id: UUID) -> Manifest:
    """A bus of a site; raises `NotFound`."""
    rows = Manifest.objects.visible_to(actor, "arrivals.read").filter(site=site).defer("content")
    found = rows.select_related("site").filter(pk=manifest_id).first()
    if found is None:
        raise NotFound(manifest=manifest_id)
    return found


def bus(actor: Actor, manifest: Manifest, *, at: datetime) -> Bus:
    """Everybody of a bus. Seventeen queries at most, whatever their number."""
    found = _aboard(manifest)
    coming = [one for one in found if one.state in ON_THE_WAY]
    broken, over = broken_rules(manifest, coming, at=at), over_on_the_bus(manifest, coming, at=at)
    people = passengers(actor, found, at.astimezone(ZoneInfo(manifest.site.time_zone)).date(), broken, over)
    counts: dict[str, int] = defaultdict(int)
    for one in found:
        counts[one.state] += 1
        counts["unexpected"] += not one.on_manifest
        counts["without_room"] += one.state in ON_THE_WAY and one.room_id is None
    return Bus(manifest, people, dict(counts), free_rooms(manifest.site))


def lines_of(actor: Actor, manifest: Manifest, *, at: datetime) -> dict[UUID, Passenger]:
    """The lines of a bus by the id of who is expected: what one choice changes for others shows beside them."""
    return {one.expected.id: one for one in bus(actor, manifest, at=at).passengers}


def _aboard(manifest: Manifest) -> list[ExpectedArrival]:
    rows = ExpectedArrival.objects.filter(manifest=manifest).select_related("person", "room")
    return list(rows.order_by("party_id", "person__birth_date", "id"))


def passengers(
    actor: Actor,
    found: list[ExpectedArrival],
    today: date,
    broken: Mapping[UUID, Sequence[Broken]] = MappingProxyType({}),
    over: Mapping[UUID, date] = MappingProxyType({}),
) -> list[Passenger]:
    """As the list shows them; `broken` and `over` are what `broken_rules` and `over_on_the_bus` say of them."""
    others = [person for rules in broken.values() for one in rules for person in one.lived_in_by + one.promised_to]
    names = display_names(actor, [*(one.person for one in found), *others])
    needs = _needs(one.person_id for one in found)
    parties = _party_numbers(found)
    return [
        Passenger(
            expected=one,
            name=names[one.person_id],
            age=age_on(one.person.birth_date, today),
            needs=needs.get(one.person_id, ()),
            party=parties.get(one.party_id, 0),
            room=one.room.number if one.room else "",
            over_on=over.get(one.id),
            breaks=tuple(_in_words(rule, one.room, names) for rule in broken.get(one.id, ())),
        )
        for one in found
    ]


def _in_words(broken: Broken, room: Room | None, names: Mapping[UUID, str]) -> str:
    """What is broken, and for a room that is not ready who has it or what state it is in."""
    if broken.lived_in_by:
        who = ", ".join(names[person.id] for person in broken.lived_in_by)
        return _("the room is occupied: {who}").format(who=who)
    if broken.promised_to:
        who = ", ".join(names[person.id] for person in broken.promised_to)
        return _("the room is promised on another bus: {who}").format(who=who)
    if broken.rule == RuleBroken.ROOM_NOT_READY and room is not None:
        return _("the room is not ready: {state}").format(state=room.get_state_display())
    return str(RuleBroken(broken.rule).label) if broken.rule in RuleBroken.values else broken.rule


def free_rooms(site: Site) -> list[Room]:
    """Rooms that are ready and promised to nobody, in order."""
    ready = Room.objects.filter(site=site, state=RoomState.READY).exclude(expected__state__in=ON_THE_WAY)
    return list(ready.select_related("floor").order_by("floor__order", "position", "number"))


def room_by_number(site: Site, number: str) -> Room:
    """A room of a site by what a clerk types; raises `NotFound`."""
    found = Room.objects.filter(site=site, number__iexact=number.strip()).first()
    if found is None:
        raise NotFound(room=number)
    return found


def expected_by_id(actor: Actor, site: Site, expected_id: UUID) -> ExpectedArrival:
    """Somebody expected at a site; raises `NotFound`."""
    rows = ExpectedArrival.objects.visible_to(actor, "arrivals.read").filter(site=site)
    found = rows.select_related("person", "room", "manifest__site", "site").filter(pk=expected_id).first()
    if found is None:
        raise NotFound(expected=expected_id)
    return found


def household_of(expected: ExpectedArrival) -> list[ExpectedArrival]:
    """The others of the same party who are still on the way."""
    rows = ExpectedArrival.objects.filter(site=expected.site_id, party_id=expected.party_id, state__in=ON_THE_WAY)
    return list(rows.exclude(pk=expected.pk).select_related("person", "room", "manifest").order_by("id"))


def _needs(people: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = Need.objects.filter(person__in=list(people), ended_at__isnull=True).order_by("kind")
    for person, kind in rows.values_list("person_id", "kind"):
        found[person].append(str(NeedKind(kind).label))
    return {person: tuple(kinds) for person, kinds in found.items()}


def _party_numbers(found: list[ExpectedArrival]) -> dict[UUID, int]:
    sizes: dict[UUID, int] = defaultdict(int)
    for one in found:
        sizes[one.party_id] += 1
    shared = [party for party, size in sizes.items() if size > 1]
    return {party: number for number, party in enumerate(shared, start=1)}
