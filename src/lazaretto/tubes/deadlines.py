"""Who is told when a leg of a tube's way, a result, or a step after a positive is late."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HALF_HOUR, HOUR = timedelta(), timedelta(minutes=30), timedelta(hours=1)

TABLE = deadline_kind(
    DeadlineKind(
        "tubes.table", _("Tubes at the table wait for the courier"), grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HALF_HOUR, "dispatcher"), Rung(HOUR, "duty_officer")),
    )
)  # fmt: skip
COURIER = deadline_kind(
    DeadlineKind(
        "tubes.courier", _("A bag is not at the laboratory"), grace=NOW,
        ladder=(Rung(NOW, "dispatcher"), Rung(HALF_HOUR, "duty_officer")),
    )
)  # fmt: skip
RESULT = deadline_kind(
    DeadlineKind(
        "tubes.result", _("Tubes of a bag have no result"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(4 * HOUR, "approver")),
    )
)  # fmt: skip
LOOK = deadline_kind(
    DeadlineKind(
        "tubes.look", _("A file of results waits for somebody"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HOUR, "approver")),
    )
)  # fmt: skip
HIDDEN = deadline_kind(
    DeadlineKind(
        "tubes.hidden", _("A positive in a file declared negative, or held"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HALF_HOUR, "approver")), answer_within=HALF_HOUR, urgent=True,
    )
)  # fmt: skip
POSITIVE = deadline_kind(
    DeadlineKind(
        "tubes.positive", _("Preliminary positive tube: recheck, and call everybody in it"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HALF_HOUR, "approver")), answer_within=HALF_HOUR, urgent=True,
    )
)  # fmt: skip
RETEST = deadline_kind(
    DeadlineKind(
        "tubes.retest", _("People of a tube wait to be swabbed singly"), grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HALF_HOUR, "duty_officer"), Rung(2 * HOUR, "approver")),
        answer_within=HALF_HOUR, urgent=True,
    )
)  # fmt: skip
AT_SITE = deadline_kind(
    DeadlineKind(
        "tubes.site", _("Tubes at a quarantine site wait for the courier"), grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(HALF_HOUR, "dispatcher"), Rung(HOUR, "duty_officer")),
    )
)  # fmt: skip
AGAIN = deadline_kind(
    DeadlineKind(
        "tubes.again", _("Tubes of a quarantine site were rejected: swab again"), grace=NOW,
        ladder=(Rung(NOW, "medic"), Rung(HALF_HOUR, "site_lead"), Rung(2 * HOUR, "duty_officer")),
    )
)  # fmt: skip
HAND_ON = deadline_kind(
    DeadlineKind(
        "tubes.hand_on", _("Confirmed positive: who takes over?"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(HALF_HOUR, "approver")), answer_within=HALF_HOUR, urgent=True,
    )
)  # fmt: skip
TAKEN_BACK = deadline_kind(
    DeadlineKind(
        "tubes.taken_back", _("A result was taken back after its change of status was confirmed: who puts that right?"),
        grace=NOW, ladder=(Rung(NOW, "duty_officer"), Rung(HALF_HOUR, "approver")), answer_within=HALF_HOUR,
        urgent=True,
    )
)  # fmt: skip
