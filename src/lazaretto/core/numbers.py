"""Running numbers that people read aloud: H03-000412."""

from django.db.models import F

from lazaretto.core.models import RunningNumber


def next_number(series: str) -> int:
    """The next number of a series, from 1, without gaps; the row stays locked until the transaction ends."""
    return next_numbers(series, 1)[0]


def next_numbers(series: str, count: int) -> range:
    """The next `count` numbers of a series at once."""
    changed = RunningNumber.objects.filter(series=series).update(last=F("last") + count)
    if not changed:
        RunningNumber.objects.bulk_create([RunningNumber(series=series, last=0)], ignore_conflicts=True)
        RunningNumber.objects.filter(series=series).update(last=F("last") + count)
    last = RunningNumber.objects.values_list("last", flat=True).get(series=series)
    return range(last - count + 1, last + 1)
