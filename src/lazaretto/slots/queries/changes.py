"""What accepting a proposal changes: slots that go, slots that come, and who was told of one that goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from lazaretto.planning import points as planner
from lazaretto.screening.models import Round
from lazaretto.slots.choices import NoticeStep
from lazaretto.slots.models import Notice, Proposal, Slot
from lazaretto.slots.queries.problem import group_of, part_of
from lazaretto.slots.queries.standing import current
from lazaretto.slots.rules import MINUTE, Visit, visits


def told_otherwise(of: Round, gone: Sequence[Slot], made: Sequence[Slot]) -> frozenset[UUID]:
    """Enterprises that were told of a slot that goes, unless one like it comes. One query.

    A slot was told of when somebody there was told anything after it was made: each notice names all that stands then.
    """
    said = Notice.objects.filter(round=of, step=NoticeStep.TOLD).order_by().values("organisation")
    told = dict(said.annotate(last=Max("at")).values_list("organisation", "last"))
    comes = Counter(_said(row) for row in made if not row.waiting)
    lost = set[UUID]()
    for row in gone:
        last = told.get(row.organisation_id)
        if row.waiting or last is None or row.made_at > last:
            continue
        if comes[_said(row)] > 0:
            comes[_said(row)] -= 1
        else:
            lost.add(row.organisation_id)
    return frozenset(lost)


def twice(plan: planner.Plan, standing: Iterable[Slot]) -> dict[str, int]:
    """Of each group how many stand in two slots: one that is over, in which they were not tested, and the next.

    `standing` are the slots once the plan is accepted; the plan itself names everybody once.
    """
    people = Counter[str]()
    for row in standing:
        people[group_of(row.organisation_id, row.part)] += 0 if row.waiting else row.people
    for one in plan.bookings:
        people[one.group] -= one.people
    return {group: count for group, count in sorted(people.items()) if count > 0}


def losing_by(row: Proposal, at: datetime) -> int:
    """How many enterprises lose what they were told once a proposal is accepted; none where it is accepted already."""
    if row.accepted_at is not None:
        return 0
    gone, made = difference(row, list(current(row.round)), at)
    return len(told_otherwise(row.round, gone, made))


def _said(row: Slot) -> tuple[Any, ...]:
    """What is told of a slot."""
    return (row.organisation_id, row.part, row.point_id, row.starts_at, row.ends_at, row.people)


def difference(proposal: Proposal, rows: Sequence[Slot], at: datetime) -> tuple[list[Slot], list[Slot]]:
    """Slots that go and slots that come. Who has begun keeps what has begun, as a slot of its own."""
    plan, change = planner.plan_from_json(proposal.plan), proposal.change or {}
    first = change.get("first", 0)
    waits = [planner.Booking(**one) for one in change.get("waiting", [])]
    coming = [one for one in plan.bookings if one.slot >= first]
    wanted = _visits_by_group(_less(coming, waits))
    waiting = _visits_by_group(waits)
    standing: dict[str, list[Slot]] = defaultdict(list)
    for row in rows:
        standing[group_of(row.organisation_id, row.part)].append(row)
    gone: list[Slot] = []
    made: list[Slot] = []
    for group in sorted({*standing, *wanted, *waiting}):
        ahead = [row for row in standing[group] if _last_step(row, proposal) >= first]
        keeps = [row for row in ahead if not row.waiting and _visit_of(row, proposal, first) in wanted[group]]
        there = [_visit_of(row, proposal, first) for row in keeps]
        goes = [row for row in ahead if row not in keeps]
        gone += goes
        made += [_slot(visit, proposal, at) for visit in wanted[group] if visit not in there]
        made += [_slot(visit, proposal, at, waiting=True) for visit in waiting[group]]
        made += [begun for row in goes for begun in _begun(row, proposal, first, at)]
    return gone, made


def _less(coming: Iterable[planner.Booking], waits: Iterable[planner.Booking]) -> list[planner.Booking]:
    """Those who come by a promise, without those who wait at the point already."""
    queue = Counter({(one.group, one.point, one.slot): one.people for one in waits})
    found = [(one, one.people - queue[one.group, one.point, one.slot]) for one in coming]
    return [replace(one, people=people) for one, people in found if people > 0]


def _visits_by_group(bookings: Iterable[planner.Booking]) -> dict[str, list[Visit]]:
    found: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits(bookings):
        found[visit.group].append(visit)
    return found


def _step(at: datetime, proposal: Proposal) -> int:
    return (at - proposal.counts_from) // (proposal.slot_minutes * MINUTE)


def _last_step(row: Slot, proposal: Proposal) -> int:
    return _step(row.starts_at, proposal) + len(row.portions) - 1


def _visit_of(row: Slot, proposal: Proposal, first: int) -> Visit:
    """What is still to come of a slot."""
    begins = _step(row.starts_at, proposal)
    gone = max(0, first - begins)
    return Visit(group_of(row.organisation_id, row.part), str(row.point_id), begins + gone, tuple(row.portions[gone:]))


def _slot(visit: Visit, proposal: Proposal, at: datetime, *, waiting: bool = False) -> Slot:
    home, part = part_of(visit.group)
    length = proposal.slot_minutes * MINUTE
    begins = proposal.counts_from + visit.slot * length
    return Slot(
        round_id=proposal.round_id, proposal=proposal, point_id=UUID(visit.point), organisation_id=home, part=part,
        starts_at=begins, ends_at=begins + len(visit.portions) * length, people=visit.people,
        portions=list(visit.portions), waiting=waiting, made_at=at,
    )  # fmt: skip


def _begun(row: Slot, proposal: Proposal, first: int, at: datetime) -> Iterable[Slot]:
    """The part of a slot that has begun, when the rest of it goes."""
    steps = first - _step(row.starts_at, proposal)
    if steps > 0:
        visit = Visit(
            group_of(row.organisation_id, row.part), str(row.point_id), first - steps, tuple(row.portions[:steps])
        )
        yield _slot(visit, proposal, at, waiting=row.waiting)
