"""Who must not be alone and rides without anybody of theirs: somebody is named who looks after them, or it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, raise_alarm
from lazaretto.core.errors import whole
from lazaretto.stays.commands import lock_places, report_alone
from lazaretto.stays.models import Stay
from lazaretto.stays.queries.sharing import Behind, Lonely, alone_apart, alone_without
from lazaretto.trips import rules
from lazaretto.trips.commands.vehicles import RIDE
from lazaretto.trips.deadlines import ALONE
from lazaretto.trips.errors import NotARider, TripOver
from lazaretto.trips.models import Rider, Stop, Trip
from lazaretto.trips.queries.company import riding_alone, riding_of, site_on

LONGEST = 80


@dataclass(frozen=True)
class MinderNamed:
    """Who looks after somebody on the way; empty when nobody does any more."""

    trip_id: UUID
    person_id: UUID
    minder: str


@command("trips.name_minder", capability=RIDE)
def name_minder(*, actor: Actor, at: datetime, trip: Trip, person: UUID, minder: str) -> MinderNamed:
    """Say by name who looks after somebody on the way: a child, or somebody dependent, without their people.

    Empty takes it back. Whoever says so has judged it; with it they are signed out. Raises `TripOver`, `NotARider`,
    `TextTooLong`.
    """
    if trip.state not in rules.OPEN:
        raise TripOver(number=trip.number)
    rider = trip.riders.filter(person=person, closed_at__isnull=True).first()
    if rider is None:
        raise NotARider
    before, rider.minded_by = rider.minded_by, whole(minder, LONGEST)
    rider.save(update_fields=["minded_by"])
    said = {"rider": str(rider.id), "minder": rider.minded_by, "before": before}
    record(trip, unit_id=trip.unit_id, person_id=person, data=said)
    return MinderNamed(trip.id, person, rider.minded_by)


def judged(riders: Sequence[Rider], *, at: datetime) -> str:
    """Who looks after those who go, as the sign-out wants it; empty when somebody is alone for whom nobody is named."""
    minded = {rider.person_id: rider.minded_by for rider in riders if rider.minded_by}
    if not minded:
        return ""
    stays = _staying(riders)
    alone = alone_without(stays, at=at) if stays else []
    if {one.lonely.sharer.person.pk for one in alone} - set(minded):
        return ""
    return gettext("Looked after on the way: %(who)s") % {"who": ", ".join(sorted(set(minded.values())))}


def judge_apart(trip: Trip, here: Stop, parties: Sequence[Sequence[Rider]], *, actor: Actor, at: datetime) -> str:
    """Parties leave a site of ours at one moment for several places: judged once, for all of them together.

    Signed out one after the other, whoever goes last would seem left behind in the room by those before. Whoever is
    really alone, and has nobody named, is told once. Returns what the sign-outs then have as their assessment.
    """
    if here.site is None or len(parties) < 2:  # one party is judged by its sign-out
        return ""
    by_person = {stay.person_id: stay for stay in _staying([rider for party in parties for rider in party])}
    places = lock_places(list(by_person.values()))
    found = alone_apart(
        [[by_person[one.person_id] for one in party if one.person_id in by_person] for party in parties],
        at=at, rooms=[place.room_id for place in places.values()],
    )  # fmt: skip
    minded = {rider.person_id for party in parties for rider in party if rider.minded_by}
    untold = [one for one in found if one.lonely.sharer.person.pk not in minded]
    words = gettext("Trip %(number)s left with the others for several places:") % {"number": trip.number}
    report_alone(untold, here.site, words, actor=actor, at=at)
    return gettext("Judged for everybody who leaves here with trip %(number)s") % {"number": trip.number}


def _staying(riders: Sequence[Rider]) -> list[Stay]:
    people = [rider.person_id for rider in riders]
    return list(Stay.objects.filter(person__in=people, ended_at__isnull=True).select_related("site", "person"))


def tell_alone(trip: Trip, to: Stop, people: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
    """Nobody of ours signs out at a place of others: where they come to is told who comes alone, else the dispatcher.

    Inside the running command.
    """
    alone = [one for one in _alone(trip, at) if one.sharer.person.pk in people]
    if alone and to.site is not None:
        words = gettext("Trip %(number)s brings them without anybody of theirs:") % {"number": trip.number}
        report_alone([Behind(one, None) for one in alone], to.site, words, actor=actor, at=at)
        return
    for one in alone:
        who = one.sharer.person.pk
        raise_alarm(Due(ALONE.code, trip, at, slot=str(who), unit_id=trip.unit_id, person_id=who), at=at)


def _alone(trip: Trip, at: datetime) -> list[Lonely]:
    """Those of the list who ride alone and for whom nobody is named."""
    riders = list(trip.riders.select_related("person", "from_stop__site", "to_stop__site").order_by("id"))
    minded = {rider.person_id for rider in riders if rider.minded_by and not rider.left_behind}
    (alone,) = riding_alone(site_on(riders), [riding_of(riders, trip.category)], at=at)
    return [one for person, one in alone.items() if person not in minded]
