"""Lines of results that somebody decides by name: they count, are left out, or are opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import update_rows
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import meet
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.tubes.choices import Decision, FileState, Hold, LineState, Outcome
from lazaretto.tubes.commands.results import holds_now, look_again, not_independent, watch
from lazaretto.tubes.deadlines import HIDDEN
from lazaretto.tubes.errors import DecidedAtSite, FileClosed, LineCounts, LineDecided, LineNotDecided
from lazaretto.tubes.models import LineDecision, ResultFile, ResultLine
from lazaretto.tubes.queries.results import known_tubes, spellings
from lazaretto.tubes.rules import MANAGE, POSITIVES

L, H = LineState, Hold


@dataclass(frozen=True)
class ResultLineDecided:
    """What a line is now, and how many others wait."""

    file_id: UUID
    decided: int
    held: int


@command("tubes.decide_line", capability=MANAGE)
def decide_line(
    *,
    actor: Actor,
    at: datetime,
    result_file: ResultFile,
    number: int,
    take: bool,
    reason: str,
    tube: str = "",
    result: Outcome | None = None,
) -> ResultLineDecided:
    """Decide a held line by name and with a reason: it counts (with what is put right), or it is left out.

    A line without a tube or with a result that cannot be read counts only with what it should say. Raises
    `LineDecided`, `ReasonRequired`, `InvalidInput`, `Forbidden` for the program itself.
    """
    _open_to_decide(actor, result_file, reason)
    row = result_file.entries.filter(number=number).first()
    if row is None:
        raise NotFound(kind="tubes.resultline", number=number)
    if row.state != L.HELD:
        raise LineDecided(number=number)
    before = {"tube": row.tube, "outcome": row.outcome}
    _refuse_taking_own(result_file, [row], take=take)
    code = tidy_code(tube)
    row.tube, row.outcome = spellings([code]).get(code, code) or row.tube, result or row.outcome
    _decide(actor, row, reason, take=take)
    row.save()
    _write_down([row], Decision.TAKE if take else Decision.LEAVE, actor, at, before)
    said = {"number": number, "take": take, "before": before, "tube": row.tube, "outcome": row.outcome}
    return _decided(actor, at, result_file, 1, said, reason)


@command("tubes.decide_lines", capability=MANAGE)
def decide_lines(
    *, actor: Actor, at: datetime, result_file: ResultFile, hold: Hold, take: bool, reason: str
) -> ResultLineDecided:
    """The same decision about every line that waits for this one reason alone. Raises as `decide_line`."""
    _open_to_decide(actor, result_file, reason)
    rows = [row for row in result_file.entries.filter(state=L.HELD).order_by("number") if row.holds == [hold]]
    _refuse_taking_own(result_file, rows, take=take)
    for row in rows:
        _decide(actor, row, reason, take=take)
    update_rows(
        ResultLine,
        ("state", "accepted", "reason", "decided_by", "holds"),
        [(row.state, row.accepted, row.reason, row.decided_by_id, row.holds, row.pk) for row in rows],
    )
    _write_down(rows, Decision.TAKE if take else Decision.LEAVE, actor, at)
    return _decided(actor, at, result_file, len(rows), {"hold": hold, "take": take, "lines": len(rows)}, reason)


@command("tubes.reopen_line", capability=MANAGE)
def reopen_line(*, actor: Actor, at: datetime, result_file: ResultFile, number: int, reason: str) -> ResultLineDecided:
    """Open a decided line again: it is held as it was read, and somebody decides anew. What was decided stays written.

    A file that was taken in is open again with it. A result that counts is not taken back by this: another one takes
    its place. Raises `LineCounts`, `LineNotDecided`, `FileClosed`, `NotFound`, `ReasonRequired`, `Forbidden` for the
    program itself.
    """
    if result_file.state == FileState.CANCELLED:
        raise FileClosed(file=result_file.file_name)
    _by_name(actor, reason)
    row = result_file.entries.filter(number=number).first()
    if row is None:
        raise NotFound(kind="tubes.resultline", number=number)
    if row.state in {L.TAKEN, L.REPEATED, L.AT_SITE}:
        raise LineCounts(number=number, tube=row.tube)
    if row.decided_by_id is None or row.state not in {L.LEFT_OUT, L.READY}:
        raise LineNotDecided(number=number)
    before = {"tube": row.tube, "outcome": row.outcome}
    _hold_again(result_file, row)
    _write_down([row], Decision.REOPEN, actor, at, before, reason=whole(reason, 200))
    if result_file.state == FileState.COMMITTED:
        result_file.state, result_file.committed_at = FileState.STAGED, None
        result_file.save(update_fields=["state", "committed_at"])
    watch(result_file, at)
    return _decided(actor, at, result_file, 1, {"number": number, "reopened": True, "before": before}, reason)


def _hold_again(file: ResultFile, row: ResultLine) -> None:
    """As the laboratory said it: what was put right by the decision is read from the line again."""
    first = row.decisions.order_by("id").first()
    if first is not None:
        row.tube, row.outcome = first.tube, first.outcome
    row.accepted, row.reason, row.decided_by = [], "", None
    same = file.entries.filter(tube=row.tube).exclude(pk=row.pk).exclude(state__in=[L.LEFT_OUT, L.EMPTY])
    beside = set(same.values_list("outcome", flat=True)) if row.tube else set()
    holds = holds_now(file, row, known_tubes(file, [row.tube]), beside)
    row.state, row.holds = (L.HELD, holds) if holds else (L.READY, [])
    row.save()


def _write_down(
    rows: Sequence[ResultLine], what: Decision, actor: Actor, at: datetime, before: Mapping[str, str] | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    if (by := actor.user_id) is None:
        raise Forbidden(capability=MANAGE)
    LineDecision.objects.bulk_create(
        LineDecision(
            line=row, at=at, by_id=by, what=what, accepted=row.accepted, reason=reason or row.reason,
            tube=before["tube"] if before else row.tube, outcome=before["outcome"] if before else row.outcome,
        )
        for row in rows
    )  # fmt: skip


def _refuse_taking_own(file: ResultFile, rows: Sequence[ResultLine], *, take: bool) -> None:
    """Nobody decides away that a recheck has to be another's, nor for a site what its specimens say."""
    own = [row.tube for row in rows if H.NOT_INDEPENDENT in row.holds]
    if take and own:
        raise not_independent(file, own)
    if take and any(H.SITE_DECIDES in row.holds for row in rows):
        raise DecidedAtSite(tubes=", ".join(row.tube for row in rows if H.SITE_DECIDES in row.holds)[:200])


