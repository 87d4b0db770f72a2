"""Tubes and bags of a round, and where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Deadline
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Point, Round, Scan
from lazaretto.tubes.choices import BagState
from lazaretto.tubes.models import Bag, Laboratory, Recall, Trail, TubeEvent
from lazaretto.tubes.rules import READ

# Where a tube is, in the order of its way; a tube is in exactly one of them.
STEPS = ("table", "bagged", "under_way", "laboratory", "answered", "rejected")


def rounds(actor: Actor) -> QuerySet[Round]:
    """Rounds that are tested or were, the last first."""
    rows = Round.objects.visible_to(actor, READ).exclude(state=RoundState.DRAFT).select_related("unit")
    return rows.order_by("-opens_at", "-id")


def round_by_id(actor: Actor, pk: UUID) -> Round:
    """One of any state; raises `NotFound`."""
    found = Round.objects.visible_to(actor, READ).select_related("unit").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="screening.round", id=pk)
    return found


def trails(of: Round) -> QuerySet[Trail]:
    """Tubes of a round, by code."""
    return Trail.objects.filter(round=of.pk).order_by("code")


def in_step(of: Round, step: str) -> QuerySet[Trail]:
    """Those of one step of their way; `doubt`: with something to look into; `unknown`: no scan names them; else all."""
    rows = trails(of)
    bag = Bag.objects.filter(code=OuterRef("bag"))
    open_ones = rows.filter(standing="", rejected_at__isnull=True)
    here = open_ones.filter(received_at__isnull=True)
    there = Exists(bag.filter(state__in=[BagState.ARRIVED, BagState.RECEIVED]))
    found = {
        "table": here.filter(bag=""),
        "bagged": here.filter(Exists(bag.filter(state__in=[BagState.OPEN, BagState.CLOSED]))),
        "under_way": here.filter(Exists(bag.filter(state=BagState.UNDER_WAY))),
        "laboratory": open_ones.filter(Q(received_at__isnull=False) | there),
        "answered": rows.exclude(standing=""),
        "rejected": rows.filter(rejected_at__isnull=False, standing=""),
        "doubt": rows.exclude(doubts=[]),
        "unknown": rows.filter(opened_at__isnull=True),
    }
    return found.get(step, rows)


def counted(of: Round) -> dict[str, int]:
    """Tubes in each step."""
    return {step: in_step(of, step).count() for step in (*STEPS, "doubt", "unknown")}


@dataclass(frozen=True)
class TubeLine:
    """A tube as the list shows it."""

    trail: Trail
    bag: Bag | None
    point: Point | None
    people: int

    @property
    def step(self) -> str:
        """Where it is: one of `STEPS`."""
        if self.trail.standing:
            return "answered"
        if self.trail.rejected_at:
            return "rejected"
        state = self.bag.state if self.bag else ""
        if self.trail.received_at or state in {BagState.ARRIVED, BagState.RECEIVED}:
            return "laboratory"
        if state == BagState.UNDER_WAY:
            return "under_way"
        return "bagged" if self.trail.bag else "table"


def tube_lines(of: Round, rows: Sequence[Trail]) -> list[TubeLine]:
    """With bag, point and how many people; three queries."""
    codes = [row.code for row in rows]
    bags = {row.code: row for row in Bag.objects.filter(pk__in={row.bag for row in rows if row.bag})}
    points = {row.pk: row for row in Point.objects.filter(pk__in={row.point_id for row in rows if row.point_id})}
    people = dict(Scan.objects.filter(round=of.pk, tube__in=codes).values_list("tube").annotate(n=Count("number")))
    return [
        TubeLine(row, bags.get(row.bag), points.get(row.point_id) if row.point_id else None, people.get(row.code, 0))
        for row in rows
    ]


def tube_by_code(actor: Actor, code: str) -> Trail:
    """One; raises `NotFound`."""
    found = Trail.objects.visible_to(actor, READ).select_related("round__unit").filter(pk=code).first()
    if found is None:
        raise NotFound(kind="tubes.trail", code=code)
    return found


def bag_by_code(actor: Actor, code: str) -> Bag:
    """One; raises `NotFound`."""
    found = Bag.objects.visible_to(actor, READ).select_related("round__unit", "point").filter(pk=code).first()
    if found is None:
        raise NotFound(kind="tubes.bag", code=code)
    return found


def events_of(*, tube: str = "", bag: str = "") -> QuerySet[TubeEvent]:
    """Facts about a tube, or about a bag as a whole, in true time."""
    rows = TubeEvent.objects.filter(tube=tube) if tube else TubeEvent.objects.filter(bag=bag, tube="")
    return rows.select_related("upload__by", "point").order_by("at", "id")


def numbers_in(trail: Trail) -> list[int]:
    """Who is in a tube, by their numbers in the round."""
    scans = Scan.objects.filter(round=trail.round_id, tube=trail.code).order_by("slot").values_list("number", flat=True)
    again = Recall.objects.filter(retest_tube=trail.code).values_list("number", flat=True)
    return [*scans, *again]


def bags(of: Round) -> QuerySet[Bag]:
    """Bags of a round, by code."""
    return Bag.objects.filter(round=of.pk).order_by("code")


def laboratories(actor: Actor) -> QuerySet[Laboratory]:
    """Those of the actor's areas, by code."""
    return Laboratory.objects.visible_to(actor, READ).select_related("unit").order_by("code")


def laboratory_by_id(actor: Actor, pk: UUID) -> Laboratory:
    """One; raises `NotFound`."""
    found = laboratories(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="tubes.laboratory", id=pk)
    return found


def bags_for(laboratory: Laboratory) -> QuerySet[Bag]:
    """Bags at its door or with it, those of open rounds, the last first."""
    rows = Bag.objects.filter(laboratory=laboratory.code, state__in=[BagState.ARRIVED, BagState.RECEIVED])
    waiting = Trail.objects.filter(bag=OuterRef("code"), standing="", rejected_at__isnull=True)
    return rows.filter(Exists(waiting)).order_by("-arrived_at", "code")


def overdue_legs(of: Round, at: datetime) -> QuerySet[Deadline]:
    """Legs of this round whose time is over."""
    keys = [*map(str, of.points.values_list("pk", flat=True)), *bags(of).values_list("code", flat=True)]
    rows = Deadline.objects.filter(kind__startswith="tubes.", subject_id__in=keys, state=DeadlineState.OPEN)
    return rows.filter(overdue_at__lte=at).order_by("due_at")
