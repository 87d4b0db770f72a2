"""Commands on alarms: an alarm needs an owner and an answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lazaretto.core.access import Actor, somebody
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import rest
from lazaretto.core.errors import DomainError, ReasonRequired
from lazaretto.core.models import Alarm


class AlarmTaken(DomainError):
    """Somebody else owns the alarm."""

    code = "alarm_taken"
    status = 409
    message = _("Somebody else sees to this alarm already.")
    next_step = _("Speak to them; if they have left, take it over.")


class AlarmAnswered(DomainError):
    """The alarm has its answer."""

    code = "alarm_answered"
    status = 409
    message = _("This alarm was answered already.")
    next_step = _("Read the answer; if it is not enough, act and write down what you did.")


@dataclass(frozen=True)
class AlarmOwned:
    """An alarm has an owner; none, after it was given back."""

    alarm_id: UUID
    owner_id: int | None


@dataclass(frozen=True)
class AlarmClosed:
    """An alarm has its answer. `still_due`: the thing itself is not done, so the alarm will come again."""

    alarm_id: UUID
    still_due: bool


@command("alarms.take", capability="alarms.answer")
def take_alarm(*, actor: Actor, at: datetime, alarm: Alarm, take_over: bool = False) -> AlarmOwned:
    """Own an alarm: its ladder rests for the time that its kind gives for an answer.

    `take_over` takes it from a colleague, as at a change of shift. Raises `AlarmTaken`, `AlarmAnswered`.
    """
    owner = somebody(actor, "alarms.answer")
    if alarm.answered_at is not None:
        raise AlarmAnswered
    if alarm.owner_id not in {None, owner} and not take_over:
        raise AlarmTaken
    before, alarm.owner_id, alarm.taken_at = alarm.owner_id, owner, alarm.taken_at or at
    alarm.save(update_fields=["owner", "taken_at"])
    rest(alarm.deadline_id, at=at)
    record(alarm, unit_id=alarm.unit_id, person_id=alarm.person_id, data={"kind": alarm.kind, "before": before})
    return AlarmOwned(alarm.pk, owner)


@command("alarms.give_back", capability="alarms.answer")
def give_back_alarm(*, actor: Actor, at: datetime, alarm: Alarm) -> AlarmOwned:
    """Own an alarm no more: it waits for somebody, and its ladder climbs on when the time for an answer is over.

    Given back twice is harmless. Raises `AlarmTaken` when a colleague has it, `AlarmAnswered`.
    """
    owner = somebody(actor, "alarms.answer")
    if alarm.answered_at is not None:
        raise AlarmAnswered
    if alarm.owner_id not in {None, owner}:
        raise AlarmTaken
    alarm.owner_id, alarm.taken_at = None, None
    alarm.save(update_fields=["owner", "taken_at"])
    record(alarm, unit_id=alarm.unit_id, person_id=alarm.person_id, data={"kind": alarm.kind, "given_back": True})
    return AlarmOwned(alarm.pk, None)


@command("alarms.answer", capability="alarms.answer")
def answer_alarm(*, actor: Actor, at: datetime, alarm: Alarm, answer: str) -> AlarmClosed:
    """Say what was done. Who answers an alarm that nobody owns becomes its owner.

    The deadline behind it stays open until the thing is done: then the alarm comes again, after the time that its kind
    gives. Raises `ReasonRequired` for an empty answer, `AlarmAnswered`.
    """
    owner = somebody(actor, "alarms.answer")
    if not answer.strip():
        raise ReasonRequired
    if alarm.answered_at is not None:
        raise AlarmAnswered
    alarm.owner_id, alarm.taken_at = alarm.owner_id or owner, alarm.taken_at or at
    alarm.answered_at, alarm.answer = at, answer.strip()
    alarm.save(update_fields=["owner", "taken_at", "answered_at", "answer"])
    rest(alarm.deadline_id, at=at, from_start=True)
    still_due = alarm.deadline.closed_at is None
    said = {"kind": alarm.kind, "still_due": still_due}
    record(alarm, unit_id=alarm.unit_id, person_id=alarm.person_id, data=said, reason=alarm.answer)
    return AlarmClosed(alarm.pk, still_due)
