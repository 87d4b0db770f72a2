"""Reads of places: what an actor may see of sites, rooms and their states. Never writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import name_units_with
from lazaretto.core import states
from lazaretto.core.access import Actor
from lazaretto.core.errors import Forbidden, NotFound, Text
from lazaretto.core.prepared import prepared
from lazaretto.places import rules
from lazaretto.places.checklist import Item, items
from lazaretto.places.choices import RoomState, SiteState, ZoneKind
from lazaretto.places.models import Bed, ChecklistAnswer, Floor, Room, RoomStateChange, Site, SiteChange, Zone
from lazaretto.places.rows import Ground, RoomRow


@dataclass(frozen=True)
class Home:
    """Whose clock and rules hold in an area: name of a time zone, jurisdiction that adopts rule packs."""

    zone: str
    jurisdiction: str


AT_HOME = Home(settings.TIME_ZONE, "CN")  # of a unit that has no site


@dataclass(frozen=True)
class SiteFigures:
    """A site with its rooms by state and its reserve."""

    site: Site
    counts: dict[str, int]
    beds: int
    reserve: rules.Reserve

    @property
    def rooms(self) -> int:
        return sum(self.counts.values())

    @property
    def free(self) -> int:
        return self.counts.get(RoomState.READY, 0)

    @property
    def in_turnround(self) -> int:
        return self.counts.get(RoomState.TO_CLEAN, 0) + self.counts.get(RoomState.DISINFECTING, 0)


def sites(actor: Actor) -> QuerySet[Site]:
    """Sites the actor may look at, by code."""
    return Site.objects.visible_to(actor, "places.read").order_by("code")


def site_with_code(code: str) -> Site | None:
    """A site of the district by its code, with its unit, whoever asks: a destination is named, not looked at."""
    found = _coded(code=code)
    return found[0] if found else None


@prepared
def _coded(code: Any) -> QuerySet[Site]:
    return Site.objects.filter(code=code).select_related("unit")


def site_by_code(actor: Actor, code: str, capability: str = "") -> Site:
    """The site of that code; raises `NotFound` for one that the actor may not look at, as for one that is not there.

    With a capability, raises `Forbidden` where the actor does not hold it at this very site.
    """
    found = sites(actor).filter(code=code).first()
    if found is None:
        raise NotFound(site=code)
    if capability and not actor.may(capability, found.unit_id):
        raise Forbidden(capability=capability)
    return found


def sites_run_by(unit: Unit) -> str:
    """The sites of a unit that are not closed, by name."""
    running = Site.objects.filter(unit=unit).exclude(state=SiteState.CLOSED).order_by("code")
    return ", ".join(f"{site.name} {site.code}" for site in running)


def home_of(unit: UUID | None) -> Home:
    """Whose clock and rules hold in the area of a unit; of none, those at home. One query."""
    return homes_of([unit])[unit] if unit else AT_HOME


def homes_of(units: Collection[UUID]) -> dict[UUID, Home]:
    """The same of several: those of the site that a unit runs, else what all sites under it have in common. One query.

    Two levels down are looked at (headquarters, task force, site). Without any site: those at home.
    """
    under = Q(unit__in=units) | Q(unit__parent__in=units) | Q(unit__parent__parent__in=units)
    rows = Site.objects.filter(under).order_by("code").values_list(
        "unit_id", "unit__parent_id", "unit__parent__parent_id", "time_zone", "jurisdiction"
    )  # fmt: skip
    run, below = defaultdict[UUID, list[tuple[str, str]]](list), defaultdict[UUID, list[tuple[str, str]]](list)
    for unit, parent, grandparent, zone, jurisdiction in rows:
        run[unit].append((zone, jurisdiction))
        for above in filter(None, (parent, grandparent)):
            below[above].append((zone, jurisdiction))
    return {unit: _home(run.get(unit) or below.get(unit, [])) for unit in units}


def _home(of: list[tuple[str, str]]) -> Home:
    """What sites with these zones and jurisdictions have in common."""
    if not of:
        return AT_HOME
    zones, jurisdictions = {zone for zone, _jurisdiction in of}, [jurisdiction for _zone, jurisdiction in of]
    zone = zones.pop() if len(zones) == 1 else AT_HOME.zone
    return Home(zone, rules.common_jurisdiction(jurisdictions) or AT_HOME.jurisdiction)


def site_figures(actor: Actor) -> list[SiteFigures]:
    """All sites of the actor with their figures; three queries whatever their number."""
    found = list(sites(actor))
    return figures_of(found)


def figures_of(found: Sequence[Site]) -> list[SiteFigures]:
    """Figures of these sites; two queries."""
    ids = [site.pk for site in found]
    counts: dict[UUID, dict[str, int]] = defaultdict(dict)
    for site_id, state, number in (
        Room.objects.filter(site_id__in=ids).order_by().values_list("site_id", "state").annotate(n=Count("id"))
    ):
        counts[site_id][state] = number
    beds = dict(
        Bed.objects.filter(room__site_id__in=ids).order_by().values_list("room__site_id").annotate(n=Count("id"))
    )
    return [
        SiteFigures(site, counts[site.pk], beds.get(site.pk, 0), rules.reserve(counts[site.pk], site.reserve_percent))
        for site in found
    ]


_expected: list[Callable[[Collection[UUID]], Mapping[UUID, int]]] = []


def count_expected_with(function: Callable[[Collection[UUID]], Mapping[UUID, int]]) -> None:
    """An app that knows who is on the way to sites says how many they are, by the site's id; in one query for all."""
    if function not in _expected:
        _expected.append(function)


