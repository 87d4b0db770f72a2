"""Results as laboratories send them: laid out line by line, held where somebody must decide, taken in by tube."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows, update_rows
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel, meet, raise_alarm, set_deadlines
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.core.ids import new_id
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import FileState, Hold, LineState, Outcome, Source, Stage
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.commands.events import lock_codes
from lazaretto.tubes.commands.positives import follow_results
from lazaretto.tubes.commands.scans import follow_scans
from lazaretto.tubes.deadlines import HIDDEN, LOOK
from lazaretto.tubes.errors import FileBlocked, FileClosed, LineDecided, NoSecondStage, NoTubeColumn, RoundNotTested
from lazaretto.tubes.models import Laboratory, ResultFile, ResultLine, TubeResult
from lazaretto.tubes.queries.results import account_of, known_tubes, spellings
from lazaretto.tubes.rules import MANAGE, POSITIVES, REPORT, Known, Said, columns_of, holds_of, read_line, tidy_code

MOST_LINES = 50_000
PIECE = 4_000  # lines taken in at once
L, H = LineState, Hold
# What may be different when the line is looked at again: scans and receipts come later.
PASSING = frozenset({H.UNKNOWN_TUBE, H.NOT_RECEIVED})


@dataclass(frozen=True)
class RawLine:
    """A line as it stands in the file: its number there and its cells."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class ResultsStaged:
    """Results lie ready. `known`: these very results came before, here is how far they are."""

    file_id: UUID
    known: bool
    lines: int
    ready: int
    held: int
    positives: int


@dataclass(frozen=True)
class ResultsTaken:
    """How far a file is: `finished` when no line is ready any more; `held` ones wait for somebody."""

    file_id: UUID
    taken: int
    held: int
    finished: bool


@dataclass(frozen=True)
class ResultLineDecided:
    """What a line is now, and how many others wait."""

    file_id: UUID
    decided: int
    held: int


@dataclass(frozen=True)
class FilePutAside:
    """Results were put aside before any counted."""

    file_id: UUID


@command("tubes.stage_results", capability=REPORT)
def stage_results(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    laboratory: Laboratory,
    file_name: str,
    digest: str,
    header: list[str],
    lines: list[RawLine],
    declared_negative: bool = False,
    stage: Stage = Stage.FIRST,
    source: Source = Source.FILE,
) -> ResultsStaged:
    """Lay out results of a round as a laboratory sent them; nothing counts yet. The same `digest` is the same file.

    A positive in a file declared negative, and any positive that is held, is told at once. Raises `NoTubeColumn`,
    `NoSecondStage`, `RoundNotTested`, `InvalidInput` for too many lines, `TextTooLong`.
    """
    columns = columns_of(header)
    if not {"tube", "result"} <= set(columns.values()):
        raise NoTubeColumn(columns=", ".join(header)[:200])
    if stage == Stage.RECHECK and not laboratory.rechecks:
        raise NoSecondStage(laboratory=laboratory.code)
    if test_round.state in {RoundState.DRAFT, RoundState.FROZEN}:
        raise RoundNotTested(round=test_round.id)
    if len(lines) > MOST_LINES:
        raise InvalidInput(fields={"lines": f"at most {MOST_LINES}"})
    before = ResultFile.objects.filter(round=test_round, digest=digest, stage=stage).exclude(state=FileState.CANCELLED)
    held = before.first()
    known = held is not None
    if held is None:
        held = insert(
            ResultFile(
                round=test_round, laboratory=laboratory, stage=stage, source=source, file_name=whole(file_name, 200),
                digest=digest, declared_negative=declared_negative, lines=len(lines), sent_at=at,
                sent_by_id=actor.user_id,
            )
        )  # fmt: skip
        _lay_out(held, columns, header, lines)
        _watch(held, at)
    account = account_of(held)
    figures = {"lines": held.lines, "ready": account.ready, "held": account.held, "positives": account.positives}
    record(held, unit_id=test_round.unit_id, data={"known": known, "stage": stage, **figures})
    return ResultsStaged(held.id, known, held.lines, account.ready, account.held, account.positives)


_LINE = (
    "file", "number", "tube", "said", "outcome", "ct_n", "ct_orf", "state", "holds", "accepted", "reason", "decided_by",
    "payload",
)  # fmt: skip


