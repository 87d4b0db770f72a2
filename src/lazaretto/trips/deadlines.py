"""What falls due about trips.

People who do not arrive are the business of `custody.handover`, whose time of arrival a trip sets; no second alarm
says the same. Here is what nothing else watches: a trip that does not leave, one that never reports its end, and
somebody who waits for a trip beyond the time by which they were to be there; and a child that was fetched alone at a
place of others and is brought to another one.
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
REQUEST = deadline_kind(
    DeadlineKind(
        "trips.request",
        _("Nobody has a trip for them"),
        grace=NOW,
        ladder=(Rung(NOW, "dispatcher"), Rung(2 * QUARTER, "duty_officer")),
        answer_within=QUARTER,
    )
)
ALONE = deadline_kind(
    DeadlineKind(
        "trips.alone",
        _("Somebody who must not be alone rides without anybody of theirs"),
        grace=NOW,
        ladder=(Rung(NOW, "dispatcher"), Rung(2 * QUARTER, "duty_officer")),
        answer_within=QUARTER,
    )
)
