"""Who is told of a fever at a table, and when nobody acts. As `stays.fever`, quicker: they walk away."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, QUARTER, HALF_HOUR = timedelta(), timedelta(minutes=15), timedelta(minutes=30)

FEVER = deadline_kind(
    DeadlineKind(
        "screening.fever",
        _("Fever at a testing table: who looks after them?"),
        grace=NOW,
        ladder=(Rung(NOW, "medic"), Rung(QUARTER, "site_lead"), Rung(HALF_HOUR, "duty_officer")),
        answer_within=HALF_HOUR,
        urgent=True,
    )
)
