"""Slots that stand: accepted, moved one by one, cancelled. What stood before stays written, with its reason."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.screening.choices import RoundState
from lazaretto.screening.commands import follows_a_change
from lazaretto.screening.models import Point, Round
from lazaretto.slots.errors import (
    NoRoomThen,
    NotTheirHours,
    PointsChanged,
    ProposalStale,
    SlotBegun,
    SlotsTooSoon,
    ToldOtherwise,
)
from lazaretto.slots.models import Load, Proposal, Slot
from lazaretto.slots.numbers import number
from lazaretto.slots.queries import (
    accepted,
    current,
    difference,
    digest_of,
    free_starts,
    misfits,
    points_changed,
    rooms_of,
    settings_of,
    told_otherwise,
    twice,
)
from lazaretto.slots.queries.problem import free_spans, plan_of
from lazaretto.slots.rules import MANAGE, MINUTE

Cell = tuple[UUID, datetime]


@dataclass(frozen=True)
class Accepted:
    """Slots stand: so many new ones, so many that stand no more."""

    proposal_id: UUID
    made: int
    dropped: int


@dataclass(frozen=True)
class SlotChanged:
    """A slot was moved or cancelled; `slot_id` is the one that stands now, if any."""

    slot_id: UUID | None
    organisation_id: UUID


@command("slots.accept", capability=MANAGE)
def accept(*, actor: Actor, at: datetime, proposal: Proposal, agreed: int = 0) -> Accepted:
    """What was proposed stands from now on; whatever stays as it was keeps its slot and needs not be told.

    `agreed`: so many enterprises may lose a slot that they were told of, or have it moved; they must be told anew.
    Raises `ToldOtherwise` for more, `ProposalStale` when slots have changed since, or when one of the new ones would
    have begun, `SlotsTooSoon` when one begins before it can be told, `PointsChanged` when the points take others than
    those it was made for.
    """
    list(locked(Point.objects.filter(round=proposal.round_id).order_by("pk")))  # before the round, as moving one does
    of = _locked(proposal.round_id)
    rows = list(current(of))
    if proposal.accepted_at is not None or digest_of(row.pk for row in rows) != proposal.standing:
        raise ProposalStale
    if points_changed(proposal, of):
        raise PointsChanged
    dropped, made = difference(proposal, rows, at)
    _in_time(of, proposal, [row.starts_at for row in made if not _cut(row, dropped)], at)
    losing = told_otherwise(of, dropped, made)
    if len(losing) > agreed:
        raise _told_otherwise(len(losing))
    _drop(dropped, at, _("planned anew"))
    Slot.objects.bulk_create(_with_turns(made, [row for row in rows if row not in dropped]))
    given = settings_of(of, proposal)
    _count(dropped, made, given.slot_minutes, rooms_of(of, given, begins=of.opens_at), given.counts_from)
    proposal.accepted_at = at
    if proposal.change is not None:
        stays = [row for row in rows if row not in dropped]
        proposal.change = {**proposal.change, "twice": twice(plan_of(proposal), [*stays, *made])}
    proposal.save(update_fields=["accepted_at", "change"])
    data = {"round": str(of.pk), "made": len(made), "dropped": len(dropped), "told_otherwise": len(losing)}
    record(proposal, unit_id=of.unit_id, data=data)
    return Accepted(proposal.pk, len(made), len(dropped))


def _in_time(of: Round, proposal: Proposal, begins: Iterable[datetime], at: datetime) -> None:
    """Nobody can be told and come at once; while a round is open, planning anew may call people to the next step."""
    first = min(begins, default=None)
    at_once = proposal.change is not None and of.state == RoundState.OPEN
    if first is not None and first < at:
        raise ProposalStale
    if first is not None and not at_once and first < at + number("slot.lead_minutes") * MINUTE:
        raise SlotsTooSoon


def _told_otherwise(n: int) -> ToldOtherwise:
    said = ngettext(
        "%(n)s enterprise that was told of its slots loses one or has it moved.",
        "%(n)s enterprises that were told of their slots lose one or have it moved.", n,
    )  # fmt: skip
    return ToldOtherwise(said % {"n": n}, enterprises=n)


@follows_a_change
def slots_that_no_longer_fit(of: Round, at: datetime) -> str:
    """Said to whoever changed a deadline, hours or tables; nobody's slot is moved by it."""
    plan = accepted(of)
    n = len(misfits(of, plan, list(current(of)), at=at)) if plan else 0
    said = ngettext(
        "%(n)s slot no longer fits: plan anew what has not begun.",
        "%(n)s slots no longer fit: plan anew what has not begun.", n,
    )  # fmt: skip
    return said % {"n": n} if n else ""


def _locked(round_id: UUID) -> Round:
    """Two who change slots of one round wait for each other; scans of it come in beside them."""
    return locked(Round.objects.filter(pk=round_id)).get()


def _cut(row: Slot, dropped: Sequence[Slot]) -> bool:
    """Whether this is what is left of a slot that had begun."""
    return any(
        (one.organisation_id, one.part, one.point_id, one.starts_at)
        == (row.organisation_id, row.part, row.point_id, row.starts_at)
        for one in dropped
    )


