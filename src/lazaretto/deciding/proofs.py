"""What the queue can prove: nothing that waits is without somebody who is told."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.deciding.deadlines import WAITING
from lazaretto.deciding.models import Matter


@proof(4, "questions_of_rounds_watched", _("Every question of a round has a deadline that climbs"))
def questions_of_rounds_watched(at: datetime) -> Finding:
    """An open question stands under its own deadline or under that of its round."""
    waiting = Matter.objects.filter(closed_at__isnull=True)
    watched = set(
        Deadline.objects.filter(kind=WAITING.code, state=DeadlineState.OPEN).values_list("subject_id", flat=True)
    )
    rounds = waiting.filter(deadline__isnull=True).values_list("round", flat=True).distinct().order_by("round")
    offenders = [
        Offender("round", str(pk), "questions wait, and nobody is told when they lie there")
        for pk in rounds
        if str(pk) not in watched
    ]
    figures = {"questions_open": waiting.count(), "questions_unowned": waiting.filter(owner__isnull=True).count()}
    return Finding(figures, offenders, in_use=Matter.objects.exists())
