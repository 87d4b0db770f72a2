"""Every write about emergencies. Nobody is ever asked for a test result, an order, a payment or a document."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from lazaretto.accounts.queries import headquarters
from lazaretto.core.access import Actor, somebody
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel_all, meet, raise_alarm, set_deadlines
from lazaretto.core.deadlines import cancel as no_longer_due
from lazaretto.core.errors import IllegalTransition, ReasonRequired, whole
from lazaretto.core.numbers import next_number, of_year
from lazaretto.core.states import edge
from lazaretto.emergencies import rules
from lazaretto.emergencies.choices import EmergencyKind, EmergencyState, StepKind
from lazaretto.emergencies.deadlines import CARE, CARE_WITHIN, REVIEW, REVIEW_WITHIN, UNOWNED
from lazaretto.emergencies.errors import (
    AlreadyOwned,
    AlreadyReviewed,
    BeforeFirstWord,
    EmergencyEnded,
    NobodyHasIt,
    NotEnded,
    NothingSaid,
)
from lazaretto.emergencies.models import Emergency, EmergencyReview, EmergencyStep
from lazaretto.emergencies.queries import room_named
from lazaretto.people.models import Person
from lazaretto.places.models import Site

REPORT, WORK, REVIEWS = "emergencies.report", "emergencies.work", "emergencies.review"
MOST = 2000  # characters of a text; nobody tells more in such a minute
State = EmergencyState


@dataclass(frozen=True)
class Reported:
    """An emergency stands in the list, its clock runs and the first rung of its ladder was told."""

    emergency_id: UUID
    number: str


@dataclass(frozen=True)
class Owned:
    """Somebody has an emergency; `before` had it until now."""

    emergency_id: UUID
    owner_id: int
    before: int | None


@dataclass(frozen=True)
class Stepped:
    """An emergency went on to a state."""

    emergency_id: UUID
    state: EmergencyState


@dataclass(frozen=True)
class WordAdded:
    """A word more stands in the timeline."""

    step_id: UUID


@dataclass(frozen=True)
class Reviewed:
    """The review of an emergency is kept."""

    review_id: UUID


@command("emergencies.report", capability=REPORT, any_clock=True)
def report(
    *,
    actor: Actor,
    at: datetime,
    site: Site | None = None,
    who: str = "",
    where: str = "",
    what: str = "",
    kind: EmergencyKind = EmergencyKind.OTHER,
    person: Person | None = None,
) -> Reported:
    """Cry for help: a site, or one word of who, where and what, is enough. Without a site it is in the street.

    `at` is the first word, from which the clock runs. Medics are told at once; the ladder climbs by the minute until
    somebody owns it, and care is due after thirty minutes. Raises `NothingSaid`, `TextTooLong`.
    """  # fmt: skip
    words = {"who": whole(who, MOST), "where": whole(where, MOST), "what": whole(what, MOST)}
    kind_named = kind != EmergencyKind.OTHER
    if not rules.says_something(
        at_site=site is not None, person=person is not None, words=list(words.values()), kind_named=kind_named
    ):
        raise NothingSaid
    unit = site.unit if site else headquarters()
    series = of_year(f"{unit.code}-E", at)
    emergency = Emergency.objects.create(
        number=f"{series}-{next_number(series):04d}",
        unit=unit, site=site, room=room_named(site, words["where"]), person=person, kind=kind,
        first_word_at=at, reported_by_id=actor.user_id,
        **{name: text or None for name, text in words.items()},
    )  # fmt: skip
    _write(emergency, StepKind.REPORTED, actor, at)
    raise_alarm(_due(UNOWNED.code, emergency, at), at=at)
    set_deadlines([_due(CARE.code, emergency, at + CARE_WITHIN)], at=at)
    _note(emergency, {"kind": kind, "site": site.code if site else None})
    return Reported(emergency.id, emergency.number)


@command("emergencies.own", capability=WORK)
def own(*, actor: Actor, at: datetime, emergency: Emergency, instead_of: int | None = None, reason: str = "") -> Owned:
    """Take an emergency on: one person sees to it from now on, and its ladder stops.

    To take it over name the owner who was seen, with a reason; whoever was slower is told who has it. Raises
    `AlreadyOwned`, `NobodyHasIt`, `EmergencyEnded`, `ReasonRequired`, `BeforeFirstWord`.
    """
    owner, before = somebody(actor, WORK), emergency.owner_id
    _going_on(emergency)
    if emergency.owner is None or before is None:
        if instead_of is not None:
            raise NobodyHasIt
        _take_on(emergency, actor, at)
        return Owned(emergency.id, owner, None)
    if before == owner or before != instead_of:
        raise AlreadyOwned.by(emergency.owner)
    reason = whole(reason, MOST)
    if not reason:
        raise ReasonRequired
    emergency.owner_id = owner
    emergency.save(update_fields=["owner"])
    _write(emergency, StepKind.TAKEN_OVER, actor, at, reason)
    _note(emergency, {"before": before, "owner": owner}, reason)
    return Owned(emergency.id, owner, before)


@command("emergencies.step", capability=WORK)
def step(*, actor: Actor, at: datetime, emergency: Emergency, to: EmergencyState, words: str = "") -> Stepped:
    """Stamp that help came further: called, left, arrived, handed over, closed. Steps may be left out, never undone.

    Who takes a step of an emergency that nobody has becomes its owner. At `arrived` the care that was due is met; at
    `closed` a review falls due. Raises `IllegalTransition`, `EmergencyEnded`, `BeforeFirstWord`, `TextTooLong`.
    """
    somebody(actor, WORK)
    _going_on(emergency)
    if to in {State.OWNED, State.CANCELLED} or edge(rules.EDGES, emergency.state, to) is None:
        raise IllegalTransition(before=emergency.state, after=to)
    if emergency.owner_id is None:
        _take_on(emergency, actor, at)
    before, said = emergency.state, whole(words, MOST)
    _reach(emergency, to, actor, at, said)
    if to in rules.WITH_CARE:
        meet(CARE.code, emergency, at=at, by=actor.user_id, answer=gettext("Care has arrived."))
    if to == State.CLOSED:
        no_longer_due(CARE.code, emergency, at=at, by=actor.user_id, answer=gettext("The emergency is closed."))
        set_deadlines([_due(REVIEW.code, emergency, at + REVIEW_WITHIN)], at=at)
    _note(emergency, {"before": before, "after": to})
    return Stepped(emergency.id, to)


@command("emergencies.add_word", capability=REPORT)
def add_word(*, actor: Actor, at: datetime, emergency: Emergency, words: str) -> WordAdded:
    """Say a word more; also afterwards, for the review. Raises `NothingSaid`, `TextTooLong`, `BeforeFirstWord`."""
    said = whole(words, MOST)
    if not said:
        raise NothingSaid
    row = _write(emergency, StepKind.WORD, actor, at, said)
    _note(emergency, {"step": row.id})
    return WordAdded(row.id)


@command("emergencies.cancel", capability=WORK)
def cancel(*, actor: Actor, at: datetime, emergency: Emergency, reason: str) -> Stepped:
    """It was a false alarm, and why. Raises `ReasonRequired`, `EmergencyEnded`, `IllegalTransition`."""
    somebody(actor, WORK)
    reason = whole(reason, MOST)
    if not reason:
        raise ReasonRequired
    _going_on(emergency)
    if edge(rules.EDGES, emergency.state, State.CANCELLED) is None:
        raise IllegalTransition(before=emergency.state, after=State.CANCELLED)
    before = emergency.state
    _reach(emergency, State.CANCELLED, actor, at, reason)
    cancel_all(emergency, at=at, by=actor.user_id, answer=str(State.CANCELLED.label))
    _note(emergency, {"before": before, "after": State.CANCELLED}, reason)
    return Stepped(emergency.id, State.CANCELLED)


@command("emergencies.review", capability=REVIEWS)
def review(*, actor: Actor, at: datetime, emergency: Emergency, lessons: str) -> Reviewed:
    """Keep what is learnt from an emergency that is over. Raises `NotEnded`, `AlreadyReviewed`, `ReasonRequired`."""
    reviewer, said = somebody(actor, WORK), whole(lessons, 10 * MOST)
    if not said:
        raise ReasonRequired
    if emergency.state not in rules.ENDED:
        raise NotEnded(emergency=emergency.number)
    if EmergencyReview.objects.filter(emergency=emergency).exists():
        raise AlreadyReviewed(emergency=emergency.number)
    made = EmergencyReview.objects.create(emergency=emergency, lessons=said, reviewer_id=reviewer, at=at)
    meet(REVIEW.code, emergency, at=at, by=reviewer, answer=gettext("The review is written."))
    _note(emergency, {"review": made.id})
    return Reviewed(made.id)


def _going_on(emergency: Emergency) -> None:
    if emergency.state in rules.ENDED:
        raise EmergencyEnded(emergency=emergency.number)


def _take_on(emergency: Emergency, actor: Actor, at: datetime) -> None:
    """The first owner; the ladder stops."""
    emergency.owner_id, emergency.owned_at = actor.user_id, at
    _reach(emergency, State.OWNED, actor, at)
    meet(UNOWNED.code, emergency, at=at, by=actor.user_id, answer=gettext("Taken on."))
    _note(emergency, {"before": State.REPORTED, "after": State.OWNED, "owner": actor.user_id})


def _reach(emergency: Emergency, state: EmergencyState, actor: Actor, at: datetime, words: str = "") -> None:
    """The state and its row of the timeline."""
    emergency.state = state
    emergency.closed_at = at if state in rules.ENDED else None
    emergency.save(update_fields=["state", "owner", "owned_at", "closed_at"])
    _write(emergency, StepKind(state.value), actor, at, words)


def _write(emergency: Emergency, kind: StepKind, actor: Actor, at: datetime, words: str = "") -> EmergencyStep:
    """The next row of the timeline; the emergency is locked, so its place is free."""
    if at < emergency.first_word_at:
        raise BeforeFirstWord(first_word_at=emergency.first_word_at.isoformat())
    return EmergencyStep.objects.create(
        emergency=emergency, position=emergency.steps.count() + 1, step=kind, at=at, by_id=actor.user_id,
        words=words or None,
    )  # fmt: skip


def _due(kind: str, emergency: Emergency, due_at: datetime) -> Due:
    return Due(kind, emergency, due_at, unit_id=emergency.unit_id, person_id=emergency.person_id)


def _note(emergency: Emergency, data: dict[str, object], reason: str = "") -> None:
    record(emergency, unit_id=emergency.unit_id, person_id=emergency.person_id, data=data, reason=reason)
