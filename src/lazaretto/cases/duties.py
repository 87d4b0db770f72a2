"""What cases do by themselves: a confirmed positive from which nothing followed is not forgotten."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from lazaretto.cases.commands import see_arrival, settle_positives, watch_positive
from lazaretto.cases.deadlines import POSITIVE
from lazaretto.cases.models import Change
from lazaretto.cases.queries.arrivals import arrived
from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.core.models import Deadline
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Specimen

RECENT = timedelta(days=3)


@duty("cases.positives", every=timedelta(minutes=1))
def positives(at: datetime) -> int:
    """Tell the site of each confirmed positive of the last days for which no change was proposed, and forget those
    who are with others; returns how many."""
    changed = Change.objects.filter(stay__person=OuterRef("stay__person"), kind="case", proposed_at__gte=at - RECENT)
    told = set(Deadline.objects.filter(kind=POSITIVE.code).values_list("subject_id", flat=True))
    rows = Specimen.objects.filter(
        state=SpecimenState.CONFIRMED_POSITIVE, collected_at__gte=at - RECENT, stay__ended_at__isnull=True
    )
    waiting = [row for row in rows.filter(~Exists(changed)).order_by("pk") if str(row.pk) not in told]
    for specimen in waiting:
        watch_positive(actor=Actor.system("cases"), at=at, specimen=specimen)
    return len(waiting) + settle_positives(at=at)


@duty("cases.arrivals", every=timedelta(minutes=1))
def arrivals(at: datetime) -> int:
    """Close what asked that somebody moves, once they are there; returns how many."""
    found = arrived()
    for follow_up, place in found:
        see_arrival(actor=Actor.system("cases"), at=at, follow_up=follow_up, place=place)
    return len(found)
