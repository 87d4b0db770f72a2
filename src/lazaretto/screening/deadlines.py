"""Who is told of a fever at a table, and when nobody acts.

As `stays.fever`, but the duty officer first: a round is of a district, which has no medic
of its own, and they walk away.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HALF_HOUR = timedelta(), timedelta(minutes=30)

FEVER = deadline_kind(
    DeadlineKind(
        "screening.fever",
        _("Fever at a testing table: who looks after them?"),
        grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HALF_HOUR, "approver")),
        answer_within=HALF_HOUR,
        urgent=True,
    )
)
