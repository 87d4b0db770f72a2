"""The choices for somebody urgent as people read them: what happens, when they are there, what it costs whom."""

from dataclasses import dataclass, replace
from datetime import datetime

from lazaretto.core.access import Actor
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.trips.choices import Limit
from lazaretto.trips.limits import limits
from lazaretto.trips.models import MoveRequest
from lazaretto.trips.queries.board import spoken
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
    """One way to bring them there. `number` is the trip's that takes them along, empty for a vehicle of their own."""

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
    own = [_own(one, together) for one in owns]
    join = [_join(one, together, actor) for one in joins[: max(1, SHOWN - len(own))]]
    found = sorted([*join, *own], key=lambda one: (bool(one.beyond), one.late_minutes > 0, _price(one)))
    first = min((one.there_at for one in found[:SHOWN]), default=None)
    found = [replace(one, soonest=len(found) > 1 and one.there_at == first) for one in found]
    people = [one.person for one in together.requests]
    names = display_names(actor, people)
    return Choices(
        request, tuple(names[one.pk] for one in people), place_name(together.origin), place_name(together.destination),
        tuple(found[:SHOWN]), int(limits().upset.total_seconds() // 60),
    )  # fmt: skip


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
