"""What a confirmed change does to orders: written by the functions of stays, inside the command that confirms."""

from datetime import datetime

from lazaretto.cases.choices import ChangeKind, ConsequenceKind
from lazaretto.cases.models import Change
from lazaretto.cases.rules import Consequence, Outcome
from lazaretto.cases.wording import written_reason
from lazaretto.core.access import Actor, locked
from lazaretto.protocols.rules import Absence
from lazaretto.stays.commands import make_up_days, replace_order, set_category
from lazaretto.stays.models import Stay

K = ConsequenceKind


def orders_follow(change: Change, found: Outcome, *, actor: Actor, at: datetime) -> int:
    """Replace orders whose category or clock changes, make days up, name the case. Returns how many orders changed."""
    wanted = [one for one in found.then if one.kind in {K.CONTACT, K.RESTART, K.MADE_UP}]
    rows = locked(Stay.objects.filter(pk__in=[one.stay for one in wanted]).select_related("site", "order", "person"))
    stays = {str(stay.pk): stay for stay in rows.order_by("pk")}
    for one in wanted:
        _follow(change, one, stays[one.stay], actor, at)
    if change.kind == ChangeKind.CASE and change.stay is not None:
        set_category(change.stay, "case")
    return len(wanted)


def _follow(change: Change, one: Consequence, stay: Stay, actor: Actor, at: datetime) -> None:
    """The reason names the change and the ground; the person reads it on the new order."""
    if one.kind == K.MADE_UP and change.first_on and change.last_on:
        evidence = f"{change.number}: {change.words}" if change.words else change.number
        absence = Absence(first_on=change.first_on, last_on=change.last_on, evidence=evidence)
        make_up_days(stay, absence, actor=actor, at=at)
        return
    own = stay.pk == change.stay_id
    since = change.happened_at if own or one.kind == K.RESTART else at
    reason = written_reason(one, change.number, language=stay.person.language)
    replace_order(stay, category=one.category, clock_start_at=since, reason=reason, actor=actor, at=at)
