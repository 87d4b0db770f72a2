"""What a change of the rules in force would do to the stays that are running."""

from datetime import date, datetime

from lazaretto.protocols.queries import Calendar, StaysAffected
from lazaretto.stays.errors import NoRulePack, NotIsolated
from lazaretto.stays.models import Stay
from lazaretto.stays.queries.courses import central_end, course_of


def stays_affected(before: Calendar, after: Calendar, on: date) -> StaysAffected:
    """Count running stays by how the change that comes into force `on` a date moves their end; two queries.

    A stay that would be over on that date or before ends at once. One whose order rests on rules that would no longer
    be there keeps them, so it is not affected.
    """
    running = Stay.objects.filter(ended_at__isnull=True).select_related("order", "site")
    counted = shorter = longer = at_once = 0
    for stay in running.prefetch_related("order__changes").iterator(chunk_size=2_000):
        counted += 1
        ends = _end(stay, before), _end(stay, after)
        if ends[0] is None or ends[1] is None:
            continue
        shorter += ends[1][1] < ends[0][1]
        longer += ends[1][1] > ends[0][1]
        at_once += ends[1][1] < ends[0][1] and ends[1][0] <= on
    return StaysAffected(running=counted, shorter=shorter, longer=longer, at_once=at_once)


def _end(stay: Stay, calendar: Calendar) -> tuple[date, datetime] | None:
    """The last day at the site and the end, extensions included; None when the rules give none."""
    try:
        course = course_of(stay.order, stay.site, calendar=calendar)
        end = central_end(course)
    except (NoRulePack, NotIsolated):
        return None
    extended = course.facts.extended_until
    return end.last_on, max(end.ends_at, extended) if extended else end.ends_at
