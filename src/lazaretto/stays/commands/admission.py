"""Admission: the isolation order, the stay, the room, and everything that falls due from now on."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.bulk import fresh, insert, write_together
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, set_deadlines
from lazaretto.core.numbers import next_number, of_year
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
from lazaretto.stays.queries.going_on import counts_from, goes_on, unlifted_order


@dataclass(frozen=True)
class Admitted:
    """Somebody is in: their stay, order and room, and when release falls due."""

    stay_id: UUID
    stay_number: str
    order_id: UUID
    order_number: str
    room: str
    ends_at: datetime


@command("stays.admit", capability="stays.admit", internal=True, beside=("site",))
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
    `arrivals.admit_walk_in`). Whoever has an order in force (back from hospital, from another site, without a room
    here) goes on under that order and its clock, whatever the desk says of category and exposure: only a named
    approver lengthens an isolation (promise 2). A confirmed change of status that asks for this category is such a
    decision (`queries.going_on.decided_by`): then a new order, counted from what was decided, takes the place of the
    earlier one.

    `party_id` is the household or companions who may share the room; `shares_bed` is for an infant with a parent;
    `assessment` says who judged that they may share it and why, where the rules ask for that by name.
    Raises `PersonAlreadyStaying`, `PersonMerged`, `SiteNotActivated`, `CategoryNotReceived`, `NotIsolated`,
    `IsolationOver`, `HeldElsewhere`, `RoomNotReady`, `RoomOccupied`, `NoFreeBed`, `RoomElsewhere`, `SharingNotAllowed`,
    `SharingNeedsAssessment`, `NotYet`, `TextTooLong`.
    """
    if last_exposure_at > at:
        raise NotYet(field="last_exposure_at")
    earlier = unlifted_order(person.pk)
    going_on = goes_on(earlier, category, at=at)
    if going_on is not None:
        return _admit_again(
            going_on, person, site, room, last_exposure_at, reason=reason, party_id=party_id, shares_bed=shares_bed,
            assessment=assessment, actor=actor, at=at,
        )  # fmt: skip
    since = counts_from(earlier, category, at=at) or last_exposure_at
    _may_come(person, site, category)
    course = plan(site=site, category=category, clock_start_at=since, starts_at=at, served=served_elsewhere)
    ends_at = central_end(course).ends_at
    if ends_at <= at:
        raise IsolationOver(ended_at=ends_at.isoformat())
    replaced = _lift(earlier, at)
    order = IsolationOrder(
        number=_number("O", site, at),
        person=person,
        site=site,
        category=category,
        authority=authority,
        legal_basis=legal_basis,
        reason=reason,
        pack=course.pack.key,
        jurisdiction=site.jurisdiction,
        last_exposure_at=since,
        served_elsewhere=[_stored(part) for part in served_elsewhere],
        starts_at=at,
        ends_at=ends_at,
        issued_at=at,
        issued_by_id=actor.user_id,
    )
    stay = _stay_under(order, person, site, at)
    write_together(fresh(order), fresh(stay))
    party_id = party_id or person.id
    take_room(
        stay, room, party_id=party_id, shares_bed=shares_bed, reason="", assessment=assessment, actor=actor, at=at
    )
    _here_now(person, site, actor, at)
    set_stay_deadlines(stay, course, ends_at, at=at)
    data = {"order": order.number, "room": room.number, "category": category, "pack": order.pack, "ends_at": ends_at}
    record(
        stay,
        unit_id=site.unit_id,
        person_id=person.id,
        data={**data, "replaces": replaced} if replaced else data,
        reason=reason,
    )
    return _admitted(stay, order, room)


def _admit_again(
    order: IsolationOrder,
    person: Person,
    site: Site,
    room: Room,
    told_exposure: datetime,
    *,
    reason: str,
    party_id: UUID | None,
    shares_bed: bool,
    assessment: str,
    actor: Actor,
    at: datetime,
) -> Admitted:
    """A stay under the order in force. A later exposure that the desk was told is kept; it decides nothing."""
    together = party_id if party_id != person.id else None
    stay = _go_on(order, person, site, room, together, shares_bed, assessment, actor, at)
    _here_now(person, site, actor, at)
    data = {"order": order.number, "room": room.number, "goes_on": True, "ends_at": order.ends_at}
    if told_exposure > order.last_exposure_at:
        data["told_exposure"] = told_exposure
    record(stay, unit_id=site.unit_id, person_id=person.id, data=data, reason=reason)
    return _admitted(stay, order, room)


def continue_stay(
    *, person: Person, site: Site, room: Room, actor: Actor, at: datetime, assessment: str = ""
) -> Stay | None:
    """Somebody came from another site of ours: a stay here under the same order, whose clock never stopped.

    Inside the running command, which has signed them in. None when no order is in force: they must be admitted.
    Raises `PersonAlreadyStaying`, `PersonMerged`, `CategoryNotReceived`, and whatever the room refuses.
    """
    order = unlifted_order(person.pk)
    if order is None:
        return None
    return _go_on(order, person, site, room, None, False, assessment, actor, at)


def _go_on(
    order: IsolationOrder,
    person: Person,
    site: Site,
    room: Room,
    party_id: UUID | None,
    shares_bed: bool,
    assessment: str,
    actor: Actor,
    at: datetime,
) -> Stay:
    """A stay here under an order whose clock never stopped: of the household named, or of the one they were with."""
    _may_come(person, site, order.category)
    before = Occupancy.objects.filter(stay__order=order).order_by("started_at").last()
    order.site = site
    order.save(update_fields=["site"])
    stay = insert(_stay_under(order, person, site, at))
    if party_id is None:
        party_id = before.party_id if before else person.id
        shares_bed = shares_bed or bool(before and before.shares_bed)
    take_room(
        stay, room, party_id=party_id, shares_bed=shares_bed, reason="", assessment=assessment, actor=actor, at=at
    )
    end_holds([person.id], room, actor=actor, at=at)
    open_access([person.id], unit_id=site.unit_id, at=at)
    set_stay_deadlines(stay, course_of(order, site), order.ends_at, at=at, sampled=tests_taken(order.id))
    return stay


def _stay_under(order: IsolationOrder, person: Person, site: Site, at: datetime) -> Stay:
    number = _number("S", site, at)
    return Stay(number=number, person=person, site=site, order=order, category=order.category, started_at=at)


def _here_now(person: Person, site: Site, actor: Actor, at: datetime) -> None:
    """The site holds them from now on. Raises `HeldElsewhere`."""
    open_access([person.id], unit_id=site.unit_id, at=at)
    (told,) = take_in([person.id], site=site, actor=actor, at=at)
    if told.asked is not None:
        raise HeldElsewhere


def _admitted(stay: Stay, order: IsolationOrder, room: Room) -> Admitted:
    return Admitted(stay.id, stay.number, order.id, order.number, room.number, order.ends_at)


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


def _lift(earlier: IsolationOrder | None, at: datetime) -> list[str]:
    """End what nobody lifted although it is over, or what a decision replaces; the number of that order."""
    if earlier is None:
        return []
    IsolationOrder.objects.filter(pk=earlier.pk).update(lifted_at=at)
    return [earlier.number]


def _number(kind: str, site: Site, at: datetime) -> str:
    series = of_year(f"{site.code}-{kind}", at)
    return f"{series}-{next_number(series):06d}"


def _stored(part: ServedElsewhere) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(part).items()}