def _open_to_decide(actor: Actor, file: ResultFile, reason: str) -> None:
    _by_name(actor, reason)
    if file.state != FileState.STAGED:
        raise FileClosed(file=file.file_name)


def _by_name(actor: Actor, reason: str) -> None:
    if actor.user_id is None:
        raise Forbidden(capability=MANAGE)
    if not reason.strip():
        raise ReasonRequired


def _decide(actor: Actor, row: ResultLine, reason: str, *, take: bool) -> None:
    if take and not (row.tube and row.outcome):
        missing = {"tube": row.tube, "result": row.outcome}
        raise InvalidInput(fields={name: "missing" for name, value in missing.items() if not value})
    row.reason, row.decided_by_id = whole(reason, 200), actor.user_id
    row.state = L.READY if take else L.LEFT_OUT
    row.accepted = list(row.holds) if take else []  # what is found out later holds it again


def _decided(
    actor: Actor, at: datetime, file: ResultFile, n: int, said: dict[str, Any], reason: str
) -> ResultLineDecided:
    look_again(file)
    held = file.entries.filter(state=L.HELD)
    if not held.filter(outcome__in=POSITIVES).exists():
        meet(HIDDEN.code, file, at=at, by=actor.user_id, answer=reason.strip())
    record(file, unit_id=file.round.unit_id, data=said, reason=reason.strip())
    return ResultLineDecided(file.id, n, held.count())
