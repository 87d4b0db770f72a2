"""Whether a round may close: tubes out = results in, and headcount = tested + excused + missing by name."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import pgettext_lazy

from lazaretto.core.errors import NotFound
from lazaretto.screening.models import RosterEntry, Round, Scan
from lazaretto.screening.queries.excused import CARE, counted, in_care
from lazaretto.tubes.choices import AbsenceKind, RecallState, Standing
from lazaretto.tubes.models import Absence, Recall, Trail

NAMED = 12  # of each kind, in a refusal
LAST, PROPOSED = 200, 12  # absences that are looked at, reasons that are proposed
PENDING = (RecallState.OPEN, RecallState.RETESTED, RecallState.POSITIVE)


@dataclass(frozen=True)
class Balance:
    """A round's two sums. `excused` are those named so and those at a site of ours (`in_care`). `first` names some of
    what stands in the way of its closing.
    """

    tubes: int
    answered: int
    rejected: int
    unanswered: int
    preliminary: int
    headcount: int
    tested: int
    excused: int
    in_care: int
    missing: int
    unnamed: int
    recalls: int
    handed: int
    first: dict[str, list[str]] = field(default_factory=dict)

    @property
    def closes(self) -> bool:
        """Whether nothing stands in the way."""
        return not (self.unanswered or self.preliminary or self.unnamed or self.recalls or self.handed)

    @property
    def adds_up(self) -> bool:
        """Both sums, by definition of their parts; `verify` asks."""
        people = self.headcount == self.tested + self.excused + self.missing + self.unnamed
        return people and self.tubes == self.answered + self.rejected + self.unanswered + self.preliminary


def unanswered(of: Round) -> QuerySet[Trail]:
    """Tubes out whose result is not in."""
    return Trail.objects.real().filter(round=of.pk, standing="", rejected_at__isnull=True)


def unnamed(of: Round) -> QuerySet[RosterEntry]:
    """Who is neither tested nor excused nor named as missing nor in our care, with their member."""
    tested = Scan.objects.filter(round=of.pk, number=OuterRef("number"))
    said = Absence.objects.holding().filter(round=of.pk, number=OuterRef("number"))
    rows = RosterEntry.objects.filter(~Exists(tested), ~Exists(said), ~in_care(of), round=of.pk)
    return rows.select_related("member", "organisation").order_by("number")


def absences(of: Round) -> QuerySet[Absence]:
    """Those who were not tested and are named, without whoever was tested after all."""
    tested = Scan.objects.filter(round=of.pk, number=OuterRef("number"))
    return Absence.objects.holding().filter(~Exists(tested), round=of.pk).select_related("by").order_by("number")


def absence_by_id(of: Round, pk: int) -> Absence:
    """What was said of somebody, whether it holds or gave way; raises `NotFound`."""
    found = Absence.objects.filter(round=of.pk, pk=pk).select_related("by").first()
    if found is None:
        raise NotFound(kind="tubes.absence", id=pk)
    return found


USUAL_REASONS = (
    pgettext_lazy("excused", "on leave"), pgettext_lazy("excused", "away from the area"),
    pgettext_lazy("excused", "in hospital"), pgettext_lazy("excused", "moved away"),
)  # fmt: skip


def reasons_for(of: Round) -> list[str]:
    """What is proposed to whoever excuses somebody: what was said last in this round, and what is usual."""
    said = Absence.objects.filter(round=of.pk).order_by("-id").values_list("reason", flat=True)[:LAST]
    return list(dict.fromkeys([*said, *map(str, USUAL_REASONS)]))[:PROPOSED]


def said_before(of: Round, numbers: Collection[int]) -> dict[int, list[Absence]]:
    """What was said of these people before what holds now, the last first."""
    rows = Absence.objects.filter(round=of.pk, number__in=numbers, superseded_at__isnull=False)
    found: dict[int, list[Absence]] = {}
    for row in rows.select_related("by").order_by("-superseded_at", "-id"):
        found.setdefault(row.number, []).append(row)
    return found


def pending(of: Round) -> QuerySet[Recall]:
    """People called back for whom it is not settled."""
    return Recall.objects.filter(round=of, state__in=PENDING).order_by("raised_at", "number")


def recalls(of: Round, state: str | None = None) -> QuerySet[Recall]:
    """Everybody called back, or those in one state."""
    rows = Recall.objects.filter(round=of)
    return rows.filter(state=state) if state else rows


def unclaimed(of: Round) -> QuerySet[Recall]:
    """Confirmed positives whom nobody took over."""
    return Recall.objects.filter(round=of, state=RecallState.CONFIRMED, handed_on_at__isnull=True)


def balance_of(of: Round) -> Balance:
    """Counted now, in eleven queries."""
    tubes = (
        Trail.objects.real()
        .filter(round=of.pk)
        .aggregate(
            all=Count("pk"),
            rejected=Count("pk", filter=Q(rejected_at__isnull=False, standing="")),
            open=Count("pk", filter=Q(rejected_at__isnull=True, standing="")),
            preliminary=Count("pk", filter=Q(standing=Standing.PRELIMINARY)),
        )
    )
    absent = dict(absences(of).order_by().values_list("kind").annotate(n=Count("pk")))
    tested = Scan.objects.filter(round=of.pk, number__lte=of.entries).count()
    cared_for = sum(row.people for row in counted(of) if row.kind == CARE)
    nameless, waiting, free = unnamed(of), pending(of), unclaimed(of)
    left = unanswered(of)
    prelim = Trail.objects.filter(round=of.pk, standing=Standing.PRELIMINARY)
    return Balance(
        tubes=tubes["all"],
        answered=tubes["all"] - tubes["rejected"] - tubes["open"] - tubes["preliminary"],
        rejected=tubes["rejected"],
        unanswered=tubes["open"],
        preliminary=tubes["preliminary"],
        headcount=of.entries,
        tested=tested,
        excused=absent.get(AbsenceKind.EXCUSED, 0) + cared_for,
        in_care=cared_for,
        missing=absent.get(AbsenceKind.MISSING, 0),
        unnamed=nameless.count(),
        recalls=waiting.count(),
        handed=free.count(),
        first={
            "tubes": list(left.order_by("code").values_list("code", flat=True)[:NAMED]),
            "preliminary": list(prelim.order_by("code").values_list("code", flat=True)[:NAMED]),
            "people": [f"{row.number} {row.member.name}" for row in nameless[:NAMED]],
            "recalls": [f"{row.number} ({row.tube})" for row in (waiting | free)[:NAMED]],
        },
    )
