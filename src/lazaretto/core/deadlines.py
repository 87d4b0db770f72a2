"""Deadlines and alarms: one kind of row for anything with a due time, one sweeper, one ladder.

Kinds are declared by the apps (`deadline_kind`). `set_deadline`, `meet` and `cancel` are called inside commands. The
sweeper claims each row by compare-and-swap on its version, so it may be killed or run twice; a clock that jumps forward
only makes it climb sooner, one that jumps back only makes it wait.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lazaretto.core import journal
from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import Fresh, insert_few
from lazaretto.core.choices import DeadlineState
from lazaretto.core.ids import new_id
from lazaretto.core.live import announce
from lazaretto.core.models import Alarm, AlarmStep, Deadline
from lazaretto.core.prepared import statement_cursor

log = logging.getLogger(__name__)

Text = str | Promise
SWEEPER = Actor.system("sweeper")


@dataclass(frozen=True)
class Rung:
    """A step of a ladder: this long after the deadline became overdue, this role is told."""

    after: timedelta
    role: str


@dataclass(frozen=True)
class DeadlineKind:
    """A kind of deadline: its name, the grace after the due time, and who is told when nobody acts.

    `urgent` kinds stand first in every list. A taken alarm rests for `answer_within`, then climbs on; an answered one
    whose thing is still not done rests as long, then a new alarm climbs from the first rung.
    """

    code: str
    title: Text
    grace: timedelta
    ladder: tuple[Rung, ...]
    answer_within: timedelta = timedelta(hours=1)
    urgent: bool = False


KINDS: dict[str, DeadlineKind] = {}


def kind_of(code: str) -> DeadlineKind:
    """The declared kind; for one that no app declares any more (an older edition set it) the duty officer is told."""
    known = KINDS.get(code)
    return known or DeadlineKind(code, _("Unknown deadline"), timedelta(), (Rung(timedelta(), "duty_officer"),))


def deadline_kind(kind: DeadlineKind) -> DeadlineKind:
    """Declare a kind; its ladder must rise."""
    waits = [rung.after for rung in kind.ladder]
    if not waits or waits != sorted(waits):
        raise ValueError(f"the ladder of {kind.code} must have rungs in rising order")
    KINDS[kind.code] = kind
    return kind


@dataclass(frozen=True)
class Due:
    """One deadline to be set."""

    kind: str
    subject: Model
    due_at: datetime
    slot: str = ""
    unit_id: UUID | None = None
    person_id: UUID | None = None


def set_deadlines(dues: list[Due], *, at: datetime) -> None:
    """Set deadlines in bulk; one that is open already under the same kind, subject and slot keeps its own due time."""
    rows = [_row(due, at) for due in dues]
    for start in range(0, len(rows), 500):
        insert_few(Deadline, _COLUMNS, rows[start : start + 500], ignore_conflicts=True)


def fresh_deadlines(dues: list[Due], *, at: datetime) -> Fresh:
    """A few of them, to be written together with what they are about."""
    return Fresh(Deadline, _COLUMNS, [_row(due, at) for due in dues], unless_taken=True)


_COLUMNS = (
    "id", "kind", "subject_type", "subject_id", "slot", "unit_id", "person_id", "due_at", "overdue_at", "next_at",
    "rung", "state", "created_at", "version",
)  # fmt: skip


def _row(due: Due, at: datetime) -> tuple[Any, ...]:
    kind = KINDS[due.kind]
    overdue_at = due.due_at + kind.grace
    return (
        new_id(), due.kind, due.subject._meta.label_lower, str(due.subject.pk), due.slot, due.unit_id, due.person_id,
        due.due_at, overdue_at, overdue_at + kind.ladder[0].after, 0, str(DeadlineState.OPEN), at, 0,
    )  # fmt: skip


def open_deadlines(kind: str, subject: Model, slot: str | None = None) -> QuerySet[Deadline]:
    """The open deadlines of that kind on a subject."""
    found = Deadline.objects.filter(kind=kind, subject_id=str(subject.pk), state=DeadlineState.OPEN)
    return found if slot is None else found.filter(slot=slot)


def move_deadline(
    kind: str, subject: Model, due_at: datetime, *, at: datetime, slot: str | None = None, by: int | None = None
) -> int:
    """Give an open deadline another due time. Returns how many were open.

    One that is not overdue any more begins anew: its alarm is answered, and its ladder climbs from the first rung. Of
    one that still is, what it climbed stays climbed.
    """
    found = list(locked(open_deadlines(kind, subject, slot)).values_list("id", "rung"))
    overdue_at = due_at + KINDS[kind].grace
    anew = {"rung": 0} if overdue_at > at else {}
    if anew:
        _answer([pk for pk, rung in found if rung], at, by, "postponed")
    return Deadline.objects.filter(pk__in=[pk for pk, _rung in found]).update(
        due_at=due_at,
        overdue_at=overdue_at,
        next_at=overdue_at + KINDS[kind].ladder[0].after,
        version=F("version") + 1,
        **anew,
    )


def meet(
    kind: str, subject: Model, *, at: datetime, slot: str | None = None, by: int | None = None, answer: str = ""
) -> int:
    """The thing was done. Alarms raised for it are answered by whoever did it. Returns how many were open."""
    return _close(_narrowed(kind, subject, slot), DeadlineState.MET, at, by, answer or "done late")


def cancel(
    kind: str, subject: Model, *, at: datetime, slot: str | None = None, by: int | None = None, answer: str = ""
) -> int:
    """The thing is no longer due. Returns how many were open."""
    return _close(_narrowed(kind, subject, slot), DeadlineState.CANCELLED, at, by, answer or "no longer due")


def cancel_all(subject: Model, *, at: datetime, by: int | None = None, answer: str = "") -> int:
    """Nothing is due any more on this subject."""
    return _close(_narrowed(None, subject, None), DeadlineState.CANCELLED, at, by, answer or "no longer due")


def _narrowed(kind: str | None, subject: Model, slot: str | None) -> dict[str, str]:
    """What says which deadlines of a subject are meant."""
    asked = {"subject_id": str(subject.pk), "kind": kind, "slot": slot}
    return {name: value for name, value in asked.items() if value is not None}


CLOSE = """UPDATE core_deadline SET state = %s, closed_at = %s, next_at = NULL
WHERE state = 'open' AND {asked} RETURNING id, rung"""


def _close(asked: dict[str, str], state: DeadlineState, at: datetime, by: int | None, answer: str) -> int:
    """A sweeper that climbs at this moment is waited for, and its alarm is seen and answered."""
    statement = CLOSE.format(asked=" AND ".join(f"{name} = %s" for name in asked))
    with statement_cursor() as cursor:
        cursor.execute(statement, [str(state), connection.ops.adapt_datetimefield_value(at), *asked.values()])
        closed = cursor.fetchall()
    _answer([pk for pk, rung in closed if rung], at, by, answer)
    return len(closed)


def _answer(climbed: list[UUID], at: datetime, by: int | None, answer: str) -> None:
    """The open alarms of these deadlines have their answer. Whoever writes both locks the deadline before the alarm."""
    if not climbed:
        return
    unanswered = Alarm.objects.filter(deadline__in=climbed, answered_at__isnull=True)
    unanswered.filter(taken_at__isnull=True).update(taken_at=at, owner_id=by)
    unanswered.update(answered_at=at, answer=answer)


def raise_alarm(due: Due, *, at: datetime) -> Alarm:
    """Something that cannot wait: the deadline is set and its first rung climbed at once.

    Twice is harmless; again after the alarm was answered it is raised anew.
    """
    set_deadlines([due], at=at)
    deadline = locked(open_deadlines(due.kind, due.subject, due.slot)).get()
    standing = Alarm.objects.filter(deadline=deadline, answered_at__isnull=True).first()
    if standing is not None:
        return standing
    deadline.rung = 0
    return _take_rung(deadline, at)


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Climb every ladder whose next step is due. Returns how many rows this call claimed.

    A row that the database refuses is logged and left for the next sweep; it holds up no other.
    """
    _wake_after_clock_jump(at)
    due = Deadline.objects.filter(state=DeadlineState.OPEN, next_at__lte=at).order_by("next_at")[:limit]
    claimed = 0
    for deadline in list(due):
        try:
            with transaction.atomic():
                claimed += _climb(deadline, at)
        except DatabaseError:
            log.exception("deadline %s could not climb", deadline.pk)
    return claimed


