"""Reads of stranded people, within what an actor may see. Never writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Deadline
from lazaretto.custody.models import Holding
from lazaretto.orders.choices import Obstacle
from lazaretto.orders.queries.destinations import Destination, destinations, wish_of
from lazaretto.people.choices import Likeness, NeedKind
from lazaretto.people.models import Need, Person
from lazaretto.people.queries import age_on, display_names, find
from lazaretto.places.choices import Ability, ExternalKind
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.places.queries import home_of
from lazaretto.protocols.queries import effective
from lazaretto.protocols.rules import NoPackAdopted
from lazaretto.protocols.rules.pack import RoomRule
from lazaretto.stranded import rules
from lazaretto.stranded.choices import GivenKind, State
from lazaretto.stranded.deadlines import CARE, MEAL, OWNER, PLACE, SEARCH
from lazaretto.stranded.models import Given, Group, Stranded, StrandedStep

READ = rules.READ
NAMES = "people.names"
LODGINGS = (ExternalKind.LODGING, ExternalKind.SITE, ExternalKind.HOME)
MOST, SHORTEST = 6, 2
MOST_PLACES = 8
STEP_FREE = frozenset({NeedKind.CANNOT_WALK, NeedKind.DISABILITY})


# ---- whom the rules see


def zone_of(unit: Unit) -> ZoneInfo:
    """The time zone of a unit: its site's, else the one at home."""
    return clock.zone(home_of(unit.pk).zone)


def room_rule(unit: Unit, at: datetime) -> RoomRule | None:
    """Who must not be alone, by the pack in force there; None where none is."""
    home = home_of(unit.pk)
    try:
        return effective(home.jurisdiction, clock.local_date(at, clock.zone(home.zone))).rooms
    except NoPackAdopted:
        return None


def age_of(row: Stranded, at: datetime) -> int | None:
    """By the birth date, else as somebody guessed."""
    return age_on(row.person.birth_date, at.date()) if row.person.birth_date else row.age


def needs_by_person(people: Collection[UUID]) -> dict[UUID, set[str]]:
    """Open needs of these people; one query."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for person, kind in Need.objects.filter(person__in=people, ended_at__isnull=True).values_list("person_id", "kind"):
        found[person].add(kind)
    return found


def place_key(row: Stranded) -> str:
    """Where somebody is or goes, so that it can be compared."""
    if row.state in {State.ON_THE_WAY, State.LODGED}:
        return f"{row.to_site_id or ''}/{row.to_place_id or ''}"
    return "" if row.state in rules.HERE else str(row.state)


def lonely(group: Group, rows: Sequence[Stranded], *, at: datetime) -> frozenset[str]:
    """Who of these, all of one group, must not be alone and is; the missing are looked for, not looked after."""
    needs = needs_by_person([row.person_id for row in rows])
    here = [row for row in rows if row.state in rules.OPEN and row.state != State.MISSING]
    people = [
        rules.Somebody(
            str(row.pk), place_key(row), age_of(row, at), frozenset(needs[row.person_id]), bool(row.carer_kind)
        )
        for row in here
    ]
    return rules.lonely(people, room_rule(group.unit, at), at_home=group.at_home)


# ---- lists and one


def groups(actor: Actor) -> QuerySet[Group]:
    """Groups the actor may read, with what a line of a list shows."""
    return Group.objects.visible_to(actor, READ).select_related("unit", "owner", "registered_by")


def stranded(actor: Actor) -> "QuerySet[Stranded]":
    """Each of the people of those groups, with the group's number."""
    return Stranded.objects.visible_to(actor, READ).annotate(number=F("group__number"))


def listed(actor: Actor, state: str) -> QuerySet[Group]:
    """Those in our care, those nobody owns, those with somebody missing, ended ones, or all."""
    rows = groups(actor)
    if state == "all":
        return rows
    if state == "ended":
        return rows.filter(ended_at__isnull=False)
    rows = rows.filter(ended_at__isnull=True)
    if state == "unowned":
        return rows.filter(owner__isnull=True)
    return rows.filter(people__state=State.MISSING).distinct() if state == "missing" else rows


def group_by_number(actor: Actor, number: str) -> Group:
    """One of them; raises `NotFound`."""
    found = groups(actor).filter(number=number).first()
    if found is None:
        raise NotFound(kind="stranded.group", number=number)
    return found


