"""What follows from results: standings, positives, people called back and cleared. A preliminary one moves nobody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lazaretto.cases.choices import ChangeState
from lazaretto.cases.models import Change
from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert_few, insert_unless_taken, update_rows
from lazaretto.core.deadlines import Due, cancel, meet, raise_alarm, set_deadlines
from lazaretto.core.ids import new_id
from lazaretto.screening.commands import number_kept
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import RecallState, Stage, Standing
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.deadlines import HAND_ON, POSITIVE, RETEST, TAKEN_BACK
from lazaretto.tubes.models import Positive, Recall, Trail
from lazaretto.tubes.queries.inside import Inside, Pair, inside, negative_elsewhere
from lazaretto.tubes.queries.results import counting
from lazaretto.tubes.rules import standing_of

S, R = Standing, RecallState
WAITING = (R.OPEN, R.RETESTED)


def follow_results(of: Round, codes: Sequence[str], *, actor: Actor, at: datetime) -> None:
    """Let the standing of these tubes, whose rows are locked, and everything behind it follow from what counts now."""
    results = counting(codes)
    before = {row.code: row for row in Trail.objects.filter(pk__in=codes)}
    rows = []
    for code in codes:
        by_stage = results.get(code, {})
        first, recheck = (by_stage[one].outcome if one in by_stage else "" for one in (Stage.FIRST, Stage.RECHECK))
        standing = standing_of(first, recheck)
        said_at = max((row.reported_at for row in by_stage.values()), default=None)
        rows.append((standing, said_at if standing else None, code))
    update_rows(Trail, ("standing", "answered_at"), rows)
    changed = {code: standing for standing, _at, code in rows if before[code].standing != standing}
    _follow(of, changed, actor, at)


def _follow(of: Round, changed: Mapping[str, str], actor: Actor, at: datetime) -> None:
    """Most tubes are negative and nobody waits for them: only the others are looked at one by one."""
    for code, standing in changed.items():
        if standing == S.PRELIMINARY:
            raise_positive(of, code, at=at)
        elif standing == S.INVALID:
            call_back(of, code, None, at=at)
    for row in Positive.objects.filter(tube__in=list(changed), standing=S.PRELIMINARY).order_by("pk"):
        _decide_positive(of, row, changed[row.tube], actor, at)
    for recall in Recall.objects.filter(retest_tube__in=list(changed)).select_related("positive").order_by("pk"):
        answer_retest(of, recall, changed[recall.retest_tube or ""], by=actor.user_id, at=at)


# ---- positives


def raise_positive(of: Round, code: str, *, at: datetime) -> Positive:
    """Tell everybody at once, and call back whoever is in the tube."""
    made = Positive(id=new_id(), round=of, tube=code, raised_at=at)
    if not insert_unless_taken(made):
        made = Positive.objects.get(tube=code)
        made.standing, made.decided_at = S.PRELIMINARY, None
        made.save(update_fields=["standing", "decided_at"])
    raise_alarm(Due(POSITIVE.code, made, at, unit_id=of.unit_id), at=at)
    call_back(of, code, made, at=at)
    return made


def call_back(of: Round, code: str, positive: Positive | None, *, at: datetime) -> int:
    """Everybody in the tube is to be swabbed singly; returns how many are new. Whoever is alone in it waits for the
    recheck.

    Scans that come later add people: the duty asks again, and whoever was alone is not any more.
    """
    everybody = _numbered(code)
    others = [one for one in everybody if not one.single]  # somebody's own retest: `answer_retest` sees to it
    alone = positive is not None and len(everybody) == 1
    if positive is None:
        others = _not_free(others, code)
    elif not alone:
        positive.recalls.filter(tube=code, state=R.POSITIVE, retest_tube=None).update(state=R.OPEN)
    due = at + CLOCKS["retest"].within
    rows = [
        (
            new_id(),
            round_id,
            positive.id if positive else None,
            code,
            number,
            R.POSITIVE if alone else R.OPEN,
            at,
            due,
            False,
            "",
        )
        for round_id, number in sorted(one.who for one in others)
    ]
    made = insert_few(Recall, _RECALL, rows, ignore_conflicts=True, returning=True)
    if positive is not None and positive.people != len(everybody):
        positive.people = len(everybody)
        positive.save(update_fields=["people"])
    if made and not alone:
        subject = positive or Trail.objects.get(pk=code)
        set_deadlines([Due(RETEST.code, subject, due, unit_id=of.unit_id)], at=at)
    return len(made)


def _numbered(code: str) -> list[Inside]:
    """Everybody in the tube, with a number to be called by."""
    found = inside([code])[code]
    nameless = [one.duplicate for one in found if one.number is None and one.duplicate]
    if not nameless:
        return found
    number_kept(nameless)
    return inside([code])[code]


def _not_free(people: Sequence[Inside], code: str) -> list[Inside]:
    """Without those who need no new swab for a tube that gave no result: another tube of theirs is negative, or they
    are called back already."""
    free: set[Pair] = set()
    for round_id in {one.round_id for one in people}:
        numbers = {one.number for one in people if one.round_id == round_id and one.number}
        waiting = Recall.objects.filter(
            round=round_id, number__in=numbers, state__in=[*WAITING, R.POSITIVE, R.CONFIRMED]
        )
        done = negative_elsewhere(round_id, numbers, than=code) | set(waiting.values_list("number", flat=True))
        free |= {(round_id, number) for number in done}
    return [one for one in people if one.who not in free]


_RECALL = ("id", "round", "positive", "tube", "number", "state", "raised_at", "due_at", "overridden", "words")


def _decide_positive(of: Round, row: Positive, standing: str, actor: Actor, at: datetime) -> None:
    """A recheck decided the tube, or what it rested on counts no more."""
    if standing in {S.PRELIMINARY, ""}:
        return
    row.standing = standing if standing in {S.CONFIRMED, S.REFUTED} else S.NEGATIVE
    row.decided_at = at
    row.save(update_fields=["standing", "decided_at"])
    meet(POSITIVE.code, row, at=at, by=actor.user_id, answer=str(S(row.standing).label))
    alone = row.recalls.filter(state=R.POSITIVE, retest_tube=None)  # of a tube of their own its own recheck decides
    if standing == S.CONFIRMED:
        _wait_again(row)
        confirm_people(of, alone, at)
        return
    if standing == S.INVALID:  # no finding at all any more: everybody is swabbed singly
        alone.update(state=R.OPEN)
        set_deadlines([Due(RETEST.code, row, at + CLOCKS["retest"].within, unit_id=of.unit_id)], at=at)
        return
    # Refuted by a recheck, the others of a pool are swabbed all the same; withdrawn, nothing holds them.
    clear(of, row.recalls.filter(state__in=[R.POSITIVE, *WAITING]) if standing == S.NEGATIVE else alone, at)
    if not row.recalls.filter(state__in=WAITING).exists():
        meet(RETEST.code, row, at=at, by=actor.user_id)


def _wait_again(row: Positive) -> None:
    """Whoever's recall was ended before the recheck is called back after all: it confirmed the tube."""
    state = R.POSITIVE if row.people == 1 else R.OPEN
    row.recalls.filter(overridden=True).update(state=state, closed_at=None, overridden=False)


