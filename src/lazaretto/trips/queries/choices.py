"""The choices for somebody urgent as people read them: what happens, when they are there, what it costs whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import starmap
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.places.models import Site
from lazaretto.trips.choices import Limit
from lazaretto.trips.limits import limits
from lazaretto.trips.models import MoveRequest
from lazaretto.trips.queries.board import spoken
from lazaretto.trips.queries.company import Riding, riding_alone, riding_of
from lazaretto.trips.queries.insertion import SHOWN, Joining, Together, joinings, together_with
from lazaretto.trips.queries.own_vehicle import Own, own_vehicle
from lazaretto.trips.queries.planning import place_name


@dataclass(frozen=True)
class CostLine:
    """A stop that is later, by how many minutes, and for whom."""

    place: str
    minutes: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One way to bring them there. `number` is the trip's that takes them along, empty for a vehicle of their own.

    `alone` names who of them must not ride without their people, and why.
    """

    token: str
    number: str
    plate: str
    driver: str
    stops: tuple[str, ...]
    fetched_at: datetime
    there_at: datetime
    late_minutes: int
    longest_delay: int
    driving: int
    costs: tuple[CostLine, ...]
    beyond: tuple[Limit, ...]
    soonest: bool = False
    alone: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Choices:
    """Who is put in together, and up to three choices; the cheapest within the limits first."""

    request: MoveRequest
    names: tuple[str, ...]
    origin: str
    destination: str
    choices: tuple[Choice, ...]
    tolerance: int


def choices_for(actor: Actor, request: MoveRequest, *, at: datetime) -> Choices:
    """Up to three: trips that go anyway, and a vehicle of their own; a bounded number of queries."""
    together = together_with(request)
    joins, owns = joinings(actor, together, at=at), own_vehicle(actor, together, at=at)
    joins = joins[: max(1, SHOWN - len(owns))]
    people = [one.person for one in together.requests]
    names = display_names(actor, people)
    made = [*(_join(one, together, actor) for one in joins), *(_own(one, together) for one in owns)]
    alone = _alone(joins, len(owns), together, names, at)
    found = sorted(starmap(_with, zip(made, alone, strict=True)), key=_order)
    first = min((one.there_at for one in found[:SHOWN]), default=None)
    found = [replace(one, soonest=len(found) > 1 and one.there_at == first) for one in found]
    return Choices(
        request, tuple(names[one.pk] for one in people), place_name(together.origin), place_name(together.destination),
        tuple(found[:SHOWN]), int(limits().upset.total_seconds() // 60),
    )  # fmt: skip


def _with(choice: Choice, alone: tuple[tuple[str, str], ...]) -> Choice:
    return replace(choice, alone=alone)


def _alone(
    joins: Sequence[Joining], owns: int, together: Together, names: Mapping[UUID, str], at: datetime
) -> list[tuple[tuple[str, str], ...]]:
    """For each choice who of those who are put in would ride without their people."""
    ends = [end for end in (together.origin, together.destination) if isinstance(end, Site)]
    apart = [_ridings(together, 0, 1) for _own_vehicle in range(owns)]
    found = riding_alone(next(iter(ends), None), [*(_aboard(one, together) for one in joins), *apart], at=at)
    return [tuple((names[who], one.why) for who, one in those.items() if who in names) for those in found]


def _aboard(one: Joining, together: Together) -> list[Riding]:
    """Those of the trip's list, at their stops as they then are, and those who are put in."""
    now = {halt.old: number for number, halt in enumerate(one.way.stops) if halt.old is not None}
    there = [
        replace(riding, from_stop=now[riding.from_stop], to_stop=now[riding.to_stop])
        for riding in riding_of(one.trip.riders.all(), one.trip.category)
    ]
    return [*there, *_ridings(together, one.way.get_on, one.way.get_off)]


def _ridings(together: Together, get_on: int, get_off: int) -> list[Riding]:
    return [Riding(one.person, one.category, get_on, get_off) for one in together.requests]


def _order(choice: Choice) -> tuple[bool, bool, int]:
    return bool(choice.beyond), choice.late_minutes > 0, _price(choice)


def _price(choice: Choice) -> int:
    return choice.longest_delay + choice.driving


def _join(one: Joining, together: Together, actor: Actor) -> Choice:
    affected = Person.objects.filter(pk__in={person for cost in one.costs for person in cost.people})
    names = display_names(actor, list(affected)) if one.costs else {}
    stops = {stop.position: spoken(stop) for stop in one.trip.stops.all()}
    ends = {one.way.get_on: place_name(together.origin), one.way.get_off: place_name(together.destination)}
    way = tuple(stops[halt.old] if halt.old is not None else ends[number] for number, halt in enumerate(one.way.stops))
    costs = tuple(
        CostLine(spoken(cost.stop), cost.minutes, tuple(names[person] for person in cost.people)) for cost in one.costs
    )
    return Choice(
        one.token, one.trip.number, one.trip.vehicle.plate, one.trip.driver.name, way, one.fetched_at, one.there_at,
        _late(one.there_at, together), max(one.way.delays), one.way.driving, costs, one.beyond,
    )  # fmt: skip


def _own(one: Own, together: Together) -> Choice:
    stops = (place_name(together.origin), place_name(together.destination))
    return Choice(
        one.token, "", one.vehicle.plate, one.driver.name, stops, one.departs_at, one.there_at,
        _late(one.there_at, together), 0, one.driving, (), one.beyond,
    )  # fmt: skip


def _late(there_at: datetime, together: Together) -> int:
    return max(0, -int((together.latest_at - there_at).total_seconds() // 60))
