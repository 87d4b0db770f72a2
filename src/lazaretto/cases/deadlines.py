"""Who is told when a change waits for its confirmation, when a consequence is late, when nobody proposed anything."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HALF_HOUR, HOUR = timedelta(), timedelta(minutes=30), timedelta(hours=1)

CONFIRM = deadline_kind(
    DeadlineKind(
        "cases.confirm",
        _("Change of status to be confirmed"),
        grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HOUR, "approver")),
        answer_within=HOUR,
    )
)
FOLLOW_UP = deadline_kind(
    DeadlineKind(
        "cases.follow_up",
        _("What follows from a change of status"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HOUR, "duty_officer"), Rung(4 * HOUR, "approver")),
        answer_within=HOUR,
        urgent=True,
    )
)
POSITIVE = deadline_kind(
    DeadlineKind(
        "cases.positive",
        _("Confirmed positive: propose the change of status"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HALF_HOUR, "duty_officer")),
        answer_within=HALF_HOUR,
        urgent=True,
    )
)

# A confirmation waits no longer than a case may wait for the hospital (two hours by the plans); with a suspicion it
# waits for the second finding, which has an alarm of its own.
CONFIRM_WITHIN = timedelta(hours=2)
SUSPICION_WITHIN = timedelta(hours=24)