def rest(deadline_id: UUID, *, at: datetime, from_start: bool = False) -> None:
    """Somebody sees to it: the ladder waits for `answer_within` of its kind, then climbs on, or from the start."""
    deadline = locked(Deadline.objects.filter(pk=deadline_id, state=DeadlineState.OPEN)).first()
    if deadline is None:
        return
    kind = kind_of(deadline.kind)
    if from_start:
        deadline.rung = 0
    deadline.next_at = at + kind.answer_within if deadline.rung < len(kind.ladder) else None
    deadline.version += 1
    deadline.save(update_fields=["rung", "next_at", "version"])


def _wake_after_clock_jump(at: datetime) -> None:
    """A clock that once stood far ahead has put next steps beyond every ladder's longest wait; they are due now."""
    waits = [kind.answer_within for kind in KINDS.values()]
    waits += [rung.after for kind in KINDS.values() for rung in kind.ladder]
    climbing = Deadline.objects.filter(state=DeadlineState.OPEN, rung__gt=0)
    climbing.filter(next_at__gt=at + max(waits, default=timedelta(days=1))).update(next_at=at, version=F("version") + 1)


def _climb(deadline: Deadline, at: datetime) -> bool:
    """Take the next rung if nobody else did; True when this call took it."""
    ladder = kind_of(deadline.kind).ladder
    if deadline.rung >= len(ladder):
        _claim(deadline, deadline.rung, None)
        return False
    if not _claim(deadline, deadline.rung + 1, _next_step(ladder, deadline.rung, at)):
        return False
    alarm = _tell(deadline, ladder[deadline.rung].role, at)
    said = {"kind": deadline.kind, "rung": deadline.rung + 1, "role": alarm.role}
    note = journal.Note("core.alarm", str(alarm.pk), deadline.person_id, deadline.unit_id, said)
    journal.write([note], command="alarms.climb", actor=SWEEPER, at=at, recorded_at=at, client_id=None)
    announce([deadline.unit_id] if deadline.unit_id else [])
    return True


