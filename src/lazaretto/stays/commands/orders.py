"""Changes of an order's end: extension by a named approver, a new edition of the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import cancel, move_deadline
from lazaretto.core.errors import ReasonRequired
from lazaretto.core.models import Deadline
from lazaretto.protocols.queries import count_stays_with
from lazaretto.protocols.rules import due_tests
from lazaretto.stays.choices import OrderChangeKind
from lazaretto.stays.commands.admission import set_stay_deadlines
from lazaretto.stays.deadlines import RELEASE, TEST
from lazaretto.stays.errors import ExtensionNotLater, ExtensionTooLong, NotExtended, StayEnded
from lazaretto.stays.models import IsolationOrder, OrderChange, Stay
from lazaretto.stays.queries.courses import CENTRAL, central_end, course_now, course_of, tests_taken
from lazaretto.stays.queries.editions import stays_affected

# Before rules are changed, `protocols` shows what that would do here.
count_stays_with(stays_affected)

# A slip in the year must not hold anybody for decades: one decision adds no more than a whole period of the rules.
LONGEST_EXTENSION = timedelta(days=14)


@dataclass(frozen=True)
class OrderExtended:
    """An order ends later. `notice_id` is the change whose reason the guest gets in writing."""

    order_number: str
    notice_id: UUID
    ends_at: datetime


@dataclass(frozen=True)
class ExtensionWithdrawn:
    """An order ends again when the rules say."""

    order_number: str
    ends_at: datetime


@dataclass(frozen=True)
class EditionFollowed:
    """What the edition in force made of a running order."""

    order_number: str
    changed: bool
    ends_at: datetime


@command("stays.extend_order", capability="stays.approve")
def extend_order(*, actor: Actor, at: datetime, stay: Stay, ends_at: datetime, reason: str) -> OrderExtended:
    """Extra days: only by a named approver, with a reason the guest gets in writing (promise 2).

    Raises `ReasonRequired`, `StayEnded`, `ExtensionNotLater`, `ExtensionTooLong`.
    """
    if not reason.strip():
        raise ReasonRequired
    order = _order_in_force(stay)
    if ends_at <= order.ends_at:
        raise ExtensionNotLater(ends_at=order.ends_at.isoformat())
    if ends_at > order.ends_at + LONGEST_EXTENSION:
        raise ExtensionTooLong(ends_at=order.ends_at.isoformat())
    change = _change(order, OrderChangeKind.EXTENSION, ends_at, reason, actor, at)
    move_deadline(RELEASE.code, stay, ends_at, at=at, by=actor.user_id)
    record(
        order,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"ends_before": change.ends_before, "ends_after": ends_at},
        reason=reason,
    )
    return OrderExtended(order.number, change.id, ends_at)


@command("stays.withdraw_extension", capability="stays.approve")
def withdraw_extension(*, actor: Actor, at: datetime, stay: Stay, reason: str) -> ExtensionWithdrawn:
    """Take extra days back: contested with success, or a mistake. The order ends again when the rules say.

    Raises `ReasonRequired`, `StayEnded`, `NotExtended`. An end that now lies in the past makes the release due at once.
    """
    if not reason.strip():
        raise ReasonRequired
    order = _order_in_force(stay)
    course = course_of(order, stay.site)
    if course.facts.extended_until is None:
        raise NotExtended(order=order.number)
    change = _change(order, OrderChangeKind.CORRECTION, central_end(course).ends_at, reason, actor, at)
    move_deadline(RELEASE.code, stay, change.ends_after, at=at, by=actor.user_id)
    data = {"ends_before": change.ends_before, "ends_after": change.ends_after}
    record(order, unit_id=stay.site.unit_id, person_id=stay.person_id, data=data, reason=reason)
    return ExtensionWithdrawn(order.number, change.ends_after)


@command("stays.follow_edition", capability="stays.manage")
def follow_edition(*, actor: Actor, at: datetime, stay: Stay) -> EditionFollowed:
    """Recompute a running order by the rules now in force; the written transition rule decides what changes.

    Raises `StayEnded`. An end that the rules put into the past makes the release due at once.
    """
    order = _order_in_force(stay)
    course, ends_at = course_now(order, stay.site)
    changed = ends_at != order.ends_at or course.pack.key != order.pack
    data = {
        "pack_before": order.pack,
        "pack_after": course.pack.key,
        "ends_before": order.ends_at,
        "ends_after": ends_at,
    }
    if changed:
        _change(order, OrderChangeKind.EDITION_CHANGE, ends_at, course.pack.key, actor, at)
        IsolationOrder.objects.filter(pk=order.pk).update(pack=course.pack.key)
        _follow_tests(stay, {due.key for due in due_tests(course) if due.setting == CENTRAL}, actor, at)
        set_stay_deadlines(stay, course, ends_at, at=at, sampled=tests_taken(stay.order_id))
        move_deadline(RELEASE.code, stay, ends_at, at=at, by=actor.user_id)
    record(order, unit_id=stay.site.unit_id, person_id=stay.person_id, data={**data, "changed": changed})
    return EditionFollowed(order.number, changed, ends_at)


def _order_in_force(stay: Stay) -> IsolationOrder:
    if stay.ended_at is not None:
        raise StayEnded(stay=stay.number)
    return IsolationOrder.objects.select_for_update().get(pk=stay.order_id)


def _change(
    order: IsolationOrder, kind: OrderChangeKind, ends_at: datetime, reason: str, actor: Actor, at: datetime
) -> OrderChange:
    change = OrderChange.objects.create(
        order=order,
        kind=kind,
        ends_before=order.ends_at,
        ends_after=ends_at,
        reason=reason,
        approved_by_id=actor.user_id,
        at=at,
    )
    order.ends_at = ends_at
    order.save(update_fields=["ends_at"])
    return change


def _follow_tests(stay: Stay, wanted: set[str], actor: Actor, at: datetime) -> None:
    """Tests that the new edition does not ask for are no longer due."""
    unmet = Deadline.objects.filter(kind=TEST.code, subject_id=str(stay.pk), state=DeadlineState.OPEN)
    for slot in unmet.exclude(slot__in=wanted).values_list("slot", flat=True):
        cancel(TEST.code, stay, slot=slot, at=at, by=actor.user_id, answer="not asked for by the new edition")
