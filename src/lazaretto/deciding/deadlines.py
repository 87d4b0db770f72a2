"""Who is told when what is to be decided in a round lies there.

One deadline a round, for all that has none of its own: an alarm that says "forty wait" is answered, forty alarms are
not. Fevers, positives, held results and late bags keep theirs. Ladder: our choice.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HOUR = timedelta(), timedelta(hours=1)

WAITING = deadline_kind(
    DeadlineKind(
        "deciding.waiting", _("Mass testing: questions of a round lie there"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(4 * HOUR, "approver")),
    )
)  # fmt: skip
