"""What the cadence can prove: no round runs past its deadline, and none is forgotten, without somebody being told."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.cadence.deadlines import NEXT, OVER
from lazaretto.cadence.queries import Area, areas, left_in, open_rounds, units_with_rounds
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.screening.models import Round

SETTLING = timedelta(minutes=5)


@proof(5, "rounds_keep_time", _("No round runs past its deadline and none is forgotten without an alarm"))
def rounds_keep_time(at: datetime) -> Finding:
    """Each open round past its deadline with people left, and each area whose next round is due, has its deadline."""
    past = [one for one in open_rounds() if one.deadline_at <= at]
    left = left_in(past, at=at)
    late = [one for one in past if left[one.pk]]
    watched = _watched((OVER.code, NEXT.code))
    offenders = [
        Offender("round", str(one.pk), f"{left[one.pk]} people missing past the deadline, and nobody is told")
        for one in late
        if (OVER.code, str(one.pk)) not in watched
    ]
    found = areas(list(units_with_rounds(at=at)), at=at)
    due = [one for one in found if one.asked_by and one.asked_by <= at and not _just_changed(one, at)]
    offenders += [
        Offender("unit", str(one.unit.pk), "the next round of testing is due, and nobody is told")
        for one in due
        if (NEXT.code, str(one.unit.pk)) not in watched
    ]
    figures = {
        "rounds_past_deadline": len(late),
        "people_missing_past_deadline": sum(left[one.pk] for one in late),
        "areas_with_round_due": len(due),
    }
    return Finding(figures, offenders, in_use=Round.objects.exists())


def _just_changed(area: Area, at: datetime) -> bool:
    """A round that closes may make the next one due at once: those who follow it come by within a minute."""
    return area.changed_at is not None and at - area.changed_at < SETTLING


def _watched(kinds: Collection[str]) -> set[tuple[str, str]]:
    rows = Deadline.objects.filter(kind__in=kinds, state=DeadlineState.OPEN)
    return set(rows.values_list("kind", "subject_id"))
