"""Every write about objections. Nothing here moves anybody: `agreed` only writes down what was agreed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from lazaretto.core.access import Actor, locked, somebody
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel, cancel_all, meet, set_deadlines
from lazaretto.core.errors import IllegalTransition, ReasonRequired, whole
from lazaretto.core.models import Deadline
from lazaretto.core.numbers import next_number, of_year
from lazaretto.objections import rules
from lazaretto.objections.choices import About, Level, OfferAnswer, OfferKind, State, StepKind
from lazaretto.objections.deadlines import (
    FIRST_TALK,
    HAND,
    HAND_WITHIN,
    NEXT_TALK,
    REPLY,
    REPLY_WITHIN,
    TALK,
)
from lazaretto.objections.errors import (
    BothSidesNeeded,
    NotForward,
    NothingToHand,
    ObjectionClosed,
    OfferAnswered,
    OfferUnclear,
    OtherPerson,
    RaisedAlready,
    ReplyMissing,
    TheirWordsMissing,
)
from lazaretto.objections.models import Conversation, Objection, ObjectionStep, ObservationNotice, Offer
from lazaretto.orders.models import TransferOrder
from lazaretto.stays.choices import StayEnd
from lazaretto.stays.models import Stay

LEFT = (StayEnd.RELEASED, StayEnd.DIED, StayEnd.CANCELLED)
TALKS, DECIDES = rules.TALK, rules.DECIDE
MOST = 4000  # characters of what was said


@dataclass(frozen=True)
class Raised:
    """An objection stands, and a reply is due to the person."""

    objection_id: UUID
    number: str
    reply_due_at: datetime


@dataclass(frozen=True)
class Talked:
    """A conversation is kept."""

    conversation_id: UUID


@dataclass(frozen=True)
class OfferTold:
    """An offer was made, or answered."""

    offer_id: UUID
    answer: OfferAnswer


@dataclass(frozen=True)
class NoticeIssued:
    """The medical observation notice can be printed and handed over."""

    notice_id: UUID
    number: str


@dataclass(frozen=True)
class Moved:
    """An objection went on: who speaks with them now, and how it stands."""

    objection_id: UUID
    level: Level
    state: State


@command("objections.raise_objection", capability=TALKS)
def raise_objection(
    *,
    actor: Actor,
    at: datetime,
    stay: Stay,
    about: About,
    reason: str,
    language: str = "",
    transfer_order: TransferOrder | None = None,
) -> Raised:
    """Write down what somebody does not agree to, and why, in their own words.

    Somebody speaks with them within two hours, and a written reply is due within forty-eight. The one who writes it
    down has it until somebody else takes it on. Raises `TheirWordsMissing`, `OtherPerson`, `TextTooLong`, and
    `RaisedAlready` naming the open one about the same thing.
    """
    by, words = somebody(actor, TALKS), whole(reason, MOST)
    if not words:
        raise TheirWordsMissing
    if transfer_order and not transfer_order.people.filter(person=stay.person_id).exists():
        raise OtherPerson
    _raised_once(stay, about)
    series = of_year(f"{stay.site.code}-B", at)
    objection = Objection.objects.create(
        number=f"{series}-{next_number(series):04d}", stay=stay, about=about, transfer_order=transfer_order,
        reason=words, language=language.strip() or stay.person.language, raised_at=at, raised_by_id=by, owner_id=by,
        reply_due_at=at + REPLY_WITHIN,
    )  # fmt: skip
    _step(objection, StepKind.RAISED, actor, at)
    set_deadlines(
        [_due(TALK.code, objection, at + FIRST_TALK), _due(REPLY.code, objection, objection.reply_due_at)], at=at
    )
    _note(objection, {"about": about, "number": objection.number})
    return Raised(objection.id, objection.number, objection.reply_due_at)


def _raised_once(stay: Stay, about: About) -> None:
    """One conversation about one thing. Two who write it down at once come one after the other: the stay is locked."""
    locked(Stay.objects.filter(pk=stay.pk)).get()
    same = Objection.objects.filter(stay=stay, about=about, state=State.OPEN)
    earlier = same.exclude(about=About.OTHER).order_by("raised_at", "id").first()
    if earlier is not None:
        raise RaisedAlready(objection=earlier.number)


@command("objections.take", capability=TALKS)
def take(*, actor: Actor, at: datetime, objection: Objection) -> Moved:
    """Be the one who speaks with them from now on. Raises `ObjectionClosed`."""
    _open(objection)
    before, objection.owner_id = objection.owner_id, somebody(actor, TALKS)
    objection.save(update_fields=["owner"])
    _step(objection, StepKind.TAKEN, actor, at)
    _note(objection, {"before": before, "owner": objection.owner_id})
    return _now(objection)


@command("objections.talk", capability=TALKS)
def talk(
    *,
    actor: Actor,
    at: datetime,
    objection: Objection,
    explained: str,
    said: str,
    language: str = "",
    with_whom: str = "",
) -> Talked:
    """Keep a conversation: what was explained and what they said, in which language, who was there.

    The next one is due within twelve hours while the objection is open. Raises `BothSidesNeeded`, `ObjectionClosed`,
    `TextTooLong`.
    """
    _open(objection)
    sides = whole(explained, MOST), whole(said, MOST)
    if not all(sides):
        raise BothSidesNeeded
    kept = Conversation.objects.create(
        objection=objection, at=at, by_id=somebody(actor, TALKS), level=objection.level, explained=sides[0],
        said=sides[1], language=language.strip() or objection.language, with_whom=whole(with_whom, 120),
    )  # fmt: skip
    meet(TALK.code, objection, at=at, by=actor.user_id, answer=gettext("Spoken with."))
    _talk_next(objection, at + NEXT_TALK, at)
    _note(objection, {"conversation": kept.id, "language": kept.language})
    return Talked(kept.id)


@command("objections.make_offer", capability=TALKS)
def make_offer(*, actor: Actor, at: datetime, objection: Objection, kind: OfferKind, words: str = "") -> OfferTold:
    """Offer something that would make it easier. Raises `OfferUnclear`, `ObjectionClosed`, `TextTooLong`."""
    _open(objection)
    told = whole(words, MOST)
    if kind == OfferKind.OTHER and not told:
        raise OfferUnclear
    made = Offer.objects.create(objection=objection, kind=kind, words=told or None, at=at, by_id=somebody(actor, TALKS))
    _note(objection, {"offer": made.id, "kind": kind})
    return OfferTold(made.id, OfferAnswer.WAITING)


@command("objections.answer_offer", capability=TALKS)
def answer_offer(*, actor: Actor, at: datetime, offer: Offer, taken: bool, words: str = "") -> OfferTold:
    """What they said to an offer; saying no is as good an answer as yes. Raises `OfferAnswered`, `ObjectionClosed`."""
    _open(offer.objection)
    if offer.answer != OfferAnswer.WAITING:
        raise OfferAnswered
    offer.answer = OfferAnswer.TAKEN if taken else OfferAnswer.DECLINED
    offer.answered_at, offer.answered_words = at, whole(words, MOST) or None
    offer.save(update_fields=["answer", "answered_at", "answered_words"])
    _note(offer.objection, {"offer": offer.id, "answer": offer.answer})
    return OfferTold(offer.id, OfferAnswer(offer.answer))


@command("objections.issue_notice", capability=TALKS)
def issue_notice(*, actor: Actor, at: datetime, objection: Objection, language: str = "") -> NoticeIssued:
    """Issue the medical observation notice (医学观察告知书) in their language, to be printed and handed over."""
    series = of_year(f"{objection.stay.site.code}-N", at)
    notice = ObservationNotice.objects.create(
        objection=objection, number=f"{series}-{next_number(series):04d}", issued_at=at,
        issued_by_id=somebody(actor, TALKS), language=language.strip() or objection.language,
    )  # fmt: skip
    _note(objection, {"notice": notice.number, "language": notice.language})
    return NoticeIssued(notice.id, notice.number)


@command("objections.escalate", capability=TALKS)
def escalate(*, actor: Actor, at: datetime, objection: Objection, to: Level, reason: str) -> Moved:
    """Pass it on to a mediator, then to headquarters, who speak with them next. The reply stays due when it was.

    Raises `NotForward`, `ReasonRequired`, `ObjectionClosed`.
    """
    _open(objection)
    words = whole(reason, MOST)
    if not words:
        raise ReasonRequired
    if to not in rules.levels_ahead(objection.level):
        raise NotForward
    before, objection.level = objection.level, to
    objection.save(update_fields=["level"])
    _step(objection, StepKind.ESCALATED, actor, at, words)
    cancel(TALK.code, objection, at=at, by=actor.user_id, answer=str(to.label))
    _talk_next(objection, at + FIRST_TALK, at)
    _note(objection, {"before": before, "after": to}, words)
    return _now(objection)


@command("objections.settle", capability=TALKS)
def settle(*, actor: Actor, at: datetime, objection: Objection, outcome: State, words: str) -> Moved:
    """They agreed, or took it back of their own will: what was agreed is written down, and nothing else happens.

    Raises `IllegalTransition` for an outcome that needs a reply, `ReasonRequired`, `ObjectionClosed`.
    """
    said = whole(words, MOST)
    if not said:
        raise ReasonRequired
    _open(objection)
    if outcome not in rules.SETTLED:
        raise IllegalTransition(before=objection.state, after=outcome)
    _close(objection, outcome, actor, at, said)
    cancel_all(objection, at=at, by=actor.user_id, answer=str(outcome.label))
    _note(objection, {"after": outcome})
    return _now(objection)


@command("objections.decide", capability=DECIDES)
def decide(*, actor: Actor, at: datetime, objection: Objection, outcome: State, reply: str) -> Moved:
    """Accept the objection or maintain the decision, with the written reply that they get as a paper.

    Raises `ReplyMissing`, `IllegalTransition` for any other outcome, `ObjectionClosed`.
    """
    answer = whole(reply, MOST)
    if not answer:
        raise ReplyMissing
    _open(objection)
    if outcome not in rules.REPLIED:
        raise IllegalTransition(before=objection.state, after=outcome)
    objection.reply = answer
    _close(objection, outcome, actor, at, "")
    meet(REPLY.code, objection, at=at, by=actor.user_id, answer=gettext("The reply is written."))
    cancel(TALK.code, objection, at=at, by=actor.user_id, answer=gettext("The reply is written."))
    set_deadlines([_due(HAND.code, objection, at + HAND_WITHIN)], at=at)
    _note(objection, {"after": outcome})
    return _now(objection)


@command("objections.hand_reply", capability=TALKS)
def hand_reply(*, actor: Actor, at: datetime, objection: Objection) -> Moved:
    """The reply was printed, explained and handed over. Raises `NothingToHand`."""
    if objection.reply is None or objection.handed_at is not None:
        raise NothingToHand
    objection.handed_at = at
    objection.save(update_fields=["handed_at"])
    _step(objection, StepKind.HANDED, actor, at)
    meet(HAND.code, objection, at=at, by=actor.user_id, answer=gettext("Handed over."))
    _note(objection, {"handed": True})
    return _now(objection)


def settle_talks(*, at: datetime) -> int:
    """Nobody goes to a door behind which they are no more: the talk lapses, the reply stays due. Returns how many."""
    waiting = Deadline.objects.filter(kind=TALK.code, state=DeadlineState.OPEN)
    left = Objection.objects.filter(pk__in=list(waiting.values_list("subject_id", flat=True)), stay__end__in=LEFT)
    with transaction.atomic():
        return sum(
            cancel(TALK.code, one, at=at, answer=gettext("They have left our care; the reply is still owed."))
            for one in left
        )


def _talk_next(objection: Objection, due_at: datetime, at: datetime) -> None:
    if objection.stay.end not in LEFT:
        set_deadlines([_due(TALK.code, objection, due_at)], at=at)


def _close(objection: Objection, state: State, actor: Actor, at: datetime, words: str) -> None:
    objection.state, objection.closed_at, objection.closed_by_id = state, at, somebody(actor, TALKS)
    objection.save(update_fields=["state", "closed_at", "closed_by", "reply"])
    _step(objection, StepKind(state.value), actor, at, words)


def _open(objection: Objection) -> None:
    if objection.state != State.OPEN:
        raise ObjectionClosed(objection=objection.number)


def _now(objection: Objection) -> Moved:
    return Moved(objection.id, Level(objection.level), State(objection.state))


def _step(objection: Objection, kind: StepKind, actor: Actor, at: datetime, words: str = "") -> None:
    ObjectionStep.objects.create(
        objection=objection, position=objection.steps.count() + 1, step=kind, level=objection.level, at=at,
        by_id=somebody(actor, TALKS), words=words or None,
    )  # fmt: skip


def _due(kind: str, objection: Objection, due_at: datetime) -> Due:
    stay = objection.stay
    return Due(kind, objection, due_at, unit_id=stay.site.unit_id, person_id=stay.person_id)


def _note(objection: Objection, data: dict[str, object], reason: str = "") -> None:
    stay = objection.stay
    record(objection, unit_id=stay.site.unit_id, person_id=stay.person_id, data=data, reason=reason)