def _take_rung(deadline: Deadline, at: datetime) -> Alarm:
    """The first rung, inside a command that has the row locked and notes itself in the journal."""
    ladder = kind_of(deadline.kind).ladder
    _claim(deadline, 1, _next_step(ladder, 0, at))
    return _tell(deadline, ladder[0].role, at)


def _next_step(ladder: tuple[Rung, ...], taken: int, at: datetime) -> datetime | None:
    return at + ladder[taken + 1].after - ladder[taken].after if taken + 1 < len(ladder) else None


def _claim(deadline: Deadline, rung: int, next_at: datetime | None) -> bool:
    """Compare-and-swap on the version that was read; False when somebody else moved the row."""
    found = Deadline.objects.filter(pk=deadline.pk, version=deadline.version, state=DeadlineState.OPEN)
    return bool(found.update(rung=rung, next_at=next_at, version=F("version") + 1))


def _tell(deadline: Deadline, role: str, at: datetime) -> Alarm:
    """The open alarm of a deadline now calls this role, and the step is written down."""
    said = {"kind": deadline.kind, "unit_id": deadline.unit_id, "person_id": deadline.person_id}
    alarm, made = Alarm.objects.get_or_create(
        deadline=deadline, answered_at__isnull=True, defaults={**said, "role": role, "raised_at": at}
    )
    if not made and alarm.role != role:
        alarm.role = role
        alarm.save(update_fields=["role"])
    AlarmStep.objects.create(alarm=alarm, rung=deadline.rung + 1, role=role, at=at)
    return alarm


def overdue(at: datetime) -> Q:
    """Condition for deadlines that are open and past their grace."""
    return Q(state=DeadlineState.OPEN, overdue_at__lte=at)
