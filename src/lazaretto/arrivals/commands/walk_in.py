"""Somebody stands at the desk whom no list names: recognised or registered, and admitted, in one transaction.

Where neither a list nor a transfer order stands behind them, headquarters is asked in the same transaction: they are
admitted first, and it is decided after. Who can wait outside for the answer is asked about before (`ask_to_admit`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.arrivals.choices import ExpectedState, WhyUnplaced
from lazaretto.arrivals.errors import NobodyNamed, NoRoomProposed, PossiblyKnown
from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import BED_FROM_AGE, ON_THE_WAY, age_on
from lazaretto.arrivals.queries.walk_in import alike_to, company_of, ground_at_door
from lazaretto.arrivals.queries.walk_in_rooms import offer
from lazaretto.core import clock
from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import command, record
from lazaretto.core.prepared import prepared
from lazaretto.core.turns import in_turn
from lazaretto.orders.commands import Plea, open_exception, receive
from lazaretto.orders.errors import AlreadyAsked, NoOrderBehind
from lazaretto.orders.queries.exceptions import waiting_for
from lazaretto.people.choices import Likeness, Sex
from lazaretto.people.commands import (
    NewPerson,
    add_document,
    add_phone,
    change_details,
    clean_person,
    join_party,
    open_access,
    record_need,
    register_person,
)
from lazaretto.people.digests import contact_digest, number_digest
from lazaretto.people.models import IdentityDocument, Need, Person
from lazaretto.people.queries import person_by_id
from lazaretto.places.models import Room, Site
from lazaretto.stays.commands import admit
from lazaretto.stays.errors import StayEnded
from lazaretto.stays.models import Stay
from lazaretto.stays.queries.going_on import goes_on_under

# Whoever missed their bus by more than this does not come by it any more.
STILL_OF_THE_BUS = timedelta(days=2)


@dataclass(frozen=True)
class WalkInAdmitted:
    """Somebody without a list is in their room. `known` says that they were in our records before.

    `transfer_order` is the order that sent them here, `exception` the request that headquarters has to decide now.
    """

    person_id: UUID
    known: bool
    stay_id: UUID
    stay_number: str
    order_number: str
    room: str
    ends_at: datetime
    transfer_order: str = ""
    exception: str = ""


@dataclass(frozen=True)
class AskedToAdmit:
    """Headquarters was asked about somebody who waits outside."""

    person_id: UUID
    exception: str
    due_at: datetime


@command("arrivals.admit_walk_in", capability="stays.admit", beside=("site",))
def admit_walk_in(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    category: str,
    last_exposure_at: datetime,
    authority: str,
    legal_basis: str,
    reason: str,
    newcomer: NewPerson | None = None,
    same_as: UUID | None = None,
    not_same_as: tuple[UUID, ...] = (),
    companion: Stay | None = None,
    room: Room | None = None,
    assessment: str = "",
    plea: Plea | None = None,
) -> WalkInAdmitted:
    """Admit somebody whom no list names. No document is needed for it.

    Whoever has an isolation order in force goes on under it and its clock, whatever `category` and `last_exposure_at`
    say (`stays.commands.admit`): the desk lengthens nothing. One whose order has run out is asked about like anybody.

    `plea` says why it cannot wait, for those behind whom neither a list nor a transfer order stands, no handover, no
    isolation order in force and no granted exception: they are admitted, and headquarters decides after.

    `newcomer` is what they say of themselves, `same_as` the known person they are; both together add to the record
    what it lacks. Whoever is known by a document under the same name is never doubled; somebody who is merely alike
    must be named in `same_as` or, as somebody else, in `not_same_as`. `companion` is the stay of somebody of their
    household: they join that party and, where a bed is free and the rules let them share, that room; `assessment`
    says who judged that they may and why, where the rules ask for it. Without `room` the one that the planner proposes
    is taken. Whoever a list names after all is taken off it: checked in here, or no longer coming there.

    Raises `NobodyNamed`, `PossiblyKnown`, `NoRoomProposed`, `StayEnded`, `NoOrderBehind` where a plea is missing, and
    everything that `people.register_person`, `people.add_document` and `stays.admit` raise.
    """
    if companion is not None and (companion.ended_at is not None or companion.site_id != site.id):
        raise StayEnded(stay=companion.number)
    person, known = _who(actor, at, site, newcomer, same_as, not_same_as)
    listed = _listed(person, site, at)
    unheralded = not any(one.site_id == site.id for one in listed) and ground_at_door(person, site, at=at) is None
    if unheralded and plea is None:
        raise NoOrderBehind
    going_on = goes_on_under(person.id, category, at=at)
    category = going_on.category if going_on else category
    age = age_on(person.birth_date, clock.local_date(at, clock.zone(site.time_zone)))
    party_id, chosen = person.id, room
    if companion is not None:
        join_party(actor=actor, at=at, person=person, other=companion.person)
        company = company_of(companion, person, category=category, birth_date=person.birth_date, needs=(), at=at)
        party_id, chosen = company.party_id, room or company.room_for(assessment)
    done = admit(
        actor=actor,
        at=at,
        person=person,
        site=site,
        room=chosen or _listed_room(listed, site) or _proposed(site, person, category, at),
        category=category,
        last_exposure_at=last_exposure_at,
        authority=authority,
        legal_basis=legal_basis,
        reason=reason,
        party_id=party_id,
        shares_bed=companion is not None and age is not None and age < BED_FROM_AGE,
        assessment=assessment,
    )
    for one in listed:
        _take_off(one, site, done.stay_id, done.stay_number, at)
    order = receive(person.id, site, actor=actor, at=at)
    (stay,) = _stay(stay=done.stay_id)
    asked = open_exception(person, site, plea, actor=actor, at=at, stay=stay) if unheralded and plea else None
    data = {"without_list": True, "known": known, "not_same_as": [str(other) for other in not_same_as]}
    record(stay, unit_id=site.unit_id, person_id=person.id, data=data)
    return WalkInAdmitted(
        person.id, known, done.stay_id, done.stay_number, done.order_number, done.room, done.ends_at,
        order, asked.number if asked else "",
    )  # fmt: skip


@prepared
def _stay(stay: Any) -> QuerySet[Stay]:
    return Stay.objects.filter(pk=stay)


@command("arrivals.ask_to_admit", capability="stays.admit")
def ask_to_admit(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    plea: Plea,
    newcomer: NewPerson | None = None,
    same_as: UUID | None = None,
    not_same_as: tuple[UUID, ...] = (),
) -> AskedToAdmit:
    """Ask headquarters first about somebody who can wait: they are recognised or registered, and not admitted yet.

    Raises what `admit_walk_in` raises about who they are, `AlreadyAsked`, `WhyNow`, `NotAnApprover`.
    """
    person, _known = _who(actor, at, site, newcomer, same_as, not_same_as)
    earlier = waiting_for(person, site)
    if earlier is not None:
        raise AlreadyAsked(number=earlier)
    asked = open_exception(person, site, plea, actor=actor, at=at)
    return AskedToAdmit(person.id, asked.number, asked.due_at)


def _who(
    actor: Actor,
    at: datetime,
    site: Site,
    newcomer: NewPerson | None,
    same_as: UUID | None,
    not_same_as: tuple[UUID, ...],
) -> tuple[Person, bool]:
    """The record of whoever stands there, complete, and whether it was there before."""
    said = clean_person(newcomer, at=at) if newcomer is not None else None
    likely = alike_to(said) if said is not None else {}
    if same_as is not None:
        person, known = _recognised(actor, same_as, likely), True
        open_access([person.id], site.unit_id, at)
    elif said is not None:
        _none_unseen(likely, not_same_as)
        done = register_person(actor=actor, at=at, unit=site.unit, person=said)
        person, known = Person.objects.get(pk=done.person_id), done.known
    else:
        raise NobodyNamed
    if known and said is not None:
        _complete(actor, at, person, said)
        person.refresh_from_db()
    return person, known


def _recognised(actor: Actor, same_as: UUID, likely: dict[UUID, list[str]]) -> Person:
    """Somebody whom the actor may see, or whom what was said of them gives away; raises `NotFound`."""
    return Person.objects.get(pk=same_as) if same_as in likely else person_by_id(actor, same_as, "stays.admit")


def _none_unseen(likely: dict[UUID, list[str]], not_same_as: tuple[UUID, ...]) -> None:
    """Everybody alike must have been looked at; whom a document names is matched, or refused, when registering."""
    unseen = set(likely) - set(not_same_as)
    if unseen and not any(Likeness.SAME_NUMBER in why for why in likely.values()):
        raise PossiblyKnown(people=" ".join(sorted(str(person) for person in unseen)))


def _complete(actor: Actor, at: datetime, person: Person, said: NewPerson) -> None:
    """What they say now and the record does not have yet; nothing that stands there is changed."""
    birth_date = said.birth_date if person.birth_date is None else None
    sex = said.sex if person.sex == Sex.UNKNOWN and said.sex != Sex.UNKNOWN else None
    if birth_date or sex:
        change_details(actor=actor, at=at, person=person, birth_date=birth_date, sex=sex)
    held = set(IdentityDocument.objects.filter(person=person).values_list("number_digest", flat=True))
    for document in said.documents:
        if number_digest(document.number) not in held:
            add_document(actor=actor, at=at, person=person, document=document)
    reached = set(person.contacts.values_list("digest", flat=True))
    for phone in said.phones:
        if contact_digest(phone) not in reached:
            add_phone(actor=actor, at=at, person=person, phone=phone)
    noted = set(Need.objects.filter(person=person, ended_at__isnull=True).values_list("kind", flat=True))
    for need in said.needs:
        if need.kind not in noted or need.note:
            record_need(actor=actor, at=at, person=person, kind=need.kind, details=need.note)


def _listed(person: Person, site: Site, at: datetime) -> list[ExpectedArrival]:
    """Where lists expect this person: on the way anywhere, or marked missing here when the bus came lately."""
    lately = at - STILL_OF_THE_BUS
    return [
        one
        for one in _on_lists(person=person.pk)
        if one.state in ON_THE_WAY
        or (one.site_id == site.id and (one.manifest.expected_at or one.manifest.uploaded_at) >= lately)
    ]


@prepared
def _on_lists(person: Any) -> QuerySet[ExpectedArrival]:
    rows = locked(ExpectedArrival.objects.filter(person=person)).select_related("site", "manifest", "room")
    return rows.filter(state__in=[*ON_THE_WAY, ExpectedState.MISSING]).order_by("id")


def _listed_room(listed: list[ExpectedArrival], site: Site) -> Room | None:
    return next((one.room for one in listed if one.site_id == site.id and one.room is not None), None)


def _proposed(site: Site, person: Person, category: str, at: datetime) -> Room:
    in_turn([f"room proposed at {site.pk}"])  # of two desks the second sees what the first was given
    needs = set(Need.objects.filter(person=person, ended_at__isnull=True).values_list("kind", flat=True))
    found = offer(site, category=category, birth_date=person.birth_date, needs=needs, at=at)
    if found.room is None or not found.keeps:
        raise NoRoomProposed.because(found.why, WhyUnplaced(found.why).label)
    return found.room


def _take_off(one: ExpectedArrival, site: Site, stay_id: UUID, stay_number: str, at: datetime) -> None:
    """Nobody is expected where they are not going, and nobody is both here and still to come."""
    if one.site_id == site.id:
        one.state, one.arrived_at, one.stay_id = ExpectedState.CHECKED_IN, at, stay_id
        said = {"stay": stay_number}
    else:
        one.state = ExpectedState.CANCELLED
        said = {"came_to": site.code}
    one.save(update_fields=["state", "arrived_at", "stay"])
    record(one, unit_id=one.site.unit_id, person_id=one.person_id, data=said)
