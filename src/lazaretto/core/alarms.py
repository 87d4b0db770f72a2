"""What people do with alarms: take one, hand it back, answer it. Who climbs the ladder is `deadlines`' business.

An owner is not a lock: a colleague may take an alarm over, and the journal says so. Taking one lets its ladder rest for
the time the kind allows; then it climbs on until the thing itself is done, answer or not.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import KINDS
from lazaretto.core.errors import DomainError, ReasonRequired
from lazaretto.core.models import Alarm, Deadline


class AlarmAnswered(DomainError):
    """The alarm was answered before."""

    code = "alarm_answered"
    message = _("This alarm has been answered already.")
    next_step = _("Read the answer; if it does not hold, report it as a new request.")


@dataclass(frozen=True)
class AlarmTaken:
    """Somebody owns the alarm now; `taken_over` says that somebody else did before."""

    alarm_id: UUID
    owner_id: int | None
    taken_over: bool


@dataclass(frozen=True)
class AlarmClosed:
    """The alarm has its answer; `still_due` says that the thing itself is not done yet."""

    alarm_id: UUID
    still_due: bool


@command("alarms.take", capability="alarms.answer")
def take_alarm(*, actor: Actor, at: datetime, alarm: Alarm) -> AlarmTaken:
    """Become the owner. Raises `AlarmAnswered`."""
    _refuse_answered(alarm)
    taken_over = alarm.owner_id is not None and alarm.owner_id != actor.user_id
    Alarm.objects.filter(pk=alarm.pk).update(owner_id=actor.user_id, taken_at=at)
    _rest(alarm, at)
    record(alarm, unit_id=alarm.unit_id, person_id=alarm.person_id, data={"taken_over": taken_over})
    return AlarmTaken(alarm.pk, actor.user_id, taken_over)


@command("alarms.hand_back", capability="alarms.answer")
def hand_back_alarm(*, actor: Actor, at: datetime, alarm: Alarm) -> AlarmTaken:
    """Nobody owns it any more, and its ladder goes on at once. Raises `AlarmAnswered`."""
    _refuse_answered(alarm)
    Alarm.objects.filter(pk=alarm.pk).update(owner=None, taken_at=None)
    _waiting(alarm).filter(rung__lt=len(KINDS[alarm.kind].ladder)).update(next_at=at, version=F("version") + 1)
    record(alarm, unit_id=alarm.unit_id, person_id=alarm.person_id, data={"handed_back_by": actor.user_id})
    return AlarmTaken(alarm.pk, None, taken_over=False)


@command("alarms.answer", capability="alarms.answer")
def answer_alarm(*, actor: Actor, at: datetime, alarm: Alarm, answer: str) -> AlarmClosed:
    """Say what was done. Raises `AlarmAnswered`, `ReasonRequired` for an empty answer."""
    _refuse_answered(alarm)
    if not answer.strip():
        raise ReasonRequired(message=_("An answer is needed."))
    Alarm.objects.filter(pk=alarm.pk).update(
        owner_id=alarm.owner_id or actor.user_id, taken_at=alarm.taken_at or at, answered_at=at, answer=answer.strip()
    )
    still_due = _rest(alarm, at)
    record(
        alarm, unit_id=alarm.unit_id, person_id=alarm.person_id, data={"still_due": still_due}, reason=answer.strip()
    )
    return AlarmClosed(alarm.pk, still_due)


def _refuse_answered(alarm: Alarm) -> None:
    if alarm.answered_at is not None:
        raise AlarmAnswered


def _waiting(alarm: Alarm) -> QuerySet[Deadline]:
    return Deadline.objects.filter(pk=alarm.deadline_id, state=DeadlineState.OPEN)


def _rest(alarm: Alarm, at: datetime) -> bool:
    """Let the ladder wait for the time the kind allows; True while the deadline is open."""
    waiting = _waiting(alarm)
    waiting.filter(next_at__isnull=False).update(next_at=at + KINDS[alarm.kind].answer_within, version=F("version") + 1)
    return waiting.exists()