@dataclass(frozen=True)
class Member:
    """One of a group as the pages show them. What they are known by and need only to who reads names there."""

    row: Stranded
    name: str
    words: str
    age: int | None
    needs: tuple[str, ...]
    need_words: tuple[str, ...]
    place_due: datetime | None
    care_due: datetime | None
    search_due: datetime | None

    @property
    def shown(self) -> str:
        """The name, or what they are known by while there is none."""
        return self.words if self.row.nameless and self.words else self.name


@dataclass(frozen=True)
class Line:
    """A group as the list shows it: who, and the clocks that run."""

    group: Group
    where: str
    members: tuple[Member, ...]
    owner_due: datetime | None
    meal_due: datetime | None
    late: bool

    @property
    def waiting(self) -> int:
        """How many have no place yet."""
        return sum(one.row.state in {State.WAITING, State.ON_THE_WAY} for one in self.members)

    @property
    def place_due(self) -> datetime | None:
        """The next moment at which somebody has to have a place."""
        return min((one.place_due for one in self.members if one.place_due), default=None)

    @property
    def care_due(self) -> datetime | None:
        """The next moment at which somebody has to be looked after, by the first or by the next carer."""
        return min((one.care_due for one in self.members if one.care_due), default=None)

    @property
    def search_due(self) -> datetime | None:
        """The next moment at which somebody has to be looked for."""
        return min((one.search_due for one in self.members if one.search_due), default=None)

    @property
    def needs(self) -> list[str]:
        """What they need, in words, once each."""
        return list(dict.fromkeys(chain.from_iterable(one.need_words for one in self.members)))


def people_of(group: Group, *states: str) -> list[Stranded]:
    """Those of a group in one of these states."""
    return list(group.people.filter(state__in=states).select_related("person").order_by("position"))


def line_of(actor: Actor, group: Group, *, at: datetime) -> Line:
    """One group as the list shows it."""
    return lines(actor, [group], at=at)[0]


Dues = dict[tuple[str, str], datetime]


def lines(actor: Actor, rows: Sequence[Group], *, at: datetime) -> list[Line]:
    """Groups with their people, needs and clocks: four queries at most, whatever their number."""
    people: dict[UUID, list[Stranded]] = defaultdict(list)
    related = ("person", "to_site", "to_place", "stay__site")
    for row in Stranded.objects.filter(group__in=rows).select_related(*related).order_by("position"):
        people[row.group_id].append(row)
    everybody = list(chain.from_iterable(people.values()))
    needs = needs_by_person([row.person_id for row in everybody])
    names = display_names(actor, [row.person for row in everybody])
    dues = _dues([str(row.pk) for row in (*rows, *everybody)])
    return [_line(actor, group, people[group.pk], needs, names, dues, at) for group in rows]


def _dues(subjects: Collection[str]) -> Dues:
    kinds = [kind.code for kind in (OWNER, PLACE, CARE, MEAL, SEARCH)]
    rows = Deadline.objects.filter(subject_id__in=subjects, kind__in=kinds, state=DeadlineState.OPEN)
    return {(kind, subject): due for kind, subject, due in rows.values_list("kind", "subject_id", "due_at")}


def _line(
    actor: Actor,
    group: Group,
    rows: Sequence[Stranded],
    needs: dict[UUID, set[str]],
    names: dict[UUID, str],
    dues: Dues,
    at: datetime,
) -> Line:
    reads = actor.may(NAMES, group.unit_id)
    members = tuple(_member(row, names[row.person_id], needs[row.person_id], dues, at, reads=reads) for row in rows)
    own = {kind: dues.get((kind, str(group.pk))) for kind in (OWNER.code, MEAL.code)}
    clocks = [*own.values(), *(due for one in members for due in (one.place_due, one.care_due, one.search_due))]
    late = any(due is not None and due < at for due in clocks)
    where = group.where if reads else ""
    return Line(group, where, members, own[OWNER.code], own[MEAL.code], late)


def _member(row: Stranded, name: str, needs: set[str], dues: Dues, at: datetime, *, reads: bool) -> Member:
    kinds = sorted(needs) if reads else []
    clocks = (dues.get((kind.code, str(row.pk))) for kind in (PLACE, CARE, SEARCH))
    return Member(
        row, name, (row.known_as or "") if reads else "", age_of(row, at) if reads else None, tuple(kinds),
        tuple(str(NeedKind(kind).label) for kind in kinds), *clocks,
    )  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """A row of the history; what was done to several at once is one, of `positions` (empty: of the group)."""

    step: StrandedStep
    positions: tuple[int, ...]


