"""When areas are tested next, within what an actor may see; who is left in rounds. Never writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.cadence.models import Plan, SetDay
from lazaretto.cadence.rules import (
    OPENS_LATE,
    REMEMBERED,
    USUAL_BEGIN,
    USUAL_LENGTH,
    begins_at,
    next_name,
    prepared_by,
    proposed_begin,
    tube_rule,
)
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.places.queries import Home, homes_of
from lazaretto.protocols.queries import Calendar, calendar
from lazaretto.protocols.rules import Cadence, NextRound, NoPackAdopted, Pack, PastRound, next_round
from lazaretto.screening.choices import RoundState, TubeRule
from lazaretto.screening.models import Round
from lazaretto.screening.queries.excused import counted
from lazaretto.screening.rules import MANAGE, READ
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.models import Absence
from lazaretto.tubes.queries.balance import absences
from lazaretto.tubes.queries.clean import with_open_tubes, with_positive

BEFORE = (RoundState.DRAFT, RoundState.FROZEN)


@dataclass(frozen=True)
class Area:
    """An area and its next round. `pack` is None where none is in force, `cadence` where the pack names none.

    `found` is what the pack says, `said` what an officer set instead, where that holds. `last`: the round that began
    last; `planned`: the one that is prepared after it.
    """

    unit: Unit
    zone: ZoneInfo
    pack: Pack | None
    cadence: Cadence | None
    found: NextRound | None
    said: SetDay | None
    last: Round | None
    planned: Round | None

    @property
    def due_on(self) -> date | None:
        """The local date by which the next round is to begin; none where nothing is due."""
        if self.said is not None:
            return self.said.on
        return self.found.due_on if self.found else None

    @property
    def asked_by(self) -> datetime | None:
        """When somebody is asked: no round is prepared, or the one that is did not begin. None where nothing is due."""
        if self.planned is not None:
            return self.planned.opens_at + OPENS_LATE
        return prepared_by(begins_at(self.due_on, self.usual_begin.time(), self.zone)) if self.due_on else None

    @property
    def usual_begin(self) -> datetime:
        """When the last round began, by clocks there."""
        if self.last is None:
            return datetime.combine(date.min, USUAL_BEGIN)
        return self.last.opens_at.astimezone(self.zone)

    @property
    def changed_at(self) -> datetime | None:
        """When its last round began or ended, or somebody set a day."""
        moments = [self.said.at if self.said else None]
        moments += [self.last.opened_at, self.last.closed_at, self.last.cancelled_at] if self.last else []
        return max((moment for moment in moments if moment), default=None)

    def due_for(self, opens_at: datetime) -> date | None:
        """The date that is missed by a round that begins then; none where it is in time, or another one is prepared."""
        late = self.due_on is not None and clock.local_date(opens_at, self.zone) > self.due_on
        return self.due_on if late and self.planned is None else None


@dataclass(frozen=True)
class Proposal:
    """How the next round of an area might be prepared; everything can be said otherwise."""

    name: str
    opens_at: datetime
    deadline_at: datetime
    tube_rule: str
    cadence: str


def proposal(area: Area, *, at: datetime) -> Proposal:
    """At the hours of the last round, on the day on which it is due, with the tubes of the pack."""
    last, usual = area.last, area.usual_begin.time()
    length = last.deadline_at - last.opens_at if last else USUAL_LENGTH
    opens_at = proposed_begin(area.due_on, usual, area.zone, at, length)
    return Proposal(
        name=_name(last) if last else "",
        opens_at=opens_at,
        deadline_at=opens_at + length,
        tube_rule=pack_tubes(area) or (last.tube_rule if last else TubeRule.TEN),
        cadence=area.cadence.code if area.cadence else "",
    )


def _name(last: Round) -> str:
    """Unlike that of any round of the area, so that lists and notices tell them apart."""
    known = dict(Round.objects.filter(unit=last.unit_id).values_list("number", "name"))
    # Translators: appended to the name of the last round of an area, to name the next one.
    return next_name(last.name, known.values(), number=max(known) + 1, appended=_("round {number}"))


def pack_tubes(area: Area) -> str:
    """The tube rule of the pack for places that its cadence is about; empty where it says none."""
    if area.pack is None or area.cadence is None:
        return ""
    return tube_rule(area.pack.people_to_a_tube(area.cadence.tubes))


# ---- areas


def tested_units(actor: Actor, *, at: datetime) -> QuerySet[Unit]:
    """Units with a round of late, whose rounds the actor may read."""
    return Unit.objects.visible_to(actor, READ).filter(_tested(at))


def units_with_rounds(*, at: datetime) -> QuerySet[Unit]:
    """All of them, for what the installation does by itself."""
    return Unit.objects.filter(_tested(at))


def _tested(at: datetime) -> Exists:
    return Exists(Round.objects.filter(unit=OuterRef("pk"), opens_at__gte=at - REMEMBERED))


def area_of(actor: Actor, unit_id: UUID, *, at: datetime) -> Area:
    """One area where the actor may prepare rounds. Raises `NotFound`."""
    unit = Unit.objects.visible_to(actor, MANAGE).filter(pk=unit_id, ended_at__isnull=True).first()
    if unit is None:
        raise NotFound(kind="accounts.unit", id=unit_id)
    return areas([unit], at=at)[0]


def areas(units: Sequence[Unit], *, at: datetime, but: Round | None = None) -> list[Area]:
    """Each of these units with its next round; eight queries, however many they are. `but`: as if it were not there."""
    keys = [unit.pk for unit in units]
    rounds = _rounds(keys, at, but)
    begun = [one.pk for several in rounds.values() for one in several if one.opened_at]
    over = [one.pk for several in rounds.values() for one in several if one.state == RoundState.CLOSED]
    positive, unanswered = with_positive(begun), with_open_tubes(over)
    said, homes, packs = _said(keys, at), homes_of(keys), calendar()
    return [
        _area(unit, rounds[unit.pk], positive, unanswered, said[unit.pk], homes[unit.pk], packs, at) for unit in units
    ]


def _rounds(units: Collection[UUID], at: datetime, but: Round | None) -> dict[UUID, list[Round]]:
    """Rounds of late that follow one another, the first to begin first; without those that stand apart."""
    recent = Q(opened_at__gte=at - REMEMBERED) | Q(state__in=BEFORE)
    rows = Round.objects.filter(recent, unit__in=units).exclude(plan__apart=True).select_related("plan")
    found: dict[UUID, list[Round]] = defaultdict(list)
    for row in rows.order_by("opens_at", "number"):
        if but is None or row.pk != but.pk:
            found[row.unit_id].append(row)
    return found


def _said(units: Collection[UUID], at: datetime) -> dict[UUID, list[SetDay]]:
    found: dict[UUID, list[SetDay]] = defaultdict(list)
    rows = SetDay.objects.filter(unit__in=units, at__gte=at - REMEMBERED).select_related("by")
    for row in rows.order_by("at", "id"):
        found[row.unit_id].append(row)
    return found


def _area(
    unit: Unit,
    rounds: list[Round],
    positive: set[UUID],
    unanswered: set[UUID],
    said: list[SetDay],
    home: Home,
    packs: Calendar,
    at: datetime,
) -> Area:
    zone = clock.zone(home.zone)
    begun = [one for one in rounds if one.opened_at]
    last = max(begun, key=lambda one: (one.opened_at, one.number), default=None)
    pack = _pack(packs, home.jurisdiction, clock.local_date(at, zone))
    cadence = pack.cadence(_code(rounds)) if pack else None
    holds = said[-1] if said and (last is None or last.opened_at is None or said[-1].at >= last.opened_at) else None
    ended = max((one.at for one in said if one.on is None), default=None)
    series = [one for one in begun if ended is None or one.opened_at is None or one.opened_at > ended]
    past = [_past(one, zone, positive, unanswered) for one in series]
    planned = [one for one in rounds if one.state in BEFORE and (last is None or one.opens_at > last.opens_at)]
    return Area(
        unit=unit, zone=zone, pack=pack, cadence=cadence, found=next_round(cadence, past) if cadence else None,
        said=holds, last=last, planned=planned[0] if planned else None,
    )  # fmt: skip


def _pack(packs: Calendar, jurisdiction: str, on: date) -> Pack | None:
    try:
        return packs.pack_on(jurisdiction, on)
    except NoPackAdopted:
        return None


def _code(rounds: list[Round]) -> str:
    """Which cadence the last round that names one follows."""
    plans = [one.plan for one in rounds if _has_plan(one)]
    return next((plan.cadence for plan in reversed(plans) if plan.cadence), "")


def _has_plan(one: Round) -> bool:
    return getattr(one, "plan", None) is not None


def _past(one: Round, zone: ZoneInfo, positive: set[UUID], unanswered: set[UUID]) -> PastRound:
    ended = one.closed_at or one.cancelled_at
    return PastRound(
        number=one.number,
        opened_on=clock.local_date(one.opened_at or one.opens_at, zone),
        closed_on=clock.local_date(ended, zone) if ended else None,
        settled=one.state == RoundState.CLOSED and one.pk not in unanswered,
        positive=one.pk in positive,
        cancelled=one.state == RoundState.CANCELLED,
    )


def plan_of(of: Round) -> Plan | None:
    """What was said of a round when it was prepared; none of one from before."""
    return Plan.objects.filter(round=of).first()


# ---- rounds that keep their time or not


def left_in(rounds: Iterable[Round], *, at: datetime, exact: bool = True) -> dict[UUID, int]:
    """People of each round who are missing; past its deadline, of those, who are not named as missing either.

    Sums, and past the deadline a look at everybody who was named: some of them were tested after all. Not `exact`, that
    look is left out where somebody is left whatever it finds; then there may be more than it says.
    """
    several = list(rounds)
    missing = {one.pk: one.entries - _answered_for(one) for one in several}
    over = [one for one in several if one.deadline_at <= at and missing[one.pk] > 0]
    rows = Absence.objects.holding().filter(round__in=[one.pk for one in over], kind=AbsenceKind.MISSING).order_by()
    named = dict(rows.values_list("round").annotate(people=Count("pk")))
    for one in over:
        most = named.get(one.pk, 0)
        enough = not exact and missing[one.pk] > most
        own = absences(one).filter(kind=AbsenceKind.MISSING).order_by()
        missing[one.pk] -= most if enough or not most else own.count()
    return {pk: max(0, people) for pk, people in missing.items()}


def _answered_for(of: Round) -> int:
    """Of those expected: tested, or excused by name or by our care."""
    return sum(row.people for row in counted(of) if row.organisation_id is not None)


def open_rounds() -> list[Round]:
    """Rounds that are tested now."""
    return list(Round.objects.filter(state=RoundState.OPEN).order_by("pk"))
