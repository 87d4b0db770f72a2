"""What a line of a list of officers says: who they are, where the enterprise is, when its people can come. Pure."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from lazaretto.people.rules import fold, is_nothing, without_ticks

_CLOCK: Final = r"(\d{1,2})(?:[:点时](\d{2})?分?)?"
_HOURS: Final = re.compile(rf"{_CLOCK}(?:-|–|—|~|～|至|到)(?:次日|第二天|翌日)?{_CLOCK}")
_DEGREES: Final = re.compile(r"-?\d{1,3}(?:\.\d+)?")


@dataclass(frozen=True)
class ContactLine:
    """A line of a list of officers, by its number in the file."""

    number: int
    organisation: str
    contact: str
    phone: str = ""
    longitude: str = ""
    latitude: str = ""
    hours: str = ""


def said(text: str) -> str:
    """What a cell says, without ticks; empty for `-`, `无` and the like."""
    text = without_ticks(text).strip()
    return "" if is_nothing(text) else text


def read_place(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None when one is missing, no number, or nowhere (0, 0 is a cell never filled).

    Numbers that were put into each other's column are refused where a latitude would be above 90.
    """
    if not all(_DEGREES.fullmatch(fold(one).rstrip("°")) for one in (latitude, longitude)):
        return None
    north, east = (float(fold(one).rstrip("°")) for one in (latitude, longitude))
    nowhere = north == 0 and east == 0
    return None if nowhere or abs(north) > 90 or abs(east) > 180 else (north, east)


def read_hours(text: str) -> tuple[time, time] | None:
    """`08:00-17:30`, `8点至17点`, `20:00-次日06:00`; None when it is no such span. 24:00 is midnight."""
    found = _HOURS.fullmatch(fold(text).replace(" ", "").replace("：", ":"))
    if found is None:
        return None
    hour, minute, until, until_minute = (int(one or 0) for one in found.groups())
    try:
        start, end = time(hour, minute), time(0 if until == 24 else until, until_minute)
    except ValueError:
        return None
    return None if start == end else (start, end)
