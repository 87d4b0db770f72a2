"""What falls due about trips.

People who do not arrive are the business of `custody.handover`, whose time of arrival a trip sets; no second alarm
says the same. Here is what nothing else watches: a trip that does not leave, and one that never reports its end.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, QUARTER = timedelta(), timedelta(minutes=15)

DEPARTURE = deadline_kind(
    DeadlineKind(
        "trips.departure",
        _("Trip: has not left"),
        grace=QUARTER,
        ladder=(Rung(NOW, "dispatcher"), Rung(2 * QUARTER, "duty_officer")),
        answer_within=QUARTER,
    )
)
END = deadline_kind(
    DeadlineKind(
        "trips.end",
        _("Trip: nobody has reported its end"),
        grace=2 * QUARTER,
        ladder=(Rung(NOW, "dispatcher"), Rung(2 * QUARTER, "duty_officer")),
        answer_within=QUARTER,
    )
)
