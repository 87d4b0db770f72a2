"""Who is told when lines, people or tests of an area are in nobody's hands.

One deadline for the queue of an area, not one for each person: an alarm that says "40 wait since ten" is answered,
forty alarms are not. A positive is a deadline of its own person. Ladders: our choice.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HALF_HOUR, HOUR = timedelta(), timedelta(minutes=30), timedelta(hours=1)

LISTS = deadline_kind(
    DeadlineKind(
        "returnees.lists", _("Returnees: lines of a list are in nobody's hands"), grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HOUR, "duty_officer"), Rung(4 * HOUR, "approver")),
    )
)  # fmt: skip
WAITING = deadline_kind(
    DeadlineKind(
        "returnees.waiting", _("Returnees wait, and nobody has them"), grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HOUR, "duty_officer"), Rung(4 * HOUR, "approver")),
    )
)  # fmt: skip
TESTS = deadline_kind(
    DeadlineKind(
        "returnees.tests", _("Returnees: tests are late"), grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(2 * HOUR, "duty_officer"), Rung(12 * HOUR, "approver")),
    )
)  # fmt: skip
POSITIVE = deadline_kind(
    DeadlineKind(
        "returnees.positive", _("Returnee tested positive: who takes over?"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HALF_HOUR, "approver")), answer_within=HALF_HOUR, urgent=True,
    )
)  # fmt: skip
