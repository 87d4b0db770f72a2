"""The list of a trip: what its driver and escort carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.ui import qr
from lazaretto.ui.papers.compiler import Paper
from lazaretto.ui.papers.words import moment, spoken

TRIP = {
    "title": pgettext_lazy("paper", "List of a trip"),
    "vehicle": pgettext_lazy("paper", "Vehicle"),
    "driver": pgettext_lazy("paper", "Driver"),
    "escort": pgettext_lazy("paper", "Escort"),
    "dispatcher": pgettext_lazy("paper", "Dispatcher"),
    "category": pgettext_lazy("paper", "Category"),
    "departs": pgettext_lazy("paper", "Departure"),
    "people": pgettext_lazy("paper", "People"),
    "stop": pgettext_lazy("paper", "Stop"),
    "place": pgettext_lazy("paper", "Place"),
    "time": pgettext_lazy("paper", "Time"),
    "on": pgettext_lazy("paper", "Get on"),
    "off": pgettext_lazy("paper", "Get off"),
    "name": pgettext_lazy("paper", "Name"),
    "rides": pgettext_lazy("paper", "Rides on"),
    "from": pgettext_lazy("paper", "From stop"),
    "to": pgettext_lazy("paper", "To stop"),
    "remark": pgettext_lazy("paper", "Remark"),
    "qr": _("Scan to open the page of this trip"),
    "night": _("No driving between 02:00 and 05:00. Somebody missing or a stranger: call the dispatcher at once."),
    "nobody": _("Nobody is on the list. Ask the dispatcher who rides, before you leave."),
    "driver_signs": pgettext_lazy("paper", "Driver's signature"),
    "escort_signs": pgettext_lazy("paper", "Escort's signature"),
}


@dataclass(frozen=True)
class TripStop:
    """A stop, when, and how many get on and off."""

    place: str
    at: datetime
    on: int
    off: int


@dataclass(frozen=True)
class TripLine:
    """Somebody of the list; the name masked, stops by their numbers."""

    name: str
    rides: str
    from_stop: str
    to_stop: str
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class TripList(Paper):
    """A4 upright: the trip, its stops, its people, a code that opens the escort's page."""

    template: ClassVar[str] = "trip"
    number: str
    zone: tzinfo
    vehicle: str
    driver: str
    driver_phone: str
    escort: str
    escort_phone: str
    category: str
    departs_at: datetime
    dispatch_phone: str = ""
    code: str
    stops: tuple[TripStop, ...]
    lines: tuple[TripLine, ...]

    def data(self) -> Mapping[str, Any]:
        """Facts, two tables, a code."""
        words = spoken(self.language, TRIP)
        departs = moment(self.departs_at, self.language, self.zone)
        pairs = (
            ("vehicle", self.vehicle), ("driver", f"{self.driver} {self.driver_phone}".strip()),
            ("escort", f"{self.escort} {self.escort_phone}".strip()), ("dispatcher", self.dispatch_phone),
            ("category", self.category), ("departs", departs), ("people", str(len(self.lines))),
        )  # fmt: skip
        return {
            "title": f"{words['title']} {self.number}",
            "sub": f"{self.vehicle} · {departs}",
            "footer": f"{self.number} · {departs}",
            "words": words,
            "facts": [[words[name], value] for name, value in pairs],
            "code": qr.svg_file(self.code, error="q"),
            "stop_head": [words[key] for key in ("stop", "place", "time", "on", "off")],
            "stops": [
                [str(number), one.place, moment(one.at, self.language, self.zone), str(one.on), str(one.off)]
                for number, one in enumerate(self.stops, start=1)
            ],
            "head": [words[key] for key in ("name", "rides", "from", "to", "on", "off", "remark")],
            "rows": [[one.name, one.rides, one.from_stop, one.to_stop, "", "", one.remark] for one in self.lines],
            "sign": [words["driver_signs"], words["escort_signs"]],
        }
