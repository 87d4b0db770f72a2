"""An order is written, issued, prolonged, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet
from pydantic import Field

from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import headquarters
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows
from lazaretto.core.commands import command
from lazaretto.core.deadlines import move_deadline
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, whole
from lazaretto.core.ids import new_id
from lazaretto.core.numbers import next_number, of_year
from lazaretto.core.prepared import prepared
from lazaretto.orders import hooks, rules
from lazaretto.orders.choices import LineState, OrderState, PaperKind, StepKind, Urgency
from lazaretto.orders.commands.common import go, note, reason_of, rest, watch, write_step
from lazaretto.orders.deadlines import EXPIRY
from lazaretto.orders.errors import (
    AlreadyOrdered,
    EndsOfOrder,
    IssuerMissing,
    OrderEntered,
    OrderNamesNobody,
    ValidityPast,
    ValidityTooLong,
)
from lazaretto.orders.models import OrderPerson, TransferOrder
from lazaretto.orders.queries.standing import named_lines
from lazaretto.people.commands import NewPerson, open_access, register_person
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.places.queries import site_with_code
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Occupancy

DRAFT, ISSUE = rules.DRAFT, rules.ISSUE
LONGEST_ADDRESS = 200
LONGEST_VALID = timedelta(days=31)  # our choice: a slip in the year must not stand for years


@dataclass(frozen=True)
class Passenger:
    """Somebody who goes: known to us (`person`) or written down now (`newcomer`), and where they are fetched."""

    person: UUID | None = None
    newcomer: NewPerson | None = None
    address: Annotated[str, Field(max_length=LONGEST_ADDRESS)] = ""


@dataclass(frozen=True)
class OrderWritten:
    """An order stands in the list: as a draft, or issued where others issued it."""

    order_id: UUID
    number: str
    state: OrderState


@dataclass(frozen=True)
class OrderMoved:
    """An order after a step."""

    order_id: UUID
    state: OrderState
    valid_until: datetime


@command("orders.write_order", capability=DRAFT, beside=("from_site",))
def write_order(
    *,
    actor: Actor,
    at: datetime,
    people: tuple[Passenger, ...],
    category: Category,
    reason: str,
    valid_until: datetime,
    from_site: Site | None = None,
    from_place: ExternalPlace | None = None,
    to_site: str = "",
    to_place: ExternalPlace | None = None,
    urgency: Urgency = Urgency.TODAY,
    papers: tuple[PaperKind, ...] = (),
    issuer: str = "",
    issuer_number: str = "",
) -> OrderWritten:
    """Write a transfer order: a draft of ours, or with `issuer` and `issuer_number` one that others have issued.

    `to_site` is the code of a site of ours. Raises `EndsOfOrder`, `OrderNamesNobody`, `ValidityPast`,
    `ValidityTooLong`, `IssuerMissing`, `OrderEntered`, `AlreadyOrdered`, `ReasonRequired`, and what
    `people.register_person` raises.
    """
    origin, destination = _ends(from_site, from_place, to_site, to_place)
    unit = _unit(actor, origin, destination)
    if valid_until <= at:
        raise ValidityPast
    _not_too_long(valid_until, at)
    others, given = whole(issuer_number, 60), whole(issuer, 120)
    if others and not given:
        raise IssuerMissing
    order = TransferOrder(
        unit=unit, issuer=given or headquarters().name, issuer_number=others,
        from_site=from_site, from_external=from_place,
        to_site=destination if isinstance(destination, Site) else None, to_external=to_place,
        category=category, reason=reason_of(reason), urgency=urgency, papers=sorted(set(papers)),
        state=OrderState.ISSUED if others else OrderState.DRAFT, valid_until=valid_until,
        written_at=at, written_by_id=actor.user_id, issued_at=at if others else None,
    )  # fmt: skip
    _insert(order, _persons(people, unit, actor, at), people, at)
    write_step(order, StepKind.RECEIVED if others else StepKind.DRAFTED, actor=actor, at=at)
    if others:
        _put_in_force(order, at)
    note(order, {"number": order.number, "people": len(people), "after": order.state})
    return OrderWritten(order.id, order.number, OrderState(order.state))


@command("orders.issue", capability=ISSUE)
def issue(*, actor: Actor, at: datetime, order: TransferOrder) -> OrderMoved:
    """Issue a draft. Its destination sees it from now on.

    Raises `IllegalTransition`, `ValidityPast`, and what apps above have against it (`cases`: `MoveCalledOff`).
    """
    if order.state != OrderState.DRAFT:
        raise IllegalTransition(before=order.state, after=OrderState.ISSUED)
    if order.valid_until <= at:
        raise ValidityPast
    hooks.may_be_issued(order)
    order.issued_at, order.issued_by_id = at, actor.user_id
    order.save(update_fields=["issued_at", "issued_by"])
    before = go(order, OrderState.ISSUED, at)
    write_step(order, StepKind.ISSUED, actor=actor, at=at)
    _put_in_force(order, at)
    note(order, {"number": order.number, "before": before, "after": order.state})
    return _moved(order)


@command("orders.renew", capability=ISSUE)
def renew(*, actor: Actor, at: datetime, order: TransferOrder, valid_until: datetime, reason: str) -> OrderMoved:
    """Let an issued order, also an expired one, be used for longer.

    Raises `IllegalTransition`, `ValidityPast`, `ValidityTooLong`.
    """
    said = reason_of(reason)
    if order.state != OrderState.ISSUED:
        raise IllegalTransition(before=order.state, after=OrderState.ISSUED)
    if valid_until <= max(at, order.valid_until):
        raise ValidityPast
    _not_too_long(valid_until, at)
    order.valid_until = valid_until
    order.save(update_fields=["valid_until"])
    move_deadline(EXPIRY.code, order, valid_until, at=at, by=actor.user_id)
    write_step(order, StepKind.RENEWED, actor=actor, at=at, words=said)
    note(order, {"number": order.number, "valid_until": valid_until}, said)
    return _moved(order)


@command("orders.withdraw", capability=ISSUE)
def withdraw(*, actor: Actor, at: datetime, order: TransferOrder, reason: str) -> OrderMoved:
    """Take an issued order back; nobody is sent under it any more. Raises `IllegalTransition`, `ReasonRequired`."""
    return _withdraw(order, OrderState.ISSUED, reason, actor, at)


@command("orders.discard", capability=DRAFT)
def discard(*, actor: Actor, at: datetime, order: TransferOrder, reason: str) -> OrderMoved:
    """Put a draft aside. Raises `IllegalTransition`, `ReasonRequired`."""
    return _withdraw(order, OrderState.DRAFT, reason, actor, at)


def _not_too_long(valid_until: datetime, at: datetime) -> None:
    if valid_until > at + LONGEST_VALID:
        raise ValidityTooLong(valid_until=valid_until.isoformat())


def _withdraw(order: TransferOrder, state: OrderState, reason: str, actor: Actor, at: datetime) -> OrderMoved:
    said = reason_of(reason)
    if order.state != state:
        raise IllegalTransition(before=order.state, after=OrderState.WITHDRAWN)
    before = go(order, OrderState.WITHDRAWN, at)
    order.people.filter(state=LineState.WAITING).update(state=LineState.STRUCK)
    write_step(order, StepKind.WITHDRAWN, actor=actor, at=at, words=said)
    rest(order, actor, at)
    note(order, {"number": order.number, "before": before, "after": order.state}, said)
    return _moved(order)


def _moved(order: TransferOrder) -> OrderMoved:
    return OrderMoved(order.id, OrderState(order.state), order.valid_until)


def _ends(
    from_site: Site | None, from_place: ExternalPlace | None, to_site: str, to_place: ExternalPlace | None
) -> tuple[Site | ExternalPlace, Site | ExternalPlace]:
    found = site_with_code(to_site) if to_site else None
    starts = [one for one in (from_site, from_place) if one is not None]
    ends = [one for one in (found, to_place) if one is not None]
    if len(starts) != 1 or len(ends) != 1 or starts == ends or (to_site and found is None):
        raise EndsOfOrder
    return starts[0], ends[0]


def _unit(actor: Actor, origin: Site | ExternalPlace, destination: Site | ExternalPlace) -> Unit:
    """Whose order it is: the site's that sends, else the one's that receives, else headquarters'."""
    ours = next((one for one in (origin, destination) if isinstance(one, Site)), None)
    unit = ours.unit if ours is not None else headquarters()
    if not actor.may(DRAFT, unit.id):
        raise Forbidden(capability=DRAFT)
    return unit