def _with_turns(made: Sequence[Slot], standing: Iterable[Slot]) -> list[Slot]:
    """Number the rows in which a part comes, by time, around those that stand."""
    taken: dict[tuple[UUID, str], set[int]] = defaultdict(set)
    for row in standing:
        taken[row.organisation_id, row.part].add(row.turn)
    for row in sorted(made, key=lambda one: (one.starts_at, str(one.point_id))):
        own = taken[row.organisation_id, row.part]
        row.turn = next(turn for turn in range(1, len(own) + 2) if turn not in own)
        own.add(row.turn)
    return list(made)


def _drop(rows: Sequence[Slot], at: datetime, reason: str) -> None:
    Slot.objects.filter(pk__in=[row.pk for row in rows]).update(dropped_at=at, reason=reason)


def _count(
    dropped: Iterable[Slot], made: Iterable[Slot], minutes: int, rooms: dict[UUID, list[int]], counts_from: datetime
) -> None:
    """How much each point is promised in each step changes; the database refuses too much.

    Where somebody comes newly the room is what the tables take now, but never less than what a slot that stays has.
    """
    change = Counter[Cell]()
    for sign, rows in ((-1, dropped), (1, made)):
        for row in rows:
            for step, people in enumerate(row.portions):
                change[row.point_id, row.starts_at + step * minutes * MINUTE] += sign * people
    cells = {cell: count for cell, count in change.items() if count}
    kept = {
        (row.point_id, row.starts_at): row
        for row in Load.objects.filter(
            point__in={point for point, _at in cells}, starts_at__in={at for _p, at in cells}
        )
    }
    fresh: list[Load] = []
    for (point, at), count in sorted(cells.items(), key=lambda item: (str(item[0][0]), item[0][1])):
        load = kept.get((point, at))
        if load is None:
            load = Load(point_id=point, starts_at=at, room=0, taken=0)
            fresh.append(load)
        load.taken += count
        if count > 0:
            load.room = _room(rooms, point, (at - counts_from) // (minutes * MINUTE))
    Load.objects.bulk_update([row for row in kept.values() if row.taken], ["taken", "room"])
    Load.objects.filter(pk__in=[row.pk for row in kept.values() if not row.taken]).delete()
    Load.objects.bulk_create([row for row in fresh if row.taken])


def _room(rooms: dict[UUID, list[int]], point: UUID, step: int) -> int:
    row = rooms.get(point, [])
    return row[step] if 0 <= step < len(row) else 0


# ---- one by hand


@command("slots.move", capability=MANAGE)
def move(*, actor: Actor, at: datetime, slot: Slot, point: Point, starts_at: datetime, reason: str) -> SlotChanged:
    """Move a slot that has not begun to another time or point, whole, with the reason.

    Raises `SlotBegun`, `ReasonRequired`, `NotTheirHours`, `NoRoomThen`; a point of another round is not found.
    """
    of = _locked(slot.round_id)
    if point.round_id != of.pk:
        raise NotFound(kind="screening.point", id=point.pk)
    said = _reason(slot, reason, at)
    given = settings_of(of, slot.proposal)
    if (starts_at - given.counts_from) % (given.slot_minutes * MINUTE):
        raise InvalidInput(fields={"starts_at": f"on the grid of {given.slot_minutes} minutes"})
    begins = (starts_at - given.counts_from) // MINUTE
    if not any(begin <= begins < end for begin, end in free_spans(slot.organisation, of, given)):
        raise NotTheirHours
    slot.round = of
    chosen = [one for one in free_starts(slot, at=at) if (one.point.pk, one.starts_at) == (point.pk, starts_at)]
    if not chosen:
        raise NoRoomThen
    _drop([slot], at, said)
    made = Slot.objects.create(
        round=of, proposal=slot.proposal, point=point, organisation=slot.organisation, part=slot.part, turn=slot.turn,
        starts_at=starts_at, ends_at=starts_at + len(chosen[0].portions) * given.slot_minutes * MINUTE,
        people=slot.people, portions=list(chosen[0].portions), moved_for=said, made_at=at,
    )  # fmt: skip
    _count([slot], [made], given.slot_minutes, rooms_of(of, given, begins=of.opens_at), given.counts_from)
    record(made, unit_id=of.unit_id, data={"before": str(slot.pk), "point": str(point.pk)}, reason=said)
    return SlotChanged(made.pk, slot.organisation_id)


@command("slots.cancel", capability=MANAGE)
def cancel(*, actor: Actor, at: datetime, slot: Slot, reason: str) -> SlotChanged:
    """Take a slot that has not begun back, with the reason. Raises `SlotBegun`, `ReasonRequired`."""
    of = _locked(slot.round_id)
    said = _reason(slot, reason, at)
    given = settings_of(of, slot.proposal)
    _drop([slot], at, said)
    _count([slot], [], given.slot_minutes, {}, given.counts_from)
    record(slot, unit_id=of.unit_id, data={"people": slot.people}, reason=said)
    return SlotChanged(None, slot.organisation_id)


def _reason(slot: Slot, reason: str, at: datetime) -> str:
    if slot.dropped_at is not None or slot.starts_at <= at:
        raise SlotBegun
    if not reason.strip():
        raise ReasonRequired
    return whole(reason.strip(), 200)
