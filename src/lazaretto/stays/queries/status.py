"""What an order would be if a status, a clock or the days missed were to change. Reads only."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lazaretto.protocols.queries import Calendar
from lazaretto.protocols.rules import Absence, Course
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.stays.queries.courses import CENTRAL, ServedElsewhere, absences_of, course_now, plan, served_from

ONE_DAY = timedelta(days=1)


def course_after(
    stay: Stay, *, category: str, clock_start_at: datetime, at: datetime, calendar: Calendar | None = None
) -> Course:
    """The course that an order of this category and clock would have here. Reads only.

    Days served here before count as far as the new clock asks for them; their tests were asked for by the order in
    force. Raises `NotIsolated`, `NoRulePack`.
    """
    served = days_before(stay, at)
    return plan(
        site=stay.site, category=category, clock_start_at=clock_start_at, starts_at=at, served=served,
        absences=absences_of(stay.order), calendar=calendar,
    )  # fmt: skip


def days_before(stay: Stay, at: datetime) -> tuple[ServedElsewhere, ...]:
    """The days under the order in force until yesterday, with those that it counted from elsewhere."""
    zone = ZoneInfo(stay.site.time_zone)
    first_on, today = stay.order.starts_at.astimezone(zone).date(), at.astimezone(zone).date()
    parts = tuple(served_from(part) for part in stay.order.served_elsewhere)
    if first_on >= today:
        return parts
    return (*parts, ServedElsewhere(CENTRAL, first_on, today - ONE_DAY, stay.order.number))


def course_with_absence(stay: Stay, absence: Absence) -> tuple[Course, datetime]:
    """The course, and the end of the order, if these days were to be made up. Reads only."""
    order = IsolationOrder.objects.get(pk=stay.order_id)
    order.absences = [*order.absences, of_absence(absence)]
    return course_now(order, stay.site)


def of_absence(absence: Absence) -> dict[str, str]:
    """Days missed as an order keeps them."""
    return {"first_on": str(absence.first_on), "last_on": str(absence.last_on), "evidence": absence.evidence}
