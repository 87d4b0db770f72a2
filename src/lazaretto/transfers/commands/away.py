"""With others: what a hospital tells about somebody, fetching them, and the end of our care there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, meet, open_deadlines, set_deadlines
from lazaretto.core.errors import InvalidInput, ReasonRequired, whole
from lazaretto.core.models import Deadline
from lazaretto.custody.commands import Luggage, Seen, Way, hand_over, write_facts
from lazaretto.custody.models import HandedOver, Handover, Holding
from lazaretto.custody.rules import FactKind
from lazaretto.orders.commands import follow
from lazaretto.people.commands import open_access
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.stays.commands import lift_order
from lazaretto.transfers.choices import WordKind
from lazaretto.transfers.commands.moving import (
    DECIDE,
    HAND_OVER,
    LONGEST_NOTE,
    SignedIn,
    SignedOut,
    answers_for,
    line_of,
)
from lazaretto.transfers.deadlines import MAY_LEAVE
from lazaretto.transfers.errors import NotHeldThere, NotYours
from lazaretto.transfers.models import PlaceWord

LONGEST_WORD = 600
LONGEST_TELLER = 80


@dataclass(frozen=True)
class WordWritten:
    """What the other place told is kept."""

    word_id: UUID
    kind: str


@dataclass(frozen=True)
class LeftOurCare:
    """Their isolation has ended while they were with others."""

    person_id: UUID
    at: datetime


@command("transfers.write_word", capability=HAND_OVER)
def write_word(
    *, actor: Actor, at: datetime, handover: Handover, person: Person, kind: WordKind, text: str, told_by: str
) -> WordWritten:
    """Write down what a place of others tells about somebody who is there: condition, result, may leave.

    Whoever may leave is to be fetched or let go within the day (a deadline, that of the first word: told twice, it is
    one and began then). Raises `ReasonRequired` when nobody is
    named who told it, `InvalidInput` without words, `NotOnHandover`, `NotYours`, `NotHeldThere`, `TextTooLong`.
    """
    if not told_by.strip():
        raise ReasonRequired
    if not text.strip():
        raise InvalidInput(fields={"text": "what they told"})
    place, unit_id = _there(actor, handover, person)
    word = PlaceWord.objects.create(
        handover=handover, person=person, place=place, kind=kind, text=whole(text, LONGEST_WORD),
        told_by=whole(told_by, LONGEST_TELLER), told_at=at, written_by_id=actor.user_id,
    )  # fmt: skip
    if kind == WordKind.MAY_LEAVE and not _waits_already(person, place):
        due = Due(MAY_LEAVE.code, word, at, unit_id=unit_id, person_id=person.id)
        set_deadlines([due], at=at)
    record(word, unit_id=unit_id, person_id=person.id, data={"kind": kind, "place": place.name})
    return WordWritten(word.id, kind)


@command("transfers.fetch", capability=HAND_OVER)
def fetch(
    *,
    actor: Actor,
    at: datetime,
    place: ExternalPlace,
    site: Site,
    people: tuple[Luggage, ...],
    due_at: datetime,
    carrier: str = "",
    escort: str = "",
    escort_phone: str = "",
) -> SignedOut:
    """People leave a place of others for a site of ours: under way from now on, until they are signed in there.

    Their isolation order, which never stopped, goes on. Raises `NotHeldThere` naming who is not there or was not sent
    there from a site where the actor hands over, `NobodyNamed`, `DueTooEarly`.
    """
    ids = [one.person for one in people]
    _all_there(actor, place, ids)
    way = Way(place, site, due_at, whole(carrier, 80), whole(escort, 80), whole(escort_phone, 40))
    made = hand_over(people, way, actor=actor, at=at)
    open_access(ids, unit_id=site.unit_id, at=at)
    _no_longer_waiting(ids, actor, at)
    record(made, unit_id=site.unit_id, data={"number": made.number, "people": len(ids), "due_at": due_at})
    return SignedOut(made.id, made.number, len(ids), due_at)


@command("transfers.still_there", capability=HAND_OVER)
def still_there(*, actor: Actor, at: datetime, handover: Handover, person: Person, confirmed_by: str) -> SignedIn:
    """Somebody who was to be fetched is still with the others, who say so. Raises `ReasonRequired`, `NotYours`, …"""
    if not confirmed_by.strip():
        raise ReasonRequired
    if handover.from_external is None:
        raise NotYours
    answers_for(actor, handover)
    line_of(handover, person)
    note = whole(confirmed_by, LONGEST_NOTE)
    fact = Seen(person.id, FactKind.SIGNED_IN, at, external=handover.from_external, handover=handover, note=note)
    (told,) = write_facts([fact], actor=actor, at=at)
    follow([person.id], actor=actor, at=at)
    return SignedIn(person.id, told.asked or "", "")


@command("transfers.leave_from_there", capability=DECIDE)
def leave_from_there(
    *, actor: Actor, at: datetime, handover: Handover, person: Person, reason: str, told_by: str
) -> LeftOurCare:
    """Somebody goes home from there, or is handed to another district: their isolation under our order ends.

    Raises `ReasonRequired`, `NotOnHandover`, `NotYours`, `NotHeldThere`.
    """
    if not reason.strip() or not told_by.strip():
        raise ReasonRequired
    place, unit_id = _there(actor, handover, person, capability=DECIDE)
    note = whole(f"{told_by.strip()}: {reason.strip()}", LONGEST_NOTE)
    write_facts([Seen(person.id, FactKind.LET_GO, at, external=place, note=note)], actor=actor, at=at)
    lift_order(person.id, reason=reason, actor=actor, at=at)
    _no_longer_waiting([person.id], actor, at)
    record(handover, unit_id=unit_id, person_id=person.id, data={"place": place.name}, reason=note)
    return LeftOurCare(person.id, at)


def _there(
    actor: Actor, handover: Handover, person: Person, *, capability: str = HAND_OVER
) -> tuple[ExternalPlace, UUID]:
    """The place of others that has them, and the unit that answers for their handover, where the actor may act."""
    place = handover.to_external
    if place is None:
        raise NotYours
    unit_id = answers_for(actor, handover, capability)
    line_of(handover, person)
    if not Holding.objects.filter(person=person, ended_at__isnull=True, external=place).exists():
        raise NotHeldThere(people=str(person.id))
    return place, unit_id


def _all_there(actor: Actor, place: ExternalPlace, people: Sequence[UUID]) -> None:
    """Everybody is held by that place and was sent there from where the actor hands over."""
    held = Holding.objects.filter(person__in=people, ended_at__isnull=True, external=place)
    there = set(held.values_list("person_id", flat=True))
    if not actor.everywhere(HAND_OVER):
        sent = HandedOver.objects.filter(handover__to_external=place, person__in=people)
        units = actor.units_with(HAND_OVER)
        ours = Q(handover__from_site__unit_id__in=units) | Q(handover__instead_of__to_site__unit_id__in=units)
        there &= set(sent.filter(ours).values_list("person_id", flat=True))
    missing = [str(person) for person in people if person not in there]
    if missing:
        raise NotHeldThere(people=", ".join(missing))


def _waits_already(person: Person, place: ExternalPlace) -> bool:
    told = PlaceWord.objects.filter(person=person, place=place, kind=WordKind.MAY_LEAVE)
    return any(open_deadlines(MAY_LEAVE.code, word).exists() for word in told)


def settle_words(*, at: datetime) -> int:
    """Whoever may leave and is there no more, whichever way they went, is waited for no more; returns how many."""
    waiting = Deadline.objects.filter(kind=MAY_LEAVE.code, state=DeadlineState.OPEN)
    there = Holding.objects.filter(person=OuterRef("person"), external=OuterRef("place"), ended_at__isnull=True)
    told = PlaceWord.objects.filter(pk__in=list(waiting.values_list("subject_id", flat=True)))
    with transaction.atomic():
        return sum(
            meet(MAY_LEAVE.code, word, at=at, answer=gettext("They are there no more."))
            for word in told.filter(~Exists(there))
        )


def _no_longer_waiting(people: Sequence[UUID], actor: Actor, at: datetime) -> None:
    for word in PlaceWord.objects.filter(person__in=people, kind=WordKind.MAY_LEAVE):
        meet(MAY_LEAVE.code, word, at=at, by=actor.user_id)
