"""Reaching somebody: a number shown, a try written down, the watch and its tests planned, a result noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, meet, raise_alarm
from lazaretto.core.errors import InvalidInput, NotFound, whole
from lazaretto.returnees.choices import Answer, Means, Result, Risk, State, StepKind
from lazaretto.returnees.commands.common import (
    MOST,
    give_to,
    on_shift,
    place_of,
    settle,
    still_open,
    take_from,
    write_step,
)
from lazaretto.returnees.deadlines import POSITIVE
from lazaretto.returnees.errors import NoSuchTest, StepNotPossible
from lazaretto.returnees.models import Attempt, OwedTest, Phone, Returnee
from lazaretto.returnees.numbers import number
from lazaretto.returnees.queries.owing import owed_by
from lazaretto.returnees.rules import CALL, UNHEARD, PlannedTest, next_call, permitted, plan_watch

EVIDENCE = 200  # characters


@dataclass(frozen=True)
class NumberShown:
    """The plain number."""

    value: str


@dataclass(frozen=True)
class AttemptNoted:
    """What stands after a try: how it is with the case, how often in vain, when it goes on."""

    returnee_id: UUID
    state: str
    tries: int
    due_at: datetime | None
    handed_up: bool


@dataclass(frozen=True)
class ResultNoted:
    """What a test said, and how many are still owed."""

    returnee_id: UUID
    day: int
    result: str
    owed: int


@command("returnees.show_number", capability=CALL, keeps_answer=False)
def show_number(*, actor: Actor, at: datetime, returnee: Returnee, phone_id: UUID) -> NumberShown:
    """A telephone number of a returnee, to call it; that somebody read it is in the journal."""
    phone = _phone(returnee, phone_id)
    data = {"phone": str(phone.pk), "ends": phone.last_four}
    record(returnee, unit_id=returnee.unit_id, person_id=returnee.person_id, data=data)
    return NumberShown(phone.value)


def _phone(returnee: Returnee, phone_id: UUID) -> Phone:
    found = returnee.phones.filter(pk=phone_id).first()
    if found is None:
        raise NotFound(kind="returnees.phone", id=phone_id)
    return found


@command("returnees.note_attempt", capability=CALL)
def note_attempt(
    *,
    actor: Actor,
    at: datetime,
    returnee: Returnee,
    answer: Answer,
    means: Means = Means.PHONE,
    phone_id: UUID | None = None,
    words: str = "",
    arrived_on: date | None = None,
    risk: Risk | None = None,
) -> AttemptNoted:
    """Write down a try and what came of it, whoever the case belongs to.

    Reached for the first time, the watch is planned: from the day of return, `arrived_on` if they know it better than
    the lists, else from today. Not reached, the next try is due later; after too many it is a leader's; pressed twice
    it is one try. Raises `CaseClosed`, `InvalidInput` for a wrong number without the number, for a day of return ahead.
    """
    still_open(returnee)
    phone = _phone(returnee, phone_id) if phone_id else None
    if answer == Answer.WRONG_NUMBER and phone is None:
        raise InvalidInput(fields={"phone_id": str(Answer.WRONG_NUMBER.label)})
    since = at - timedelta(minutes=number("contact.again_minutes"))
    again = returnee.attempts.filter(by=actor.user_id, means=means, phone=phone, answer=answer, at__gt=since).exists()
    made = Attempt(
        returnee=returnee, at=at, by_id=actor.user_id, means=means, phone=phone, answer=answer,
        words=whole(words, MOST) or None,
    )  # fmt: skip
    insert(made)
    record(made, unit_id=returnee.unit_id, person_id=returnee.person_id, data={"answer": answer, "means": means})
    if phone is not None and answer == Answer.WRONG_NUMBER:
        phone.wrong_at = at
        phone.save(update_fields=["wrong_at"])
    if answer == Answer.REACHED:
        _reached(returnee, arrived_on, risk, actor, at)
    elif answer in UNHEARD:
        _unheard(returnee, actor, at, counts=not again)
    elif answer == Answer.REFUSED:
        _hand_up(returnee, at)
    else:
        returnee.due_at = at  # has moved on: whoever learnt it says where to, and closes
        _keep(returnee, actor, at)
    returnee.save()
    settle([returnee.unit_id], at=at, by=actor.user_id)
    handed_up = returnee.handed_up_at is not None
    return AttemptNoted(returnee.pk, returnee.state, returnee.tries, returnee.due_at, handed_up)


def _reached(returnee: Returnee, arrived_on: date | None, risk: Risk | None, actor: Actor, at: datetime) -> None:
    zone, _jurisdiction = place_of(returnee.unit_id)
    today = clock.local_date(at, zone)
    if arrived_on and arrived_on > today:
        raise InvalidInput(fields={"arrived_on": str(arrived_on)})
    returnee.tries, returnee.handed_up_at = 0, None
    changed = bool(risk and risk != returnee.risk) or bool(arrived_on and arrived_on != returnee.arrived_on)
    returnee.risk, returnee.arrived_on = risk or returnee.risk, arrived_on or returnee.arrived_on
    if returnee.state == State.TO_REACH or changed:
        _plan(returnee, today, actor, at)
    returnee.due_at = next_due(returnee)
    _keep(returnee, actor, at)


def _plan(returnee: Returnee, today: date, actor: Actor, at: datetime) -> None:
    """What they owe from here on. Tests that have a result stay; those owed by an earlier plan are no more."""
    if returnee.state != State.WATCHED and not permitted(returnee.state, State.WATCHED):
        raise StepNotPossible
    zone, jurisdiction = place_of(returnee.unit_id)
    owed = owed_by(returnee.risk, jurisdiction, today)
    counted_from = min(returnee.arrived_on or returnee.counted_from or today, today)
    watch = plan_watch(
        owed, counted_from, at=at, zone=zone, by_hour=number("watch.test_by_hour"),
        missed_within=timedelta(hours=number("watch.missed_within_hours")),
    )  # fmt: skip
    returnee.state, returnee.counted_from, returnee.watch_until = State.WATCHED, counted_from, watch.until
    returnee.setting, returnee.rule = owed.setting, owed.source[:120]
    returnee.tests.filter(result="", waived_at__isnull=True).update(waived_at=at)
    _owe(returnee, watch.tests, since=clock.local_moment(counted_from, 0, 0, zone))
    days = " · ".join(str(test.day) for test in watch.tests)
    write_step(returnee, StepKind.PLANNED, actor=actor, at=at, words=f"{counted_from} → {watch.until}: {days}")


def _owe(returnee: Returnee, tests: Sequence[PlannedTest], *, since: datetime) -> None:
    """Results of an earlier return answer nothing of this one."""
    done = set(returnee.tests.exclude(result="").filter(tested_at__gte=since).values_list("day", flat=True))
    for test in tests:
        if test.day not in done:
            insert(OwedTest(returnee=returnee, day=test.day, due_at=test.due_at))


def next_due(returnee: Returnee) -> datetime:
    """When somebody has to look at them again: the next test that is owed, else the evening of the last day."""
    zone, _jurisdiction = place_of(returnee.unit_id)
    owed = returnee.tests.filter(result="", waived_at__isnull=True).order_by("due_at").values_list("due_at", flat=True)
    if returnee.watch_until is None:
        raise StepNotPossible
    return owed.first() or clock.local_moment(returnee.watch_until, number("watch.test_by_hour"), 0, zone)


def _unheard(returnee: Returnee, actor: Actor, at: datetime, *, counts: bool) -> None:
    zone, _jurisdiction = place_of(returnee.unit_id)
    returnee.tries += counts
    left = returnee.phones.filter(wrong_at__isnull=True).exists()
    given_up = returnee.tries >= number("contact.tries") or (not left and returnee.phones.exists())
    if given_up and returnee.handed_up_at is None:
        _hand_up(returnee, at)
        return
    returnee.due_at = next_call(
        at, timedelta(hours=number("contact.retry_hours")), zone,
        from_hour=number("contact.from_hour"), until_hour=number("contact.until_hour"),
    )  # fmt: skip
    _keep(returnee, actor, at)


def _hand_up(returnee: Returnee, at: datetime) -> None:
    """A leader's from now on: in the queue, due at once."""
    returnee.handed_up_at = returnee.handed_up_at or at
    returnee.due_at = at
    take_from(returnee)


