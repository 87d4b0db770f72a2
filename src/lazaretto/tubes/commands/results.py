"""Results as laboratories send them: laid out line by line, held where somebody must decide, taken in by tube."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows, update_rows
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel, meet, raise_alarm, set_deadlines
from lazaretto.core.errors import InvalidInput, ReasonRequired, whole
from lazaretto.core.ids import new_id
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import FileState, Hold, LineState, Source, Stage
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.commands.events import lock_tubes
from lazaretto.tubes.commands.positives import follow_results
from lazaretto.tubes.commands.retests import follow_retests
from lazaretto.tubes.commands.scans import follow_scans
from lazaretto.tubes.commands.sites import answer_sites
from lazaretto.tubes.deadlines import HIDDEN, LOOK
from lazaretto.tubes.errors import (
    FileBlocked,
    FileClosed,
    NoSecondStage,
    NoTubeColumn,
    RecheckNotIndependent,
    RoundNotTested,
)
from lazaretto.tubes.models import Laboratory, ResultFile, ResultLine, TubeResult
from lazaretto.tubes.queries.results import account_of, known_tubes, spellings
from lazaretto.tubes.rules import POSITIVES, REPORT, Known, Said, columns_of, holds_of, read_line

MOST_LINES = 50_000
PIECE = 4_000  # lines taken in at once
L, H = LineState, Hold
COUNTS = {L.TAKEN, L.AT_SITE}


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
    `NoSecondStage`, `RoundNotTested`, `RecheckNotIndependent` when every line rechecks what the same laboratory or
    person found, `InvalidInput` for too many lines, `TextTooLong`.
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
        _refuse_own_recheck(held)
        watch(held, at)
    account = account_of(held)
    figures = {"lines": held.lines, "ready": account.ready, "held": account.held, "positives": account.positives}
    record(held, unit_id=test_round.unit_id, data={"known": known, "stage": stage, **figures})
    return ResultsStaged(held.id, known, held.lines, account.ready, account.held, account.positives)


def _refuse_own_recheck(file: ResultFile) -> None:
    """Some lines of a laboratory's own are held; a recheck of nothing else is none, and the whole is refused."""
    if file.stage != Stage.RECHECK:
        return
    rows = file.entries.exclude(state=L.EMPTY).values_list("tube", "holds")
    own = [tube for tube, holds in rows if H.NOT_INDEPENDENT in holds]
    if own and len(own) == len(rows):
        raise not_independent(file, own)


def not_independent(file: ResultFile, tubes: Sequence[str]) -> RecheckNotIndependent:
    """The refusal, with the names: which tubes, who found them first, who would recheck."""
    first = TubeResult.objects.filter(tube__in=tubes, stage=Stage.FIRST, counts=True)
    found = sorted({f"{row.laboratory.name}, {row.by or '–'}" for row in first.select_related("laboratory", "by")})
    said = format_lazy(
        _("{tubes}: first found by {first}; {laboratory}, {person} cannot recheck that."), tubes=", ".join(tubes[:10]),
        first="; ".join(found), laboratory=file.laboratory.name, person=str(file.sent_by or "–"),
    )  # fmt: skip
    return RecheckNotIndependent(
        format_lazy("{rule} {said}", rule=RecheckNotIndependent.message, said=said), tubes=", ".join(tubes[:10])
    )


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
    known = known_tubes(file, sayings)
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


def watch(file: ResultFile, at: datetime) -> None:
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
    follow_retests(result_file.round, at=at)
    taken = _take_in(result_file, actor, at, max(1, lines))
    account = account_of(result_file)
    if not account.ready and not account.held:
        result_file.state, result_file.committed_at = FileState.COMMITTED, at
        result_file.save(update_fields=["state", "committed_at"])
        meet(LOOK.code, result_file, at=at, by=actor.user_id)
    if not result_file.entries.filter(state=L.HELD, outcome__in=POSITIVES).exists():
        meet(HIDDEN.code, result_file, at=at, by=actor.user_id)
    record(result_file, unit_id=result_file.round.unit_id, data={"taken": taken, "held": account.held})
    return ResultsTaken(result_file.id, account.counting, account.held, not account.ready)


def _take_in(file: ResultFile, actor: Actor, at: datetime, most: int) -> int:
    look_again(file)
    piece = [*file.entries.filter(state=L.READY).order_by("number")[:most]]
    tubes = sorted({row.tube for row in piece})
    lock_tubes(tubes)
    known = known_tubes(file, tubes)
    good: list[ResultLine] = []
    changed: list[tuple[Any, ...]] = []
    for row in piece:
        if holds := holds_now(file, row, known, set()):
            changed.append((L.HELD, holds, row.pk))
        else:
            good.append(row)
    of_sites = {code for code, one in known.items() if one.site}
    answered = answer_sites(file, [row for row in good if row.tube in of_sites], actor, at)
    update_rows(ResultLine, ("state", "holds"), changed + answered)
    counted = _count(file, [row for row in good if row.tube not in of_sites], actor, at)
    return counted + len([state for state, _holds, _pk in answered if state == L.AT_SITE])


def look_again(file: ResultFile) -> None:
    """Let held lines be ready whose reasons are gone: scanned or received since, or what stood beside them is decided.

    What a line of the same tube says only counts while that line may still count.
    """
    waiting = list(file.entries.filter(state=L.HELD).exclude(tube="").order_by("number"))
    if not waiting:
        return
    tubes = sorted({row.tube for row in waiting})
    known = known_tubes(file, tubes)
    beside: dict[str, set[str]] = {}
    same = file.entries.filter(tube__in=tubes).exclude(state__in=[L.LEFT_OUT, L.EMPTY])
    for tube, outcome in same.values_list("tube", "outcome"):
        beside.setdefault(tube, set()).add(outcome)
    changed = []
    for row in waiting:
        holds = holds_now(file, row, known, beside.get(row.tube, set()))
        if holds != row.holds:
            changed.append((L.HELD if holds else L.READY, holds, row.pk))
    update_rows(ResultLine, ("state", "holds"), changed)


def holds_now(file: ResultFile, row: ResultLine, known: Mapping[str, Known], others: set[str]) -> list[str]:
    said = Said(row.tube, row.said, row.outcome, row.ct_n, row.ct_orf)
    holds = holds_of(
        said, known.get(row.tube), stage=file.stage, declared_negative=file.declared_negative, others=others
    )
    return [hold for hold in holds if hold not in row.accepted]


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


@command("tubes.cancel_results", capability=REPORT)
def cancel_results(*, actor: Actor, at: datetime, result_file: ResultFile, reason: str) -> FilePutAside:
    """Put a file aside of which nothing counts yet. Raises `FileClosed`, `ReasonRequired`."""
    if not reason.strip():
        raise ReasonRequired
    if result_file.state != FileState.STAGED or result_file.entries.filter(state__in=COUNTS).exists():
        raise FileClosed(file=result_file.file_name)
    result_file.state = FileState.CANCELLED
    result_file.save(update_fields=["state"])
    for kind in (LOOK, HIDDEN):
        cancel(kind.code, result_file, at=at, by=actor.user_id, answer=reason.strip())
    record(result_file, unit_id=result_file.round.unit_id, reason=reason.strip())
    return FilePutAside(result_file.id)
