"""What stands behind somebody: open orders, handovers, an isolation order, a granted exception."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, prefetch_related_objects

from lazaretto.core.prepared import prepared
from lazaretto.custody.models import Holding
from lazaretto.orders import rules
from lazaretto.orders.choices import LineState, OrderState, Verdict
from lazaretto.orders.models import ExceptionRequest, OrderPerson
from lazaretto.places.models import Site
from lazaretto.stays.models import IsolationOrder, Stay


class Ground(StrEnum):
    """Why a site may admit somebody without asking headquarters."""

    ORDER = "order"
    HANDOVER = "handover"
    ISOLATION = "isolation"
    EXCEPTION = "exception"


def _standing(people: Any) -> QuerySet[OrderPerson]:
    lines = OrderPerson.objects.filter(person__among=people, state__in=["waiting", "under_way"])
    return lines.select_related("order", "person").order_by("id")


@prepared
def _named(people: Any) -> QuerySet[OrderPerson]:
    return _standing(people)


@prepared
def _open(people: Any) -> QuerySet[OrderPerson]:
    return _standing(people).filter(order__state__in=sorted(str(state) for state in rules.IN_FORCE))


def named_lines(people: Iterable[UUID]) -> list[OrderPerson]:
    """Lines of these people that still count, also those of drafts, with their order."""
    return _named(people=list(people))


def open_lines(people: Iterable[UUID], *, to_site: Site | None = None) -> list[OrderPerson]:
    """Lines of these people that still count, with their order and its checks; of drafts none."""
    found = _open(people=list(people))
    found = [line for line in found if to_site is None or line.order.to_site_id == to_site.pk]
    prefetch_related_objects(found, "checks")
    return found


def ground_of(person_id: UUID, site: Site, *, at: datetime) -> Ground | None:
    """What stands behind somebody at the door of a site; None where nothing does. Four queries at most."""
    if open_lines([person_id], to_site=site):
        return Ground.ORDER
    if _handed(person=person_id, site=site.pk):
        return Ground.HANDOVER
    if _isolated(person=person_id):
        return Ground.ISOLATION
    return Ground.EXCEPTION if granted(person_id, site, at=at) is not None else None


def granted(person_id: UUID, site: Site, *, at: datetime) -> ExceptionRequest | None:
    """A granted request that has not been used: nobody was admitted since."""
    found = _granted(person=person_id, site=site.pk, at=at)
    if not found:
        return None
    used = Stay.objects.filter(person=person_id, site=site, started_at__gte=found[0].decision.at).exists()
    return None if used else found[0]


@prepared
def _handed(person: Any, site: Any) -> QuerySet[Holding, UUID]:
    held = Holding.objects.filter(person=person, ended_at__isnull=True)
    return held.filter(Q(site=site) | Q(handover__to_site=site)).values_list("id", flat=True)


@prepared
def _isolated(person: Any) -> QuerySet[IsolationOrder, UUID]:
    return IsolationOrder.objects.filter(person=person, lifted_at__isnull=True).values_list("id", flat=True)


@prepared
def _granted(person: Any, site: Any, at: Any) -> QuerySet[ExceptionRequest]:
    granted = {"decision__verdict": Verdict.GRANTED, "decision__at__lte": at}
    found = ExceptionRequest.objects.filter(person=person, site=site, stay__isnull=True, **granted)
    return found.select_related("decision").order_by("-asked_at", "-id")


def people_ordered_to(sites: Collection[UUID]) -> dict[UUID, int]:
    """How many people wait to be sent to these sites under an issued order; one query."""
    waiting = OrderPerson.objects.filter(
        state=LineState.WAITING, order__to_site__in=sites, order__state__in=[OrderState.ISSUED, OrderState.UNDER_WAY]
    )
    return dict(waiting.order_by().values_list("order__to_site").annotate(n=Count("id")))
