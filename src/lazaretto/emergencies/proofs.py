"""What emergencies can prove about promise 3: nobody waits for urgent care."""

from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.emergencies import rules
from lazaretto.emergencies.choices import EmergencyState
from lazaretto.emergencies.deadlines import OWNED_WITHIN, UNOWNED
from lazaretto.emergencies.models import Emergency

RECENT = timedelta(days=30)
SLACK = timedelta(minutes=2)  # a sweeper that restarts


@proof(3, "emergencies_owned", _("Every emergency has an owner, or its alarm climbs"))
def emergencies_owned(at: datetime) -> Finding:
    """One without an owner for two minutes whose ladder stands still is one that nobody hears."""
    unowned = Emergency.objects.filter(state=EmergencyState.REPORTED)
    climbing = Deadline.objects.filter(kind=UNOWNED.code, state=DeadlineState.OPEN, rung__gte=1)
    heard = set(
        climbing.filter(Q(next_at__isnull=True) | Q(next_at__gte=at - SLACK)).values_list("subject_id", flat=True)
    )
    late = unowned.filter(first_word_at__lt=at - OWNED_WITHIN)
    offenders = [
        Offender("emergency", str(row.pk), f"{row.number}: no owner, and no alarm climbs")
        for row in late
        if str(row.pk) not in heard
    ]
    figures = {
        "emergencies_open": Emergency.objects.filter(closed_at__isnull=True).count(),
        "emergencies_without_owner": unowned.count(),
        **_medians(at),
    }
    return Finding(figures, offenders, in_use=Emergency.objects.exists())


def _medians(at: datetime) -> dict[str, int]:
    """Median minutes from the first word to an owner and to care, of the last thirty days; left out where none."""
    recent = Emergency.objects.filter(first_word_at__gte=at - RECENT).exclude(state=EmergencyState.CANCELLED)
    cared = recent.annotate(care_at=Min("steps__at", filter=Q(steps__step__in=rules.WITH_CARE)))
    rows = list(cared.values_list("first_word_at", "owned_at", "care_at"))
    found = {
        "median_minutes_to_owner": [(owned - first).total_seconds() for first, owned, _care in rows if owned],
        "median_minutes_to_care": [(care - first).total_seconds() for first, _owned, care in rows if care],
    }
    medians = {name: rules.median_minutes(seconds) for name, seconds in found.items()}
    return {name: value for name, value in medians.items() if value is not None}


@proof(3, "emergency_steps_agree", _("The timeline of every emergency agrees with its state"))
def emergency_steps_agree(_at: datetime) -> Finding:
    """States follow from append-only steps that never go back; the owner is somebody who took it on."""
    offenders = []
    for row in Emergency.objects.prefetch_related("steps").iterator(chunk_size=500):
        taken = sorted(row.steps.all(), key=lambda step: step.position)
        reached = [step.step for step in taken if step.step in EmergencyState.values]
        why = rules.contradiction(row.state, owned=row.owner_id is not None, reached=reached)
        if why:
            offenders.append(Offender("emergency", str(row.pk), f"{row.number}: {why}"))
    return Finding({}, offenders, in_use=Emergency.objects.exists())
