"""What falls due in a stay, and who is told when nobody acts. Times: field practice of quarantine hotels."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HALF_HOUR, HOUR = timedelta(), timedelta(minutes=30), timedelta(hours=1)

ROUND = deadline_kind(
    DeadlineKind(
        "stays.round",
        _("Round: temperatures and symptoms"),
        grace=HALF_HOUR,
        ladder=(Rung(NOW, "medic"), Rung(HOUR, "site_lead"), Rung(3 * HOUR, "duty_officer")),
    )
)
NO_ANSWER = deadline_kind(
    DeadlineKind(
        "stays.no_answer",
        _("Nobody answered the door"),
        grace=NOW,
        ladder=(Rung(NOW, "medic"), Rung(HALF_HOUR, "site_lead"), Rung(HOUR, "duty_officer")),
        answer_within=HALF_HOUR,
        urgent=True,
    )
)
FEVER = deadline_kind(
    DeadlineKind(
        "stays.fever",
        _("Fever or symptoms: a medic looks"),
        grace=NOW,
        ladder=(Rung(NOW, "medic"), Rung(HALF_HOUR, "site_lead"), Rung(HOUR, "duty_officer")),
        answer_within=HOUR,
        urgent=True,
    )
)
TEST = deadline_kind(
    DeadlineKind(
        "stays.test",
        _("Test due"),
        grace=NOW,
        ladder=(Rung(NOW, "medic"), Rung(2 * HOUR, "site_lead"), Rung(12 * HOUR, "duty_officer")),
    )
)
RESULT = deadline_kind(
    DeadlineKind(
        "stays.result",
        _("Result of a specimen"),
        grace=2 * HOUR,
        ladder=(Rung(NOW, "medic"), Rung(6 * HOUR, "site_lead"), Rung(12 * HOUR, "duty_officer")),
    )
)
POSITIVE = deadline_kind(
    DeadlineKind(
        "stays.positive",
        _("Preliminary positive: confirm or refute"),
        grace=NOW,
        ladder=(Rung(NOW, "medic"), Rung(timedelta(minutes=10), "site_lead"), Rung(HALF_HOUR, "duty_officer")),
        answer_within=HALF_HOUR,
        urgent=True,
    )
)
RELEASE = deadline_kind(
    DeadlineKind(
        "stays.release",
        _("Release"),
        grace=2 * HOUR,
        ladder=(Rung(NOW, "site_lead"), Rung(2 * HOUR, "duty_officer"), Rung(6 * HOUR, "approver")),
        urgent=True,
    )
)
ROOM_HOLD = deadline_kind(
    DeadlineKind(
        "stays.room_hold",
        _("Room kept for somebody in hospital: keep or give up"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(6 * HOUR, "duty_officer")),
        answer_within=2 * HOUR,
    )
)
BREACH = deadline_kind(
    DeadlineKind(
        "stays.breach",
        _("Breach to be acted on"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HOUR, "duty_officer")),
        urgent=True,
    )
)
ALONE = deadline_kind(
    DeadlineKind(
        "stays.alone",
        _("Somebody who must not be alone is alone: who looks after them?"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(timedelta(minutes=15), "duty_officer")),
        answer_within=HALF_HOUR,
        urgent=True,
    )
)

# Source: sample to laboratory 6 h, result 24 h (field figures of 2021–22).
RESULT_WITHIN = timedelta(hours=24)
KNOCK_AGAIN_WITHIN = HALF_HOUR
