"""What orders can prove: nobody is lost under an order, and no request is left without an answer."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.custody.choices import Outcome
from lazaretto.custody.models import HandedOver, Handover
from lazaretto.orders import rules
from lazaretto.orders.choices import LineState
from lazaretto.orders.deadlines import EXCEPTION
from lazaretto.orders.models import ExceptionRequest, OrderPerson, TransferOrder

SLACK = timedelta(minutes=2)  # a sweeper that restarts
RECENT = timedelta(days=30)


@proof(1, "orders_followed", _("Every transfer order says of its people what the handovers say"))
def orders_followed(at: datetime) -> Finding:
    """The state of an order follows from its people, and theirs from their handovers."""
    in_force = TransferOrder.objects.in_force().prefetch_related("people").iterator(chunk_size=500)
    offenders = [
        Offender("transfer order", str(order.pk), f"{order.number}: its people say otherwise")
        for order in in_force
        if rules.state_of(line.state for line in order.people.all()) != order.state
    ]
    gone = HandedOver.objects.filter(
        handover=OuterRef("handover"), person=OuterRef("person"), outcome=Outcome.UNDER_WAY
    )
    adrift = OrderPerson.objects.filter(state=LineState.UNDER_WAY).filter(~Exists(gone))
    offenders += [
        Offender("transfer order", str(line.order_id), "somebody is under way by it, but not by its handover")
        for line in adrift
    ]
    figures = {
        "orders_in_force": TransferOrder.objects.in_force().count(),
        "orders_under_way_late": _late(at),
        "orders_expired_unused": TransferOrder.objects.filter(state="issued", valid_until__lte=at).count(),
        "sign_outs_without_order": _without_order(at),
    }
    return Finding(figures, offenders, in_use=TransferOrder.objects.exists())


def _late(at: datetime) -> int:
    """Orders under way whose people are expected by now."""
    late = OrderPerson.objects.filter(state=LineState.UNDER_WAY, handover__due_at__lt=at)
    return late.values("order").distinct().count()


def _without_order(at: datetime) -> int:
    """Handovers of the last thirty days from one of our sites under no order; those all brought back left nothing."""
    covered = OrderPerson.objects.filter(handover=OuterRef("pk"))
    gone = HandedOver.objects.filter(handover=OuterRef("pk")).exclude(outcome__in=[Outcome.RETURNED, Outcome.NOT_GONE])
    left = Handover.objects.filter(from_site__isnull=False, signed_out_at__gte=at - RECENT)
    return left.filter(Exists(gone), ~Exists(covered)).count()


@proof(2, "exceptions_answered", _("Every request to admit without an order is answered, or its alarm climbs"))
def exceptions_answered(at: datetime) -> Finding:
    """One past its clock whose ladder stands still is one that nobody hears."""
    undecided = ExceptionRequest.objects.filter(decision__isnull=True)
    climbing = Deadline.objects.filter(kind=EXCEPTION.code, state=DeadlineState.OPEN, rung__gte=1)
    heard = set(
        climbing.filter(Q(next_at__isnull=True) | Q(next_at__gte=at - SLACK)).values_list("subject_id", flat=True)
    )
    late = undecided.filter(due_at__lt=at)
    offenders = [
        Offender("exception", str(row.pk), f"{row.number}: past its time, and no alarm climbs")
        for row in late.filter(due_at__lt=at - SLACK)
        if str(row.pk) not in heard
    ]
    figures = {
        "exceptions_undecided": undecided.count(),
        "exceptions_past_their_time": late.count(),
        "admitted_first_undecided": undecided.filter(stay__isnull=False).count(),
    }
    return Finding(figures, offenders, in_use=ExceptionRequest.objects.exists())