def people_expected_at(sites: Collection[UUID]) -> dict[UUID, int]:
    """How many people are announced, ordered or under way to these sites; one query for each app that knows some."""
    found: Counter[UUID] = Counter()
    for function in _expected:
        found.update(function(sites))
    return dict(found)


def names_of_units(units: Collection[UUID]) -> dict[UUID, str]:
    """Sites by the unit that runs them, with the name that the reader knows; one query."""
    return {site.unit_id: str(site) for site in Site.objects.filter(unit_id__in=units)}


name_units_with(names_of_units)


def state_counts(site: Site) -> dict[str, int]:
    """Rooms of a site by state."""
    return dict(Room.objects.filter(site=site).order_by().values_list("state").annotate(n=Count("id")))


def rooms(actor: Actor) -> QuerySet[Room]:
    """Rooms the actor may look at, with floor and building, in the order of the board, each with its number of beds."""
    visible = Room.objects.visible_to(actor, "places.read").select_related("floor__building", "site")
    return visible.annotate(bed_count=Count("beds")).order_by(
        "floor__building__name", "floor__order", "position", "number"
    )


def cleaning_list(actor: Actor, site: Site) -> list[Room]:
    """Rooms of a site on their way back to a guest, those that wait longest first."""
    states = [RoomState.TO_CLEAN, RoomState.DISINFECTING]
    found = Room.objects.visible_to(actor, "places.read").filter(site=site, state__in=states)
    return list(found.select_related("floor__building").order_by("state_since", "number"))


def recently_ready(actor: Actor, site: Site, since: datetime) -> QuerySet[RoomStateChange]:
    """Rooms that became ready after disinfection since a moment, the last first."""
    visible = Site.objects.visible_to(actor, "places.read").filter(pk=site.pk)
    done = RoomStateChange.objects.filter(room__site__in=visible, after=RoomState.READY, before=RoomState.DISINFECTING)
    return done.filter(at__gte=since).select_related("room", "by").order_by("-id")


def room_history(actor: Actor, room: Room, most: int = 50) -> list[RoomStateChange]:
    """The last steps of a room, the latest first."""
    visible = Room.objects.visible_to(actor, "places.read").filter(pk=room.pk)
    return list(RoomStateChange.objects.filter(room__in=visible).select_related("by").order_by("-id")[:most])


def site_history(actor: Actor, site: Site, most: int = 50) -> list[SiteChange]:
    """Changes of state and category of a site, the latest first."""
    visible = Site.objects.visible_to(actor, "places.read").filter(pk=site.pk)
    return list(SiteChange.objects.filter(site__in=visible).select_related("by").order_by("-id")[:most])


def floors(site: Site) -> list[Floor]:
    """Floors of a site with building and zone, lowest first."""
    found = Floor.objects.filter(building__site=site).select_related("building", "zone")
    return list(found.order_by("building__name", "order", "label"))


def zones(site: Site) -> list[Zone]:
    """Zones and passages of a site."""
    return list(Zone.objects.filter(site=site).order_by("kind", "name"))


def receivable_categories(site: Site) -> frozenset[str]:
    """Categories of people whom the site may receive."""
    return rules.receivable(site.category)


def ground_of(site: Site) -> Ground:
    """Floors and rooms of a site, as the grid and room lists compare with them; three queries."""
    labels: dict[str, set[str]] = {
        name: set() for name in site.buildings.order_by("name").values_list("name", flat=True)
    }
    for building, label in Floor.objects.filter(building__site=site).values_list("building__name", "label"):
        labels[building].add(label)
    found = Room.objects.filter(site=site).select_related("floor__building").annotate(bed_count=Count("beds"))
    return Ground(
        {name: frozenset(floor_labels) for name, floor_labels in labels.items()},
        {room.number: row_of(room) for room in found},
    )


def row_of(room: Room) -> RoomRow:
    """A room, fetched by `rooms`, as a row of the grid."""
    return RoomRow(
        room.floor.building.name,
        room.floor.label,
        room.number,
        room.position,
        room.bed_count,  # type: ignore[attr-defined]  # annotated by the query
        room.accessible,
        room.has_window,
        room.note,
        room.pk,
    )


