"""What a confirmed change does to orders: written by the functions of stays, inside the command that confirms."""

from datetime import datetime

from lazaretto.cases.choices import ChangeKind, ConsequenceKind
from lazaretto.cases.models import Change
from lazaretto.cases.queries.refuted import voided
from lazaretto.cases.rules import Consequence, Outcome
from lazaretto.cases.wording import written_reason
from lazaretto.core.access import Actor, locked
from lazaretto.protocols.rules import Absence
from lazaretto.stays.commands import make_up_days, replace_order, restore_order, set_category, void_positive
from lazaretto.stays.models import IsolationOrder, Stay

K = ConsequenceKind


def orders_follow(change: Change, found: Outcome, *, actor: Actor, at: datetime) -> int:
    """Replace orders whose category or clock changes, make days up, name the case. Returns how many orders changed."""
    wanted = [one for one in found.then if one.stay and one.kind in {K.CONTACT, K.RESTART, K.MADE_UP, K.BACK}]
    rows = locked(Stay.objects.filter(pk__in=[one.stay for one in wanted]).select_related("site", "order", "person"))
    stays = {str(stay.pk): stay for stay in rows.order_by("pk")}
    changed = sum(_follow(change, one, stays[one.stay], actor, at) for one in wanted)
    if change.kind == ChangeKind.CASE and change.stay is not None:
        set_category(change.stay, "case")
    return changed


def _follow(change: Change, one: Consequence, stay: Stay, actor: Actor, at: datetime) -> bool:
    """Whether an order changed. The reason names the change and the ground; the person reads it on the new order."""
    if one.kind == K.BACK:
        return _return(change, one, stay, actor, at)
    if one.kind == K.MADE_UP and change.first_on and change.last_on:
        evidence = f"{change.number}: {change.words}" if change.words else change.number
        absence = Absence(first_on=change.first_on, last_on=change.last_on, evidence=evidence)
        make_up_days(stay, absence, actor=actor, at=at)
        return True
    own = stay.pk == change.stay_id
    since = change.happened_at if own or one.kind == K.RESTART else at
    reason = written_reason(one, change.number, language=stay.person.language)
    replace_order(stay, category=one.category, clock_start_at=since, reason=reason, actor=actor, at=at)
    return True


def _return(change: Change, one: Consequence, stay: Stay, actor: Actor, at: datetime) -> bool:
    """They return to the order before: it is in force again, or never stopped."""
    if one.order == stay.order.number:
        set_category(stay, stay.order.category)
        return False
    before = locked(IsolationOrder.objects.filter(number=one.order, person=stay.person_id)).get()
    reason = written_reason(one, change.number, language=stay.person.language)
    restore_order(stay, before, reason=reason, actor=actor, at=at)
    return True


def void_positives(change: Change, stay: Stay, *, actor: Actor, at: datetime) -> None:
    """What was sampled before the recheck holds nobody any more."""
    for specimen in locked(voided(stay.person_id).select_related("stay__site")).order_by("pk"):
        void_positive(specimen, evidence=change.number, actor=actor, at=at)
