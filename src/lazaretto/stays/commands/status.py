"""An order takes the place of another, or falls and the one before it is in force again. Missed days are made up.

Plain functions inside the command of the app that decides it (`cases.confirm`), which names who decided and why.
"""

from datetime import datetime

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import record
from lazaretto.core.deadlines import cancel, move_deadline
from lazaretto.core.models import Deadline
from lazaretto.core.numbers import next_number, of_year
from lazaretto.protocols.rules import Absence, Course
from lazaretto.stays.choices import OrderChangeKind
from lazaretto.stays.commands.admission import set_stay_deadlines
from lazaretto.stays.deadlines import RELEASE, TEST
from lazaretto.stays.errors import IsolationOver, StayEnded
from lazaretto.stays.models import IsolationOrder, OrderChange, Stay
from lazaretto.stays.queries.courses import ServedElsewhere, central_end, course_now, tests_taken
from lazaretto.stays.queries.status import course_after, days_before, of_absence


def replace_order(
    stay: Stay, *, category: str, clock_start_at: datetime, reason: str, actor: Actor, at: datetime
) -> IsolationOrder:
    """Lift the order in force and issue another in its place; release day, tests and deadlines follow it.

    Raises `StayEnded`, `NotIsolated`, `NoRulePack`, `IsolationOver` when its days would be over already.
    """
    before = _order_in_force(stay)
    course = course_after(stay, category=category, clock_start_at=clock_start_at, at=at)
    ends_at = central_end(course).ends_at
    if ends_at <= at:
        raise IsolationOver(ended_at=ends_at.isoformat())
    served = [_stored(part) for part in days_before(stay, at)]
    before.lifted_at = at
    before.save(update_fields=["lifted_at"])
    order = insert(
        IsolationOrder(
            number=_number(stay, at), person_id=stay.person_id, site=stay.site, category=category,
            authority=before.authority, legal_basis=before.legal_basis, reason=reason, pack=course.pack.key,
            jurisdiction=stay.site.jurisdiction, last_exposure_at=clock_start_at, served_elsewhere=served,
            absences=before.absences, starts_at=at, ends_at=ends_at, issued_at=at, issued_by_id=actor.user_id,
            replaces=before,
        )
    )  # fmt: skip
    stay.order, stay.category = order, category
    stay.save(update_fields=["order", "category"])
    _follow(stay, course, ends_at, actor, at)
    data = {"order": order.number, "replaces": before.number, "category": category, "ends_at": ends_at}
    record(order, unit_id=stay.site.unit_id, person_id=stay.person_id, data=data, reason=reason)
    return order


def restore_order(stay: Stay, before: IsolationOrder, *, reason: str, actor: Actor, at: datetime) -> IsolationOrder:
    """The order in force falls, because what it rested on was not so; the one before it is in force again.

    Its days never stopped: those spent under the order that falls count, and so do the tests taken then. An end that
    now lies in the past makes the release due at once. The person reads why (`OrderChange`). Raises `StayEnded`,
    `NotIsolated`, `NoRulePack`.
    """
    fallen = _order_in_force(stay)
    fallen.lifted_at = at
    fallen.save(update_fields=["lifted_at"])
    before.absences = [*before.absences, *(one for one in fallen.absences if one not in before.absences)]
    course, ends_at = course_now(before, stay.site)
    before.lifted_at, before.ends_at, before.site = None, ends_at, stay.site
    before.save(update_fields=["lifted_at", "ends_at", "site", "absences"])
    OrderChange.objects.create(
        order=before, kind=OrderChangeKind.RESTORED, ends_before=fallen.ends_at, ends_after=ends_at, reason=reason,
        approved_by_id=actor.user_id, at=at,
    )  # fmt: skip
    stay.order, stay.category = before, before.category
    stay.save(update_fields=["order", "category"])
    _follow(stay, course, ends_at, actor, at)
    data = {"order": before.number, "falls": fallen.number, "category": before.category, "ends_at": ends_at}
    record(before, unit_id=stay.site.unit_id, person_id=stay.person_id, data=data, reason=reason)
    return before


def make_up_days(stay: Stay, absence: Absence, *, actor: Actor, at: datetime) -> datetime:
    """Days that were not spent in isolation are made up (缺几天补几天); the order's new end. Raises `StayEnded`."""
    order = _order_in_force(stay)
    before = order.ends_at
    order.absences = [*order.absences, of_absence(absence)]
    course, ends_at = course_now(order, stay.site)
    order.ends_at = ends_at
    order.save(update_fields=["absences", "ends_at"])
    OrderChange.objects.create(
        order=order, kind=OrderChangeKind.ABSENCE, ends_before=before, ends_after=ends_at, reason=absence.evidence,
        approved_by_id=actor.user_id, at=at,
    )  # fmt: skip
    stay.order = order
    _follow(stay, course, ends_at, actor, at)
    data = {"absent": [str(absence.first_on), str(absence.last_on)], "ends_before": before, "ends_after": ends_at}
    record(order, unit_id=stay.site.unit_id, person_id=stay.person_id, data=data, reason=absence.evidence)
    return ends_at


def set_category(stay: Stay, category: str) -> None:
    """What the person is now, under an order that goes on: a case until the hospital has them."""
    stay.category = category
    stay.save(update_fields=["category"])


def _order_in_force(stay: Stay) -> IsolationOrder:
    if stay.ended_at is not None:
        raise StayEnded(stay=stay.number)
    return IsolationOrder.objects.select_for_update().get(pk=stay.order_id)


def _follow(stay: Stay, course: Course, ends_at: datetime, actor: Actor, at: datetime) -> None:
    """Tests of the course before are no longer due, those of the new one are; the release is due at its end."""
    unmet = Deadline.objects.filter(kind=TEST.code, subject_id=str(stay.pk), state=DeadlineState.OPEN)
    for slot in list(unmet.values_list("slot", flat=True)):
        cancel(TEST.code, stay, slot=slot, at=at, by=actor.user_id, answer="another order took its place")
    move_deadline(RELEASE.code, stay, ends_at, at=at, by=actor.user_id)
    set_stay_deadlines(stay, course, ends_at, at=at, sampled=tests_taken(stay.order_id))


def _number(stay: Stay, at: datetime) -> str:
    series = of_year(f"{stay.site.code}-O", at)
    return f"{series}-{next_number(series):06d}"


def _stored(part: ServedElsewhere) -> dict[str, str]:
    return {
        "setting": part.setting, "first_on": str(part.first_on), "last_on": str(part.last_on),
        "evidence": part.evidence,
    }  # fmt: skip
