"""Writes: people are signed out, signed in, brought back; what contradicts is asked and decided."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import move_deadline
from lazaretto.core.errors import Forbidden, InvalidInput, ReasonRequired, whole
from lazaretto.core.prepared import prepared
from lazaretto.custody.commands import Luggage, Seen, Told, Way, hand_over, lock_people, not_too_late, write_facts
from lazaretto.custody.deadlines import HANDOVER
from lazaretto.custody.models import HandedOver, Handover, Holding, Question
from lazaretto.custody.queries.ends import unit_in_charge
from lazaretto.custody.rules import FactKind
from lazaretto.orders.commands import follow, leave
from lazaretto.people.commands import open_access
from lazaretto.people.models import Person
from lazaretto.places.choices import Ability, ExternalKind
from lazaretto.places.commands import point
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.places.queries import count_expected_with, site_with_code
from lazaretto.stays.choices import StayEnd
from lazaretto.stays.commands import continue_stay, depart, lock_places
from lazaretto.stays.errors import PersonAlreadyStaying
from lazaretto.stays.models import Stay
from lazaretto.transfers.commands.company import judge
from lazaretto.transfers.errors import (
    AlreadyHere,
    CardUnknown,
    HandoverClosed,
    NotInCare,
    NotLater,
    NotOnHandover,
    NotYours,
    OneDestination,
    PlaceTaken,
    QuestionClosed,
    SamePlace,
    SiteUnknown,
    UnderWayFromHere,
)
from lazaretto.transfers.queries.cards import person_of_card
from lazaretto.transfers.queries.whereabouts import people_under_way_to

count_expected_with(people_under_way_to)

HAND_OVER, DECIDE = "transfers.hand_over", "transfers.decide"
LONGEST_NOTE = 300


class Verdict(StrEnum):
    """Where a person is, as decided: as was thought (the report was wrong), or as was reported."""

    AS_THOUGHT = "as_thought"
    AS_REPORTED = "as_reported"


@dataclass(frozen=True)
class PlaceAdded:
    """A place that others run can be chosen from now on."""

    external_id: UUID


@dataclass(frozen=True)
class SignedOut:
    """People are under way."""

    handover_id: UUID
    number: str
    people: int
    due_at: datetime


@dataclass(frozen=True)
class SignedIn:
    """One person arrived. `asked` names the contradiction instead, when there is one: then nobody was moved.

    `stay_number` is empty while they have no room (or no order: then they are admitted at the desk).
    """

    person_id: UUID
    asked: str
    stay_number: str


@dataclass(frozen=True)
class Postponed:
    """They are expected later."""

    handover_id: UUID
    due_at: datetime


@dataclass(frozen=True)
class Reported:
    """Somebody was seen at a place that does not hold them; both places are asked."""

    person_id: UUID
    asked: str


@dataclass(frozen=True)
class Decided:
    """Where the person is, by decision."""

    question_id: UUID
    verdict: str


@command("transfers.add_place", capability=HAND_OVER)
def add_place(
    *,
    actor: Actor,
    at: datetime,
    kind: ExternalKind,
    name: str,
    name_en: str = "",
    district: str = "",
    address: str = "",
    phone: str = "",
    abilities: tuple[Ability, ...] = (),
    latitude: float | None = None,
    longitude: float | None = None,
) -> PlaceAdded:
    """Add a place that others run: a hospital, a home, an airport, a site of another district. Raises `PlaceTaken`."""
    try:
        with transaction.atomic():
            made = ExternalPlace.objects.create(
                kind=kind, name=_name(name), name_en=whole(name_en, 120), district=whole(district, 80),
                address=whole(address, 200), phone=whole(phone, 40), abilities=sorted(set(abilities)),
                **point(latitude, longitude),
            )  # fmt: skip
    except IntegrityError as error:
        raise PlaceTaken from error
    record(made, unit_id=None, data={"kind": kind, "abilities": made.abilities})
    return PlaceAdded(made.id)


@command("transfers.sign_out", capability=HAND_OVER, beside=("site",))
def sign_out(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    people: tuple[Luggage, ...],
    due_at: datetime,
    to_site: str = "",
    to_place: ExternalPlace | None = None,
    carrier: str = "",
    escort: str = "",
    escort_phone: str = "",
    order: str = "",
    keep_rooms_until: datetime | None = None,
    why_kept: str = "",
    assessment: str = "",
    urgent: bool = False,
    all_the_same: str = "",
) -> SignedOut:
    """People leave a site of ours for another (`to_site`, its code) or for a place that others run (`to_place`).

    Their stays end, their isolation orders go with them, their rooms wait for cleaning, or for them: by decision,
    until `keep_rooms_until`. From now on they are under way until `due_at`. `order` is the number of the transfer order
    that sends them; one in force to that destination is used even when it is not named (`orders.commands.leave`).

    `assessment` says who judged that a child or a dependent person may stay behind or go without their people and who
    looks after them, or that the destination takes a category it does not receive. Where it is `urgent`, and to a
    hospital, nobody is held up for want of it: whoever is alone is told to the site lead at once. `all_the_same` says
    who judged that somebody goes, and why, whose order was issued for what is called off since; it says nothing of
    their company.

    Raises `OneDestination`, `SamePlace`, `SiteUnknown`, `NobodyNamed`, `DueTooEarly`, `DueTooLate`, `NotHeldHere`,
    `KeptTooShort`, `LeftAlone`, `GoesAlone`, `CategoryNotReceived`, and what `leave` raises: `NotChecked`,
    `OrderNeeded`, `CauseGone` …
    """
    destination = destination_of(site, to_site, to_place)
    way = Way(site, destination, due_at, whole(carrier, 80), whole(escort, 80), whole(escort_phone, 40))
    made = hand_over(people, way, actor=actor, at=at)
    hospital = isinstance(destination, ExternalPlace) and destination.kind == ExternalKind.HOSPITAL
    end = StayEnd.HOSPITAL if hospital else StayEnd.TRANSFERRED
    ids = [one.person for one in people]
    leave(ids, made, number=order, judged=bool(all_the_same.strip()), actor=actor, at=at)
    stays = _open_stays(people=ids)
    places = lock_places(stays)  # of two who leave one room at once the later is judged by who is still there
    rooms = [place.room_id for place in places.values()]
    judge(stays, destination, site, assessment=assessment, urgent=urgent or hospital, rooms=rooms, actor=actor, at=at)
    for stay in stays:
        depart(
            stay, end, actor=actor, at=at, place=places[stay.pk], keep_until=keep_rooms_until, why_kept=why_kept
        )  # fmt: skip
    if isinstance(destination, Site):
        open_access(ids, unit_id=destination.unit_id, at=at)
    data = {"number": made.number, "people": len(ids), "due_at": due_at}
    said = "; ".join(words for words in (all_the_same.strip(), assessment.strip()) if words)
    record(made, unit_id=site.unit_id, data=data, reason=said)
    return SignedOut(made.id, made.number, len(ids), due_at)


@command("transfers.sign_in", capability=HAND_OVER)
def sign_in(
    *,
    actor: Actor,
    at: datetime,
    handover: Handover,
    person: Person,
    room: Room | None = None,
    seen_at: datetime | None = None,
    assessment: str = "",
) -> SignedIn:
    """Somebody has arrived at the site of ours that they were sent to; with a room their stay goes on at once.

    `seen_at` is when they arrived, for what a device tells later. Raises `NotYours`, `NotOnHandover`, and whatever the
    room refuses.
    """
    site = own_end(actor, handover.to_site)
    line_of(handover, person)
    told = _seen(person.id, site, handover, actor, at, seen_at)
    return _arrived(told, person, site, room, assessment, actor, at)


@command("transfers.bring_back", capability=HAND_OVER)
def bring_back(
    *,
    actor: Actor,
    at: datetime,
    handover: Handover,
    person: Person,
    room: Room | None = None,
    seen_at: datetime | None = None,
    assessment: str = "",
) -> SignedIn:
    """Somebody was not received, or turned back: the site that sent them has them again.

    Raises `NotYours`, `NotOnHandover`, and whatever the room refuses.
    """
    site = own_end(actor, handover.from_site)
    line_of(handover, person)
    told = _seen(person.id, site, handover, actor, at, seen_at)
    return _arrived(told, person, site, room, assessment, actor, at)


@command("transfers.confirm_arrival", capability=HAND_OVER)
def confirm_arrival(*, actor: Actor, at: datetime, handover: Handover, person: Person, confirmed_by: str) -> SignedIn:
    """A place that others run says that it has received somebody. `confirmed_by` is who said so, and how.

    The site that sent them writes it down; of people between others whoever answers for them (`custody.queries.ends`).
    Raises `ReasonRequired` when nobody is named, `NotYours` when the destination is a site of ours, `NotOnHandover`.
    """
    if not confirmed_by.strip():
        raise ReasonRequired
    if handover.to_external is None:
        raise NotYours
    answers_for(actor, handover)
    line_of(handover, person)
    fact = Seen(
        person.id, FactKind.SIGNED_IN, at, external=handover.to_external, handover=handover,
        note=whole(confirmed_by, LONGEST_NOTE),
    )  # fmt: skip
    (told,) = write_facts([fact], actor=actor, at=at)
    follow([person.id], actor=actor, at=at)
    return SignedIn(person.id, told.asked or "", "")


@command("transfers.give_room", capability=HAND_OVER)
def give_room(*, actor: Actor, at: datetime, person: Person, room: Room, assessment: str = "") -> SignedIn:
    """Somebody who was signed in without a room gets one: their stay goes on.

    Raises `NotOnHandover` when the room's site does not hold them or they have no order (then they are admitted).
    """
    held = Holding.objects.filter(person=person, ended_at__isnull=True, site=room.site).exists()
    stay = (
        continue_stay(person=person, site=room.site, room=room, actor=actor, at=at, assessment=assessment)
        if held
        else None
    )
    if stay is None:
        raise NotOnHandover
    record(stay, unit_id=room.site.unit_id, person_id=person.id, data={"room": room.number})
    return SignedIn(person.id, "", stay.number)


@command("transfers.postpone", capability=HAND_OVER)
def postpone(*, actor: Actor, at: datetime, handover: Handover, due_at: datetime, reason: str) -> Postponed:
    """They come later than was said, or sooner, and somebody knows why.

    Raises `ReasonRequired`, `NotLater` for a time that is behind us or stands already, `DueTooLate`, `HandoverClosed`.
    """
    if not reason.strip():
        raise ReasonRequired
    if handover.closed_at is not None:
        raise HandoverClosed(number=handover.number)
    if due_at == handover.due_at or due_at <= at:
        raise NotLater
    not_too_late(due_at, at)
    handover.due_at = due_at
    handover.save(update_fields=["due_at"])
    move_deadline(HANDOVER.code, handover, due_at, at=at, by=actor.user_id)
    site = handover.from_site or handover.to_site
    record(handover, unit_id=site.unit_id if site else None, data={"due_at": due_at}, reason=reason)
    return Postponed(handover.id, due_at)


@command("transfers.report_here", capability=HAND_OVER)
def report_here(*, actor: Actor, at: datetime, site: Site, card: str, seen_at: datetime | None = None) -> Reported:
    """Somebody stands here whom another place holds: their card (stay number) or document was read.

    Nobody is moved: both places are asked. Reading a card opens no record: the site sees the person only once it is
    decided that they are there. Whoever was on the way to this very site is signed in (`asked` is empty then).
    What is told late (`seen_at`) is judged by where they were then. Raises `CardUnknown`, `AlreadyHere`, `NotInCare`,
    `UnderWayFromHere`.
    """
    person_id = person_of_card(card)
    if person_id is None:
        raise CardUnknown
    if Holding.objects.filter(person=person_id, ended_at__isnull=True, site=site).exists():
        raise AlreadyHere
    held = _held_at(person_id, min(seen_at or at, at))
    if held is None:
        raise NotInCare
    if held.handover is not None and held.handover.from_site_id == site.pk:
        raise UnderWayFromHere(handover=held.handover.number)
    told = _seen(person_id, site, None, actor, at, seen_at)
    return Reported(person_id, told.asked or "")


def _held_at(person_id: UUID, moment: datetime) -> Holding | None:
    then = Q(ended_at__isnull=True) | Q(ended_at__gt=moment)
    rows = Holding.objects.filter(then, person=person_id, started_at__lte=moment)
    return rows.select_related("handover").order_by("-started_at").first()


@command("transfers.decide", capability=DECIDE)
def decide(*, actor: Actor, at: datetime, question: Question, verdict: Verdict, reason: str) -> Decided:
    """Say where the person is; every open question about them is answered by it.

    If they are where they were reported, a stay at the other place ends: that place or headquarters says so, never the
    one that reported them alone. Raises `ReasonRequired`, `QuestionClosed`, `NotYours`, `OneDestination` when no
    site of ours reported them.
    """
    if not reason.strip():
        raise ReasonRequired
    if question.closed_at is not None:
        raise QuestionClosed
    answer = whole(reason, LONGEST_NOTE)
    lock_people([question.person_id])  # an arrival at this moment comes before the decision, or after it
    about = Question.objects.filter(person=question.person_id, closed_at__isnull=True)
    about.update(answer=answer, closed_by_id=actor.user_id)
    if verdict == Verdict.AS_REPORTED:
        fact = _as_reported(question, answer, actor, at)
    else:
        fact = _as_thought(question.person_id, answer, at)
    write_facts([fact], actor=actor, at=at)
    follow([question.person_id], actor=actor, at=at)
    return Decided(question.id, verdict)


def _as_reported(question: Question, answer: str, actor: Actor, at: datetime) -> Seen:
    site = question.second_site
    if site is None:
        raise OneDestination
    if question.first_site is not None and not actor.may(DECIDE, question.first_site.unit_id):
        raise NotYours
    for stay in Stay.objects.filter(person=question.person_id, ended_at__isnull=True).exclude(site=site):
        depart(stay, StayEnd.TRANSFERRED, actor=actor, at=at)
    open_access([question.person_id], unit_id=site.unit_id, at=at)
    return Seen(question.person_id, FactKind.SETTLED, at, site=site, handover=question.fact.handover, note=answer)


def _as_thought(person_id: UUID, answer: str, at: datetime) -> Seen:
    held = Holding.objects.filter(person=person_id, ended_at__isnull=True).first()
    if held is None:
        return Seen(person_id, FactKind.SETTLED, at, note=answer)
    return Seen(
        person_id, FactKind.SETTLED, at, site=held.site, external=held.external, handover=held.handover, note=answer
    )


@prepared
def _open_stays(people: Any) -> QuerySet[Stay]:
    here = locked(Stay.objects.filter(person__among=people, ended_at__isnull=True))
    return here.select_related("site", "person").order_by("id")


def _name(name: str) -> str:
    found = whole(name, 120)
    if not found:
        raise InvalidInput(fields={"name": "a name"})
    return found


def destination_of(origin: Site | None, code: str, place: ExternalPlace | None) -> Site | ExternalPlace:
    """Where they go: a site by its code, or a place of others. Raises `OneDestination`, `SiteUnknown`, `SamePlace`."""
    if bool(code) == (place is not None):
        raise OneDestination
    if place is not None:
        return place
    found = site_with_code(code)
    if found is None:
        raise SiteUnknown(code=code)
    if found == origin:
        raise SamePlace
    return found


def own_end(actor: Actor, site: Site | None, capability: str = HAND_OVER) -> Site:
    """The site of ours at that end, where the actor must hold the capability."""
    if site is None:
        raise NotYours
    if not actor.may(capability, site.unit_id):
        raise Forbidden(capability=capability)
    return site


def answers_for(actor: Actor, handover: Handover, capability: str = HAND_OVER) -> UUID:
    """The unit that answers for a handover whose ends may both be others', where the actor must hold the capability."""
    unit_id = unit_in_charge(handover)
    if not actor.may(capability, unit_id):
        raise Forbidden(capability=capability)
    return unit_id


