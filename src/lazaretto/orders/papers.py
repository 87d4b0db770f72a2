"""Fills the printed transfer order of `ui.papers` from its rows."""

from collections import defaultdict
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override as speaking

from lazaretto.orders.choices import LineState, OrderState, PaperKind, Source, Urgency
from lazaretto.orders.models import OrderPerson, TransferOrder
from lazaretto.orders.queries.agreement import agreement_of
from lazaretto.orders.queries.orders import destination_of, origin_of, spoken_address
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import IdentityDocument, Need
from lazaretto.protocols.choices import Category
from lazaretto.stays.rules import mask_number
from lazaretto.ui import papers

VOID = {OrderState.DRAFT: "draft", OrderState.WITHDRAWN: "withdrawn"}
ZONE = settings.TIME_ZONE


def order_paper(order: TransferOrder, language: str) -> papers.TransferOrder:
    """The order with everybody who goes under it, fetched by `queries.orders.order_by_number`."""
    site = order.from_site or order.to_site
    lines = [line for line in order.people.all() if line.state != LineState.STRUCK or order.state in VOID]
    with speaking(language):
        return papers.TransferOrder(
            language=language,
            number=order.number,
            issuer=order.issuer,
            issuer_number=order.issuer_number,
            origin=origin_of(order),
            destination=destination_of(order),
            category=str(Category(order.category).label),
            reason=order.reason,
            urgency=str(Urgency(order.urgency).label),
            papers=tuple(str(PaperKind(code).label) for code in order.papers),
            people=tuple(_lines(order, lines)),
            valid_until=order.valid_until,
            issued_at=order.issued_at,
            override=_override(order),
            void=VOID.get(OrderState(order.state), ""),
            code=code_of(order),
            zone=ZoneInfo(site.time_zone if site is not None else ZONE),
        )


def code_of(order: TransferOrder) -> str:
    """What the QR carries: the address of the order's page."""
    return settings.BASE_URL + reverse("orders:order", args=[order.number])


def _override(order: TransferOrder) -> str:
    if order.overridden_by is None:
        return ""
    return _("Dispatch without two sources allowed by %(name)s.") % {"name": order.overridden_by}


def _lines(order: TransferOrder, lines: list[OrderPerson]) -> list[papers.TransferLine]:
    people = [line.person_id for line in lines]
    needs: dict[UUID, list[str]] = defaultdict(list)
    noted = Need.objects.filter(person__in=people, ended_at__isnull=True).order_by("kind")
    for person, kind in noted.values_list("person_id", "kind"):
        needs[person].append(str(NeedKind(kind).label))
    documents: dict[UUID, str] = {}
    for document in IdentityDocument.objects.filter(person__in=people).order_by("created_at"):
        documents.setdefault(document.person_id, mask_number(document.number))
    return [
        papers.TransferLine(
            name=line.person.name,
            document=documents.get(line.person_id, ""),
            fetched=spoken_address(line.address or "", order),
            mind=" · ".join(needs[line.person_id]),
            checked=" · ".join(str(Source(code).label) for code in agreement_of(line).address),
        )
        for line in lines
    ]
