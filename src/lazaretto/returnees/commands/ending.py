"""A case ends with a named outcome and its reason, and is opened again with one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.commands import command
from lazaretto.core.errors import Forbidden, InvalidInput, whole
from lazaretto.returnees.choices import Outcome, Result, State, StepKind
from lazaretto.returnees.commands.calling import nobody_positive
from lazaretto.returnees.commands.common import MOST, place_of, said, settle, still_open, take_from, write_step
from lazaretto.returnees.commands.taking import open_again
from lazaretto.returnees.errors import (
    CaseOpenElsewhere,
    OwesTests,
    PositiveIsHandedOn,
    StepNotPossible,
    TooFewTries,
    WatchGoesOn,
)
from lazaretto.returnees.models import Returnee
from lazaretto.returnees.numbers import number
from lazaretto.returnees.rules import CALL, MANAGE, Standing, obstacles, permitted

SAYS_WHERE = frozenset({Outcome.GONE, Outcome.QUARANTINE, Outcome.UNREACHED})


@dataclass(frozen=True)
class ReturneeClosed:
    """A case has its outcome."""

    returnee_id: UUID
    number: str
    outcome: str


@dataclass(frozen=True)
class ReturneeReopened:
    """A case is to be reached anew."""

    returnee_id: UUID
    number: str


@command("returnees.close", capability=CALL)
def close(
    *,
    actor: Actor,
    at: datetime,
    returnee: Returnee,
    outcome: Outcome,
    reason: str,
    to_where: str = "",
    despite: str = "",
) -> ReturneeClosed:
    """End a case with its outcome: what is known and from whom in `reason`.

    `to_where` says where they are (gone, handed to quarantine) or to whom they were handed up (not reached, which only
    a leader closes). While tests are owed it needs `despite`: who sees to these tests now; never for `watched_out`.
    Raises `OwesTests`, `WatchGoesOn`, `TooFewTries`, `PositiveIsHandedOn`, `ReasonRequired`, `InvalidInput`,
    `CaseClosed`.
    """
    still_open(returnee)
    if not permitted(returnee.state, State.CLOSED):
        raise StepNotPossible
    if outcome == Outcome.UNREACHED and not actor.may(MANAGE, returnee.unit_id):
        raise Forbidden(capability=MANAGE)
    words, where, lifted = said(reason), whole(to_where, MOST), whole(despite, MOST)
    if outcome in SAYS_WHERE and not where:
        raise InvalidInput(fields={"to_where": str(outcome.label)})
    _refuse(returnee, outcome, lifted=bool(lifted), at=at)
    returnee.tests.filter(result="", waived_at__isnull=True).update(waived_at=at)
    returnee.state, returnee.outcome, returnee.closed_at, returnee.closed_by_id = (
        State.CLOSED,
        outcome,
        at,
        actor.user_id,
    )
    returnee.reason, returnee.to_where, returnee.despite = words, where or None, lifted or None
    returnee.due_at = None
    take_from(returnee)
    returnee.save()
    nobody_positive(returnee, at=at, by=actor.user_id)
    write_step(returnee, StepKind.CLOSED, actor=actor, at=at, words=words, outcome=outcome)
    settle([returnee.unit_id], at=at, by=actor.user_id)
    return ReturneeClosed(returnee.pk, returnee.number, outcome)


def _refuse(returnee: Returnee, outcome: Outcome, *, lifted: bool, at: datetime) -> None:
    zone, _jurisdiction = place_of(returnee.unit_id)
    tests = list(returnee.tests.all())
    standing = Standing(
        tries=returnee.tries,
        owed=sum(test.owed for test in tests),
        positive=any(test.result == Result.POSITIVE for test in tests),
        watch_until=returnee.watch_until if returnee.state == State.WATCHED else None,
    )
    tries = number("contact.tries")
    found = obstacles(outcome, standing, today=clock.local_date(at, zone), tries=tries)
    if "positive" in found:
        raise PositiveIsHandedOn
    if "tests" in found and (outcome == Outcome.WATCHED_OUT or not lifted):
        raise OwesTests(owed=standing.owed)
    if "watch" in found:
        raise WatchGoesOn(until=returnee.watch_until)
    if "tries" in found:
        raise TooFewTries(tries=tries, so_far=standing.tries)


@command("returnees.reopen", capability=MANAGE)
def reopen(*, actor: Actor, at: datetime, returnee: Returnee, reason: str) -> ReturneeReopened:
    """Open a closed case again; they are to be reached anew. Raises `ReasonRequired`, `StepNotPossible`,
    `CaseOpenElsewhere`.
    """
    if not permitted(returnee.state, State.TO_REACH):
        raise StepNotPossible
    same = Returnee.objects.filter(document_digest=returnee.document_digest, closed_at__isnull=True)
    if returnee.document_digest and same.exists():
        raise CaseOpenElsewhere
    open_again(returnee, said(reason), actor=actor, at=at)
    settle([returnee.unit_id], at=at, by=actor.user_id)
    return ReturneeReopened(returnee.pk, returnee.number)
