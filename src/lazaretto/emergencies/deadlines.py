"""Who is told when an emergency has no owner, no care, no review.

Sources: Zhengzhou 2022 (first call 11:57, care about 23:00, no owner); promise 3: a rung a minute
until somebody has it.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, MINUTE = timedelta(), timedelta(minutes=1)

UNOWNED = deadline_kind(
    DeadlineKind(
        "emergencies.unowned",
        _("Emergency without an owner"),
        grace=NOW,
        ladder=(
            Rung(NOW, "medic"),
            Rung(MINUTE, "site_lead"),
            Rung(2 * MINUTE, "duty_officer"),
            Rung(5 * MINUTE, "approver"),
        ),
        answer_within=2 * MINUTE,
        urgent=True,
    )
)
CARE = deadline_kind(
    DeadlineKind(
        "emergencies.care",
        _("Emergency: care has not arrived"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(5 * MINUTE, "duty_officer")),
        answer_within=5 * MINUTE,
        urgent=True,
    )
)
REVIEW = deadline_kind(
    DeadlineKind(
        "emergencies.review",
        _("Emergency to be reviewed"),
        grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(timedelta(hours=24), "approver")),
        answer_within=timedelta(hours=24),
    )
)

CARE_WITHIN = 30 * MINUTE
REVIEW_WITHIN = timedelta(hours=48)
# How long an emergency may stand without an owner before more than its medics must know.
OWNED_WITHIN = 2 * MINUTE
