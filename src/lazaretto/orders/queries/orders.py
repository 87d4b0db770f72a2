"""Transfer orders as lists and pages show them: people, checks, what is missing, what may be done now."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.orders import rules
from lazaretto.orders.choices import LineState, OrderState, PaperKind
from lazaretto.orders.deadlines import RUNS_OUT_SOON
from lazaretto.orders.hooks import Remark, remarks
from lazaretto.orders.models import OrderPerson, OrderStep, SourceCheck, TransferOrder
from lazaretto.orders.queries.agreement import agreement_of
from lazaretto.people.queries import display_names
from lazaretto.places.models import ExternalPlace, Site

READ, NAMES = "orders.read", "people.names"


class Waits(StrEnum):
    """For what an order waits now, and so for whom."""

    ISSUE = "issue"
    SOURCES = "sources"
    RENEWAL = "renewal"
    DISPATCH = "dispatch"
    ARRIVAL = "arrival"
    NOTHING = "nothing"


def orders(actor: Actor) -> QuerySet[TransferOrder]:
    """Orders that the actor may read, with their ends."""
    related = ("from_site", "from_external", "to_site", "to_external", "unit", "written_by", "issued_by")
    return TransferOrder.objects.visible_to(actor, READ).select_related(*related, "overridden_by")


def with_people(rows: QuerySet[TransferOrder]) -> QuerySet[TransferOrder]:
    """With everything that a line of a list or a page asks of their people; two queries more."""
    checks = Prefetch("checks", SourceCheck.objects.select_related("by").order_by("at", "id"))
    people = OrderPerson.objects.select_related("person", "handover").prefetch_related(checks).order_by("id")
    return rows.prefetch_related(Prefetch("people", people))


def order_by_number(actor: Actor, number: str) -> TransferOrder:
    """One of them with its people; raises `NotFound`."""
    found = with_people(orders(actor)).filter(number=number).first()
    if found is None:
        raise NotFound(kind="orders.transferorder", number=number)
    return found


def reads_names(actor: Actor, order: TransferOrder) -> bool:
    """Whether the actor reads addresses and words about the people of an order: at one of its ends."""
    units = {order.unit_id, *(site.unit_id for site in (order.from_site, order.to_site) if site is not None)}
    return any(actor.may(NAMES, unit) for unit in units)


def origin_of(order: TransferOrder) -> str:
    """Where they are, in words."""
    return _spoken(order.from_site, order.from_external)


def destination_of(order: TransferOrder) -> str:
    """Where they go, in words."""
    return _spoken(order.to_site, order.to_external)


def _spoken(site: Site | None, place: ExternalPlace | None) -> str:
    if site is not None:
        return f"{site.code} {site.spoken_name}"
    return f"{place.spoken_name}" if place is not None else ""


def waits_for(order: TransferOrder, *, at: datetime) -> Waits:
    """For what an order waits; its people and their checks were fetched with it."""
    if order.state == OrderState.DRAFT:
        return Waits.ISSUE
    if order.state == OrderState.UNDER_WAY:
        return Waits.ARRIVAL
    if order.state != OrderState.ISSUED:
        return Waits.NOTHING
    if rules.expired(order.state, order.valid_until, at):
        return Waits.RENEWAL
    return Waits.SOURCES if _unchecked(order) and order.overridden_at is None else Waits.DISPATCH


def _unchecked(order: TransferOrder) -> int:
    waiting = [line for line in order.people.all() if line.state == LineState.WAITING]
    return sum(not agreement_of(line).reached for line in waiting)


@dataclass(frozen=True)
class OrderLine:
    """An order as a list shows it. `counts` are its people by state, `unchecked` how many wait for a source."""

    order: TransferOrder
    origin: str
    destination: str
    people: int
    unchecked: int
    waits: Waits
    expired: bool
    soon: bool
    counts: dict[str, int] = field(default_factory=dict)


def order_lines(rows: Iterable[TransferOrder], *, at: datetime) -> list[OrderLine]:
    """Rows of `with_people` for a list; no query."""
    return [_line(row, at) for row in rows]


def _line(order: TransferOrder, at: datetime) -> OrderLine:
    states = Counter(line.state for line in order.people.all())
    return OrderLine(
        order, origin_of(order), destination_of(order), sum(states.values()) - states[LineState.STRUCK],
        _unchecked(order), waits_for(order, at=at), rules.expired(order.state, order.valid_until, at),
        rules.expires_soon(order.state, order.valid_until, at, RUNS_OUT_SOON), dict(states),
    )  # fmt: skip


@dataclass(frozen=True)
class PersonLine:
    """One person of an order as its page shows them; address and words only to those who read names there."""

    row: OrderPerson
    name: str
    address: str
    agreement: rules.Agreement
    checks: tuple[SourceCheck, ...]
    needs_check: bool
    remarks: tuple[Remark, ...]


def person_lines(actor: Actor, order: TransferOrder) -> list[PersonLine]:
    """Everybody of an order with what sources say about them; a fixed number of queries."""
    rows = list(order.people.all())
    names, reads = display_names(actor, [row.person for row in rows]), reads_names(actor, order)
    said = remarks(actor, rows)
    found = []
    for row in rows:
        agreed = agreement_of(row)
        waiting = row.state == LineState.WAITING and order.state not in rules.ENDED
        checks = tuple(check for check in row.checks.all() if check.edition == row.edition)
        address = spoken_address(row.address or "", order) if reads else ""
        needs = waiting and not agreed.reached
        found.append(PersonLine(row, names[row.person_id], address, agreed, checks, needs, tuple(said[row.pk])))
    return found


def spoken_address(address: str, order: TransferOrder) -> str:
    """An address that was filled in from a room of ours, with the site's name as the reader knows it."""
    site = order.from_site
    ours = f"{site.code} {site.name} " if site else ""
    return f"{site} {address.removeprefix(ours)}" if site and address.startswith(ours) else address


def steps_of(order: TransferOrder) -> list[OrderStep]:
    """What happened, the first first."""
    return list(order.steps.select_related("by").order_by("at", "id"))


def papers_of(number: str) -> list[str]:
    """The papers that an order asks to go along, in words; none for an order that is not there. One query."""
    found = TransferOrder.objects.filter(number=number).values_list("papers", flat=True).first()
    return [str(PaperKind(code).label) for code in found or []]


def order_of_handovers(handovers: Collection[UUID]) -> dict[UUID, str]:
    """Numbers of the orders under which handovers go; one query."""
    rows = OrderPerson.objects.filter(handover__in=handovers).values_list("handover", "order__number")
    return {handover: number for handover, number in rows if handover is not None}