def _lay_out(file: ResultFile, columns: Mapping[int, str], header: Sequence[str], lines: Sequence[RawLine]) -> None:
    follow_scans(file.round)
    names = {index: columns.get(index) or f"+{word.strip()[:60]}" for index, word in enumerate(header) if word.strip()}
    cells = [{name: raw.cells[i] for i, name in names.items() if i < len(raw.cells)} for raw in lines]
    read = [read_line(said) for said in cells]
    spelt = spellings(said.tube for said in read if said is not None)
    read = [replace(said, tube=spelt[said.tube]) if said and said.tube in spelt else said for said in read]
    sayings: dict[str, set[str]] = {}
    for said in read:
        if said is not None and said.tube:
            sayings.setdefault(said.tube, set()).add(said.outcome)
    known = known_tubes(file.round_id, sayings, stage=file.stage)
    seen: set[str] = set()
    rows: list[tuple[Any, ...]] = []
    for raw, all_cells, said in zip(lines, cells, read, strict=True):
        state, holds = _first_look(file, said, known, sayings, seen)
        one = said or Said()
        payload = json.dumps(all_cells, ensure_ascii=False)
        rows.append(
            (
                file.id, raw.number, one.tube, one.words, one.outcome, one.ct_n, one.ct_orf, state, holds, [], "", None,
                payload,
            )
        )  # fmt: skip
    insert_rows(ResultLine, _LINE, rows)


def _first_look(
    file: ResultFile, said: Said | None, known: Mapping[str, Known], sayings: Mapping[str, set[str]], seen: set[str]
) -> tuple[LineState, list[str]]:
    """What a line is. A list with a line a person says each tube ten times: the first counts, the same again is not."""
    if said is None:
        return L.EMPTY, []
    others = sayings.get(said.tube, set())
    holds = holds_of(
        said, known.get(said.tube), stage=file.stage, declared_negative=file.declared_negative, others=others
    )
    if said.tube and said.tube in seen and len(others) == 1:
        return L.REPEATED, []
    seen.add(said.tube)
    return (L.HELD, holds) if holds else (L.READY, [])


def _watch(file: ResultFile, at: datetime) -> None:
    """Somebody must look at it soon; a positive that is held is told at once."""
    unit = file.round.unit_id
    set_deadlines([Due(LOOK.code, file, at + CLOCKS["look"].within, unit_id=unit)], at=at)
    if file.entries.filter(state=L.HELD, outcome__in=POSITIVES).exists():
        raise_alarm(Due(HIDDEN.code, file, at, unit_id=unit), at=at)


# ---- taken in


@command("tubes.commit_results", capability=REPORT)
def commit_results(*, actor: Actor, at: datetime, result_file: ResultFile, lines: int = PIECE) -> ResultsTaken:
    """Take in the next `lines` ready lines; call again until `finished`. Each tube's first result that counts stands.

    Lines are looked at again before they count: what was scanned or received since is held no more, what contradicts
    by now is. Of a file declared negative nothing counts while a positive in it waits for its decision. Raises
    `FileClosed`, `FileBlocked`.
    """
    if result_file.state != FileState.STAGED:
        raise FileClosed(file=result_file.file_name)
    hidden = result_file.entries.filter(state=L.HELD, outcome__in=POSITIVES)
    if result_file.declared_negative and hidden.exists():
        raise FileBlocked(tubes=", ".join(hidden.values_list("tube", flat=True)[:10]))
    follow_scans(result_file.round)
    taken = _take_in(result_file, actor, at, max(1, lines))
    account = account_of(result_file)
    if not account.ready and not account.held:
        result_file.state, result_file.committed_at = FileState.COMMITTED, at
        result_file.save(update_fields=["state", "committed_at"])
        meet(LOOK.code, result_file, at=at, by=actor.user_id)
    if not result_file.entries.filter(state=L.HELD, outcome__in=POSITIVES).exists():
        meet(HIDDEN.code, result_file, at=at, by=actor.user_id)
    record(result_file, unit_id=result_file.round.unit_id, data={"taken": taken, "held": account.held})
    return ResultsTaken(result_file.id, account.taken, account.held, not account.ready)


def _take_in(file: ResultFile, actor: Actor, at: datetime, most: int) -> int:
    waiting = file.entries.filter(state=L.HELD)
    passing = [row for row in waiting if set(row.holds) <= PASSING]
    piece = [*file.entries.filter(state=L.READY).order_by("number")[:most], *passing]
    tubes = sorted({row.tube for row in piece})
    lock_codes([], tubes)
    known = known_tubes(file.round_id, tubes, stage=file.stage)
    good, changed = [], []
    for row in piece:
        said = Said(row.tube, row.said, row.outcome, row.ct_n, row.ct_orf)
        holds = holds_of(
            said, known.get(row.tube), stage=file.stage, declared_negative=file.declared_negative, others=set()
        )
        holds = [hold for hold in holds if hold not in row.accepted]
        if not holds:
            good.append(row)
        elif holds != row.holds or row.state != L.HELD:
            changed.append((L.HELD, holds, row.pk))
    update_rows(ResultLine, ("state", "holds"), changed)
    return _count(file, good, actor, at)


