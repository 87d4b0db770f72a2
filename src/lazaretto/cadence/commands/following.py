"""Deadlines follow from where rounds stand, again and again: compared, so nothing needs to move them.

One deadline an area and one a round: an alarm that says "five thousand are missing" is answered, five thousand are
not. Everything is reckoned with sums, so it costs the same for a park and for a city.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Model, QuerySet

from lazaretto.accounts.models import Unit
from lazaretto.cadence.deadlines import AWAY, BEHIND, NEXT, OVER, POINT
from lazaretto.cadence.queries import areas, left_in, open_rounds, units_with_rounds
from lazaretto.cadence.rules import is_late
from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import DeadlineKind, Due, meet, move_deadline, set_deadlines
from lazaretto.core.models import Deadline
from lazaretto.screening.models import Point, Round
from lazaretto.screening.queries import Progress, progress
from lazaretto.screening.rules import HOUR


def follow_areas(*, at: datetime) -> int:
    """A deadline for each area whose next round is due; returns how many came, went or moved."""
    found = areas(list(units_with_rounds(at=at).order_by("pk")), at=at)
    wanted = [Due(NEXT.code, one.unit, one.asked_by, unit_id=one.unit.pk) for one in found if one.asked_by]
    with transaction.atomic():
        return _compare(NEXT, Unit, wanted, at)


def follow_rounds(*, at: datetime) -> int:
    """A deadline for each open round in which people are left; one for what will be late, for points where people
    wait and for those at which enterprises do not turn up, as long as they do. Returns how many came, went or moved.
    """
    rounds = open_rounds()
    left = left_in(rounds, at=at, exact=False)
    over = [Due(OVER.code, one, one.deadline_at, unit_id=one.unit_id) for one in rounds if left[one.pk] > 0]
    running = [one for one in rounds if left[one.pk] > 0 and one.deadline_at > at]
    standing = set(_open(BEHIND).values_list("subject_id", flat=True))
    late, points, away = list[Due](), list[Due](), list[Due]()
    for one in running:
        going = progress(one, at=at)
        if _is_late(one, going, at, stands=str(one.pk) in standing):
            late.append(Due(BEHIND.code, one, at, unit_id=one.unit_id))
        points += [Due(POINT.code, row.point, at, unit_id=one.unit_id) for row in going.points if row.behind]
        away += [Due(AWAY.code, row.point, at, unit_id=one.unit_id) for row in going.points if row.stays_away]
    with transaction.atomic():
        changed = _compare(OVER, Round, over, at)
        changed += _compare(BEHIND, Round, late, at, moves=False)
        changed += _compare(AWAY, Point, away, at, moves=False)
        return changed + _compare(POINT, Point, points, at, moves=False)


def _is_late(of: Round, going: Progress, at: datetime, *, stands: bool) -> bool:
    tested = at - (of.opened_at or of.opens_at) >= HOUR
    stalled = going.working and tested and not going.no_shows and not going.pace.per_hour
    found = is_late(finish=going.pace.finish, stalled=stalled, deadline=of.deadline_at, stands=stands)
    return stands if found is None else found


def _open(kind: DeadlineKind) -> QuerySet[Deadline]:
    return Deadline.objects.filter(kind=kind.code, state=DeadlineState.OPEN).order_by("pk")


def _compare(kind: DeadlineKind, model: type[Model], wanted: Iterable[Due], at: datetime, *, moves: bool = True) -> int:
    """Set what is missing, move what changed (where its moment says anything), meet what is done."""
    due = {str(one.subject.pk): one for one in wanted}
    there = {row.subject_id: row for row in _open(kind)}
    fresh = [one for pk, one in due.items() if pk not in there]
    set_deadlines(fresh, at=at)
    gone = [pk for pk in there if pk not in due]
    for pk in gone:
        meet(kind.code, model(pk=pk), at=at)
    moved = [one for pk, one in due.items() if pk in there and moves and there[pk].due_at != one.due_at]
    for one in moved:
        move_deadline(kind.code, one.subject, one.due_at, at=at)
    return len(fresh) + len(gone) + len(moved)
