"""The list of a trip, for driver and escort: who rides from where to where, and the code that opens the page."""

from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from lazaretto.accounts.queries import dispatch_phone
from lazaretto.core.access import Actor
from lazaretto.protocols.choices import Category
from lazaretto.trips.choices import Berth
from lazaretto.trips.models import Trip
from lazaretto.trips.queries.board import Passenger, manifest
from lazaretto.trips.queries.limits import zone_of
from lazaretto.ui.papers.trip import TripLine, TripList, TripStop

# Who carries the list reads no whole names.
CARRIER = Actor(user_id=None, name="carrier")


def trip_list(trip: Trip, language: str, address: str) -> TripList:
    """The paper in one language; names are masked whoever prints it. `address` is what its code opens."""
    zone: ZoneInfo = zone_of(trip)
    with translation.override(language):
        people = manifest(CARRIER, trip)
        return TripList(
            language=language, number=trip.number, zone=zone, vehicle=trip.vehicle.plate, driver=trip.driver.name,
            driver_phone=trip.driver.phone, escort=trip.escort, escort_phone=trip.escort_phone,
            category=str(Category(trip.category).label), departs_at=trip.departs_at,
            dispatch_phone=dispatch_phone(trip.unit_id), code=address,
            stops=tuple(
                TripStop(at.name, at.stop.arrives_at, len(at.getting_on), len(at.getting_off)) for at in people.stops
            ),
            lines=tuple(
                TripLine(
                    one.name, str(Berth(one.rider.berth).label), str(one.rider.from_stop.position + 1),
                    str(one.rider.to_stop.position + 1), _remark(one),
                )
                for one in people.people
            ),
        )  # fmt: skip


def _remark(one: Passenger) -> str:
    """That they stay, or that they must not ride alone and who looks after them."""
    if one.rider.left_behind:
        return _("stays")
    if not one.alone:
        return ""
    if one.rider.minded_by:
        return _("looked after by %(who)s") % {"who": one.rider.minded_by}
    return _("must not be alone, nobody of theirs rides along")
