"""What follows by itself, again and again: tubes that scans name, people of a tube to be called, deadlines of each leg.

A leg has one deadline for whoever has the tubes (a point, a bag): one alarm with a list is answered, two hundred are
not. They are compared with where everything is now instead of being moved by each scan, so late and offline scans put
them right.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Min, Model, OuterRef, Q, QuerySet

from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import DeadlineKind, Due, meet, move_deadline, set_deadlines
from lazaretto.core.models import Deadline
from lazaretto.screening.models import DuplicateScan, Round, Scan
from lazaretto.tubes.choices import BagState, Standing
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.commands.positives import call_back
from lazaretto.tubes.commands.retests import follow_retests
from lazaretto.tubes.commands.scans import follow_scans
from lazaretto.tubes.deadlines import COURIER, RESULT, TABLE
from lazaretto.tubes.models import Bag, Laboratory, Positive, Recall, Trail
from lazaretto.tubes.queries.inside import inside

AT_THE_TABLE = (BagState.OPEN, BagState.CLOSED)
AT_THE_LABORATORY = (BagState.ARRIVED, BagState.RECEIVED)
Wanted = list[tuple[Model, datetime]]


def follow_round(of: Round, *, at: datetime) -> int:
    """Everything that follows from what is known of a round now; returns how many tubes and people were new."""
    with transaction.atomic():
        found = follow_scans(of) + follow_retests(of, at=at) + call_late(of, at)
        _compare(TABLE, of, _at_tables(of), at)
        _compare(COURIER, of, _under_way(of), at)
        _compare(RESULT, of, _at_laboratories(of), at)
    return found


def call_late(of: Round, at: datetime) -> int:
    """People of a positive, invalid or rejected tube who are not called back yet, because their scan came later."""
    called = Recall.objects.filter(round=OuterRef("round"), tube=OuterRef("tube"), number=OuterRef("number"))
    tubes = Trail.objects.filter(round=of.pk).filter(
        Q(standing__in=[Standing.PRELIMINARY, Standing.CONFIRMED, Standing.INVALID]) | Q(rejected_at__isnull=False)
    )
    late = Scan.objects.filter(~Exists(called), round=of.pk, tube__in=tubes.values("code"))
    codes = set(late.values_list("tube", flat=True)) | _with_late_kept(tubes)
    positives = {row.tube: row for row in Positive.objects.filter(tube__in=codes)}
    return sum(call_back(of, code, positives.get(code), at=at) for code in sorted(codes))


def _with_late_kept(tubes: QuerySet[Trail]) -> set[str]:
    """Those of these tubes that a scan which does not count names, of somebody who is not called back."""
    codes = set(DuplicateScan.objects.filter(tube__in=tubes.values("code")).values_list("tube", flat=True))
    rows = Recall.objects.filter(tube__in=codes).values_list("tube", "round_id", "number")
    called = {(tube, (round_id, number)) for tube, round_id, number in rows}
    people = inside(codes)
    return {code for code in codes if any(not one.single and (code, one.who) not in called for one in people[code])}


def _at_tables(of: Round) -> Wanted:
    """Points with tubes that no courier has, since the oldest of them was first used."""
    bags = Bag.objects.filter(code=OuterRef("bag"), round=OuterRef("round"))
    waiting = Trail.objects.filter(
        Q(bag="") | Exists(bags.filter(state__in=AT_THE_TABLE)), round=of.pk, standing="", rejected_at__isnull=True,
        received_at__isnull=True, opened_at__isnull=False, point__isnull=False,
    )  # fmt: skip
    oldest = dict(waiting.values_list("point").annotate(since=Min("opened_at")))
    return [(point, oldest[point.pk] + CLOCKS["table"].within) for point in of.points.filter(pk__in=oldest)]


def _under_way(of: Round) -> Wanted:
    rows = Bag.objects.filter(round=of.pk, state=BagState.UNDER_WAY)
    return [(row, row.left_at + CLOCKS["courier"].within) for row in rows if row.left_at]


def _at_laboratories(of: Round) -> Wanted:
    """Bags with tubes that have no result, within the hours of their laboratory; tubes that came without a bag are one
    deadline of the round, that of the first to be late."""
    waiting = Trail.objects.real().filter(standing="", rejected_at__isnull=True)
    inside = waiting.filter(bag=OuterRef("code"), round=OuterRef("round"))
    rows = Bag.objects.filter(Exists(inside), round=of.pk, state__in=AT_THE_LABORATORY)
    due = result_due()
    bags: Wanted = [(row, due(row.laboratory, row.arrived_at)) for row in rows if row.arrived_at]
    single = waiting.filter(round=of.pk, bag="", received_at__isnull=False)
    loose = [due(*one) for one in single.values_list("laboratory").annotate(since=Min("received_at"))]
    return [*bags, (of, min(loose))] if loose else bags


def result_due() -> Callable[[str, datetime], datetime]:
    """Until when a laboratory that has tubes since then reports, by its own hours."""
    hours = dict(Laboratory.objects.values_list("code", "hours"))
    usual = CLOCKS["result"].within / timedelta(hours=1)
    return lambda laboratory, since: since + timedelta(hours=hours.get(laboratory, usual))


def _compare(kind: DeadlineKind, of: Round, wanted: Wanted, at: datetime) -> None:
    compare(kind, of.unit_id, wanted, _open(kind, of), at)


def compare(kind: DeadlineKind, unit_id: UUID, wanted: Wanted, there_now: Iterable[Deadline], at: datetime) -> None:
    """Set what is missing, move what changed, meet what is done of the deadlines that are open."""
    due = {str(subject.pk): (subject, moment) for subject, moment in wanted}
    there = {row.subject_id: row for row in there_now}
    fresh = [one for pk, one in due.items() if pk not in there]
    set_deadlines([Due(kind.code, subject, moment, unit_id=unit_id) for subject, moment in fresh], at=at)
    for pk, row in there.items():
        if pk not in due:
            meet(kind.code, Bag(id=pk), at=at)  # met by its key, whatever it is about
        elif row.due_at != due[pk][1]:
            move_deadline(kind.code, due[pk][0], due[pk][1], at=at)


def _open(kind: DeadlineKind, of: Round) -> Iterable[Deadline]:
    ours = of.points.values("pk") if kind is TABLE else Bag.objects.filter(round=of.pk).values("pk")
    keys = [str(of.pk), *(str(pk) for pk in ours.values_list("pk", flat=True))]
    return Deadline.objects.filter(kind=kind.code, subject_id__in=keys, state=DeadlineState.OPEN)
