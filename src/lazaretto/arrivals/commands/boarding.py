"""The bus: scanned on, missing, unexpected, gone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.arrivals.choices import ExpectedState
from lazaretto.arrivals.errors import BusGone, NotExpectedNow, PeopleUnaccounted
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.bus import people_expected
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import ReasonRequired
from lazaretto.people.commands import NewPerson, open_access, register_person
from lazaretto.people.models import Person
from lazaretto.places.queries import count_expected_with

count_expected_with(people_expected)


@dataclass(frozen=True)
class Boarded:
    """Somebody is on the bus. `left` counts those still expected."""

    expected_id: UUID
    unexpected: bool
    left: int


@dataclass(frozen=True)
class MarkedMissing:
    """Somebody on the list is not coming with this bus, and why."""

    expected_id: UUID


@dataclass(frozen=True)
class Departed:
    """The bus has left with so many on board."""

    manifest_id: UUID
    on_board: int
    missing: int


@command("arrivals.board", capability="arrivals.manage")
def board(*, actor: Actor, at: datetime, expected: ExpectedArrival) -> Boarded:
    """Scan somebody onto the bus; twice is harmless. Somebody marked missing who turns up after all is back on.

    Raises `NotExpectedNow` when they are checked in or struck off.
    """
    if expected.state not in {ExpectedState.EXPECTED, ExpectedState.BOARDED, ExpectedState.MISSING}:
        raise NotExpectedNow(expected=expected.id)
    expected.state = ExpectedState.BOARDED
    expected.boarded_at = expected.boarded_at or at
    expected.save(update_fields=["state", "boarded_at"])
    record(expected, unit_id=expected.site.unit_id, person_id=expected.person_id, data={"boarded": True})
    return Boarded(expected.id, unexpected=not expected.on_manifest, left=_left(expected.manifest_id))


@command("arrivals.board_unexpected", capability="arrivals.manage")
def board_unexpected(*, actor: Actor, at: datetime, manifest: Manifest, person: Person) -> Boarded:
    """Somebody on the bus whom the list does not have. They are taken along and shown, never turned away.

    Raises `BusGone` after departure, `NotExpectedNow` when another bus expects them.
    """
    if manifest.departed_at is not None:
        raise BusGone(manifest=manifest.id)
    other = ExpectedArrival.objects.filter(
        person=person, state__in=[ExpectedState.EXPECTED, ExpectedState.BOARDED]
    ).first()
    if other is not None:
        raise NotExpectedNow(expected=other.id)
    made = ExpectedArrival.objects.create(
        manifest=manifest, person=person, site=manifest.site, party_id=person.id, on_manifest=False,
        state=ExpectedState.BOARDED, boarded_at=at,
    )  # fmt: skip
    open_access([person.id], unit_id=manifest.site.unit_id, at=at)
    record(made, unit_id=manifest.site.unit_id, person_id=person.id, data={"boarded": True, "on_manifest": False})
    return Boarded(made.id, unexpected=True, left=_left(manifest.id))


@command("arrivals.board_newcomer", capability="arrivals.manage")
def board_newcomer(*, actor: Actor, at: datetime, manifest: Manifest, newcomer: NewPerson) -> Boarded:
    """Somebody on the bus whom neither the list nor our records know: registered by what they say, and taken along.

    Whoever is known by the document after all is not doubled. Raises as `people.register_person` and
    `board_unexpected`.
    """
    known = register_person(actor=actor, at=at, unit=manifest.site.unit, person=newcomer)
    person = Person.objects.get(pk=known.person_id)
    record(manifest, unit_id=manifest.site.unit_id, person_id=person.id, data={"newcomer": not known.known})
    return board_unexpected(actor=actor, at=at, manifest=manifest, person=person)


@command("arrivals.mark_missing", capability="arrivals.manage")
def mark_missing(*, actor: Actor, at: datetime, expected: ExpectedArrival, reason: str) -> MarkedMissing:
    """Somebody on the list is not here. Raises `ReasonRequired`, `NotExpectedNow`."""
    if not reason.strip():
        raise ReasonRequired
    if expected.state not in {ExpectedState.EXPECTED, ExpectedState.BOARDED}:
        raise NotExpectedNow(expected=expected.id)
    expected.state = ExpectedState.MISSING
    expected.save(update_fields=["state"])
    record(expected, unit_id=expected.site.unit_id, person_id=expected.person_id, data={"missing": True}, reason=reason)
    return MarkedMissing(expected.id)


@command("arrivals.depart", capability="arrivals.manage")
def depart(*, actor: Actor, at: datetime, manifest: Manifest) -> Departed:
    """The bus leaves; only when everybody on the list is on board or marked missing. Raises `PeopleUnaccounted`."""
    left = _left(manifest.id)
    if left:
        raise PeopleUnaccounted(people=left)
    manifest.departed_at = manifest.departed_at or at
    manifest.save(update_fields=["departed_at"])
    on_board = manifest.expected.filter(state=ExpectedState.BOARDED).count()
    missing = manifest.expected.filter(state=ExpectedState.MISSING).count()
    record(manifest, unit_id=manifest.site.unit_id, data={"on_board": on_board, "missing": missing})
    return Departed(manifest.id, on_board, missing)


def _left(manifest_id: UUID) -> int:
    return ExpectedArrival.objects.filter(manifest=manifest_id, state=ExpectedState.EXPECTED).count()
