"""A supervisor puts right what was captured: somebody was swabbed after all, or it was somebody else.

Nothing captured is changed. Each correction is a row of its own with a name and a reason; which scan counts for whom
follows from it in the same transaction, so whoever reads scans, sums or tubes need not know of corrections.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor, somebody
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.core.ids import new_id
from lazaretto.screening.choices import Put, Reason
from lazaretto.screening.commands.counting import insert_and_count
from lazaretto.screening.commands.folding import one_fewer
from lazaretto.screening.commands.scans import Code
from lazaretto.screening.errors import (
    AlreadyTested,
    NobodyHasNumber,
    NoScanCounts,
    PutRightAlready,
    TubeIsFull,
    TubeNotOfRound,
)
from lazaretto.screening.models import Correction, DuplicateScan, Round, Scan, Stranger, Tube, Upload
from lazaretto.screening.queries import enterprise_of
from lazaretto.screening.rules import CORRECT, PLACES, READ, free_place

TRIES = 3  # two who count people into one tube at the same moment

Hear = Callable[[Correction], None]
_HEAR: list[Hear] = []


def told_of_corrections(hear: Hear) -> Hear:
    """Declare who is told of each correction, in its transaction; twice is harmless."""
    if hear not in _HEAR:
        _HEAR.append(hear)
    return hear


@dataclass(frozen=True)
class PutRight:
    """Whom it is about now, and where their swab is; `number` is None where nobody knows who is swabbed again."""

    correction_id: UUID
    number: int | None
    tube: str
    slot: int


@command("screening.count_scan", capability=CORRECT)
def count_scan(
    *, actor: Actor, at: datetime, kept: DuplicateScan, tube: Code, reason: str, number: int | None = None
) -> PutRight:
    """They were swabbed into this tube: a scan that was kept beside the others counts, in a place of its own.

    `number`: who it really was, where the scan says somebody else, or a number of another round. Raises
    `ReasonRequired`, `PutRightAlready`, `NobodyHasNumber`, `AlreadyTested`, `TubeNotOfRound`, `TubeIsFull`,
    `Forbidden` for the program itself.
    """
    _still_to_do(kept, Put.COUNTED)
    who = _somebody_of(kept.round, _meant(kept, number))
    if not Tube.objects.filter(pk=tube, round=kept.round_id).exists():
        raise TubeNotOfRound(tube=tube)
    slot = _count(kept, who, tube)
    made = Correction(
        id=new_id(), round=kept.round, put=Put.COUNTED, number=who, kept=kept, scan=kept.scan, upload=kept.upload,
        tube=tube, slot=slot, table=kept.table, taken_at=kept.taken_at, temperature=kept.temperature,
    )  # fmt: skip
    return _written(actor, at, made, reason)


@command("screening.swab_again", capability=CORRECT)
def swab_again(*, actor: Actor, at: datetime, kept: DuplicateScan, reason: str, number: int | None = None) -> PutRight:
    """A scan that was kept beside the others never counts: they are swabbed again, and stand among those missing.

    Raises `ReasonRequired`, `PutRightAlready`, `AlreadyTested`, `NobodyHasNumber` for a number that was said,
    `Forbidden` for the program itself.
    """
    _still_to_do(kept, Put.COUNTED, Put.AGAIN)
    who = _meant(kept, number)
    if number is not None:
        _somebody_of(kept.round, number)
    elif who is not None and not _is_of(kept.round, who):
        who = None
    if who is not None and Scan.objects.filter(round=kept.round_id, number=who).exists():
        raise AlreadyTested(number=who)
    made = Correction(
        id=new_id(), round=kept.round, put=Put.AGAIN, number=who, kept=kept, scan=kept.scan, upload=kept.upload,
        tube=kept.tube, slot=kept.slot, table=kept.table, taken_at=kept.taken_at, temperature=kept.temperature,
    )  # fmt: skip
    return _written(actor, at, made, reason)


@command("screening.recognise_stranger", capability=CORRECT)
def recognise_stranger(*, actor: Actor, at: datetime, stranger: Stranger, number: int, reason: str) -> PutRight:
    """This stranger is number so-and-so of the roster: one tested more, one stranger less, in the same tube.

    Raises `ReasonRequired`, `PutRightAlready`, `NoScanCounts`, `NobodyHasNumber`, `AlreadyTested`, `Forbidden` for the
    program itself.
    """
    if Correction.objects.filter(round=stranger.round_id, before=stranger.number, put=Put.RECOGNISED).exists():
        raise PutRightAlready
    if not 1 <= number <= stranger.round.entries:
        raise NobodyHasNumber(number=number)
    return _as_another(actor, at, stranger.round, stranger.number, number, reason, Put.RECOGNISED)


@command("screening.correct_scan", capability=CORRECT, beside=("test_round",))
def correct_scan(*, actor: Actor, at: datetime, test_round: Round, before: int, number: int, reason: str) -> PutRight:
    """The wrong person was picked at the table: the scan that counts under `before` was of `number`.

    Whoever was picked is missing again. Raises `ReasonRequired`, `NoScanCounts`, `NobodyHasNumber`, `AlreadyTested`,
    `Forbidden` for the program itself.
    """
    return _as_another(actor, at, test_round, before, _somebody_of(test_round, number), reason, Put.CHANGED)


def _as_another(actor: Actor, at: datetime, of: Round, before: int, number: int, reason: str, put: Put) -> PutRight:
    """The correction keeps the scan as it was captured, and lets it count for another number: same tube, same place."""
    found = Scan.objects.filter(round=of.pk, number=before).first()
    if found is None:
        raise NoScanCounts(number=before)
    if before == number or Scan.objects.filter(round=of.pk, number=number).exists():
        raise AlreadyTested(number=number)
    upload = Upload.objects.get(pk=found.upload_id)
    made = Correction(
        id=new_id(), round=of, put=put, number=number, before=before, scan=found.scan, upload=upload, tube=found.tube,
        slot=found.slot, table=found.table, taken_at=found.taken_at, temperature=found.temperature,
    )  # fmt: skip
    answer = _written(actor, at, made, reason, follow=False)
    gone, _kinds = Scan.objects.filter(round=of.pk, number=before, scan=found.scan).delete()
    if not gone:  # another correction was faster
        raise NoScanCounts(number=before)
    one_fewer(of, upload.point_id, enterprise_of(of)(before), found.taken_at)
    line = (number, found.scan, found.tube, found.slot, found.table, found.taken_at, found.temperature)
    if not insert_and_count(upload, [line]):  # a phone was faster
        raise AlreadyTested(number=number)
    _tell(made)
    return answer


def _written(actor: Actor, at: datetime, made: Correction, reason: str, *, follow: bool = True) -> PutRight:
    if not reason.strip():
        raise ReasonRequired
    made.by_id, made.at, made.reason = somebody(actor, CORRECT), at, whole(reason.strip(), 300)
    insert(made)
    told = {"put": made.put, "number": made.number, "before": made.before, "tube": made.tube, "slot": made.slot}
    data = {name: value for name, value in told.items() if value is not None}
    record(made, unit_id=made.round.unit_id, data={"round": str(made.round_id), **data}, reason=made.reason)
    if follow:
        _tell(made)
    return PutRight(made.pk, made.number, made.tube, made.slot)


def _tell(made: Correction) -> None:
    for hear in _HEAR:
        hear(made)


def _still_to_do(kept: DuplicateScan, *put: Put) -> None:
    if Correction.objects.filter(kept=kept, put__in=put).exists():
        raise PutRightAlready


def _meant(kept: DuplicateScan, number: int | None) -> int | None:
    """Whom a kept scan is about; the number of a scan for another round says nothing here."""
    if number is not None or kept.reason == Reason.WRONG_ROUND:
        return number
    return kept.number


def _is_of(of: Round, number: int) -> bool:
    return 1 <= number <= of.entries or Stranger.objects.filter(round=of, number=number).exists()


def _somebody_of(of: Round, number: int | None) -> int:
    if number is None or not _is_of(of, number):
        raise NobodyHasNumber(number=number)
    return number


def _count(kept: DuplicateScan, number: int, tube: str) -> int:
    """In which place of the tube they are counted now."""
    for _try in range(TRIES):
        if Scan.objects.filter(round=kept.round_id, number=number).exists():
            break
        taken = set(Scan.objects.filter(round=kept.round_id, tube=tube).values_list("slot", flat=True))
        slot = free_place(taken, PLACES[kept.round.tube_rule])
        if slot is None:
            raise TubeIsFull(tube=tube)
        line = (number, kept.scan, tube, slot, kept.table, kept.taken_at, kept.temperature)
        if insert_and_count(kept.upload, [line]):
            return slot
    raise AlreadyTested(number=number)


@dataclass(frozen=True)
class KeptRead:
    """So many scans that do not count were taken away as a list."""

    scans: int


@command("screening.read_kept", capability=READ)
def read_kept(*, actor: Actor, at: datetime, test_round: Round) -> KeptRead:
    """Write down who took the list of scans that do not count, with the names in it."""
    told = KeptRead(test_round.duplicates.count())
    record(test_round, unit_id=test_round.unit_id, data={"scans": told.scans})
    return told
