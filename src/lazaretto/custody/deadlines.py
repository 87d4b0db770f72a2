"""What falls due between two places. Times: nobody under way is out of sight for longer than a quarter of an hour."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, QUARTER, HOUR = timedelta(), timedelta(minutes=15), timedelta(hours=1)

HANDOVER = deadline_kind(
    DeadlineKind(
        "custody.handover",
        _("Handover: signed out, not yet signed in"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(QUARTER, "duty_officer"), Rung(HOUR, "approver")),
        answer_within=QUARTER,
        urgent=True,
    )
)
QUESTION = deadline_kind(
    DeadlineKind(
        "custody.question",
        _("Where is this person? Two places contradict each other"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(QUARTER, "duty_officer"), Rung(HOUR, "approver")),
        answer_within=QUARTER,
        urgent=True,
    )
)
