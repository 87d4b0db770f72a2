"""People called back: called, swabbed singly, free, or taken over by whoever cares for cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lazaretto.cases.choices import ChangeKind, EvidenceKind
from lazaretto.cases.commands import propose as propose_at_site
from lazaretto.cases.commands import propose_outside
from lazaretto.cases.models import Change
from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert, insert_few
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import meet
from lazaretto.core.errors import Forbidden, InvalidInput, ReasonRequired, whole
from lazaretto.people.models import Person
from lazaretto.stays.models import Stay
from lazaretto.tubes.choices import CallSaid, RecallState, Standing
from lazaretto.tubes.commands.caring import care_for
from lazaretto.tubes.commands.positives import WAITING, answer_retest, settle
from lazaretto.tubes.deadlines import HAND_ON
from lazaretto.tubes.errors import CallSaysNothing, NotConfirmed, RecallSettled, RecheckOutstanding, RetestTubeTaken
from lazaretto.tubes.models import Positive, Recall, RecallCall, Trail
from lazaretto.tubes.queries.inside import inside
from lazaretto.tubes.queries.people import known_person, person_of
from lazaretto.tubes.rules import LONGEST_CODE, MANAGE, OVERRIDE, RECALL

R = RecallState
NOT_REACHED = frozenset({CallSaid.NO_ANSWER, CallSaid.WRONG})


@dataclass(frozen=True)
class RecallChanged:
    """How far it is with somebody called back."""

    recall_id: UUID
    state: str


@dataclass(frozen=True)
class HandedOn:
    """A confirmed positive is with whoever cares for cases; `change` where they are in our care already."""

    recall_id: UUID
    change: str


@command("tubes.record_call", capability=RECALL)
def record_call(*, actor: Actor, at: datetime, recall: Recall, said: CallSaid, words: str = "") -> RecallChanged:
    """Somebody called them: stay where you are, you are swabbed singly. Whoever was reached said where they are.

    Raises `CallSaysNothing`, `RecallSettled`, `TextTooLong`.
    """
    if recall.state in {R.CLEARED, R.CLOSED}:
        raise RecallSettled(state=recall.state)
    reached = said not in NOT_REACHED
    if reached and not words.strip():
        raise CallSaysNothing
    insert(RecallCall(recall=recall, at=at, by_id=actor.user_id, reached=reached, said=said, words=whole(words, 200)))
    if reached and recall.reached_at is None:
        recall.reached_at = at
        recall.save(update_fields=["reached_at"])
    return _changed(recall, {"reached": reached, "said": said})


@command("tubes.record_retest", capability=RECALL)
def record_retest(*, actor: Actor, at: datetime, recall: Recall, tube: str) -> RecallChanged:
    """They were swabbed into a tube of their own. Raises `RecallSettled`, `RetestTubeTaken`, `InvalidInput`."""
    code = tidy_code(tube)
    if not code or len(code) > LONGEST_CODE or not code.isascii():
        raise InvalidInput(fields={"tube": "a code of up to 40 characters"})
    if not retest(recall, code, at=at, by=actor.user_id):
        raise RetestTubeTaken(tube=code)
    settle(recall, by=actor.user_id, at=at)
    return _changed(recall, {"tube": code})


def retest(recall: Recall, code: str, *, at: datetime, by: int | None = None) -> bool:
    """Note their own tube; False when somebody else is in it, or it is of another round. Raises `RecallSettled`.

    Other calls of theirs are answered by the same swab; if its result is there already, it holds at once.
    """
    if recall.state not in WAITING:
        raise RecallSettled(state=recall.state)
    own = (recall.round_id, recall.number)
    if any(one.who != own for one in inside([code])[code]):
        return False
    known: list[tuple[Any, ...]] = [(code, recall.round_id, None, at, "", "", "", [], "")]
    insert_few(Trail, _TRAIL, known, ignore_conflicts=True)
    trail = locked(Trail.objects.filter(pk=code)).get()
    if trail.round_id != recall.round_id:
        return False
    Trail.objects.filter(pk=code, opened_at=None).update(opened_at=at)
    recall.state, recall.retest_tube, recall.retested_at = R.RETESTED, code, at
    recall.reached_at = recall.reached_at or at
    recall.save(update_fields=["state", "retest_tube", "retested_at", "reached_at"])
    _answers_others(recall, by=by, at=at)
    if trail.standing:
        answer_retest(recall.round, recall, trail.standing, by=by, at=at)
    return True


def _answers_others(recall: Recall, *, by: int | None, at: datetime) -> None:
    """Somebody of two positive tubes is swabbed singly once."""
    rows = Recall.objects.filter(round=recall.round_id, number=recall.number, retest_tube=None).exclude(pk=recall.pk)
    for other in rows.filter(Q(state=R.OPEN) | Q(state=R.POSITIVE, tube=recall.retest_tube)):
        other.state, other.closed_at, other.words = R.CLOSED, at, recall.retest_tube or ""
        other.save(update_fields=["state", "closed_at", "words"])
        settle(other, by=by, at=at)


_TRAIL = ("code", "round", "point", "opened_at", "bag", "laboratory", "reason", "doubts", "standing")


def retest_by_number(round_id: UUID, pairs: Iterable[tuple[int, str, datetime]]) -> set[str]:
    """What devices saw: somebody under this number was swabbed into this tube. Returns tubes that nobody waits for."""
    nobody = set()
    for number, code, at in pairs:
        rows = Recall.objects.filter(round=round_id, number=number)
        if rows.filter(retest_tube=code).exists():
            continue
        waiting = rows.filter(state=R.OPEN).exclude(tube=code).select_related("positive", "round")
        first = waiting.order_by("raised_at").first()
        if first is None or not retest(first, code, at=at):
            nobody.add(code)
    return nobody


@command("tubes.close_recall", capability=MANAGE)
def close_recall(*, actor: Actor, at: datetime, recall: Recall, reason: str) -> RecallChanged:
    """Nobody waits for them any more, and why: a named person decides, once the recheck of their tube is there.

    Raises `RecheckOutstanding`, `ReasonRequired`, `RecallSettled`.
    """
    _may_end(recall, reason)
    if _recheck_outstanding(recall):
        raise RecheckOutstanding(tube=recall.retest_tube or recall.tube)
    return _end(actor, at, recall, reason)


@command("tubes.override_recall", capability=OVERRIDE)
def override_recall(*, actor: Actor, at: datetime, recall: Recall, reason: str) -> RecallChanged:
    """The same before the recheck: by an approver, with a reason that is shown wherever the result is shown.

    Raises `Forbidden` for the program itself, `ReasonRequired`, `RecallSettled`.
    """
    if actor.user_id is None:
        raise Forbidden(capability=OVERRIDE)
    _may_end(recall, reason)
    recall.overridden = _recheck_outstanding(recall)
    return _end(actor, at, recall, reason)


def _may_end(recall: Recall, reason: str) -> None:
    if not reason.strip():
        raise ReasonRequired
    if recall.state in {R.CLEARED, R.CLOSED, R.CONFIRMED}:
        raise RecallSettled(state=recall.state)


def _recheck_outstanding(recall: Recall) -> bool:
    tubes = [code for code in (recall.tube, recall.retest_tube) if code]
    return Positive.objects.filter(tube__in=tubes, standing=Standing.PRELIMINARY).exists()


def _end(actor: Actor, at: datetime, recall: Recall, reason: str) -> RecallChanged:
    recall.state, recall.closed_at, recall.closed_by_id = R.CLOSED, at, actor.user_id
    recall.words = whole(reason, 200)
    recall.save(update_fields=["state", "closed_at", "closed_by", "words", "overridden"])
    settle(recall, by=actor.user_id, at=at)
    return _changed(recall, {"overridden": recall.overridden}, reason.strip())


@command("tubes.hand_on", capability=MANAGE)
def hand_on(*, actor: Actor, at: datetime, recall: Recall, words: str, propose: bool = False) -> HandedOn:
    """Say who takes over a confirmed positive. Of somebody who stays with us a change of status is proposed with it,
    of somebody else with `propose`: then they are a person in the care of the round's unit from now on.

    It waits there for its own confirmation; nobody is moved by this. Whoever was handed on without can still be
    proposed, and whose change came to nothing is handed on anew. Raises `NotConfirmed`, `RecallSettled`,
    `ReasonRequired`, and what `cases.propose`, `cases.propose_outside` and `care_for` raise.
    """
    if recall.state != R.CONFIRMED:
        raise NotConfirmed(state=recall.state)
    before = None if recall.change_ended else recall.handed_on_at
    if before is not None and (recall.change_id is not None or not propose):
        raise RecallSettled(state=recall.state)
    if not words.strip():
        raise ReasonRequired
    person = known_person(recall.round, recall.number)
    stay = Stay.objects.filter(person=person, ended_at__isnull=True).select_related("site").first() if person else None
    change = None
    if stay is not None:
        change = _proposed(actor, at, stay, recall, words)
    elif propose:
        change = _proposed_outside(actor, at, care_for(recall.round, recall.number, at=at), recall, words)
    recall.handed_on_at, recall.change, recall.words = before or at, change, whole(words, 200)
    recall.save(update_fields=["handed_on_at", "change", "words"])
    meet(HAND_ON.code, recall, at=at, by=actor.user_id, answer=words.strip())
    _changed(recall, {"change": change.number if change else ""}, words.strip())
    return HandedOn(recall.id, change.number if change else "")


def _proposed(actor: Actor, at: datetime, stay: Stay, recall: Recall, words: str) -> Change | None:
    """A case waits there already, or one is proposed on the report of the laboratory that rechecked."""
    before = _waiting_there(Q(stay=stay))
    if before is not None:
        return before
    made = propose_at_site(
        actor=actor.also_with(["cases.propose"], stay.site.unit_id), at=at, site=stay.site, stay=stay,
        **_report(recall, words),
    )  # fmt: skip
    return Change.objects.get(pk=made.change_id)


def _proposed_outside(actor: Actor, at: datetime, person: Person, recall: Recall, words: str) -> Change | None:
    """The same of somebody who does not stay with us: of the unit whose round it is."""
    before = _waiting_there(Q(person=person))
    if before is not None:
        return before
    made = propose_outside(
        actor=actor.also_with(["cases.propose"], recall.round.unit_id), at=at, unit=recall.round.unit, person=person,
        **_report(recall, words),
    )  # fmt: skip
    return Change.objects.get(pk=made.change_id)


def _waiting_there(about: Q) -> Change | None:
    rows = Change.objects.filter(about, kind=ChangeKind.CASE, state__in=["proposed", "confirmed"])
    return rows.filter(refuted_by__isnull=True).first()


def _report(recall: Recall, words: str) -> dict[str, Any]:
    return {
        "kind": ChangeKind.CASE, "evidence": EvidenceKind.REPORT, "happened_at": recall.retested_at or recall.raised_at,
        "words": f"{recall.retest_tube or recall.tube}: {words.strip()}",
    }  # fmt: skip


def _changed(recall: Recall, data: dict[str, object], reason: str = "") -> RecallChanged:
    person = person_of(recall.round, recall.number)
    said = {"number": recall.number, "state": recall.state, **data}
    record(recall, unit_id=recall.round.unit_id, person_id=person, data=said, reason=reason)
    return RecallChanged(recall.id, recall.state)
