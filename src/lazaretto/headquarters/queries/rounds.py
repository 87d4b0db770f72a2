"""What alarms and deadlines of the cadence are about: which area, round or point, how many are left there."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.cadence.deadlines import AWAY, BEHIND, NEXT, OVER, POINT
from lazaretto.cadence.queries import left_in
from lazaretto.core.access import Actor
from lazaretto.core.models import Deadline
from lazaretto.screening.models import Point, Round
from lazaretto.screening.rules import MANAGE, READ

Words = dict[str, tuple[str, str]]


def of_rounds(due: Iterable[Deadline], actor: Actor) -> Words:
    """Words and addresses by the deadline's own key: a round may be the subject of several kinds."""
    seen = [row for row in due if row.kind in {NEXT.code, OVER.code, BEHIND.code, POINT.code, AWAY.code}]
    seen = [row for row in seen if actor.may(READ, row.unit_id)]
    return _areas([row for row in seen if row.kind == NEXT.code], actor) | _rounds(seen) | _points(seen)


def _areas(rows: Sequence[Deadline], actor: Actor) -> Words:
    names = dict(Unit.objects.filter(pk__in=_keys(rows)).values_list("pk", "name")) if rows else {}
    return {
        str(row.pk): (names.get(UUID(row.subject_id), ""), _prepare(actor, UUID(row.subject_id)))
        for row in rows
    }  # fmt: skip


def _prepare(actor: Actor, unit: UUID) -> str:
    """Where the next round is prepared, for who may; else where it stands why it is due."""
    return reverse("cadence:prepare", args=[unit]) if actor.may(MANAGE, unit) else reverse("cadence:areas")


def _rounds(seen: Sequence[Deadline]) -> Words:
    rows = [row for row in seen if row.kind in {OVER.code, BEHIND.code}]
    if not rows:
        return {}
    found = {str(one.pk): one for one in Round.objects.filter(pk__in=_keys(rows))}
    left = left_in(found.values(), at=max(row.due_at for row in rows))
    words: Words = {}
    for row in rows:
        if one := found.get(row.subject_id):
            page = "screening:missing" if row.kind == OVER.code else "screening:round"
            said = _("{round}: {n} missing").format(round=one, n=left[one.pk])
            words[str(row.pk)] = (said, reverse(page, args=[one.pk]))
    return words


def _points(seen: Sequence[Deadline]) -> Words:
    """What a slow point needs stands on the page of its round; whom to call, on its own."""
    rows = [row for row in seen if row.kind in {POINT.code, AWAY.code}]
    if not rows:
        return {}
    found = {str(one.pk): one for one in Point.objects.filter(pk__in=_keys(rows))}
    return {
        str(row.pk): (str(found[row.subject_id]), _page(row.kind, found[row.subject_id]))
        for row in rows
        if row.subject_id in found
    }


def _page(kind: str, place: Point) -> str:
    if kind == AWAY.code:
        return reverse("field:point", args=[place.pk])
    return reverse("screening:round", args=[place.round_id])


def _keys(rows: Iterable[Deadline]) -> list[UUID]:
    return [UUID(row.subject_id) for row in rows]
