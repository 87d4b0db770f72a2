"""Words about trips."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.core.errors import Text


class VehicleKind(TextChoices):
    """What it is."""

    BUS = "bus", _("bus")
    VAN = "van", _("van")
    CAR = "car", _("car")
    AMBULANCE = "ambulance", pgettext_lazy("vehicle", "ambulance")


class VehicleState(TextChoices):
    """States of a vehicle. `on_trip` follows from the trips and is set only by their commands."""

    READY = "ready", pgettext_lazy("vehicle", "ready")
    ON_TRIP = "on_trip", _("on a trip")
    TO_DISINFECT = "to_disinfect", _("to disinfect")
    DISINFECTING = "disinfecting", pgettext_lazy("vehicle", "being disinfected")
    OUT_OF_SERVICE = "out_of_service", pgettext_lazy("vehicle", "out of service")


class TripState(TextChoices):
    """The life of a trip. It is late when the clock says so, in any state before the end."""

    PLANNED = "planned", pgettext_lazy("trip", "planned")
    BOARDING = "boarding", _("boarding")
    UNDER_WAY = "under_way", _("on the road")
    ARRIVED = "arrived", pgettext_lazy("trip", "arrived")
    CANCELLED = "cancelled", pgettext_lazy("trip", "cancelled")


class Berth(TextChoices):
    """How somebody rides: each takes one of its kind and nothing else."""

    SEAT = "seat", _("seat")
    WHEELCHAIR = "wheelchair", _("wheelchair")
    STRETCHER = "stretcher", _("stretcher")


class Limit(TextChoices):
    """What a trip may not exceed without a name and a reason."""

    NIGHT = "night", _("no driving at night")
    DISTANCE = "distance", _("longest distance")
    HOURS = "hours", _("longest drive")
    DRIVING_DAY = "driving_day", _("the driver's driving hours in a day")
    DUTY_DAY = "duty_day", _("the driver's hours on duty in a day")
    REST = "rest", _("the driver's rest")


class ScanKind(TextChoices):
    """What the escort saw."""

    ON = "on", _("got on the vehicle")
    OFF = "off", _("got off the vehicle")


class ScanOutcome(TextChoices):
    """What a scan came to."""

    EXPECTED = "expected", _("on the list")
    AGAIN = "again", _("scanned before")
    STRANGER = "stranger", _("not on the list")
    UNKNOWN = "unknown", _("card not known")


class Urgency(TextChoices):
    """How soon somebody must be moved."""

    URGENT = "urgent", pgettext_lazy("request", "urgent")
    ROUTINE = "routine", pgettext_lazy("request", "in the usual time")


class RequestState(TextChoices):
    """What became of a request to be moved."""

    OPEN = "open", pgettext_lazy("request", "to be planned")
    PLANNED = "planned", _("has a trip")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
    LAPSED = "lapsed", pgettext_lazy("request", "no longer ordered")
    SETTLED = "settled", pgettext_lazy("request", "settled")


# What a hand does to bring a vehicle into a state.
STEP_WORDS: dict[str, Text] = {
    VehicleState.DISINFECTING: pgettext_lazy("vehicle", "Begin disinfection"),
    VehicleState.READY: _("Disinfected, ready"),
    VehicleState.TO_DISINFECT: pgettext_lazy("vehicle", "Send to disinfection"),
    VehicleState.OUT_OF_SERVICE: pgettext_lazy("vehicle", "Take out of service"),
}
