"""Local dates and wall times of a site, as UTC instants.

Days of isolation are calendar days of the site's zone. A wall time that a daylight change skips is taken with the
offset before the change (so 02:30 becomes 03:30); of one that occurs twice, the first is meant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which clocks in `zone` show `at` on the date `on`."""
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


def start_of_day(on: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local date `on` begins."""
    return instant(on, time.min, zone)


def end_of_day(on: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local date `on` ends (the next one begins)."""
    return start_of_day(on + ONE_DAY, zone)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar date in `zone` at `moment`; raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(zone).date()
