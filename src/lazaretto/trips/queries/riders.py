"""Free berths of a trip from stop to stop, and who of those that wait could ride along as it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lazaretto.core.access import Actor
from lazaretto.people.queries import display_names
from lazaretto.trips import rules
from lazaretto.trips.choices import Berth
from lazaretto.trips.models import MoveRequest, Rider, Stop, Trip
from lazaretto.trips.queries.board import MANAGE, spoken
from lazaretto.trips.queries.planning import open_requests

SHOWN = 30


@dataclass(frozen=True)
class Berths:
    """Of one kind: how many there are, how many are free."""

    code: str
    label: str
    of: int
    taken: int

    @property
    def free(self) -> int:
        """How many more could sit there; less than none when a list is too long."""
        return self.of - self.taken


@dataclass(frozen=True)
class Stretch:
    """From one stop to the next: berths by kind; `left` when the vehicle has left its first stop."""

    origin: str
    destination: str
    berths: tuple[Berths, ...]
    left: bool


def stretches(trip: Trip, riders: Iterable[Rider]) -> list[Stretch]:
    """Every stretch with its berths; kinds that the vehicle does not have only where somebody needs them. No query."""
    stops = list(trip.stops.all())
    riding = [one for one in riders if not one.left_behind]
    room = rules.Room(trip.vehicle.seats, trip.vehicle.wheelchairs, trip.vehicle.stretchers)
    needed = {one.berth for one in riding}
    kinds = [berth for berth in Berth if room.of(berth) or berth in needed]
    return [
        Stretch(
            spoken(before), spoken(after), tuple(_berths(riding, number, berth, room) for berth in kinds),
            before.departed_at is not None,
        )
        for number, (before, after) in enumerate(pairwise(stops))
    ]  # fmt: skip


def _berths(riding: Sequence[Rider], stretch: int, berth: Berth, room: rules.Room) -> Berths:
    here = [one for one in riding if one.from_stop.position <= stretch < one.to_stop.position and one.berth == berth]
    return Berths(str(berth), str(berth.label), room.of(berth), len(here))


@dataclass(frozen=True)
class Candidate:
    """Somebody who waits and whose way this trip goes anyway."""

    request: MoveRequest
    name: str
    from_stop: int
    to_stop: int
    origin: str
    destination: str


def candidates(actor: Actor, trip: Trip) -> list[Candidate]:
    """Of the category, between two stops that it comes to, there in time; the most pressing first. Two queries."""
    stops = list(trip.stops.all())
    rows = open_requests(actor, MANAGE).filter(category=trip.category)
    found = [(row, ends) for row in rows if (ends := way_of_request(stops, row)) is not None][:SHOWN]
    names = display_names(actor, [row.person for row, _ends in found])
    return [
        Candidate(row, names[row.person_id], on, off, spoken(stops[on]), spoken(stops[off]))
        for row, (on, off) in found
        if stops[off].arrives_at <= row.latest_at
    ]


def way_of_request(stops: Sequence[Stop], row: MoveRequest) -> tuple[int, int] | None:
    """At which stops they would get on and off; None where the trip does not go their way."""
    on = next((one.position for one in stops if one.departed_at is None and _from(one) == _start(row)), None)
    if on is None:
        return None
    off = next((one.position for one in stops if one.position > on and _from(one) == _end(row)), None)
    return None if off is None else (on, off)


def _from(stop: Stop) -> tuple[object, object]:
    return stop.site_id, stop.external_id


def _start(row: MoveRequest) -> tuple[object, object]:
    return row.from_site_id, row.from_external_id


def _end(row: MoveRequest) -> tuple[object, object]:
    return row.to_site_id, row.to_external_id
