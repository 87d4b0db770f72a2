"""Transfer orders that were drafted because of a change of status: whether what asked for them still stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lazaretto.cases.choices import ChangeState, ConsequenceKind, FollowUpState
from lazaretto.cases.errors import CauseGone, MoveCalledOff
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.queries.listing import READ
from lazaretto.core.access import Actor
from lazaretto.orders.choices import LineState
from lazaretto.orders.hooks import Remark
from lazaretto.orders.models import OrderPerson, TransferOrder
from lazaretto.orders.rules import ENDED
from lazaretto.people.queries import display_names


def still_asked(order: TransferOrder) -> None:
    """Before an order is issued. Raises `MoveCalledOff` naming what called its reason off."""
    found = called_off_since(list(order.people.select_related("order")))
    if found:
        raise MoveCalledOff.by(", ".join(sorted(set(found.values()))))


def asked_no_more(lines: Sequence[OrderPerson], *, actor: Actor, at: datetime) -> None:
    """Before people leave under an order: a refuted positive moves nobody. Raises `CauseGone` naming whom.

    A departure that is told late is judged by what was known when they left. Two queries, three where it asks.
    """
    found = called_off_since(lines, at=at)
    if found:
        names = display_names(actor, [line.person for line in lines if line.pk in found])
        raise CauseGone.of(", ".join(sorted(names.values())), ", ".join(sorted(set(found.values()))))


def said_of(actor: Actor, lines: Sequence[OrderPerson]) -> Mapping[UUID, Remark]:
    """On the page of an order: whose move was called off since, with the change that did."""
    reads = actor.may(READ)
    return {
        pk: Remark(
            _("Their move was called off: %(change)s") % {"change": number},
            reverse("cases:one", args=[number]) if reads else "", "red",
        )
        for pk, number in called_off_since(lines).items()
    }  # fmt: skip


def called_off_since(lines: Sequence[OrderPerson], *, at: datetime | None = None) -> dict[UUID, str]:
    """By line of somebody who still waits: the number of the change that called off, since the order was written (and
    until `at`), the move as that category; nobody whom another change still asks to move so. Two queries."""
    waiting = [one for one in lines if one.state == LineState.WAITING and one.order.state not in ENDED]
    rows = FollowUp.objects.filter(kind=ConsequenceKind.MOVE, person__in=[one.person_id for one in waiting])
    moves = list(rows.select_related("change__refuted_by").order_by("due_at", "id")) if waiting else []
    ended = _by_changes(moves)
    found = {}
    for line in waiting:
        own = [row for row in moves if row.person_id == line.person_id and row.category == line.order.category]
        if any(row.pk not in ended and row.state == FollowUpState.OPEN for row in own):
            continue
        by = [ended[row.pk] for row in own if row.pk in ended]
        since = [one.number for one in by if one.decided_at and _between(line.order.written_at, one.decided_at, at)]
        if since:
            found[line.pk] = since[-1]
    return found


def _between(first: datetime, moment: datetime, last: datetime | None) -> bool:
    return first <= moment and (last is None or moment <= last)


def _by_changes(moves: Sequence[FollowUp]) -> dict[UUID, Change]:
    """By move: the change that called it off, by refuting its case or by name."""
    words = {row.pk: row.answer or "" for row in moves if row.state == FollowUpState.DROPPED}
    named = Change.objects.filter(number__in=set(words.values()), state=ChangeState.CONFIRMED) if words else []
    numbers = {one.number: one for one in named}
    found = {pk: numbers[said] for pk, said in words.items() if said in numbers}
    return found | {row.pk: row.change.refuted_by for row in moves if hasattr(row.change, "refuted_by")}
