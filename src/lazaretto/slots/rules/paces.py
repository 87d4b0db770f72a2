"""How fast a point is taken to be when slots are planned anew. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.slots.choices import PaceFrom


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a table of a point is taken to take in an hour until then (None: until the deadline), and why.

    `counted`: what a table took while people waited; None where nothing says that the point is slow.
    """

    per_table_hour: int
    why: PaceFrom
    counted: int | None = None
    until: datetime | None = None


def assumed(
    counted: int | None, *, planned: int, least: int, believed_percent: int, silent: bool, at: datetime,
    recovers: timedelta,
) -> Assumed:  # fmt: skip
    """What is counted is believed unless it is far too little to be true: tables that nobody scans at, no signal.

    Phones that are `silent` count nothing, so what they counted says nothing either. Whatever is believed lets at least
    `least` people an hour come to a table, so that no open point seems shut, and holds until the point `recovers`.
    """
    if counted is None:
        return Assumed(planned, PaceFrom.SILENT if silent else PaceFrom.PLANNED)
    if silent:
        return Assumed(planned, PaceFrom.SILENT, counted)
    if counted * 100 < planned * believed_percent:
        return Assumed(planned, PaceFrom.UNBELIEVED, counted)
    pace = min(planned, max(counted, least))
    return Assumed(pace, PaceFrom.COUNTED, counted, at + recovers)
