"""How it ends: home, with others; and what is never an end: not found any more."""

from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command
from lazaretto.core.deadlines import Due, cancel, meet, move_deadline, set_deadlines
from lazaretto.core.errors import IllegalTransition, whole
from lazaretto.custody.commands import Seen, write_facts
from lazaretto.custody.rules import FactKind
from lazaretto.headcounts.commands import leave_area
from lazaretto.orders.commands import follow
from lazaretto.stranded import rules
from lazaretto.stranded.choices import State, StepKind
from lazaretto.stranded.commands.common import (
    MOST,
    Stepped,
    chosen,
    go,
    has_place,
    nobody_alone,
    said,
    settle,
    stepped,
    watch_place,
    write_step,
)
from lazaretto.stranded.deadlines import PLACE, SEARCH
from lazaretto.stranded.errors import NotLaterThanNow
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import held_at, zone_of

WITNESS = 120  # characters

REGISTER, PLACES = rules.REGISTER, rules.PLACE
STANDING = (State.WAITING, State.MINDED, State.LODGED, State.MISSING)


@command("stranded.end", capability=PLACES)
def end(
    *,
    actor: Actor,
    at: datetime,
    group: Group,
    outcome: State,
    where_to: str,
    confirmed_by: str,
    people: tuple[UUID, ...] = (),
    with_whom: str = "",
) -> Stepped:
    """They went home, or others took them over (their employer, a relative): where to, and who confirmed it.

    Our care ends with it (a fact of custody). A child goes with somebody grown, of the group or named in `with_whom`.
    Raises `ReasonRequired`, `IllegalTransition` for anything that is not such an end, `ChildAlone`, `StepNotPossible`.
    """
    place, witness, company = said(where_to), said(confirmed_by), whole(with_whom, MOST)
    if outcome not in {State.HOME, State.TAKEN_OVER}:
        raise IllegalTransition(before="", after=outcome)
    rows = chosen(group, people, *STANDING)
    if not company:
        nobody_alone(group, rows, at=at)
    words = " · ".join(filter(None, [place, witness, company]))
    _let_go(rows, actor, at, words)
    go(rows, outcome)
    for row in rows:
        row.ended_at = at
        row.save(update_fields=["state", "ended_at"])
    has_place(rows, actor=actor, at=at)
    leave_area([row.person_id for row in rows], unit_id=group.unit_id, at=at)
    write_step(group, StepKind(outcome.value), rows, actor=actor, at=at, words=words)
    return stepped(settle(group, actor=actor, at=at), rows)


def _let_go(rows: list[Stranded], actor: Actor, at: datetime, words: str) -> None:
    """Whoever went missing on the way never came back to where they were found: that is settled by the witness."""
    held = held_at(row.person_id for row in rows)
    facts = []
    for row in rows:
        holding = held.get(row.person_id)
        if holding and holding.external:
            facts.append(Seen(row.person_id, FactKind.LET_GO, at, external=holding.external, note=words[:300]))
        elif holding and holding.handover:
            facts.append(Seen(row.person_id, FactKind.SETTLED, at, note=words[:300]))
    if facts:
        write_facts(facts, actor=actor, at=at)
        follow([fact.person_id for fact in facts], actor=actor, at=at)


@command("stranded.report_missing", capability=REGISTER)
def report_missing(
    *,
    actor: Actor,
    at: datetime,
    group: Group,
    last_seen_by: str,
    words: str = "",
    last_seen_at: datetime | None = None,
    people: tuple[UUID, ...] = (),
) -> Stepped:
    """Somebody left by themselves, or is not found where they were: who saw them last, and when.

    They stay in our care on record, and the question stays open: it climbs until they are found or somebody knows
    where they are. Raises `ReasonRequired`, `NotLaterThanNow`, `StepNotPossible`, `TextTooLong`.
    """
    witness, seen = whole(said(last_seen_by), WITNESS), last_seen_at or at
    if seen > at:
        raise NotLaterThanNow
    rows = chosen(group, people, *rules.HERE, State.ON_THE_WAY)
    go(rows, State.MISSING)
    due = rules.within("search", at, zone_of(group.unit))
    for row in rows:
        row.last_seen_at, row.last_seen_by = seen, witness
        row.save(update_fields=["state", "last_seen_at", "last_seen_by"])
        cancel(PLACE.code, row, at=at, by=actor.user_id, answer=witness)
    set_deadlines([Due(SEARCH.code, row, due, unit_id=group.unit_id, person_id=row.person_id) for row in rows], at=at)
    told = " · ".join(filter(None, [witness, whole(words, MOST)]))
    write_step(group, StepKind.MISSING, rows, actor=actor, at=at, words=told)
    return stepped(settle(group, actor=actor, at=at), rows)


@command("stranded.search", capability=REGISTER)
def search(*, actor: Actor, at: datetime, group: Group, words: str, people: tuple[UUID, ...] = ()) -> Stepped:
    """Where somebody looked for them, and what came of it; the next look is due. Raises `ReasonRequired`."""
    told, rows = said(words), chosen(group, people, State.MISSING)
    due = rules.within("search_again", at, zone_of(group.unit), cold=group.cold)
    for row in rows:
        move_deadline(SEARCH.code, row, due, at=at, by=actor.user_id)
    write_step(group, StepKind.SEARCHED, rows, actor=actor, at=at, words=told)
    return stepped(settle(group, actor=actor, at=at), rows)


@command("stranded.found_again", capability=REGISTER)
def found_again(*, actor: Actor, at: datetime, group: Group, words: str, people: tuple[UUID, ...] = ()) -> Stepped:
    """They are back, or were found: where. They wait for a place again, and the clock begins anew."""
    told, rows = said(words), chosen(group, people, State.MISSING)
    go(rows, State.WAITING)
    for row in rows:
        row.to_site, row.to_place, row.arrives_by = None, None, None
        row.save(update_fields=["state", "to_site", "to_place", "arrives_by"])
        meet(SEARCH.code, row, at=at, by=actor.user_id, answer=str(StepKind.FOUND_AGAIN.label))
    watch_place(group, rows, at, at=at)
    write_step(group, StepKind.FOUND_AGAIN, rows, actor=actor, at=at, words=told)
    return stepped(settle(group, actor=actor, at=at), rows)