def _number(unit: Unit, at: datetime) -> str:
    series = of_year(f"{unit.code}-D", at)
    return f"{series}-{next_number(series):06d}"


def _persons(people: Sequence[Passenger], unit: Unit, actor: Actor, at: datetime) -> list[UUID]:
    """Their records; whoever is new is registered."""
    if not people:
        raise OrderNamesNobody
    known = {one.person for one in people if one.person is not None}
    seen = _visible(actor, known)
    if known - seen:
        raise NotFound(kind="people.person", id=", ".join(str(pk) for pk in sorted(known - seen)))
    found = []
    for one in people:
        if one.person is None and one.newcomer is None:
            raise OrderNamesNobody
        if one.newcomer is not None and one.person is None:
            found.append(register_person(actor=actor, at=at, unit=unit, person=one.newcomer).person_id)
        elif one.person is not None:
            found.append(one.person)
    return found


def _visible(actor: Actor, people: set[UUID]) -> set[UUID]:
    """Those of them whom the actor may name, without merged records."""
    if actor.everywhere(DRAFT):
        return set(_current(people=list(people)))
    return set(Person.objects.visible_to(actor, DRAFT).current().filter(pk__in=people).values_list("pk", flat=True))


@prepared
def _current(people: Any) -> QuerySet[Person, UUID]:
    return Person.objects.current().filter(pk__among=people).values_list("pk", flat=True)


