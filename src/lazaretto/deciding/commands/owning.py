"""Somebody takes a question, gives it back, or decides it with words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor, somebody
from lazaretto.core.alarms import give_back_alarm, take_alarm
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, ReasonRequired, whole
from lazaretto.core.models import Alarm
from lazaretto.deciding.errors import DecidedElsewhere, MatterClosed, MatterNotYours, MatterTaken
from lazaretto.deciding.models import Matter
from lazaretto.deciding.rules import SETTLE, SETTLED_HERE, TAKE, deciders

ANSWER = "alarms.answer"


@dataclass(frozen=True)
class MatterOwned:
    """Who has it now; nobody, after it was given back."""

    matter_id: UUID
    owner_id: int | None


@dataclass(frozen=True)
class MatterSettled:
    """It is decided."""

    matter_id: UUID


@command("deciding.take", capability=TAKE)
def take(*, actor: Actor, at: datetime, matter: Matter, taken_from: int | None = None) -> MatterOwned:
    """I see to this. `taken_from`: who had it as I saw it; if somebody else has it by now, it stays theirs.

    An alarm that stands for the same thing is taken with it. Raises `MatterTaken`, `MatterClosed`, `Forbidden` for the
    program itself and for whoever may not decide it.
    """
    user = somebody(actor, TAKE)
    _still_open(matter)
    wanted = sorted(deciders(matter.kind, matter.said))
    if not any(actor.may(one, matter.round.unit_id) for one in wanted):
        raise Forbidden(capability=", ".join(wanted))
    if matter.owner_id not in {None, user, taken_from}:
        raise MatterTaken(owner=matter.owner_id)
    before, matter.owner_id, matter.owned_at = matter.owner_id, user, at
    matter.save(update_fields=["owner", "owned_at"])
    alarm = _alarm(matter)
    if alarm is not None and alarm.owner_id != user and actor.may(ANSWER, matter.round.unit_id):
        take_alarm(actor=actor, at=at, alarm=alarm, take_over=True)
    record(matter, unit_id=matter.round.unit_id, data={"kind": matter.kind, "before": before})
    return MatterOwned(matter.pk, user)


@command("deciding.give_back", capability=TAKE)
def give_back(*, actor: Actor, at: datetime, matter: Matter) -> MatterOwned:
    """I do not see to it any more: it waits for somebody again, its alarm too. Given back twice is harmless.

    Raises `MatterNotYours`, `MatterClosed`.
    """
    user = somebody(actor, TAKE)
    _still_open(matter)
    if matter.owner_id not in {None, user}:
        raise MatterNotYours(owner=matter.owner_id)
    matter.owner_id, matter.owned_at = None, None
    matter.save(update_fields=["owner", "owned_at"])
    alarm = _alarm(matter)
    if alarm is not None and alarm.owner_id == user:
        give_back_alarm(actor=actor.also_with([ANSWER], matter.round.unit_id), at=at, alarm=alarm)
    record(matter, unit_id=matter.round.unit_id, data={"kind": matter.kind, "given_back": True})
    return MatterOwned(matter.pk, None)


@command("deciding.settle", capability=SETTLE)
def settle(*, actor: Actor, at: datetime, matter: Matter, words: str) -> MatterSettled:
    """Say what was found out and done; whoever decides is named, and nothing captured is changed by it.

    Raises `ReasonRequired`, `MatterClosed`, `DecidedElsewhere`, `Forbidden` for the program itself.
    """
    user = somebody(actor, SETTLE)
    _still_open(matter)
    if matter.kind not in SETTLED_HERE:
        raise DecidedElsewhere
    if not words.strip():
        raise ReasonRequired
    matter.closed_at, matter.closed_by_id, matter.words = at, user, whole(words, 300)
    matter.save(update_fields=["closed_at", "closed_by", "words"])
    record(matter, unit_id=matter.round.unit_id, data={"kind": matter.kind}, reason=matter.words)
    return MatterSettled(matter.pk)


def _still_open(matter: Matter) -> None:
    if matter.closed_at is not None:
        raise MatterClosed


def _alarm(matter: Matter) -> Alarm | None:
    """The alarm that stands for the same thing, if it has been raised."""
    if matter.deadline_id is None:
        return None
    return Alarm.objects.filter(deadline=matter.deadline_id, answered_at__isnull=True).first()
