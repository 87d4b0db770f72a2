"""Admission: the isolation order, the stay, the room, and everything that falls due from now on."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, set_deadlines
from lazaretto.core.numbers import next_number
from lazaretto.core.prepared import prepared
from lazaretto.custody.commands import take_in
from lazaretto.people.commands import open_access
from lazaretto.people.models import Person
from lazaretto.places.models import Room, Site
from lazaretto.places.queries import receivable_categories
from lazaretto.protocols.rules import Course, due_tests
from lazaretto.stays.commands.holds import end_holds
from lazaretto.stays.commands.taking import take_room
from lazaretto.stays.deadlines import RELEASE, TEST
from lazaretto.stays.errors import (
    CategoryNotReceived,
    HeldElsewhere,
    IsolationOver,
    NotYet,
    PersonAlreadyStaying,
    PersonMerged,
)
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay
from lazaretto.stays.queries.courses import CENTRAL, ServedElsewhere, central_end, course_of, plan, tests_taken


@dataclass(frozen=True)
class Admitted:
    """Somebody is in: their stay, order and room, and when release falls due."""

    stay_id: UUID
    stay_number: str
    order_id: UUID
    order_number: str
    room: str
    ends_at: datetime


@command("stays.admit", capability="stays.admit", internal=True)
def admit(
    *,
    actor: Actor,
    at: datetime,
    person: Person,
    site: Site,
    room: Room,
    category: str,
    last_exposure_at: datetime,
    authority: str,
    legal_basis: str,
    reason: str,
    party_id: UUID | None = None,
    shares_bed: bool = False,
    served_elsewhere: tuple[ServedElsewhere, ...] = (),
    assessment: str = "",
) -> Admitted:
    """Admit a person under an isolation order.

    Whether a list, an order or a decision stands behind it was asked by the command of the door (`arrivals.check_in`,
    `arrivals.admit_walk_in`). Whoever comes back from hospital or from another site gets a new order, which takes the
    place of the one that was still in force.

    `party_id` is the household or companions who may share the room; `shares_bed` is for an infant with a parent;
    `assessment` says who judged that they may share it and why, where the rules ask for that by name.
    Raises `PersonAlreadyStaying`, `PersonMerged`, `SiteNotActivated`, `CategoryNotReceived`, `NotIsolated`,
    `IsolationOver`, `HeldElsewhere`, `RoomNotReady`, `RoomOccupied`, `NoFreeBed`, `RoomElsewhere`, `SharingNotAllowed`,
    `SharingNeedsAssessment`, `NotYet`, `TextTooLong`.
    """
    if last_exposure_at > at:
        raise NotYet(field="last_exposure_at")
    _may_come(person, site, category)
    course = plan(site=site, category=category, clock_start_at=last_exposure_at, starts_at=at, served=served_elsewhere)
    ends_at = central_end(course).ends_at
    if ends_at <= at:
        raise IsolationOver(ended_at=ends_at.isoformat())
    replaced = _lift_earlier(person, at)
    order = insert(
        IsolationOrder(
            number=_number("O", site, at),
            person=person,
            site=site,
            category=category,
            authority=authority,
            legal_basis=legal_basis,
            reason=reason,
            pack=course.pack.key,
            jurisdiction=site.jurisdiction,
            last_exposure_at=last_exposure_at,
            served_elsewhere=[_stored(part) for part in served_elsewhere],
            starts_at=at,
            ends_at=ends_at,
            issued_at=at,
            issued_by_id=actor.user_id,
        )
    )
    stay = insert(
        Stay(number=_number("S", site, at), person=person, site=site, order=order, category=category, started_at=at)
    )
    party_id = party_id or person.id
    take_room(
        stay, room, party_id=party_id, shares_bed=shares_bed, reason="", assessment=assessment, actor=actor, at=at
    )
    open_access([person.id], unit_id=site.unit_id, at=at)
    (told,) = take_in([person.id], site=site, actor=actor, at=at)
    if told.asked is not None:
        raise HeldElsewhere
    set_stay_deadlines(stay, course, ends_at, at=at)
    data = {"order": order.number, "room": room.number, "category": category, "pack": order.pack, "ends_at": ends_at}
    record(
        stay,
        unit_id=site.unit_id,
        person_id=person.id,
        data={**data, "replaces": replaced} if replaced else data,
        reason=reason,
    )
    return Admitted(stay.id, stay.number, order.id, order.number, room.number, ends_at)


def continue_stay(
    *, person: Person, site: Site, room: Room, actor: Actor, at: datetime, assessment: str = ""
) -> Stay | None:
    """Somebody came from another site of ours: a stay here under the same order, whose clock never stopped.

    Inside the running command, which has signed them in. None when no order is in force: they must be admitted.
    Raises `PersonAlreadyStaying`, `PersonMerged`, `CategoryNotReceived`, and whatever the room refuses.
    """
    order = IsolationOrder.objects.filter(person=person, lifted_at__isnull=True).first()
    if order is None:
        return None
    _may_come(person, site, order.category)
    before = Occupancy.objects.filter(stay__order=order).order_by("started_at").last()
    order.site = site
    order.save(update_fields=["site"])
    stay = insert(
        Stay(
            number=_number("S", site, at), person=person, site=site, order=order, category=order.category, started_at=at
        )
    )
    party_id = before.party_id if before else person.id
    shares = before.shares_bed if before else False
    take_room(stay, room, party_id=party_id, shares_bed=shares, reason="", assessment=assessment, actor=actor, at=at)
    end_holds([person.id], room, actor=actor, at=at)
    open_access([person.id], unit_id=site.unit_id, at=at)
    set_stay_deadlines(stay, course_of(order, site), order.ends_at, at=at, sampled=tests_taken(order.id))
    return stay


def set_stay_deadlines(
    stay: Stay, course: Course, ends_at: datetime, *, at: datetime, sampled: Collection[str] = ()
) -> None:
    """Release and every test still ahead become deadlines; `sampled` are the keys of those that were taken already."""
    unit_id, person_id = stay.site.unit_id, stay.person_id
    ahead = [due for due in due_tests(course) if due.setting == CENTRAL and due.closes_at > at]
    tests = [due for due in ahead if due.key not in sampled]
    released = Due(RELEASE.code, stay, ends_at, unit_id=unit_id, person_id=person_id)
    tested = [Due(TEST.code, stay, due.closes_at, due.key, unit_id, person_id) for due in tests]
    set_deadlines([released, *tested], at=at)


def _may_come(person: Person, site: Site, category: str) -> None:
    if person.merged_into_id is not None:
        raise PersonMerged(kept=person.merged_into_id)
    if _staying(person=person.pk):
        raise PersonAlreadyStaying(person=person.id)
    if category not in receivable_categories(site):
        raise CategoryNotReceived(category=category)


@prepared
def _staying(person: Any) -> QuerySet[Stay, UUID]:
    return Stay.objects.filter(person=person, ended_at__isnull=True).values_list("id", flat=True)


def _lift_earlier(person: Person, at: datetime) -> list[str]:
    """End what is still in force from a stay that ended in hospital or by a transfer; the numbers of those orders."""
    earlier = dict(_in_force(person=person.pk))
    if earlier:
        IsolationOrder.objects.filter(pk__in=earlier).update(lifted_at=at)
    return list(earlier.values())


@prepared
def _in_force(person: Any) -> QuerySet[IsolationOrder, tuple[UUID, str]]:
    return IsolationOrder.objects.filter(person=person, lifted_at__isnull=True).values_list("id", "number")


def _number(kind: str, site: Site, at: datetime) -> str:
    series = f"{site.code}-{kind}{at.year}"
    return f"{series}-{next_number(series):06d}"


def _stored(part: ServedElsewhere) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(part).items()}
