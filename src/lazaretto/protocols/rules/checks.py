"""Which checks (temperature, symptoms) fall due, at which times of the site's day.

Source: temperature morning and evening (every plan); the slots' hours are a site's practice and stand in the pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lazaretto.protocols.rules.course import Course
from lazaretto.protocols.rules.localtime import ONE_DAY, instant, local_date


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCheck:
    """One check: its slot, local date, and the UTC instants between which it is to be done."""

    slot: str
    on: date
    opens_at: datetime
    due_at: datetime

    @property
    def key(self) -> str:
        """Names the check within a stay, e.g. `2021-06-03-morning`."""
        return f"{self.on.isoformat()}-{self.slot}"


def due_checks(course: Course, *, since: datetime, until: datetime) -> tuple[DueCheck, ...]:
    """The checks whose due time lies after `since` (check-in, or the last look) and not after `until`.

    They go on until the person has left: the rules' end does not stop them, since someone whose release is late is
    still in our care.
    """
    zone = course.facts.zone
    found: list[DueCheck] = []
    on = local_date(since, zone) - ONE_DAY
    last = local_date(until, zone) + timedelta(days=1)
    while on <= last:
        for slot in course.stretch_on(on).rule.slots:
            opens_at, due_at = instant(on, slot.opens, zone), instant(on, slot.due, zone)
            if since < due_at <= until:
                found.append(DueCheck(slot=slot.code, on=on, opens_at=opens_at, due_at=due_at))
        on += ONE_DAY
    return tuple(sorted(found, key=lambda check: (check.due_at, check.slot)))
