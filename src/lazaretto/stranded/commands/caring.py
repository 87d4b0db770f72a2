"""While they are with us: who sees to them, who looks after whom, what they were given, what becomes known of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import meet, open_deadlines
from lazaretto.core.errors import Forbidden, whole
from lazaretto.people.commands import (
    GivenDocument,
    GivenNeed,
    add_document,
    add_name,
    add_phone,
    change_details,
    record_need,
    remove_name,
)
from lazaretto.people.models import PersonName
from lazaretto.stranded import rules
from lazaretto.stranded.choices import CarerKind, GivenKind, State, StepKind
from lazaretto.stranded.commands.common import (
    CARED_FOR,
    MOST,
    Stepped,
    chosen,
    go,
    said,
    settle,
    stepped,
    write_step,
)
from lazaretto.stranded.commands.registering import Age, Line, Words
from lazaretto.stranded.deadlines import MEAL, OWNER
from lazaretto.stranded.errors import NobodyFound, NotLaterThanNow, StepNotPossible
from lazaretto.stranded.models import Given, Group, Stranded

REGISTER, PLACES = rules.REGISTER, rules.PLACE


@dataclass(frozen=True)
class Owned:
    """Somebody sees to them."""

    group_id: UUID
    owner_id: int


@dataclass(frozen=True)
class GivenOut:
    """They were given something; `meal_by` is when they have to eat next."""

    given_id: UUID
    people: int
    meal_by: datetime | None


@dataclass(frozen=True)
class Fed:
    """Who sees to their meals."""

    group_id: UUID
    by_us: bool


@dataclass(frozen=True)
class Completed:
    """The record knows more of them."""

    stranded_id: UUID
    nameless: bool


@command("stranded.take", capability=PLACES)
def take(*, actor: Actor, at: datetime, group: Group) -> Owned:
    """Be the one who sees to them until each has a place. Raises `StepNotPossible` once they have."""
    if actor.user_id is None:
        raise Forbidden(capability=PLACES)
    if group.ended_at is not None:
        raise StepNotPossible
    before, group.owner_id, group.owned_at = group.owner_id, actor.user_id, at
    group.save(update_fields=["owner", "owned_at"])
    meet(OWNER.code, group, at=at, by=actor.user_id)
    write_step(group, StepKind.TAKEN, (), actor=actor, at=at)
    record(group, unit_id=group.unit_id, data={"before": before, "owner": group.owner_id})
    return Owned(group.pk, actor.user_id)


@command("stranded.name_carer", capability=REGISTER)
def name_carer(
    *,
    actor: Actor,
    at: datetime,
    group: Group,
    kind: CarerKind,
    carer: str,
    people: tuple[UUID, ...] = (),
    until: datetime | None = None,
) -> Stepped:
    """Name who looks after them (name and how to reach them), and until when; then the next one is due.

    Of a household at home it is what they waited for. Raises `ReasonRequired`, `NotLaterThanNow`, `StepNotPossible`.
    """
    words, rows = said(carer), chosen(group, people, *CARED_FOR)
    if until is not None and until <= at:
        raise NotLaterThanNow
    for row in rows:
        row.carer_kind, row.carer, row.carer_since, row.carer_until = kind, words, at, until
        if group.at_home and row.state == State.WAITING:
            go([row], State.MINDED)
        row.save(update_fields=["carer_kind", "carer", "carer_since", "carer_until", "state"])
    write_step(group, StepKind.CARER, rows, actor=actor, at=at, words=words)
    return stepped(settle(group, actor=actor, at=at), rows)


@command("stranded.end_carer", capability=REGISTER)
def end_carer(*, actor: Actor, at: datetime, group: Group, reason: str, people: tuple[UUID, ...] = ()) -> Stepped:
    """Nobody looks after them any more; whoever must not be alone is watched from now on. Raises `ReasonRequired`."""
    words = said(reason)
    rows = [row for row in chosen(group, people, *CARED_FOR) if row.carer_kind]
    if not rows:
        raise StepNotPossible
    for row in rows:
        row.carer_kind, row.carer, row.carer_since, row.carer_until = "", None, None, None
        if row.state == State.MINDED:
            go([row], State.WAITING)
        row.save(update_fields=["carer_kind", "carer", "carer_since", "carer_until", "state"])
    write_step(group, StepKind.CARER_ENDED, rows, actor=actor, at=at, words=words)
    return stepped(settle(group, actor=actor, at=at), rows)


@command("stranded.give", capability=REGISTER)
def give(*, actor: Actor, at: datetime, group: Group, kind: GivenKind, words: str = "") -> GivenOut:
    """All of them who are with us were given something. After a meal the next one is due. Raises `NobodyFound`."""
    fed = group.people.filter(state__in=CARED_FOR).count()
    if not fed:
        raise NobodyFound
    made = Given.objects.create(
        group=group, kind=kind, people=fed, at=at, by_id=actor.user_id, words=whole(words, MOST) or None
    )
    if kind == GivenKind.MEAL:
        meet(MEAL.code, group, at=at, by=actor.user_id)
        settle(group, actor=actor, at=at)
    record(group, unit_id=group.unit_id, data={"given": kind, "people": fed})
    return GivenOut(made.pk, fed, _meal_due(group))


@command("stranded.feed_elsewhere", capability=PLACES)
def feed_elsewhere(*, actor: Actor, at: datetime, group: Group, by_us: bool, reason: str) -> Fed:
    """Others see to every meal from now on (by name, in `reason`), or we do again. Raises `ReasonRequired`."""
    words = said(reason)
    group.fed_by_us = by_us
    group.save(update_fields=["fed_by_us"])
    settle(group, actor=actor, at=at)
    record(group, unit_id=group.unit_id, data={"fed_by_us": by_us}, reason=words)
    return Fed(group.pk, by_us)


@command("stranded.complete", capability=PLACES)
def complete(
    *,
    actor: Actor,
    at: datetime,
    stranded: Stranded,
    name: Line = "",
    document: GivenDocument | None = None,
    phone: Line = "",
    employer: Line = "",
    address: Words = "",
    age: Age | None = None,
    needs: tuple[GivenNeed, ...] = (),
) -> Completed:
    """Name, paper or more become known: the record is completed, nobody is registered a second time.

    Raises `DocumentTaken` where the paper is somebody else's in our records: then the two are compared and merged
    (`people.merge`); and what `people` raises about names, papers and phones.
    """
    person = stranded.person
    if name.strip():
        _rename(stranded, name, actor, at)
    if document is not None:
        add_document(actor=actor, at=at, person=person, document=document)
    if phone.strip():
        add_phone(actor=actor, at=at, person=person, phone=phone)
    if employer.strip() or address.strip():
        change_details(
            actor=actor, at=at, person=person, employer=employer.strip() or None, address=address.strip() or None
        )
    for need in needs:
        record_need(actor=actor, at=at, person=person, kind=need.kind, details=need.note)
    if age is not None:
        stranded.age = age
    stranded.save(update_fields=["nameless", "age"])
    write_step(stranded.group, StepKind.COMPLETED, [stranded], actor=actor, at=at)
    settle(stranded.group, actor=actor, at=at)
    return Completed(stranded.pk, stranded.nameless)


def _rename(stranded: Stranded, name: str, actor: Actor, at: datetime) -> None:
    """The name is theirs from now on; the one that stood in for it goes."""
    before = stranded.person.name
    add_name(actor=actor, at=at, person=stranded.person, name=name, shown=True)
    if stranded.nameless:
        stood_in = PersonName.objects.filter(person=stranded.person, full=before).first()
        stranded.person.refresh_from_db()
        if stood_in is not None and stranded.person.name != before:
            group = stranded.group
            remove_name(actor=actor, at=at, person=stranded.person, name_id=stood_in.pk, reason=group.number)
    stranded.nameless = False


def _meal_due(group: Group) -> datetime | None:
    return open_deadlines(MEAL.code, group).values_list("due_at", flat=True).first()
