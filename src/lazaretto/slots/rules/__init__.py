"""Rules of slots, staff and supplies. Pure."""

from lazaretto.screening.rules import MANAGE, READ
from lazaretto.slots.rules.supplies import (
    Needs,
    Norms,
    PointNeeds,
    Shift,
    Station,
    apportioned,
    by_shift,
    needs,
    room,
    shared,
    spread,
    together,
)
from lazaretto.slots.rules.times import (
    DAY,
    MINUTE,
    Visit,
    clock_spans,
    grid_begins,
    notice_state,
    rows_of,
    visits,
)

__all__ = [
    "DAY",
    "MANAGE",
    "MINUTE",
    "READ",
    "Needs",
    "Norms",
    "PointNeeds",
    "Shift",
    "Station",
    "Visit",
    "apportioned",
    "by_shift",
    "clock_spans",
    "grid_begins",
    "needs",
    "notice_state",
    "room",
    "rows_of",
    "shared",
    "spread",
    "together",
    "visits",
]