PROBLEMS = {
    "no_rooms": _("there is no room yet"),
    "no_beds": _("some rooms have no bed"),
    "floor_outside_zone": _("some floors with rooms are not in the contaminated zone"),
    "reserve_short": _("too few rooms are in reserve"),
}


def problem_text(code: str) -> Text:
    """Words for a code of `CheckedItem.problems`."""
    kind, _sign, value = code.partition(":")
    return ZoneKind(value).label if kind == "zone" else PROBLEMS[code]


@dataclass(frozen=True)
class CheckedItem:
    """An item of the checklist with its last answer; for a counted one, what the program found."""

    item: Item
    passed: bool | None
    evidence: str
    answer: ChecklistAnswer | None = None
    problems: tuple[str, ...] = ()

    @property
    def missing(self) -> list[Text]:
        """What a counted item still wants, in words."""
        return [problem_text(code) for code in self.problems]


def checklist(site: Site) -> list[CheckedItem]:
    """All items in order, answered by people or counted now."""
    answers = {one.item: one for one in ChecklistAnswer.objects.filter(site=site).select_related("checked_by")}
    counted = _counted(site)
    found = []
    for code, item in items().items():
        answer = answers.get(code)
        if item.counted:
            problems = tuple(counted[code])
            found.append(CheckedItem(item, not problems, "", None, problems))
        else:
            passed = None if answer is None else answer.passed
            found.append(CheckedItem(item, passed, "" if answer is None else answer.evidence, answer))
    return found


def open_items(site: Site) -> list[str]:
    """Codes of the items that are not passed."""
    return [one.item.code for one in checklist(site) if not one.passed]


def _counted(site: Site) -> dict[str, list[str]]:
    """What is missing for the items that the program answers itself, as codes that `problem_text` puts into words."""
    kinds = set(Zone.objects.filter(site=site).values_list("kind", flat=True))
    lived = Floor.objects.filter(building__site=site, rooms__isnull=False).distinct()
    figures = figures_of([site])[0]
    bedless = Room.objects.filter(site=site, beds__isnull=True).exclude(state=RoomState.OUT_OF_SERVICE).exists()
    outside = lived.filter(Q(zone__isnull=True) | ~Q(zone__kind=ZoneKind.CONTAMINATED)).exists()
    return {
        "zones": [f"zone:{kind}" for kind in ZoneKind.values if kind not in kinds],
        "rooms": [
            code
            for code, wrong in (("no_rooms", not figures.rooms), ("no_beds", bedless), ("floor_outside_zone", outside))
            if wrong
        ],
        "reserve": ["reserve_short"] if figures.reserve.short or not figures.rooms else [],
    }


def unactivated_with_people() -> list[tuple[Site, int]]:
    """Sites never activated or closed, in whose rooms people are recorded."""
    wrong = Site.objects.filter(state__in=[SiteState.PLANNED, SiteState.CLOSED])
    occupied = Count("rooms", filter=Q(rooms__state=RoomState.OCCUPIED))
    return [(site, site.occupied) for site in wrong.annotate(occupied=occupied).filter(occupied__gt=0)]


def illegal_steps(changes: Iterable[RoomStateChange]) -> list[tuple[RoomStateChange, str]]:
    """Steps that the table does not have, or that do not begin where the one before ended."""
    last: dict[UUID, str] = {}
    found = []
    for change in changes:
        if states.edge(rules.ROOM_EDGES, change.before, change.after) is None:
            found.append((change, f"{change.before} → {change.after} is no permitted step"))
        if last.get(change.room_id, change.before) != change.before:
            found.append((change, f"begins at {change.before}, the step before ended at {last[change.room_id]}"))
        last[change.room_id] = change.after
    return found


def total(figures: Iterable[SiteFigures]) -> dict[str, int]:
    """Rooms of several sites by state, with their reserve needed and kept."""
    found: dict[str, int] = defaultdict(int)
    for one in figures:
        for state, number in one.counts.items():
            found[state] += number
        found["beds"] += one.beds
        found["needed"] += one.reserve.needed
    found["rooms"] = sum(found[state] for state in RoomState.values)
    return dict(found)


def floors_with_rooms(site: Site) -> list[Floor]:
    """Floors of a site with the number of their rooms as `room_count`, lowest first."""
    found = Floor.objects.filter(building__site=site).select_related("building", "zone")
    return list(found.annotate(room_count=Count("rooms")).order_by("building__name", "order", "label"))


def steps_of_site(site: Site) -> QuerySet[RoomStateChange]:
    """Steps of all rooms of a site that was found through `site_by_code`."""
    return RoomStateChange.objects.filter(room__site=site).select_related("room")
