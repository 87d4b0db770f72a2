"""What points were promised by the slots that stand, and what came of it; the slots of one point."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Q, Sum

from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import CountDelta, Point, RosterShare, Round
from lazaretto.screening.queries.at_points import Promised, works_at
from lazaretto.screening.queries.excused import counted
from lazaretto.slots.models import Slot
from lazaretto.slots.numbers import number
from lazaretto.slots.queries.standing import standing_slots
from lazaretto.slots.rules import MINUTE
from lazaretto.slots.rules.coming import (
    HOUR,
    At,
    Kept,
    Promise,
    absent_from,
    due_of,
    is_behind,
    kept,
    over_at,
    present_of,
    stands_idle,
)

NEXT_SHOWN = 8


def promises(of: Round, at: datetime) -> dict[UUID, Promised]:
    """By point; empty where no slot stands. Six queries, none over scans or people; one where nothing stands."""
    lines = kept_in(of, at=at)
    found: dict[UUID, list[Kept]] = {}
    for (_home, point), one in lines.items():
        found.setdefault(point, []).append(one)
    return {point: together(several) for point, several in found.items()}


def together(several: Collection[Kept]) -> Promised:
    """What enterprises keep of their promises, as one point sees it."""
    due, missing_now = sum(one.due for one in several), sum(one.missing_now for one in several)
    away, most = sum(one.missing_now for one in several if one.away), number("slot.behind_percent")
    return Promised(
        expected=sum(one.expected for one in several), due=due, tested=sum(one.tested for one in several),
        missing_now=missing_now, behind=is_behind(due - away, missing_now - away, percent=most), away=away,
        stays_away=is_behind(due, away, percent=most),
    )  # fmt: skip


def kept_in(of: Round, *, at: datetime, homes: Collection[UUID] | None = None) -> dict[At, Kept]:
    """What came of each promise of a round, or to these enterprises; who waits at a point was promised before."""
    own = {} if homes is None else {"organisation__in": homes}
    rows = standing_slots(round=of, waiting=False, **own)
    sums = rows.values("organisation_id", "point_id").annotate(
        total=Sum("people"), over=Sum("people", filter=Q(ends_at__lte=at), default=0), first=Min("starts_at"),
        until=Max("ends_at", filter=Q(ends_at__lte=at)),
    )  # fmt: skip
    promised = list(sums)
    if not promised:
        return {}
    begun: dict[At, tuple[int, datetime | None]] = {}
    running = rows.filter(starts_at__lte=at, ends_at__gt=at)
    for home, point, *slot in running.values_list("organisation_id", "point_id", "portions", "starts_at", "ends_at"):
        due, ended = begun.get((home, point), (0, None))
        ends = [ended, over_at(*slot, at=at)]
        begun[home, point] = due + due_of(*slot, at=at), max(filter(None, ends), default=None)
    people = dict(RosterShare.objects.filter(round=of, **own).values_list("organisation_id", "people"))
    tested: dict[At, int] = {}
    for row in counted(of):
        if row.organisation_id not in people:
            continue
        if row.point_id is not None:
            tested[row.organisation_id, row.point_id] = row.people
        else:  # whoever is excused does not come
            people[row.organisation_id] -= row.people
    rows_of = [_promise(line, begun) for line in promised]
    lines = kept(rows_of, tested, people)
    return _with_absent(of, rows_of, lines, tested, at) if any(one.missing_now for one in lines.values()) else lines


def _with_absent(
    of: Round, promises: Sequence[Promise], lines: dict[At, Kept], tested: dict[At, int], at: datetime
) -> dict[At, Kept]:  # fmt: skip
    """Who of those missing does not wait. Two queries."""
    by_hour, idle = tested_by_hour(of), set[UUID]()
    for place in of.points.filter(pk__in={one.point_id for one in promises}):
        takes = place.tables * number("staff.people_per_table_hour")
        before = works_at(place, of, at=at - HOUR)
        if stands_idle(by_hour.get(place.pk, {}), at=at, takes=takes, worked_before=before):
            idle.add(place.pk)
    late = number("slot.late_minutes") * MINUTE
    absent = absent_from(promises, lines, tested, idle, at=at, late=late)
    return {key: replace(one, away=key in absent) for key, one in lines.items()}


def tested_by_hour(of: Round, **chosen: Any) -> dict[UUID, dict[datetime, int]]:
    """People tested at each point, strangers too, by hour. One query, over sums."""
    found: dict[UUID, dict[datetime, int]] = {}
    rows = CountDelta.objects.filter(round=of, **chosen).values("point_id", "hour").annotate(people=Sum("n"))
    for row in rows:
        found.setdefault(row["point_id"], {})[row["hour"]] = row["people"]
    return found


def _promise(row: dict[str, Any], begun: dict[At, tuple[int, datetime | None]]) -> Promise:
    home, point = row["organisation_id"], row["point_id"]
    over, ended = begun.get((home, point), (0, None))
    until = max(filter(None, (row["until"], ended)), default=None)
    return Promise(home, point, row["total"], row["over"] + over, row["first"], until)


# ---- one point


@dataclass(frozen=True)
class Coming:
    """A slot as the leader of its point sees it: `now` of its people come in the step that runs."""

    organisation: str
    part: str
    starts_at: datetime
    ends_at: datetime
    people: int
    now: int
    waiting: bool


@dataclass(frozen=True)
class NotCome:
    """An enterprise of which people were due and are tested nowhere, and whom to ask; `away`: they do not wait here."""

    organisation: Organisation
    due: int
    tested: int
    missing: int
    away: bool


@dataclass(frozen=True)
class PointSlots:
    """The slots of a point: what it was promised (None: nothing), who comes now and next, who did not come.

    `until`: promised in slots that begin before the moment asked about, `last`: when the last of these is over.
    `per_table_hour`: what a table was planned to take.
    """

    promised: Promised | None
    present: list[Coming]
    following: list[Coming]
    more: int
    not_come: list[NotCome]
    until: int
    last: datetime | None
    per_table_hour: int

    @property
    def people_now(self) -> int:
        """In the step that runs."""
        return sum(one.now for one in self.present)


def point_slots(point: Point, *, at: datetime, closing: datetime) -> PointSlots:
    """Of one point; six queries whatever it was promised."""
    found = standing_slots(point=point).select_related("organisation", "proposal")
    unread = ("organisation__contact_phone", "proposal__problem", "proposal__plan", "proposal__change")
    rows = list(found.defer(*unread).order_by("starts_at", "organisation__folded", "part", "turn"))
    homes = {row.organisation_id for row in rows}
    lines = {home: one for (home, at_), one in kept_in(point.round, at=at, homes=homes).items() if at_ == point.pk}
    ahead = [row for row in rows if row.starts_at > at]
    today = [row for row in rows if row.starts_at < closing]
    return PointSlots(
        promised=together(lines.values()) if rows else None,
        present=[_coming(row, at) for row in rows if row.starts_at <= at < row.ends_at],
        following=[_coming(row, at) for row in ahead[:NEXT_SHOWN]],
        more=max(0, len(ahead) - NEXT_SHOWN),
        not_come=_not_come(lines),
        until=sum(row.people for row in today if not row.waiting),
        last=max((row.ends_at for row in today), default=None),
        per_table_hour=rows[-1].proposal.per_table_hour if rows else number("staff.people_per_table_hour"),
    )


def _coming(row: Slot, at: datetime) -> Coming:
    now = present_of(row.portions, row.starts_at, row.ends_at, at=at)
    return Coming(row.organisation.name, row.part, row.starts_at, row.ends_at, row.people, now, row.waiting)


def _not_come(lines: dict[UUID, Kept]) -> list[NotCome]:
    """Who does not turn up before who waits, most missing first, with whom to ask."""
    late = {home: one for home, one in lines.items() if one.missing_now}
    known = Organisation.objects.in_bulk(list(late))
    found = [NotCome(known[home], one.due, one.tested, one.missing_now, one.away) for home, one in late.items()]
    return sorted(found, key=lambda one: (not one.away, -one.missing, one.organisation.folded))


def slots_by_home(point: Point, homes: Sequence[UUID]) -> dict[UUID, list[Slot]]:
    """Slots of these enterprises at a point, by time. One query."""
    found: dict[UUID, list[Slot]] = {}
    for row in standing_slots(point=point, organisation__in=homes).order_by("starts_at", "part", "turn"):
        found.setdefault(row.organisation_id, []).append(row)
    return found
