"""What objections can prove: everybody who disagreed has somebody, and gets a reply in time or its alarm climbs."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.objections.choices import State
from lazaretto.objections.commands import LEFT
from lazaretto.objections.deadlines import HAND, REPLY, TALK
from lazaretto.objections.models import Objection

SLACK = timedelta(minutes=5)  # a sweeper that restarts


@proof(4, "objections_replied", _("Every objection has a reply due that is watched, and none is silently late"))
def objections_replied(at: datetime) -> Finding:
    """Open objections are watched for the reply, and for the next talk while they are in our care; a late reply has
    raised its alarm; a written reply is handed over or watched."""
    kinds = [TALK.code, REPLY.code, HAND.code]
    rows = Deadline.objects.filter(kind__in=kinds, state=DeadlineState.OPEN)
    watched = set(rows.values_list("kind", "subject_id"))
    silent = set(rows.filter(kind=REPLY.code, due_at__lt=at - SLACK, rung=0).values_list("subject_id", flat=True))
    opened = Objection.objects.filter(state=State.OPEN).select_related("stay")
    unhanded = Objection.objects.filter(reply__isnull=False, handed_at__isnull=True)
    offenders = [
        *(
            Offender("objection", str(row.pk), f"{row.number}: nothing watches {kind}")
            for row in opened
            for kind in (TALK.code, REPLY.code)
            if (kind, str(row.pk)) not in watched and not (kind == TALK.code and row.stay.end in LEFT)
        ),
        *(Offender("objection", pk, "a late reply has raised no alarm") for pk in sorted(silent)),
        *(
            Offender("objection", str(row.pk), f"{row.number}: nothing watches that the reply is handed over")
            for row in unhanded
            if (HAND.code, str(row.pk)) not in watched
        ),
    ]
    figures = {
        "objections_open": opened.count(),
        "objection_replies_overdue": opened.filter(reply_due_at__lt=at).count(),
        "objection_replies_to_hand_over": unhanded.count(),
    }
    return Finding(figures, offenders, in_use=Objection.objects.exists())
