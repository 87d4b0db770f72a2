"""Who is told when nobody speaks with them, when the reply is late, when it was not handed over.

Times: practice of sites. A person who says no is spoken with within two hours and not left alone with it for a day; the
written reply is due within forty-eight hours.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HOUR = timedelta(), timedelta(hours=1)

TALK = deadline_kind(
    DeadlineKind(
        "objections.talk",
        _("Objection: speak with the person"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(4 * HOUR, "duty_officer")),
        answer_within=2 * HOUR,
    )
)
REPLY = deadline_kind(
    DeadlineKind(
        "objections.reply",
        _("Objection: the reply is due"),
        grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(4 * HOUR, "approver")),
        answer_within=4 * HOUR,
        urgent=True,
    )
)
HAND = deadline_kind(
    DeadlineKind(
        "objections.hand",
        _("Objection: hand the reply over"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(12 * HOUR, "duty_officer")),
        answer_within=4 * HOUR,
    )
)

FIRST_TALK, NEXT_TALK = 2 * HOUR, 12 * HOUR
REPLY_WITHIN, HAND_WITHIN = 48 * HOUR, 12 * HOUR
