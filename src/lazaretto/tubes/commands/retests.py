"""Single swabs that nobody told as such: whoever is called back and lies alone in a fresh tube since.

A table scans whoever comes. Their scan does not count, because they were tested before, but their tube is fresh and
theirs alone: it answers the call, whether the scan, the event of a phone or the result comes first.
"""

from datetime import datetime

from lazaretto.core.access import locked
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import RecallState, Standing
from lazaretto.tubes.commands.positives import WAITING, clear, settle, swab_again
from lazaretto.tubes.commands.recalls import retest
from lazaretto.tubes.models import Recall, Trail
from lazaretto.tubes.queries.inside import Swab, inside, negative_elsewhere, swabs_of

R = RecallState


def follow_retests(of: Round, *, at: datetime) -> int:
    """Let the calls of a round follow what tables scanned; returns how many changed. Safe to run twice.

    Locks tubes before calls, as whoever tells of tubes does.
    """
    waiting = Recall.objects.filter(round=of.pk, state__in=WAITING).order_by("raised_at", "pk")
    if not waiting.exists():
        return 0
    loosened = _loosened(list(waiting.exclude(retest_tube=None)))
    rows = list(waiting.filter(state=R.OPEN))
    found = _found(rows)
    swabbed = sum(_swabbed(recall, found, at) for recall in rows)
    return loosened + swabbed + _freed(of, [row for row in rows if row.positive_id is None], at)


def _held(recall: Recall, state: str) -> Recall | None:
    """The row, locked, if it is still so."""
    rows = locked(Recall.objects.filter(pk=recall.pk, state=state))
    return rows.select_related("round", "positive").first()


def _loosened(rows: list[Recall]) -> int:
    """Their own tube was rejected, or somebody else lies in it too: they are swabbed once more."""
    own = {row.retest_tube: row for row in rows if row.retest_tube}
    people = inside(list(own))
    trails = locked(Trail.objects.filter(pk__in=own, standing="")).order_by("pk")
    gone = [row.code for row in trails if row.rejected_at or len(people[row.code]) > 1]
    there = [held for code in gone if (held := _held(own[code], R.RETESTED))]
    for recall in there:
        swab_again(recall)
    return len(there)


def _found(rows: list[Recall]) -> dict[int, list[Swab]]:
    """Where people who are called lie alone, by their numbers; the first swab first."""
    if not rows:
        return {}
    swabs = swabs_of(rows[0].round_id, {row.number for row in rows})
    since = min(row.raised_at for row in rows)
    later = {number: [one for one in several if one.taken_at > since] for number, several in swabs.items()}
    people = inside({one.tube for several in later.values() for one in several})
    trails = {row.code: row for row in Trail.objects.filter(pk__in=people)}
    return {
        number: sorted(
            (one for one in several if len(people[one.tube]) == 1 and _gives_result(trails.get(one.tube))),
            key=lambda one: one.taken_at,
        )
        for number, several in later.items()
    }  # fmt: skip


def _gives_result(trail: Trail | None) -> bool:
    return trail is None or (trail.rejected_at is None and trail.standing != Standing.INVALID)


def _swabbed(recall: Recall, found: dict[int, list[Swab]], at: datetime) -> bool:
    fits = [one for one in found.get(recall.number, ()) if one.tube != recall.tube and one.taken_at > recall.raised_at]
    list(locked(Trail.objects.filter(pk__in=[one.tube for one in fits])).order_by("pk"))
    held = _held(recall, R.OPEN) if fits else None
    if held is None or not any(retest(held, one.tube, at=one.taken_at) for one in fits):
        return False
    settle(held, by=None, at=at)
    return True


def _freed(of: Round, rows: list[Recall], at: datetime) -> int:
    """Called only because a tube gave no result, and another tube of theirs is negative by now."""
    done = negative_elsewhere(of.pk, {row.number for row in rows}) if rows else set()
    free = [held for row in rows if row.number in done and (held := _held(row, R.OPEN))]
    clear(of, free, at)
    for recall in free:
        settle(recall, by=None, at=at)
    return len(free)
