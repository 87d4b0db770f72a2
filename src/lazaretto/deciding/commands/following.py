"""What waits follows from the facts, again and again: compared, not moved by each of them, so late scans need no code.

Whoever has something keeps it while its facts change; what was decided here comes again when more of it comes.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lazaretto.core.access import locked
from lazaretto.core.bulk import insert_few, update_rows
from lazaretto.core.deadlines import Due, meet, move_deadline, open_deadlines, set_deadlines
from lazaretto.core.ids import new_id
from lazaretto.core.live import announce
from lazaretto.core.models import Alarm
from lazaretto.deciding.deadlines import WAITING
from lazaretto.deciding.models import Matter
from lazaretto.deciding.queries.sources import Found, found_in
from lazaretto.screening.models import Round

PIECE = 500
_COLUMNS = ("id", "round", "kind", "subject", "said", "since", "due_at", "point", "deadline", "words")
_FOLLOWED = ("said", "since", "due_at", "point", "deadline")
Key = tuple[str, str]


def follow_round(of: Round, *, at: datetime) -> int:
    """Let the open questions of a round be what its facts say; returns how many came, went or changed."""
    with transaction.atomic():
        rows = list(locked(Matter.objects.filter(round=of, closed_at__isnull=True)).order_by("pk"))
        found = _unanswered(of, found_in(of, at=at))
        there = {(row.kind, row.subject): row for row in rows}
        changed = _close([row for key, row in there.items() if key not in found], at)
        changed += _change([(there[key], one) for key, one in found.items() if key in there])
        changed += _open(of, [one for key, one in found.items() if key not in there])
        changed += _own(of)
        _watch(of, at)
        if changed:
            announce([of.unit_id])
    return changed


def _unanswered(of: Round, found: dict[Key, Found]) -> dict[Key, Found]:
    """Without what somebody decided here after its last fact was known."""
    decided = Matter.objects.filter(round=of, closed_by__isnull=False).values_list("kind", "subject")
    answered = {(kind, subject): last for kind, subject, last in decided.annotate(last=Max("closed_at"))}
    return {key: one for key, one in found.items() if key not in answered or one.last > answered[key]}


def _close(rows: list[Matter], at: datetime) -> int:
    Matter.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=at)
    return len(rows)


def _change(pairs: Iterable[tuple[Matter, Found]]) -> int:
    changed = [(*_values(one), row.pk) for row, one in pairs if _values(one) != _standing(row)]
    return update_rows(Matter, _FOLLOWED, changed)


def _values(one: Found) -> tuple[object, ...]:
    return one.said, one.since, one.due_at, one.point_id, one.deadline.pk if one.deadline else None


def _standing(row: Matter) -> tuple[object, ...]:
    return row.said, row.since, row.due_at, row.point_id, row.deadline_id


def _open(of: Round, fresh: list[Found]) -> int:
    rows = [(new_id(), of.id, one.kind, one.subject, *_values(one), "") for one in fresh]
    for start in range(0, len(rows), PIECE):
        insert_few(Matter, _COLUMNS, rows[start : start + PIECE], ignore_conflicts=True)
    return len(rows)


def _own(of: Round) -> int:
    """Who took the alarm of a fever has the fever: there is one owner, wherever they said so."""
    taken = Alarm.objects.filter(
        deadline__in=Matter.objects.filter(round=of, closed_at__isnull=True, deadline__isnull=False).values("deadline"),
        answered_at__isnull=True, owner__isnull=False,
    ).values_list("deadline", "owner", "taken_at")  # fmt: skip
    changed = 0
    for deadline, owner, since in taken:
        rows = Matter.objects.filter(round=of, closed_at__isnull=True, deadline=deadline).exclude(owner=owner)
        changed += rows.update(owner=owner, owned_at=since)
    return changed


def _watch(of: Round, at: datetime) -> None:
    """One deadline for all of the round that have none of their own: when the first of them is due."""
    rows = Matter.objects.filter(round=of, closed_at__isnull=True, deadline__isnull=True).order_by("due_at", "id")
    first = rows.values_list("due_at", flat=True).first()
    standing = open_deadlines(WAITING.code, of).values_list("due_at", flat=True).first()
    if first is None and standing is not None:
        meet(WAITING.code, of, at=at)
    elif first is not None and standing is None:
        set_deadlines([Due(WAITING.code, of, first, unit_id=of.unit_id)], at=at)
    elif first is not None and first != standing:
        move_deadline(WAITING.code, of, first, at=at)
