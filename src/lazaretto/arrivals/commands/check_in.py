"""Check-in at the desk: from the list into a room, with order, cards and everything that falls due."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.arrivals.choices import ExpectedState
from lazaretto.arrivals.errors import ExposureUnknown, NoRoomProposed, NotExpectedNow
from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import BED_FROM_AGE, age_on
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.orders.commands import receive
from lazaretto.places.models import Room
from lazaretto.stays.commands import admit


@dataclass(frozen=True)
class CheckedIn:
    """Somebody is in their room. `left` counts those of the bus still to come."""

    expected_id: UUID
    stay_id: UUID
    stay_number: str
    order_number: str
    room: str
    ends_at: datetime
    left: int


@command("arrivals.check_in", capability="stays.admit")
def check_in(
    *,
    actor: Actor,
    at: datetime,
    expected: ExpectedArrival,
    authority: str,
    legal_basis: str,
    reason: str,
    room: Room | None = None,
    last_exposure_at: datetime | None = None,
    assessment: str = "",
) -> CheckedIn:
    """Check somebody in whom a bus brings: the proposed room unless another is named.

    Raises `NotExpectedNow`, `NoRoomProposed`, `ExposureUnknown`, and everything that `stays.admit` raises.
    """
    if expected.state not in {ExpectedState.EXPECTED, ExpectedState.BOARDED, ExpectedState.MISSING}:
        raise NotExpectedNow(expected=expected.id)
    chosen = room or expected.room
    if chosen is None:
        raise NoRoomProposed(expected=expected.id)
    exposed = last_exposure_at or expected.last_exposure_at
    if exposed is None:
        raise ExposureUnknown(expected=expected.id)
    age = age_on(expected.person.birth_date, clock.local_date(at, clock.zone(expected.site.time_zone)))
    done = admit(
        actor=actor,
        at=at,
        person=expected.person,
        site=expected.site,
        room=chosen,
        category=expected.category or expected.manifest.category,
        last_exposure_at=exposed,
        authority=authority,
        legal_basis=legal_basis,
        reason=reason,
        party_id=expected.party_id,
        shares_bed=age is not None and age < BED_FROM_AGE,
        assessment=assessment,
    )
    expected.state, expected.arrived_at, expected.stay_id = ExpectedState.CHECKED_IN, at, done.stay_id
    expected.save(update_fields=["state", "arrived_at", "stay"])
    receive(expected.person_id, expected.site, actor=actor, at=at)
    record(expected, unit_id=expected.site.unit_id, person_id=expected.person_id, data={"stay": done.stay_number})
    left = ExpectedArrival.objects.filter(
        manifest=expected.manifest_id, state__in=[ExpectedState.EXPECTED, ExpectedState.BOARDED]
    ).count()
    return CheckedIn(expected.id, done.stay_id, done.stay_number, done.order_number, done.room, done.ends_at, left)
