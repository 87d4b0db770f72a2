"""What falls due about people who are with others."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HOUR = timedelta(), timedelta(hours=1)

# Source: recovered people waited in hospitals because nobody owned the question where they go next.
MAY_LEAVE = deadline_kind(
    DeadlineKind(
        "transfers.may_leave",
        _("May leave the hospital: fetch them, or end their isolation"),
        grace=4 * HOUR,
        ladder=(Rung(NOW, "site_lead"), Rung(4 * HOUR, "duty_officer"), Rung(12 * HOUR, "approver")),
        answer_within=4 * HOUR,
    )
)