def line_of(handover: Handover, person: Person) -> HandedOver:
    """That person's line. Raises `NotOnHandover`."""
    lines = _line(handover=handover.pk, person=person.pk)
    if not lines:
        raise NotOnHandover
    return lines[0]


@prepared
def _line(handover: Any, person: Any) -> QuerySet[HandedOver]:
    return HandedOver.objects.filter(handover=handover, person=person)


def _seen(
    person_id: UUID, site: Site, handover: Handover | None, actor: Actor, at: datetime, seen_at: datetime | None
) -> Told:
    """Somebody is at a site. What a clock that runs ahead says is kept as its claim; the moment is now."""
    moment = min(seen_at or at, at)
    claimed = seen_at if seen_at is not None and seen_at > at else None
    fact = Seen(person_id, FactKind.SIGNED_IN, moment, site=site, handover=handover, claimed_at=claimed)
    (told,) = write_facts([fact], actor=actor, at=at)
    follow([person_id], actor=actor, at=at)
    return told


def _arrived(
    told: Told, person: Person, site: Site, room: Room | None, assessment: str, actor: Actor, at: datetime
) -> SignedIn:
    open_access([person.id], unit_id=site.unit_id, at=at)
    if told.asked is not None or room is None or told.held != site.id:
        return SignedIn(person.id, told.asked or "", "")
    if Stay.objects.filter(person=person, ended_at__isnull=True).exists():
        raise PersonAlreadyStaying(person=person.id)
    stay = continue_stay(person=person, site=site, room=room, actor=actor, at=at, assessment=assessment)
    return SignedIn(person.id, "", stay.number if stay else "")
