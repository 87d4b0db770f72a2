"""Results as they came, what is known of tubes when they are examined, what became of every line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.core.errors import NotFound
from lazaretto.stays.models import Specimen
from lazaretto.tubes.choices import BagState, LineState, Stage
from lazaretto.tubes.models import Bag, Laboratory, Recall, ResultFile, ResultLine, Trail, TubeResult
from lazaretto.tubes.rules import POSITIVES, READ, SITE_SAYS, Known

CHUNK = 5_000


def files(actor: Actor) -> QuerySet[ResultFile]:
    """Results as they came, the last first."""
    rows = ResultFile.objects.visible_to(actor, READ).select_related("round", "laboratory", "sent_by")
    return rows.order_by("-sent_at", "-id")


def file_by_id(actor: Actor, pk: UUID) -> ResultFile:
    """One of them; raises `NotFound`."""
    found = files(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="tubes.resultfile", id=pk)
    return found


def laboratory_by_code(code: str) -> Laboratory:
    """One of any area: who may report for it, commands decide. Raises `NotFound`."""
    found = Laboratory.objects.filter(code=tidy_code(code).upper()).first()
    if found is None:
        raise NotFound(kind="tubes.laboratory", code=code)
    return found


def blocked(file: ResultFile) -> bool:
    """Whether nothing of it may count: declared negative, with a positive that waits."""
    waiting = file.entries.filter(state=LineState.HELD, outcome__in=POSITIVES)
    return file.declared_negative and waiting.exists()


@dataclass(frozen=True)
class Account:
    """What became of every line. `positives`: lines that say positive or suspect."""

    lines: int
    ready: int
    held: int
    repeated: int
    empty: int
    taken: int
    left_out: int
    at_site: int
    positives: int

    @property
    def counting(self) -> int:
        """Of a round or at their sites."""
        return self.taken + self.at_site

    @property
    def balances(self) -> bool:
        """Every line is accounted for once."""
        return self.lines == self.counting + self.repeated + self.ready + self.held + self.empty + self.left_out


def account_of(file: ResultFile) -> Account:
    """One query."""
    rows = ResultLine.objects.filter(file=file).values_list("state", "outcome").annotate(n=Count("id"))
    found: dict[str, int] = dict.fromkeys(LineState.values, 0)
    positives = 0
    for state, outcome, n in rows:
        found[state] += n
        positives += n if outcome in POSITIVES else 0
    return Account(lines=file.lines, positives=positives, **found)


def lying_elsewhere(file: ResultFile) -> list[tuple[str, int]]:
    """By which other laboratories tubes of a file were received, and how many: is the laboratory of the file right?

    Of first results alone: a recheck is another laboratory's, and the tube may lie with the first one. Two queries.
    """
    if file.stage != Stage.FIRST:
        return []
    bags = Bag.objects.filter(
        round=OuterRef("round"), code=OuterRef("bag"), state__in=[BagState.ARRIVED, BagState.RECEIVED]
    )  # fmt: skip
    rows = Trail.objects.filter(pk__in=file.entries.exclude(tube="").values("tube")).annotate(
        place=Case(When(laboratory="", then=Coalesce(Subquery(bags.values("laboratory")[:1]), Value(""))),
                   default=F("laboratory"))
    )  # fmt: skip
    found = dict(rows.exclude(place__in=["", file.laboratory.code]).values_list("place").annotate(n=Count("pk")))
    names = dict(Laboratory.objects.filter(code__in=found).values_list("code", "name")) if found else {}
    return sorted(((names.get(code) or code or "", n) for code, n in found.items()), key=lambda one: (-one[1], one[0]))


def lines_of(file: ResultFile, show: str) -> QuerySet[ResultLine]:
    """Lines in a state, those that say positive, or all."""
    rows = file.entries.select_related("decided_by")
    if show == "positive":
        return rows.filter(outcome__in=POSITIVES)
    return rows.filter(state=show) if show in LineState.values else rows


def known_tubes(file: ResultFile, codes: Iterable[str]) -> dict[str, Known]:
    """What is known of each of these tubes, for the rules that examine a line of a file. Tubes nobody knows are left
    out.
    """
    wanted = sorted(set(codes) - {""})
    found: dict[str, Known] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= _known(file, wanted[start : start + CHUNK])
    return found


def spellings(codes: Iterable[str]) -> dict[str, str]:
    """Codes that are known in other letters only: `m0001` of a file is the tube `M0001` that was scanned."""
    wanted = sorted(set(codes) - {""})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), CHUNK):
        piece = wanted[start : start + CHUNK]
        forms = {form for code in piece for form in (code, code.upper(), code.lower())}
        there = set(Trail.objects.filter(pk__in=forms).values_list("pk", flat=True))
        for code in piece:
            known = next((form for form in (code, code.upper(), code.lower()) if form in there), code)
            if known != code:
                found[code] = known
    return found


def _known(file: ResultFile, codes: list[str]) -> dict[str, Known]:
    trails = list(Trail.objects.filter(pk__in=codes))
    bags = Bag.objects.filter(
        round__in={row.round_id for row in trails}, code__in={row.bag for row in trails if row.bag},
        state__in=[BagState.ARRIVED, BagState.RECEIVED],
    )  # fmt: skip
    there = set(bags.values_list("round_id", "code"))
    again = set(Recall.objects.filter(retest_tube__in=codes).values_list("retest_tube", flat=True))
    results: dict[tuple[str, int], str] = {}
    own = set()
    for row in TubeResult.objects.filter(tube__in=codes, counts=True).select_related("line__file"):
        results[(row.tube, row.stage)] = row.outcome
        if row.stage == Stage.FIRST and _same_hand(file, row):
            own.add(row.tube)
    scanned = {row.code for row in trails if row.opened_at is not None}
    of_sites = {
        one.tube: Known(scanned=True, received=True, stands=SITE_SAYS[one.state], site=True)
        for one in specimens_with([code for code in codes if code not in scanned])
    }
    return {
        row.code: Known(
            here=row.round_id == file.round_id,
            scanned=row.opened_at is not None or row.code in again,
            received=row.received_at is not None or (row.round_id, row.bag) in there,
            rejected=row.rejected_at is not None,
            first=results.get((row.code, Stage.FIRST), ""),
            stands=results.get((row.code, file.stage), ""),
            own=row.code in own,
        )
        for row in trails
    } | of_sites


def specimens_with(codes: Iterable[str]) -> QuerySet[Specimen]:
    """Specimens of people who stay at quarantine sites, in these tubes."""
    return Specimen.objects.filter(tube__in=list(codes)).select_related("stay__site")


def _same_hand(file: ResultFile, found: TubeResult) -> bool:
    """Whether a result comes from the laboratory of this file, or from the person who sent it."""
    people = {found.by_id, found.line.file.sent_by_id} - {None}
    return found.laboratory_id == file.laboratory_id or file.sent_by_id in people


def counting(codes: Iterable[str]) -> dict[str, dict[int, TubeResult]]:
    """Results that count, by tube and stage."""
    found: dict[str, dict[int, TubeResult]] = {}
    for row in TubeResult.objects.filter(tube__in=list(codes), counts=True):
        found.setdefault(row.tube, {})[row.stage] = row
    return found


def results_of(tube: str) -> QuerySet[Any]:
    """Everything reported of a tube, what counts no more too."""
    return TubeResult.objects.filter(tube=tube).select_related("laboratory", "line__file").order_by("reported_at", "id")
