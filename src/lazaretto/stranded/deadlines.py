"""Who is told when nobody owns it, when a place, a carer or a meal is late, and while somebody is not found.

Ladders: our choice. The times until then stand in `rules.CLOCKS`, each with its source.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, MINUTE = timedelta(), timedelta(minutes=1)

OWNER = deadline_kind(
    DeadlineKind(
        "stranded.owner",
        _("Stranded people: nobody sees to them yet"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(10 * MINUTE, "duty_officer"), Rung(30 * MINUTE, "approver")),
        answer_within=15 * MINUTE,
        urgent=True,
    )
)
PLACE = deadline_kind(
    DeadlineKind(
        "stranded.place",
        _("Stranded: still without a place"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(15 * MINUTE, "duty_officer"), Rung(60 * MINUTE, "approver")),
        answer_within=30 * MINUTE,
        urgent=True,
    )
)
CARE = deadline_kind(
    DeadlineKind(
        "stranded.care",
        _("Stranded: nobody looks after somebody who must not be alone"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(10 * MINUTE, "duty_officer"), Rung(30 * MINUTE, "approver")),
        answer_within=15 * MINUTE,
        urgent=True,
    )
)
MEAL = deadline_kind(
    DeadlineKind(
        "stranded.meal",
        _("Stranded people: a meal is late"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(60 * MINUTE, "duty_officer"), Rung(180 * MINUTE, "approver")),
        answer_within=30 * MINUTE,
    )
)
SEARCH = deadline_kind(
    DeadlineKind(
        "stranded.search",
        _("Stranded: not found any more, look for them"),
        grace=NOW,
        ladder=(Rung(NOW, "site_lead"), Rung(15 * MINUTE, "duty_officer"), Rung(60 * MINUTE, "approver")),
        answer_within=30 * MINUTE,
        urgent=True,
    )
)
