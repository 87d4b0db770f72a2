"""Who is told when an order runs out unused, or headquarters does not answer.

A request that waits outside is due sooner than one about somebody who is in their room already.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, MINUTE, HOUR = timedelta(), timedelta(minutes=1), timedelta(hours=1)

EXPIRY = deadline_kind(
    DeadlineKind(
        "orders.expiry",
        _("Transfer order expired, nobody was sent"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(30 * MINUTE, "duty_officer"), Rung(4 * HOUR, "approver")),
    )
)
EXCEPTION = deadline_kind(
    DeadlineKind(
        "orders.exception",
        _("Request to admit without an order: no answer"),
        grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(15 * MINUTE, "approver")),
        answer_within=15 * MINUTE,
    )
)

ANSWER_WAITING = 30 * MINUTE  # they stand outside
ANSWER_ADMITTED = 2 * HOUR  # they are in their room
RUNS_OUT_SOON = 2 * HOUR
VALID_FOR = timedelta(hours=24)  # proposed
