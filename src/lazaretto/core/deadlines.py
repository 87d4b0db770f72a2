"""Deadlines and alarms: one kind of row for anything with a due time, one sweeper, one ladder.

Kinds are declared by the apps (`deadline_kind`). `set_deadline`, `meet` and `cancel` are called inside commands. The
sweeper claims each row by compare-and-swap on its version, so it may be killed or run twice; a clock that jumps forward
only makes it climb sooner, one that jumps back only makes it wait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils.functional import Promise

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Alarm, AlarmStep, Deadline

Text = str | Promise


@dataclass(frozen=True)
class Rung:
    """A step of a ladder: this long after the deadline became overdue, this role is told."""

    after: timedelta
    role: str


@dataclass(frozen=True)
class DeadlineKind:
    """A kind of deadline: its name, the grace after the due time, and who is told when nobody acts.

    `urgent` kinds stand first in every list. A taken alarm rests for `answer_within`, then climbs on.
    """

    code: str
    title: Text
    grace: timedelta
    ladder: tuple[Rung, ...]
    answer_within: timedelta = timedelta(hours=1)
    urgent: bool = False


KINDS: dict[str, DeadlineKind] = {}


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
    rows = [
        Deadline(
            kind=due.kind,
            subject_type=due.subject._meta.label_lower,
            subject_id=str(due.subject.pk),
            slot=due.slot,
            unit_id=due.unit_id,
            person_id=due.person_id,
            due_at=due.due_at,
            overdue_at=due.due_at + KINDS[due.kind].grace,
            next_at=due.due_at + KINDS[due.kind].grace + KINDS[due.kind].ladder[0].after,
            created_at=at,
        )
        for due in dues
    ]
    Deadline.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def open_deadlines(kind: str, subject: Model, slot: str | None = None) -> QuerySet[Deadline]:
    """The open deadlines of that kind on a subject."""
    found = Deadline.objects.filter(kind=kind, subject_id=str(subject.pk), state=DeadlineState.OPEN)
    return found if slot is None else found.filter(slot=slot)


def move_deadline(kind: str, subject: Model, due_at: datetime, slot: str | None = None) -> int:
    """Give an open deadline another due time; what it climbed stays climbed. Returns how many were open."""
    overdue_at = due_at + KINDS[kind].grace
    return open_deadlines(kind, subject, slot).update(
        due_at=due_at, overdue_at=overdue_at, next_at=overdue_at + KINDS[kind].ladder[0].after, version=F("version") + 1
    )


def meet(
    kind: str, subject: Model, *, at: datetime, slot: str | None = None, by: int | None = None, answer: str = ""
) -> int:
    """The thing was done. Alarms raised for it are answered by whoever did it. Returns how many were open."""
    return _close(open_deadlines(kind, subject, slot), DeadlineState.MET, at, by, answer or "done late")


def cancel(
    kind: str, subject: Model, *, at: datetime, slot: str | None = None, by: int | None = None, answer: str = ""
) -> int:
    """The thing is no longer due. Returns how many were open."""
    return _close(open_deadlines(kind, subject, slot), DeadlineState.CANCELLED, at, by, answer or "no longer due")


def cancel_all(subject: Model, *, at: datetime, by: int | None = None, answer: str = "") -> int:
    """Nothing is due any more on this subject."""
    found = Deadline.objects.filter(subject_id=str(subject.pk), state=DeadlineState.OPEN)
    return _close(found, DeadlineState.CANCELLED, at, by, answer or "no longer due")


def _close(rows: QuerySet[Deadline], state: DeadlineState, at: datetime, by: int | None, answer: str) -> int:
    ids = list(rows.values_list("id", "rung"))
    if not ids:
        return 0
    climbed = [pk for pk, rung in ids if rung]
    if climbed:
        unanswered = Alarm.objects.filter(deadline__in=climbed, answered_at__isnull=True)
        unanswered.filter(taken_at__isnull=True).update(taken_at=at, owner_id=by)
        unanswered.update(answered_at=at, answer=answer)
    return Deadline.objects.filter(pk__in=[pk for pk, _rung in ids], state=DeadlineState.OPEN).update(
        state=state, closed_at=at, next_at=None, version=F("version") + 1
    )


def raise_alarm(due: Due, *, at: datetime) -> Alarm:
    """Something that cannot wait: the deadline is set and its first rung climbed at once. Twice is harmless."""
    set_deadlines([due], at=at)
    deadline = open_deadlines(due.kind, due.subject, due.slot).get()
    if deadline.rung == 0:
        _climb(deadline, at)
    return Alarm.objects.filter(deadline=deadline, answered_at__isnull=True).get()


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Climb every ladder whose next step is due. Returns how many rows this call claimed."""
    due = Deadline.objects.filter(state=DeadlineState.OPEN, next_at__lte=at).order_by("next_at")[:limit]
    claimed = 0
    for deadline in list(due):
        with transaction.atomic():
            claimed += _climb(deadline, at)
    return claimed


def _climb(deadline: Deadline, at: datetime) -> bool:
    """Take the next rung if nobody else did; True when this call took it."""
    ladder = KINDS[deadline.kind].ladder
    rung = deadline.rung
    if rung >= len(ladder):
        Deadline.objects.filter(pk=deadline.pk, version=deadline.version).update(next_at=None, version=F("version") + 1)
        return False
    following = ladder[rung + 1].after - ladder[rung].after if rung + 1 < len(ladder) else None
    taken = Deadline.objects.filter(pk=deadline.pk, version=deadline.version, state=DeadlineState.OPEN).update(
        rung=rung + 1, next_at=None if following is None else at + following, version=F("version") + 1
    )
    if not taken:
        return False
    alarm, _made = Alarm.objects.get_or_create(
        deadline=deadline,
        answered_at__isnull=True,
        defaults={
            "kind": deadline.kind,
            "unit_id": deadline.unit_id,
            "person_id": deadline.person_id,
            "role": ladder[rung].role,
            "raised_at": at,
        },
    )
    Alarm.objects.filter(pk=alarm.pk).update(role=ladder[rung].role)
    AlarmStep.objects.get_or_create(alarm=alarm, rung=rung + 1, defaults={"role": ladder[rung].role, "at": at})
    return True


def overdue(at: datetime) -> Q:
    """Condition for deadlines that are open and past their grace."""
    return Q(state=DeadlineState.OPEN, overdue_at__lte=at)
