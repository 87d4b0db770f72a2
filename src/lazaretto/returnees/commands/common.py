"""What the commands share: the history of a case, who has it, and what is watched of an area."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min

from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import chain_of
from lazaretto.core import clock
from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert, insert_unless_taken
from lazaretto.core.commands import record
from lazaretto.core.deadlines import DeadlineKind, Due, meet, move_deadline, open_deadlines, set_deadlines
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.places.queries import home_of
from lazaretto.returnees.choices import ListState, State, StepKind
from lazaretto.returnees.deadlines import LISTS, TESTS, WAITING
from lazaretto.returnees.errors import CaseClosed
from lazaretto.returnees.models import CaseStep, Desk, OwedTest, Returnee, ReturneeList, Shift
from lazaretto.returnees.numbers import number

MOST = 1000  # characters of what is told


def place_of(unit_id: UUID) -> tuple[ZoneInfo, str]:
    """Time zone and jurisdiction of a unit: its site's, else those at home."""
    home = home_of(unit_id)
    return clock.zone(home.zone), home.jurisdiction


def below(unit_id: UUID) -> set[UUID]:
    """An area and all areas in it."""
    rows = list(Unit.objects.values_list("pk", "parent_id"))
    found, grew = {unit_id}, True
    while grew:
        more = {pk for pk, parent in rows if parent in found} - found
        found |= more
        grew = bool(more)
    return found


def said(text: str) -> str:
    """What was told, which is required; raises `ReasonRequired`, `TextTooLong`."""
    words = whole(text, MOST)
    if not words:
        raise ReasonRequired
    return words


def still_open(returnee: Returnee) -> None:
    """Raises `CaseClosed`."""
    if returnee.state == State.CLOSED:
        raise CaseClosed


def write_step(
    returnee: Returnee, step: StepKind, *, actor: Actor, at: datetime, words: str = "", **data: object
) -> None:
    """A row of the history, and one of the journal."""
    insert(CaseStep(returnee=returnee, step=step, at=at, by_id=actor.user_id, words=words or None))
    told = {"number": returnee.number, "step": step, "state": returnee.state, **data}
    record(returnee, unit_id=returnee.unit_id, person_id=returnee.person_id, data=told)


def give_to(returnee: Returnee, user_id: int, *, at: datetime) -> None:
    """They have it from now on, until some time after the next thing is due. The row is saved by the caller."""
    within = timedelta(minutes=number("contact.answer_minutes"))
    due = returnee.due_at or at
    returnee.owner_id, returnee.owned_at, returnee.owner_until = user_id, at, max(at, due) + within


def take_from(returnee: Returnee) -> None:
    """Nobody has it: it is in the queue."""
    returnee.owner_id = returnee.owned_at = returnee.owner_until = None


def on_shift(user_id: int, unit_id: UUID, *, at: datetime) -> Shift | None:
    """The shift that somebody is on now, if it is for that area."""
    rows = Shift.objects.filter(user=user_id, ended_at__isnull=True, until__gt=at, started_at__lte=at)
    return rows.filter(unit__in=chain_of(unit_id)).first()


def patience() -> timedelta:
    """How long somebody may wait in the queue for what is due."""
    return timedelta(hours=number("contact.first_hours"))


def settle(units: Iterable[UUID], *, at: datetime, by: int | None) -> None:
    """What is watched of these areas follows from what is open: lists, people whom nobody has, tests.

    The desk is locked first: of two commands that reckon at once the later one sees what the earlier one did.
    """
    for unit in sorted(set(units)):
        desk = _desk(unit)
        opened = Returnee.objects.filter(unit=unit, closed_at__isnull=True)
        lists = ReturneeList.objects.filter(unit=unit).exclude(state__in=[ListState.COMMITTED, ListState.CANCELLED])
        tests = OwedTest.objects.filter(
            returnee__unit=unit, returnee__closed_at__isnull=True, result="", waived_at__isnull=True
        )
        waits = timedelta(hours=number("lists.decided_within_hours"))
        oldest = lists.aggregate(first=Min("received_at"))["first"]
        _watch(desk, LISTS, oldest + waits if oldest else None, at, by)
        longest = opened.filter(owner__isnull=True).aggregate(first=Min("due_at"))["first"]
        _watch(desk, WAITING, longest + patience() if longest else None, at, by)
        _watch(desk, TESTS, tests.aggregate(first=Min("due_at"))["first"], at, by)


def _desk(unit_id: UUID) -> Desk:
    insert_unless_taken(Desk(unit_id=unit_id))
    return locked(Desk.objects.filter(pk=unit_id)).get()


def _watch(desk: Desk, kind: DeadlineKind, due: datetime | None, at: datetime, by: int | None) -> None:
    standing = open_deadlines(kind.code, desk).values_list("due_at", flat=True).first()
    if due is None:
        if standing is not None:
            meet(kind.code, desk, at=at, by=by)
    elif standing is None:
        set_deadlines([Due(kind.code, desk, due, unit_id=desk.pk)], at=at)
    elif standing != due:
        move_deadline(kind.code, desk, due, at=at, by=by)