def _insert(order: TransferOrder, persons: list[UUID], people: Sequence[Passenger], at: datetime) -> None:
    taken = named_lines(people=persons)
    if taken:
        raise AlreadyOrdered.on(", ".join(sorted({line.order.number for line in taken})))
    if len(set(persons)) < len(persons):
        raise AlreadyOrdered
    rooms = _rooms(order.from_site, persons)
    lines = [
        (
            new_id(),
            order.pk,
            person,
            whole(one.address, LONGEST_ADDRESS) or rooms.get(person),
            1,
            str(LineState.WAITING),
        )
        for person, one in zip(persons, people, strict=True)
    ]
    order.number = _number(order.unit, at)  # last: whoever takes the next one waits until we are done
    try:
        insert(order)
    except IntegrityError as error:
        raise OrderEntered from error
    try:
        insert_rows(OrderPerson, _LINE, lines)
    except IntegrityError as error:  # somebody else was faster
        raise AlreadyOrdered from error


_LINE = ("id", "order", "person", "address", "edition", "state")


def _rooms(site: Site | None, persons: list[UUID]) -> dict[UUID, str]:
    """Where guests of a site of ours are fetched: their room."""
    if site is None:
        return {}
    lodged = _lodged(people=persons)
    return {person: f"{site.code} {site.name} {room}" for person, room, where in lodged if where == site.pk}


@prepared
def _lodged(people: Any) -> QuerySet[Occupancy, tuple[UUID, str, UUID]]:
    """Found by the person: a site may have thousands of stays."""
    lodged = Occupancy.objects.filter(stay__person__among=people, stay__ended_at__isnull=True, ended_at__isnull=True)
    return lodged.values_list("stay__person", "room__number", "stay__site")


def _put_in_force(order: TransferOrder, at: datetime) -> None:
    """It is watched, and the site that receives may see who comes."""
    watch(order, at)
    if order.to_site is not None:
        open_access(order.people.values_list("person_id", flat=True), unit_id=order.to_site.unit_id, at=at)
