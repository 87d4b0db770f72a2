"""Who has whom: shifts, the next one of the queue, given by a leader, back into the queue. An owner is not a lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import holder_ids
from lazaretto.core.access import Actor, locked, somebody
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.returnees.choices import StepKind
from lazaretto.returnees.commands.common import (
    below,
    give_to,
    on_shift,
    said,
    settle,
    still_open,
    take_from,
    write_step,
)
from lazaretto.returnees.errors import NobodyWaits, NotOnShift, ShiftTooLong
from lazaretto.returnees.models import Returnee, Shift
from lazaretto.returnees.numbers import number
from lazaretto.returnees.rules import CALL, MANAGE

AT_ONCE = 500
SYSTEM = "returnees"


@dataclass(frozen=True)
class ShiftBegun:
    """Somebody takes work now."""

    shift_id: UUID
    until: datetime


@dataclass(frozen=True)
class ShiftEnded:
    """Somebody went; how many of theirs are in the queue again."""

    shift_id: UUID
    returned: int


@dataclass(frozen=True)
class ReturneeOwned:
    """Who has a case now, and until when they have to act."""

    returnee_id: UUID
    number: str
    owner_id: int | None
    owner_until: datetime | None


@dataclass(frozen=True)
class ReturneesShared:
    """How many were given to how many people; how many wait on."""

    given: int
    people: int
    left: int


@dataclass(frozen=True)
class ReturneesBack:
    """How many came back into the queue."""

    returned: int


@command("returnees.begin_shift", capability=CALL)
def begin_shift(*, actor: Actor, at: datetime, unit: Unit, until: datetime) -> ShiftBegun:
    """I am here and take work of an area until then. Begun again it changes the area and the end.

    Raises `ShiftTooLong`.
    """
    user = somebody(actor, CALL)
    if not at < until <= at + timedelta(hours=number("contact.shift_hours")):
        raise ShiftTooLong
    Shift.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at)
    made = insert(Shift(user_id=user, unit=unit, started_at=at, until=until))
    record(made, unit_id=unit.pk, data={"until": until})
    return ShiftBegun(made.pk, until)


@command("returnees.end_shift", capability=CALL)
def end_shift(*, actor: Actor, at: datetime, shift: Shift) -> ShiftEnded:
    """I go: whatever I have is in the queue again. A leader ends it for somebody who has left."""
    if shift.user_id != actor.user_id and not actor.may(MANAGE, shift.unit_id):
        raise Forbidden(capability=MANAGE)
    Shift.objects.filter(pk=shift.pk, ended_at__isnull=True).update(ended_at=at)
    rows = list(locked(Returnee.objects.filter(owner=shift.user_id).order_by("pk")))
    _return(rows, actor=actor, at=at, why="")
    record(shift, unit_id=shift.unit_id, data={"returned": len(rows)})
    return ShiftEnded(shift.pk, len(rows))


@command("returnees.take_next", capability=CALL)
def take_next(*, actor: Actor, at: datetime, unit: Unit) -> ReturneeOwned:
    """Give me whoever is due next in the queue of an area and those below it: handed-up ones are for leaders.

    Raises `NotOnShift`, `NobodyWaits`.
    """
    user = somebody(actor, CALL)
    if on_shift(user, unit.pk, at=at) is None:
        raise NotOnShift
    here = Returnee.objects.visible_to(actor, CALL).filter(unit__in=below(unit.pk))
    waiting = due_now(here, at).filter(owner__isnull=True)
    if not actor.may(MANAGE, unit.pk):
        waiting = waiting.filter(handed_up_at__isnull=True)
    row = _first_free(waiting)
    if row is None:
        raise NobodyWaits
    return _give(row, user, StepKind.TAKEN, actor=actor, at=at)


def due_now(rows: QuerySet[Returnee], at: datetime) -> QuerySet[Returnee]:
    """Open ones whose next thing is due, the longest due first."""
    return rows.filter(closed_at__isnull=True, due_at__lte=at).order_by("due_at", "id")


def _first_free(rows: QuerySet[Returnee]) -> Returnee | None:
    """Two callers who ask at once get two people: rows that somebody else is taking are passed over."""
    from django.db import connection  # noqa: PLC0415

    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True, no_key=True)
    return rows.first()


@command("returnees.take", capability=CALL)
def take(*, actor: Actor, at: datetime, returnee: Returnee) -> ReturneeOwned:
    """I see to this one, whoever had it. Raises `NotOnShift`, `CaseClosed`."""
    user = somebody(actor, CALL)
    still_open(returnee)
    if on_shift(user, returnee.unit_id, at=at) is None:
        raise NotOnShift
    return _give(returnee, user, StepKind.TAKEN, actor=actor, at=at)


@command("returnees.assign", capability=MANAGE)
def assign(*, actor: Actor, at: datetime, returnee: Returnee, user_id: int) -> ReturneeOwned:
    """Give a case to a colleague who may call there and is on shift. Raises `NotOnShift`, `CaseClosed`, `NotFound`."""
    still_open(returnee)
    if user_id not in holder_ids(CALL, returnee.unit_id, at=at):
        raise NotFound(kind="user", id=user_id)
    if on_shift(user_id, returnee.unit_id, at=at) is None:
        raise NotOnShift
    return _give(returnee, user_id, StepKind.GIVEN, actor=actor, at=at)


def _give(row: Returnee, user: int, step: StepKind, *, actor: Actor, at: datetime) -> ReturneeOwned:
    give_to(row, user, at=at)
    row.save(update_fields=["owner", "owned_at", "owner_until"])
    write_step(row, step, actor=actor, at=at, to=user)
    settle([row.unit_id], at=at, by=actor.user_id)
    return ReturneeOwned(row.pk, row.number, user, row.owner_until)


@command("returnees.share_out", capability=MANAGE)
def share_out(*, actor: Actor, at: datetime, unit: Unit) -> ReturneesShared:
    """Share whoever is due in the queue of an area among those on shift there, evenly, the longest due first.

    Nobody gets more than they can call in a while (`numbers.toml`); the rest waits on. Raises `NotOnShift`.
    """
    callers = holder_ids(CALL, unit.pk, at=at)
    here = [user for user in callers if on_shift(user, unit.pk, at=at)]
    if not here:
        raise NotOnShift
    most = number("contact.together")
    has = {user: Returnee.objects.filter(owner=user, due_at__lte=at).count() for user in here}
    rows = due_now(Returnee.objects.filter(unit=unit, owner__isnull=True, handed_up_at__isnull=True), at)
    given = 0
    for row in locked(rows)[: most * len(here)]:
        user = min(here, key=lambda one: has[one])
        if has[user] >= most:
            break
        has[user], given = has[user] + 1, given + 1
        give_to(row, user, at=at)
        row.save(update_fields=["owner", "owned_at", "owner_until"])
        write_step(row, StepKind.GIVEN, actor=actor, at=at, to=user)
    settle([unit.pk], at=at, by=actor.user_id)
    left = rows.count()
    record(unit, unit_id=unit.pk, data={"given": given, "left": left})
    return ReturneesShared(given, len(here), left)


@command("returnees.put_back", capability=CALL)
def put_back(*, actor: Actor, at: datetime, returnee: Returnee, reason: str) -> ReturneeOwned:
    """Back into the queue, with what the next one should know. Raises `ReasonRequired`, `CaseClosed`."""
    still_open(returnee)
    _return([returnee], actor=actor, at=at, why=said(reason))
    return ReturneeOwned(returnee.pk, returnee.number, None, None)


@command("returnees.move", capability=CALL)
def move(*, actor: Actor, at: datetime, returnee: Returnee, to_unit: UUID, reason: str) -> ReturneeOwned:
    """They live in another area: its queue has them from now on, due at once. Raises `ReasonRequired`, `NotFound`."""
    still_open(returnee)
    unit = Unit.objects.filter(pk=to_unit, ended_at__isnull=True).first()
    if unit is None or unit.pk == returnee.unit_id:
        raise NotFound(kind="accounts.unit", id=to_unit)
    before, returnee.unit = returnee.unit_id, unit
    take_from(returnee)
    returnee.due_at = min(at, returnee.due_at) if returnee.due_at else at
    returnee.save(update_fields=["unit", "owner", "owned_at", "owner_until", "due_at"])
    words = f"{unit.name}: {said(reason)}"
    write_step(returnee, StepKind.MOVED, actor=actor, at=at, words=words, before=str(before))
    record(returnee, unit_id=before, data={"number": returnee.number, "to": str(unit.pk)})
    settle([before, unit.pk], at=at, by=actor.user_id)
    return ReturneeOwned(returnee.pk, returnee.number, None, None)


@command("returnees.return_ignored", capability=MANAGE, internal=True)
def return_ignored(*, actor: Actor, at: datetime, unit: Unit) -> ReturneesBack:
    """Whoever was given to somebody who did nothing in time, or who is not here any more, is in the queue again."""
    rows = list(locked(ignored(at).filter(unit=unit).order_by("pk"))[:AT_ONCE])
    _return(rows, actor=actor, at=at, why="")
    record(unit, unit_id=unit.pk, data={"returned": len(rows)})
    return ReturneesBack(len(rows))


def ignored(at: datetime) -> QuerySet[Returnee]:
    """Those whose owner's time is over, or who went off shift."""
    here = Shift.objects.filter(user=OuterRef("owner"), ended_at__isnull=True, until__gt=at)
    owned = Returnee.objects.filter(owner__isnull=False)
    return owned.filter(Q(owner_until__lte=at) | ~Exists(here))


def _return(rows: list[Returnee], *, actor: Actor, at: datetime, why: str) -> None:
    for row in rows:
        before = row.owner_id
        take_from(row)
        row.save(update_fields=["owner", "owned_at", "owner_until"])
        write_step(row, StepKind.RETURNED, actor=actor, at=at, words=why, before=before)
    settle({row.unit_id for row in rows}, at=at, by=actor.user_id)