def _keep(returnee: Returnee, actor: Actor, at: datetime) -> None:
    """Whoever acted goes on with it while they are here; else it waits in the queue."""
    if actor.user_id is not None and on_shift(actor.user_id, returnee.unit_id, at=at):
        give_to(returnee, actor.user_id, at=at)
    else:
        take_from(returnee)


@command("returnees.note_test", capability=CALL)
def note_test(
    *,
    actor: Actor,
    at: datetime,
    returnee: Returnee,
    day: int,
    result: Result,
    evidence: str,
    tested_at: datetime | None = None,
) -> ResultNoted:
    """Note what the test of a day said, and where that is written: a laboratory and its number, a round, an app shown.

    A positive raises an alarm at once: somebody hands them on. Raises `NoSuchTest`, `InvalidInput`, `CaseClosed`.
    """
    still_open(returnee)
    test = returnee.tests.filter(day=day, result="", waived_at__isnull=True).first()
    if test is None:
        raise NoSuchTest(day=day)
    words = whole(evidence, EVIDENCE)
    if not words:
        raise InvalidInput(fields={"evidence": "required"})
    if tested_at is not None and tested_at > at:
        raise InvalidInput(fields={"tested_at": tested_at.isoformat()})
    test.result, test.evidence, test.tested_at, test.noted_by_id = result, words, tested_at or at, actor.user_id
    test.save(update_fields=["result", "evidence", "tested_at", "noted_by"])
    if result == Result.POSITIVE:
        due = Due(POSITIVE.code, returnee, at, unit_id=returnee.unit_id, person_id=returnee.person_id)
        raise_alarm(due, at=at)
        returnee.due_at = at
    else:
        returnee.due_at = next_due(returnee)
    if returnee.owner_id is not None:
        give_to(returnee, returnee.owner_id, at=at)
    returnee.save(update_fields=["due_at", "owner", "owned_at", "owner_until"])
    write_step(returnee, StepKind.TESTED, actor=actor, at=at, words=words, day=day, result=result)
    settle([returnee.unit_id], at=at, by=actor.user_id)
    owed = returnee.tests.filter(result="", waived_at__isnull=True).count()
    return ResultNoted(returnee.pk, day, result, owed)


def nobody_positive(returnee: Returnee, *, at: datetime, by: int | None) -> None:
    """Whoever tested positive has been handed on."""
    meet(POSITIVE.code, returnee, at=at, by=by)
