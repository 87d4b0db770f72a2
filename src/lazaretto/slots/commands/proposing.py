"""Slots are proposed: at once, with shorter ways a little later, anew when a point closes or falls behind."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import IllegalTransition, InvalidInput
from lazaretto.planning import points as planner
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.slots.choices import Parts
from lazaretto.slots.errors import NobodyExpected, NothingPlanned, ProposalStale, RoundTakesNobody, SlotsHaveBegun
from lazaretto.slots.models import Proposal
from lazaretto.slots.numbers import number
from lazaretto.slots.queries import accepted, asked_for, current, digest_of, settings_of, standing_of
from lazaretto.slots.queries.paces import kept_paces, least_pace, paces_for
from lazaretto.slots.queries.problem import SECONDS_ANEW, Asked, Settings
from lazaretto.slots.rules import MANAGE, MINUTE, grid_begins

# What a caller that says nothing gets, as the form does.
SLOT_MINUTES, PER_TABLE_HOUR = number("slot.minutes"), number("staff.people_per_table_hour")
LONGEST_SLOT, SHORTEST_SLOT, FASTEST_TABLE, LONGEST_WAY = 60, 10, 600, 50_000


@dataclass(frozen=True)
class Proposed:
    """Slots are proposed: people with one and without; `finish` and `bound` are numbers of slots until all are done.

    `moved`: people who were promised another one; `off_the_map`: enterprises whose ways are not known.
    """

    proposal_id: UUID
    people: int
    left: int
    finish: int
    bound: int
    moved: int
    off_the_map: int


@dataclass(frozen=True)
class Improved:
    """The solver has looked for shorter ways."""

    proposal_id: UUID
    better: bool
    walking: int
    walking_bound: int


@command("slots.propose", capability=MANAGE, beside=("test_round",))
def propose(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    slot_minutes: int = SLOT_MINUTES,
    per_table_hour: int = PER_TABLE_HOUR,
    farthest: int | None = None,
    parts: Parts = Parts.WHOLE,
) -> Proposed:
    """Propose slots for everybody on the roster, at once; nothing is promised until they are accepted.

    Raises `IllegalTransition` for a round that is over, `InvalidInput`, `NobodyExpected`, `RoundTakesNobody`,
    `SlotsHaveBegun`.
    """
    _sound(slot_minutes, per_table_hour, farthest)
    _plannable(test_round)
    standing = list(current(test_round))
    if any(row.starts_at <= at for row in standing):
        raise SlotsHaveBegun
    given = Settings(grid_begins(test_round.opens_at), slot_minutes, per_table_hour, farthest, parts)
    begins = max(test_round.opens_at, at + number("slot.lead_minutes") * MINUTE)
    asked = asked_for(test_round, given, begins=begins)
    _somebody_somewhere(asked)
    plan = planner.propose(asked.problem)
    return _kept(actor, at, test_round, given, asked, plan, None, digest_of(row.pk for row in standing))


@command("slots.replan", capability=MANAGE, beside=("test_round",))
def replan(
    *, actor: Actor, at: datetime, test_round: Round, paces: tuple[tuple[UUID, int], ...] = ()
) -> Proposed:  # fmt: skip
    """Propose anew what has not begun, with the points as they are now: closed, slow, or more of them.

    As few people as possible lose the slot they were promised. `paces`: points with what a table of them takes in an
    hour, where somebody knows better than what was counted. Raises `NothingPlanned`, and as `propose` does.
    """
    _plannable(test_round)
    before, standing = accepted(test_round), list(current(test_round))
    if before is None:
        raise NothingPlanned
    given = settings_of(test_round, before)
    _sound_paces(paces, given)
    fast = paces_for(test_round, given, at=at, said=dict(paces))
    asked = asked_for(test_round, given, begins=given.counts_from, slow=fast)
    _somebody_somewhere(asked)
    known = standing_of(test_round, given, standing, at=at, lead=test_round.state != RoundState.OPEN)
    change = planner.replan(asked.problem, known, seconds=SECONDS_ANEW)
    kept = {
        "first": known.first_slot(asked.problem),
        "waiting": [asdict(one) for one in change.waiting],
        "told": [asdict(one) for one in change.told],
        "moved": change.moved,
        "moved_bound": change.moved_bound,
        "paces": kept_paces(fast),
    }
    return _kept(actor, at, test_round, given, asked, change.plan, kept, digest_of(row.pk for row in standing))


def _sound(slot_minutes: int, per_table_hour: int, farthest: int | None) -> None:
    faults = {}
    if not (SHORTEST_SLOT <= slot_minutes <= LONGEST_SLOT and 60 % slot_minutes == 0):
        faults["slot_minutes"] = "10, 12, 15, 20, 30, 60"
    if not 1 <= per_table_hour <= FASTEST_TABLE:
        faults["per_table_hour"] = f"1–{FASTEST_TABLE}"
    if farthest is not None and not 1 <= farthest <= LONGEST_WAY:
        faults["farthest"] = f"1–{LONGEST_WAY}"
    if faults:
        raise InvalidInput(fields=faults)


def _sound_paces(paces: tuple[tuple[UUID, int], ...], given: Settings) -> None:
    least = least_pace(given)
    faults = {f"pace-{point}": f"{least}–{FASTEST_TABLE}" for point, n in paces if not least <= n <= FASTEST_TABLE}
    if faults:
        raise InvalidInput(fields=faults)


def _plannable(of: Round) -> None:
    if of.state == RoundState.DRAFT:
        raise NobodyExpected
    if of.state not in {RoundState.FROZEN, RoundState.OPEN}:
        raise IllegalTransition(state=of.state)


def _somebody_somewhere(asked: Asked) -> None:
    if not asked.problem.groups:
        raise NobodyExpected
    if not any(point.openings for point in asked.problem.points):
        raise RoundTakesNobody


def _kept(
    actor: Actor, at: datetime, of: Round, given: Settings, asked: Asked, plan: planner.Plan,
    change: dict[str, Any] | None, standing: str,
) -> Proposed:  # fmt: skip
    made = insert(
        Proposal(
            round=of, made_at=at, made_by_id=actor.user_id, counts_from=given.counts_from,
            slot_minutes=given.slot_minutes, per_table_hour=given.per_table_hour, farthest=given.farthest,
            parts=given.parts, problem=asdict(asked.problem), plan=asdict(plan), change=change, standing=standing,
            searched=change is not None,
        )
    )  # fmt: skip
    served = sum(one.people for one in plan.bookings)
    record(made, unit_id=of.unit_id, data={"round": str(of.pk), "people": served, "left": plan.unserved})
    return Proposed(
        made.pk, served, plan.unserved, plan.finish, plan.bound, change["moved"] if change else 0, asked.off_the_map
    )


@command("slots.improve", capability=MANAGE, internal=True)
def improve(*, actor: Actor, at: datetime, proposal: Proposal, found: dict[str, Any]) -> Improved:
    """Keep what the solver found, if the validator finds nothing against it. Raises `ProposalStale`."""
    if proposal.accepted_at is not None or proposal.change is not None:
        raise ProposalStale
    problem, after = planner.from_json(proposal.problem), planner.plan_from_json(found)
    before = planner.plan_from_json(proposal.plan)
    better = not planner.validate(after, problem) and not before.better_than(after)
    proposal.searched = True
    proposal.plan = found if better else proposal.plan
    proposal.save(update_fields=["searched", "plan"])
    record(proposal, unit_id=proposal.round.unit_id, data={"better": better})
    kept = after if better else before
    return Improved(proposal.pk, better, kept.walking, kept.walking_bound)
