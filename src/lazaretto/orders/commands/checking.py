"""Two independent sources: what each says, what is corrected for it, who overrides."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor, somebody
from lazaretto.core.commands import command
from lazaretto.core.errors import IllegalTransition, whole
from lazaretto.orders import hooks, rules
from lazaretto.orders.choices import LineState, OrderState, Says, Source, StepKind
from lazaretto.orders.commands.common import MOST, note, reason_of, write_step
from lazaretto.orders.errors import (
    DifferenceInWords,
    LastOfOrder,
    NothingChecked,
    NothingToOverride,
    NotOnOrder,
    TellerMissing,
)
from lazaretto.orders.models import OrderPerson, SourceCheck, TransferOrder
from lazaretto.orders.queries.agreement import agreement_of, unready

DRAFT, OVERRIDE = rules.DRAFT, "orders.override"
BEFORE_LEAVING = frozenset({OrderState.DRAFT, OrderState.ISSUED, OrderState.UNDER_WAY})


@dataclass(frozen=True)
class Checked:
    """What a source said stands; `reached` says that two agree about this person now."""

    check_id: UUID
    reached: bool


@dataclass(frozen=True)
class AddressCorrected:
    """The order names another address now; sources have to be asked about it anew."""

    order_id: UUID
    edition: int


@dataclass(frozen=True)
class Struck:
    """Somebody does not go under this order; how many are left."""

    order_id: UUID
    left: int


@dataclass(frozen=True)
class Overridden:
    """The order may be dispatched without two sources about so many people."""

    order_id: UUID
    people: int


@command("orders.check_source", capability=DRAFT)
def check_source(
    *,
    actor: Actor,
    at: datetime,
    order: TransferOrder,
    person: UUID,
    source: Source,
    identity: Says = Says.SAME,
    address: Says = Says.SAME,
    identity_words: str = "",
    address_words: str = "",
    told_by: str = "",
) -> Checked:
    """Write down what a source says of somebody: the same as the order, something else (in words), or nothing.

    Of each source the last word counts; earlier ones stay written. A document says who somebody is, not where they are:
    about the address it is silent, unless it differs. Raises `NotOnOrder`, `NothingChecked`, `DifferenceInWords`,
    `TellerMissing` where others speak and nobody is named, `TextTooLong`.
    """
    if source == Source.DOCUMENT and address == Says.SAME:
        address = Says.SILENT
    line = _line(order, person)
    by = somebody(actor, DRAFT)
    if identity == Says.SILENT and address == Says.SILENT:
        raise NothingChecked
    said = {"identity_words": whole(identity_words, MOST), "address_words": whole(address_words, MOST)}
    if (identity == Says.DIFFERENT and not said["identity_words"]) or (
        address == Says.DIFFERENT and not said["address_words"]
    ):
        raise DifferenceInWords
    if source in rules.SPEAKERS and not told_by.strip():
        raise TellerMissing
    made = SourceCheck.objects.create(
        line=line, edition=line.edition, source=source, identity=identity, address=address,
        told_by=whole(told_by, 120), at=at, by_id=by, **{name: words or None for name, words in said.items()},
    )  # fmt: skip
    reached = agreement_of(line).reached
    note(order, {"check": made.id, "source": source, "identity": identity, "address": address})
    hooks.tell(order, actor=actor, at=at)
    return Checked(made.id, reached)


@command("orders.correct_address", capability=DRAFT)
def correct_address(
    *, actor: Actor, at: datetime, order: TransferOrder, person: UUID, address: str, reason: str
) -> AddressCorrected:
    """Somebody is fetched at another address than the order said: what sources said before counts no more.

    An override is taken back by it. Raises `NotOnOrder`, `ReasonRequired`, `TextTooLong`.
    """
    said, line = reason_of(reason), _line(order, person)
    line.address, line.edition = reason_of(whole(address, 200)), line.edition + 1
    line.save(update_fields=["address", "edition"])
    if order.overridden_at is not None:
        order.overridden_at = order.overridden_by_id = None
        order.save(update_fields=["overridden_at", "overridden_by"])
    write_step(order, StepKind.CORRECTED, actor=actor, at=at, words=said)
    note(order, {"person": person, "edition": line.edition}, said)
    return AddressCorrected(order.id, line.edition)


@command("orders.strike", capability=DRAFT)
def strike(*, actor: Actor, at: datetime, order: TransferOrder, person: UUID, reason: str) -> Struck:
    """Somebody does not go under this order. Raises `NotOnOrder`, `LastOfOrder`, `ReasonRequired`."""
    said, line = reason_of(reason), _line(order, person)
    left = order.people.filter(state=LineState.WAITING).exclude(pk=line.pk).count()
    if not left and order.state != OrderState.UNDER_WAY:
        raise LastOfOrder
    line.state = LineState.STRUCK
    line.save(update_fields=["state"])
    write_step(order, StepKind.STRUCK, actor=actor, at=at, words=said)
    note(order, {"person": person, "left": left}, said)
    return Struck(order.id, left)


@command("orders.override", capability=OVERRIDE)
def override(*, actor: Actor, at: datetime, order: TransferOrder, reason: str) -> Overridden:
    """Let an order be dispatched though two sources do not agree, in one's own name and with a reason.

    Raises `ReasonRequired`, `IllegalTransition` for one that has ended, `NothingToOverride`.
    """
    said, by = reason_of(reason), somebody(actor, OVERRIDE)
    if order.state in rules.ENDED:
        raise IllegalTransition(before=order.state, after=order.state)
    waiting = unready(order)
    if not waiting or order.overridden_at is not None:
        raise NothingToOverride
    order.overridden_at, order.overridden_by_id = at, by
    order.save(update_fields=["overridden_at", "overridden_by"])
    write_step(order, StepKind.OVERRIDDEN, actor=actor, at=at, words=said)
    note(order, {"people": len(waiting)}, said)
    return Overridden(order.id, len(waiting))


def _line(order: TransferOrder, person: UUID) -> OrderPerson:
    """Somebody of the order who has not gone; the order is locked. Raises `IllegalTransition`, `NotOnOrder`."""
    if order.state not in BEFORE_LEAVING:
        raise IllegalTransition(before=order.state, after=order.state)
    found = order.people.filter(person_id=person, state=LineState.WAITING).first()
    if found is None:
        raise NotOnOrder(order=order.number)
    return found
