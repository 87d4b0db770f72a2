"""Who is told when a next round is forgotten, a round runs past its deadline, or will. Ladders: our choice."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lazaretto.cadence.rules import SETTLES
from lazaretto.core.deadlines import DeadlineKind, Rung, deadline_kind

NOW, HOUR = timedelta(), timedelta(hours=1)

NEXT = deadline_kind(
    DeadlineKind(
        "cadence.next", _("Mass testing: the next round is due, and is not prepared or has not begun"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(4 * HOUR, "approver")),
    )
)  # fmt: skip
OVER = deadline_kind(
    DeadlineKind(
        "cadence.over", _("Mass testing: the deadline is over, and people are neither tested nor named"), grace=NOW,
        ladder=(Rung(NOW, "duty_officer"), Rung(2 * HOUR, "approver")),
    )
)  # fmt: skip
BEHIND = deadline_kind(
    DeadlineKind(
        "cadence.behind", _("Mass testing: at this pace the round is not done by its deadline"), grace=SETTLES,
        ladder=(Rung(NOW, "duty_officer"), Rung(2 * HOUR, "approver")),
    )
)  # fmt: skip
POINT = deadline_kind(
    DeadlineKind(
        "cadence.point", _("Mass testing: a point falls behind; send staff or tables, or plan anew"),
        grace=SETTLES, ladder=(Rung(NOW, "duty_officer"),),
    )
)  # fmt: skip
AWAY = deadline_kind(
    DeadlineKind(
        "cadence.away", _("Mass testing: enterprises that are due do not turn up at a point; call their officers"),
        grace=SETTLES, ladder=(Rung(NOW, "duty_officer"),),
    )
)  # fmt: skip
