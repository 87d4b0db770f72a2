"""The only place that reads the clock. Views, the command line and background loops call it and pass the time down."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, UTC, aware."""
    return datetime.now(tz=UTC)


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    return ZoneInfo(name)


def local_date(at: datetime, tz: tzinfo) -> date:
    """The calendar day in that zone at that moment."""
    return at.astimezone(tz).date()


def local_moment(day: date, hour: int, minute: int, tz: tzinfo) -> datetime:
    """The moment, UTC, when clocks in that zone show that time on that day.

    A time skipped by daylight saving is the moment after the gap; one shown twice is its first showing.
    """
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=tz)
    return local.astimezone(UTC)


def day_bounds(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """Half-open bounds, UTC, of that calendar day in that zone."""
    return local_moment(day, 0, 0, tz), local_moment(day + timedelta(days=1), 0, 0, tz)