_RESULT = (
    "id", "round", "tube", "stage", "outcome", "ct_n", "ct_orf", "laboratory", "line", "reported_at", "by", "counts",
)  # fmt: skip


def _count(file: ResultFile, rows: Sequence[ResultLine], actor: Actor, at: datetime) -> int:
    """These results stand now; what they take the place of by decision is kept and counts no more."""
    decided = [row.tube for row in rows if {H.CONTRADICTS, H.SAID_OTHERWISE} & set(row.accepted)]
    TubeResult.objects.filter(tube__in=decided, stage=file.stage, counts=True).update(counts=False)
    standing: dict[str, str] = dict(
        TubeResult.objects.filter(tube__in=[row.tube for row in rows], stage=file.stage, counts=True)
        .values_list("tube", "outcome")
    )  # fmt: skip
    fresh: list[ResultLine] = []
    became: list[tuple[Any, ...]] = []
    for row in rows:
        if row.tube not in standing:
            fresh.append(row)
            became.append((L.TAKEN, [], row.pk))
        elif standing[row.tube] == row.outcome:
            became.append((L.REPEATED, [], row.pk))
        else:
            became.append((L.HELD, [H.CONTRADICTS], row.pk))
        standing.setdefault(row.tube, row.outcome)
    insert_rows(
        TubeResult,
        _RESULT,
        [
            (
                new_id(), file.round_id, row.tube, file.stage, row.outcome, row.ct_n, row.ct_orf, file.laboratory_id,
                row.pk, at, actor.user_id, True,
            )
            for row in fresh
        ],
    )  # fmt: skip
    update_rows(ResultLine, ("state", "holds"), became)
    follow_results(file.round, sorted({row.tube for row in fresh}), actor=actor, at=at)
    return len(fresh)


# ---- decided


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
    code = tidy_code(tube)
    row.tube, row.outcome = spellings([code]).get(code, code) or row.tube, result or row.outcome
    _decide(actor, row, reason, take=take)
    row.save()
    said = {"number": number, "take": take, "before": before, "tube": row.tube, "outcome": row.outcome}
    return _decided(actor, at, result_file, 1, said, reason)


@command("tubes.decide_lines", capability=MANAGE)
def decide_lines(
    *, actor: Actor, at: datetime, result_file: ResultFile, hold: Hold, take: bool, reason: str
) -> ResultLineDecided:
    """The same decision about every line that waits for this one reason alone. Raises as `decide_line`."""
    _open_to_decide(actor, result_file, reason)
    rows = [row for row in result_file.entries.filter(state=L.HELD).order_by("number") if row.holds == [hold]]
    for row in rows:
        _decide(actor, row, reason, take=take)
    update_rows(
        ResultLine,
        ("state", "accepted", "reason", "decided_by", "holds"),
        [(row.state, row.accepted, row.reason, row.decided_by_id, row.holds, row.pk) for row in rows],
    )
    return _decided(actor, at, result_file, len(rows), {"hold": hold, "take": take, "lines": len(rows)}, reason)


def _open_to_decide(actor: Actor, file: ResultFile, reason: str) -> None:
    if actor.user_id is None:
        raise Forbidden(capability=MANAGE)
    if not reason.strip():
        raise ReasonRequired
    if file.state != FileState.STAGED:
        raise FileClosed(file=file.file_name)


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
    held = file.entries.filter(state=L.HELD)
    if not held.filter(outcome__in=POSITIVES).exists():
        meet(HIDDEN.code, file, at=at, by=actor.user_id, answer=reason.strip())
    record(file, unit_id=file.round.unit_id, data=said, reason=reason.strip())
    return ResultLineDecided(file.id, n, held.count())


@command("tubes.cancel_results", capability=REPORT)
def cancel_results(*, actor: Actor, at: datetime, result_file: ResultFile, reason: str) -> FilePutAside:
    """Put a file aside of which nothing counts yet. Raises `FileClosed`, `ReasonRequired`."""
    if not reason.strip():
        raise ReasonRequired
    if result_file.state != FileState.STAGED or result_file.entries.filter(state=L.TAKEN).exists():
        raise FileClosed(file=result_file.file_name)
    result_file.state = FileState.CANCELLED
    result_file.save(update_fields=["state"])
    for kind in (LOOK, HIDDEN):
        cancel(kind.code, result_file, at=at, by=actor.user_id, answer=reason.strip())
    record(result_file, unit_id=result_file.round.unit_id, reason=reason.strip())
    return FilePutAside(result_file.id)
