"""Tubes and bags of a round, and where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Deadline
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Point, Round, Upload
from lazaretto.tubes.choices import BagState, Doubt, EventKind
from lazaretto.tubes.models import Bag, EventUpload, Laboratory, Recall, SiteBag, Trail, TubeEvent, TubeResult
from lazaretto.tubes.queries.inside import inside
from lazaretto.tubes.rules import READ, one_off

MOST_LATE, MOST_NEAR = 20, 8
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
    """Tubes of a round, by code; codes that were a slip are none."""
    return Trail.objects.real().filter(round=of.pk).order_by("code")


def in_step(of: Round, step: str) -> QuerySet[Trail]:
    """Those of one step of their way; `doubt`: with something to look into; `unknown`: no scan names them;
    `slip`: codes that were typed by mistake; else all.
    """
    rows = trails(of)
    if step == "slip":
        return Trail.objects.slips().filter(round=of.pk).order_by("code")
    bag = Bag.objects.filter(code=OuterRef("bag"), round=OuterRef("round"))
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
        "doubt": rows.filter(~Q(doubts=[]) | Q(opened_at__isnull=True) & ~Q(bag="")),
        "unknown": rows.filter(opened_at__isnull=True),
    }
    return found.get(step, rows)


def counted(of: Round) -> dict[str, int]:
    """Tubes in each step."""
    return {step: in_step(of, step).count() for step in (*STEPS, "doubt", "unknown", "slip")}


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
    """With bag, point and how many people; a fixed number of queries."""
    codes = [row.code for row in rows]
    held = Bag.objects.filter(round=of.pk, code__in={row.bag for row in rows if row.bag})
    bags = {row.code: row for row in held}
    points = {row.pk: row for row in Point.objects.filter(pk__in={row.point_id for row in rows if row.point_id})}
    people = inside(codes)
    return [
        TubeLine(row, bags.get(row.bag), points.get(row.point_id) if row.point_id else None, len(people[row.code]))
        for row in rows
    ]


def tube_by_code(actor: Actor, code: str) -> Trail:
    """One; raises `NotFound`."""
    found = Trail.objects.visible_to(actor, READ).select_related("round__unit").filter(pk=code).first()
    if found is None:
        raise NotFound(kind="tubes.trail", code=code)
    return found


def bag_by_code(actor: Actor, of: Round, code: str) -> Bag:
    """A bag of a round; raises `NotFound`."""
    rows = Bag.objects.visible_to(actor, READ).select_related("round__unit", "point")
    found = rows.filter(round=of.pk, code=code).first()
    if found is None:
        raise NotFound(kind="tubes.bag", code=code)
    return found


@dataclass(frozen=True)
class Candidate:
    """What a code may mean: a bag or a tube of a round."""

    of: Round
    part: str
    code: str

    @property
    def open(self) -> bool:
        """Whether its round is tested now."""
        return bool(self.of.state == RoundState.OPEN)


def candidates(actor: Actor, text: str) -> list[Candidate]:
    """Bags and tubes that a code alone may mean, of rounds that are tested first, then the last first.

    Tubes are used once, so of them there is one; a bag's code comes again in every round.
    """
    codes = {text, text.upper(), text.lower()}
    found = [
        Candidate(row.round, part, row.code)
        for part, model in (("bag", Bag), ("tube", Trail))
        for row in model.objects.visible_to(actor).filter(code__in=codes).select_related("round__unit")
    ]
    return sorted(found, key=lambda one: (one.open, one.of.opens_at, one.part), reverse=True)


def near(actor: Actor, text: str) -> list[Candidate]:
    """Bags and tubes of rounds that are tested now whose code is one slip of a finger away."""
    codes = one_off(text)
    found = [
        Candidate(row.round, part, row.code)
        for part, model in (("bag", Bag), ("tube", Trail))
        for row in model.objects.visible_to(actor)
        .filter(code__in=codes, round__state=RoundState.OPEN)
        .select_related("round__unit")
        .order_by("code")[:MOST_NEAR]
    ]
    return sorted(found, key=lambda one: (one.of.opens_at, one.code), reverse=True)[:MOST_NEAR]


@dataclass(frozen=True)
class Differs:
    """What was counted of a bag before, where it is another number: by the table or site, and by the laboratory."""

    table: int | None
    before: int | None


def differs_from(bag: Bag | SiteBag, count: int) -> Differs | None:
    """Whether who packed this bag, or an earlier receipt, counted another number of tubes in it."""
    table = bag.said_tubes if bag.said_tubes != count else None
    before = bag.counted if bag.counted != count else None
    return None if table is None and before is None else Differs(table, before)


def facts_told(of: Round, *, tube: str = "", bag: str = "") -> QuerySet[TubeEvent]:
    """What was told in a round about a tube, or about a bag as a whole, in true time."""
    rows = TubeEvent.objects.filter(round=of.pk, tube=tube, **({} if tube else {"bag": bag}))
    return rows.select_related("upload__by", "point").order_by("at", "id")


def strays(of: Round) -> QuerySet[TubeEvent]:
    """Facts told in this round about tubes of another one: no tube is where they say until somebody looked.

    Whoever looked into them said so after the last of them came.
    """
    homes = Trail.objects.filter(code=OuterRef("tube")).values("round")
    looked = TubeEvent.objects.filter(
        kind=EventKind.LOOKED_INTO, round=of.pk, tube=OuterRef("tube"),
        upload__received_at__gte=OuterRef("upload__received_at"),
    )  # fmt: skip
    rows = TubeEvent.objects.filter(~Exists(looked), round=of.pk).exclude(tube="").exclude(kind=EventKind.LOOKED_INTO)
    rows = rows.annotate(home=Subquery(homes)).exclude(home=of.pk).filter(home__isnull=False)
    return rows.select_related("upload__by", "point").order_by("at", "id")


def told_elsewhere(trail: Trail) -> QuerySet[TubeEvent]:
    """What was told about a tube in rounds it is not of: it counts nowhere."""
    rows = TubeEvent.objects.filter(tube=trail.code).exclude(round=trail.round_id)
    return rows.select_related("upload__by", "upload__round", "point").order_by("at", "id")


def with_homes(events: Sequence[TubeEvent]) -> list[tuple[TubeEvent, Round]]:
    """Each with the round its tube is of; one query."""
    rows = Trail.objects.filter(pk__in={one.tube for one in events}).select_related("round")
    homes = {row.code: row.round for row in rows}
    return [(one, homes[one.tube]) for one in events]


def doubts_of(trail: Trail) -> list[str]:
    """Its doubts, and that nobody filled what lies in a bag."""
    empty = trail.opened_at is None and bool(trail.bag) and trail.slip_at is None
    return [*trail.doubts, *([Doubt.NEVER_FILLED] if empty else [])]


def overrides(trail: Trail) -> QuerySet[Recall]:
    """People of this tube whose recall was ended before the recheck, by a decision with a name."""
    rows = Recall.objects.filter(Q(tube=trail.code) | Q(retest_tube=trail.code), overridden=True)
    return rows.select_related("closed_by").order_by("number")


def overrides_in(of: Round) -> QuerySet[Recall]:
    """The same of a round."""
    rows = Recall.objects.filter(round=of, overridden=True).select_related("closed_by")
    return rows.order_by("tube", "number")


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
    waiting = Trail.objects.real().filter(
        bag=OuterRef("code"), round=OuterRef("round"), standing="", rejected_at__isnull=True
    )
    return rows.filter(Exists(waiting)).select_related("round").order_by("-arrived_at", "code")


def overdue_legs(of: Round, at: datetime) -> list[tuple[Deadline, Bag | None]]:
    """Legs of this round whose time is over, with the bag where it is one; tubes without a bag are of the round."""
    points, own = of.points.values_list("pk", flat=True), bags(of).values_list("pk", flat=True)
    keys = [str(of.pk), *map(str, points), *map(str, own)]
    rows = Deadline.objects.filter(kind__startswith="tubes.", subject_id__in=keys, state=DeadlineState.OPEN)
    late = list(rows.filter(overdue_at__lte=at).order_by("due_at")[:MOST_LATE])
    held = {str(row.pk): row for row in bags(of).filter(pk__in=[one.subject_id for one in late])}
    return [(one, held.get(one.subject_id)) for one in late]


def came_in(of: Round) -> tuple[datetime | None, ...]:
    """When scans, events and results of a round came last: what a round that is over changes by. Three queries.

    A result comes without an upload, and meets the deadline of a bag that was late.
    """
    uploads = (Upload.objects.filter(round=of), EventUpload.objects.filter(round=of))
    came = [rows.aggregate(last=Max("received_at"))["last"] for rows in uploads]
    return *came, TubeResult.objects.filter(round=of.pk).aggregate(last=Max("reported_at"))["last"]