def answer_retest(of: Round, recall: Recall, standing: str, *, by: int | None, at: datetime) -> None:
    """The single swab of somebody called back has its result: negative clears them, whatever the pool said.

    It is single only as long as nobody else is in that tube.
    """
    shared = (
        standing in {S.PRELIMINARY, S.CONFIRMED}
        and len(inside([recall.retest_tube or ""])[recall.retest_tube or ""]) > 1
    )
    if standing in {S.NEGATIVE, S.REFUTED}:
        clear(of, [recall], at)
    elif (standing == S.INVALID and recall.state != R.CLOSED) or shared:
        swab_again(recall)
    elif standing == S.PRELIMINARY:
        recall.state, recall.closed_at, recall.overridden = R.POSITIVE, None, False
        recall.save(update_fields=["state", "closed_at", "overridden"])
        Positive.objects.filter(tube=recall.retest_tube).update(people=1)
    elif standing == S.CONFIRMED:
        confirm_people(of, [recall], at)
    settle(recall, by=by, at=at)


def swab_again(recall: Recall) -> None:
    """Their own tube says nothing of them: it gave no result, or somebody else is in it too."""
    recall.state, recall.retest_tube, recall.retested_at = R.OPEN, None, None
    recall.closed_at, recall.overridden = None, False
    recall.save(update_fields=["state", "retest_tube", "retested_at", "closed_at", "overridden"])


def confirm_people(of: Round, recalls: Iterable[Recall], at: datetime) -> None:
    """Somebody has to take each of them over; told at once. Whose change of status waits or holds is taken over."""
    for recall in recalls:
        recall.state, recall.closed_at, recall.overridden = R.CONFIRMED, None, False
        recall.handed_on_at = None if recall.change_ended else recall.handed_on_at
        recall.save(update_fields=["state", "closed_at", "overridden", "handed_on_at"])
        if recall.change_id is None or recall.change_ended:
            raise_alarm(Due(HAND_ON.code, recall, at, unit_id=of.unit_id), at=at)
        cancel(TAKEN_BACK.code, recall, at=at, answer=str(R.CONFIRMED.label))


def take_up_again(change: Change, *, at: datetime) -> None:
    """Their change of status came to nothing: a positive that still stands is in nobody's hands again."""
    rows = Recall.objects.filter(change=change.pk).select_related("round")
    for recall in locked(rows).order_by("pk"):
        recall.handed_on_at = None
        recall.save(update_fields=["handed_on_at"])
        if recall.state == R.CONFIRMED:
            raise_alarm(Due(HAND_ON.code, recall, at, unit_id=recall.round.unit_id), at=at)


def clear(of: Round, recalls: Iterable[Recall], at: datetime) -> None:
    """They are free. Where their change of status was confirmed on this result, somebody has to put that right."""
    for recall in recalls:
        recall.state, recall.closed_at, recall.overridden = R.CLEARED, at, False
        recall.save(update_fields=["state", "closed_at", "overridden"])
        cancel(HAND_ON.code, recall, at=at, answer=str(R.CLEARED.label))
        if _rests_on(recall):
            raise_alarm(Due(TAKEN_BACK.code, recall, at, unit_id=of.unit_id), at=at)


def _rests_on(recall: Recall) -> bool:
    change = recall.change
    return change is not None and change.state == ChangeState.CONFIRMED and not hasattr(change, "refuted_by")


def settle(recall: Recall, *, by: int | None, at: datetime) -> None:
    """Nobody of the tube waits to be swabbed any more: what watched it is met."""
    if Recall.objects.filter(tube=recall.tube, state__in=WAITING).exists():
        return
    subject = recall.positive or Trail.objects.filter(pk=recall.tube).first()
    if subject is not None:
        meet(RETEST.code, subject, at=at, by=by)