def history(group: Group) -> list[Happened]:
    """What happened, the last first; one query."""
    rows = group.steps.select_related("by", "stranded").order_by("-at", "-id")
    found = []
    for _same, some in groupby(rows, key=lambda row: (row.at, row.step, row.words)):
        steps = list(some)
        found.append(Happened(steps[0], tuple(sorted(row.stranded.position for row in steps if row.stranded))))
    return found


@dataclass(frozen=True)
class Food:
    """What they were given, and how often a meal time went by without a meal."""

    given: tuple[Given, ...]
    last: dict[str, datetime]


def food_of(group: Group) -> Food:
    """The last dozen, and the last of each kind; one query."""
    rows = list(group.given.select_related("by").order_by("-at", "-id"))
    last: dict[str, datetime] = {}
    for row in rows:
        last.setdefault(row.kind, row.at)
    return Food(tuple(rows[:12]), {str(GivenKind(kind).label): moment for kind, moment in last.items()})


# ---- who they may be


@dataclass(frozen=True)
class Known:
    """Somebody in our records who may be the one who was found. `why` is empty where only the letters fit."""

    person_id: UUID
    name: str
    why: tuple[str, ...]
    group: str


def known(actor: Actor, likely: dict[UUID, list[str]], typed: str) -> list[Known]:
    """Those alike first, masked where the actor may not read them; then whom the letters typed fit."""
    ids = list(likely)
    if len(typed) >= SHORTEST:
        ids += [hit.person_id for hit in find(actor, typed, limit=MOST)]
    people = Person.objects.current().defer("address").in_bulk(list(dict.fromkeys(ids))[: max(MOST, len(likely))])
    names = display_names(actor, people.values())
    here = Stranded.objects.filter(person__in=people, ended_at__isnull=True).select_related("group")
    numbers = {row.person_id: row.group.number for row in here}
    return [
        Known(pk, names[pk], tuple(str(Likeness(code).label) for code in likely.get(pk, ())), numbers.get(pk, ""))
        for pk in dict.fromkeys(ids)
        if pk in people
    ]


# ---- where they can go


@dataclass(frozen=True)
class Lodging:
    """A place that others run, with how many of ours are there now and whether one gets in without steps."""

    place: ExternalPlace
    ours: int
    step_free: bool
    fits: bool


ASIDE = frozenset({Obstacle.CATEGORY})  # under which category they stay is decided when they are admitted


def sites_for(rows: Sequence[Stranded]) -> list[Destination]:
    """Our sites that have room for them, the best first: as for a transfer order, with those under way counted."""
    found = destinations(wish_of([row.person_id for row in rows], ""))
    return [one for one in found if one.ours and not set(one.obstacles) - ASIDE][:MOST_PLACES]


def lodgings_for(rows: Sequence[Stranded]) -> list[Lodging]:
    """Hostels, schools, dormitories, sites of others, homes: step-free ones first where somebody needs that."""
    needs = set(chain.from_iterable(needs_by_person([row.person_id for row in rows]).values()))
    found = list(ExternalPlace.objects.filter(kind__in=LODGINGS, closed_at__isnull=True))
    held = Holding.objects.filter(external__in=found, ended_at__isnull=True).order_by()
    there = dict(held.values_list("external").annotate(n=Count("id")))
    asked = bool(needs & STEP_FREE)
    rated = []
    for place in found:
        step_free = Ability.ACCESSIBLE in place.abilities
        rated.append(Lodging(place, there.get(place.pk, 0), step_free, step_free or not asked))
    return sorted(rated, key=lambda one: (not one.fits, LODGINGS.index(ExternalKind(one.place.kind)), one.place.name))


def rooms_of(site: Site, people: int) -> list[Room]:
    """Ready rooms with a bed for each, the smallest first."""
    rows = Room.objects.filter(site=site, state="ready").annotate(n=Count("beds")).filter(n__gte=people)
    return list(rows.select_related("floor").order_by("n", "number")[:40])


def held_at(people: Iterable[UUID]) -> dict[UUID, Holding]:
    """Who holds each of these people now; one query."""
    rows = Holding.objects.filter(person__in=list(people), ended_at__isnull=True)
    found = rows.select_related("site", "external", "handover__from_external")
    return {row.person_id: row for row in found}


def units_to_register_at(actor: Actor) -> QuerySet[Unit]:
    """Where the actor may register, sites first."""
    return Unit.objects.visible_to(actor, rules.REGISTER).filter(ended_at__isnull=True).order_by("code")


def nameless(number: str, position: int) -> str:
    """What the record of somebody is called whose name is not known yet."""
    return _("Unnamed %(number)s-%(position)d") % {"number": number, "position": position}
