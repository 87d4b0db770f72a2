"""Who would ride without the company they must have: judged from stop to stop, as the rooms of a site are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.people.models import Person
from lazaretto.people.queries import party_ids
from lazaretto.places.models import Site
from lazaretto.stays.models import Occupancy
from lazaretto.stays.queries.sharing import Lonely, Sharer, without_company_in
from lazaretto.trips.models import Rider


@dataclass(frozen=True)
class Riding:
    """Somebody on a vehicle from one stop to a later one; stops are counted from 0."""

    person: Person
    category: str
    from_stop: int
    to_stop: int


def riding_of(riders: Iterable[Rider], category: str) -> list[Riding]:
    """Those of a trip's list who ride; whoever stays is nobody's company."""
    return [
        Riding(one.person, category, one.from_stop.position, one.to_stop.position)
        for one in riders
        if not one.left_behind
    ]


def riding_alone(rules_of: Site | None, lists: Sequence[Sequence[Riding]], *, at: datetime) -> list[dict[UUID, Lonely]]:
    """For each list those who must not be alone and are on some stretch of their way, by the rules in force at a site.

    A grown member of the household who gets off sooner leaves them alone from there on, one who goes further where
    they get off. Four queries for all lists,
    one more where no site of ours is on the way.
    """
    people = {one.person.pk for those in lists for one in those}
    site = rules_of or (Site.objects.order_by("code").first() if people else None)
    if site is None or not people:
        return [{} for _list in lists]
    parties = _parties(people)
    stretches = [(number, aboard) for number, those in enumerate(lists) for aboard in _stretches(those)]
    groups = [
        [Sharer(one.person, one.category, parties[one.person.pk]) for one in aboard] for _number, aboard in stretches
    ]
    found: list[dict[UUID, Lonely]] = [{} for _list in lists]
    for (number, _aboard), lonely in zip(stretches, without_company_in(site, groups, at=at), strict=True):
        found[number].update({one.sharer.person.pk: one for one in lonely})
    return found


def _stretches(those: Sequence[Riding]) -> list[list[Riding]]:
    """Who sits together between the stops where somebody gets on or off, and who gets off together."""
    stops = sorted({stop for one in those for stop in (one.from_stop, one.to_stop)})
    aboard = [[one for one in those if one.from_stop <= stop < one.to_stop] for stop in stops[:-1]]
    return [*aboard, *([one for one in those if one.to_stop == stop] for stop in stops[1:])]


def _parties(people: Iterable[UUID]) -> dict[UUID, UUID]:
    """The household of each; of whoever has none on record those with whom they are lodged."""
    found = party_ids(sorted(people))
    lodged = Occupancy.objects.filter(stay__person__in=found, ended_at__isnull=True)
    for person, party in lodged.order_by("started_at", "id").values_list("stay__person_id", "party_id"):
        if found[person] == person:
            found[person] = party
    return found


def site_on(riders: Iterable[Rider]) -> Site | None:
    """The first site of ours where one of them gets on or off: its rules hold. No query for stops read with places."""
    stops = sorted({stop for one in riders for stop in (one.from_stop, one.to_stop)}, key=lambda stop: stop.position)
    return next((stop.site for stop in stops if stop.site is not None), None)
