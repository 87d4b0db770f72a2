"""Reads of changes over time: who joined, who left, who moved, and what was said of somebody before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lazaretto.core.access import Actor
from lazaretto.headcounts.models import HeadcountList, Member, MemberChange
from lazaretto.headcounts.queries import CARE, READ
from lazaretto.people.queries import name_for

JOINED, LEFT, MOVED = "joined", "left", "moved"
WORDS = {
    "name": gettext_lazy("Name"), "section": gettext_lazy("Department"), "building": gettext_lazy("Building"),
    "room": gettext_lazy("Room"), "inside": gettext_lazy("Sleeps inside"), "phone": gettext_lazy("Telephone"),
    "household": gettext_lazy("Household"),
}  # fmt: skip


@dataclass(frozen=True)
class ChangeLine:
    """One change: of whom, when, what in words (was → is), by which list."""

    member: Member
    name: str
    at: datetime
    words: list[str]
    by: HeadcountList | None


def changes(
    actor: Actor, show: str, *, since: datetime, unit: UUID | None = None, organisation: UUID | None = None
) -> tuple[QuerySet[Any], list[str]]:
    """Rows since a moment that the actor may read, the last first, and by what they are ordered."""
    if show == MOVED:
        moved = MemberChange.objects.visible_to(actor, READ).filter(moved=True, changed_at__gte=since)
        rows: QuerySet[Any] = moved.select_related("member__organisation", "from_list")
        return _within(rows, "member__", unit, organisation), ["-changed_at", "-id"]
    people = Member.objects.visible_to(actor, READ).select_related("organisation", "from_list", "ended_by")
    if show == LEFT:
        return _within(people.filter(ended_at__gte=since), "", unit, organisation), ["-ended_at", "-id"]
    return _within(people.filter(started_at__gte=since), "", unit, organisation), ["-started_at", "-id"]


def _within(rows: QuerySet[Any], path: str, unit: UUID | None, organisation: UUID | None) -> QuerySet[Any]:
    if unit is not None:
        rows = rows.filter(**{f"{path}organisation__unit": unit})
    return rows.filter(**{f"{path}organisation": organisation}) if organisation is not None else rows


def left_by(headcount_list: HeadcountList) -> QuerySet[Member]:
    """Who is on no headcount of theirs any more because this complete list did not name them. For pages of the list."""
    return Member.objects.filter(ended_by=headcount_list).select_related("organisation", "from_list", "ended_by")


def change_lines(actor: Actor, show: str, rows: Sequence[Any]) -> list[ChangeLine]:
    """In words, with names as the actor reads them."""
    if show == MOVED:
        return [_line(actor, row.member, row.changed_at, _differs(actor, row), row.from_list) for row in rows]
    if show == LEFT:
        return [_line(actor, row, row.ended_at, [], row.ended_by) for row in rows]
    return [_line(actor, row, row.started_at, [], row.from_list) for row in rows]


def history(actor: Actor, member: Member) -> list[ChangeLine]:
    """What was said otherwise of somebody, the last first."""
    rows = member.changes.select_related("from_list").order_by("-changed_at", "-id")[:100]
    found = []
    for row in rows:
        row.member = member
        words = _differs(actor, row)
        if words:
            found.append(_line(actor, member, row.changed_at, words, row.from_list))
    return found


def _line(actor: Actor, member: Member, at: datetime, words: list[str], by: HeadcountList | None) -> ChangeLine:
    return ChangeLine(member, name_for(actor, member.name, unit_id=member.organisation.unit_id), at, words, by)


def _differs(actor: Actor, row: MemberChange) -> list[str]:
    unit = row.member.organisation.unit_id
    said = {name: pair for name, pair in json.loads(row.said).items() if name != "household" or actor.may(CARE, unit)}
    return [_words(actor, unit, name, was, now) for name, (was, now) in said.items()]


def _words(actor: Actor, unit: UUID, name: str, was: Any, now: Any) -> str:
    if name == "household":
        return _("Household: another one") if now else _("Household: none")
    return f"{WORDS[name]}: {_shown(actor, unit, name, was)} → {_shown(actor, unit, name, now)}"


def _shown(actor: Actor, unit: UUID, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not value:
        return "–"
    if name == "name":
        return name_for(actor, value, unit_id=unit)
    return f"…{value[-4:]}" if name == "phone" else str(value)
