"""The next round of an area is prepared from the last one, or its day is set otherwise."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.cadence.errors import LaterThanDue, PreparedAlready
from lazaretto.cadence.models import Plan, SetDay
from lazaretto.cadence.queries import areas, pack_tubes
from lazaretto.core import clock
from lazaretto.core.access import Actor, somebody
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, ReasonRequired, whole
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.commands import copy_points, draft_round, told_of_drafts
from lazaretto.screening.models import Round
from lazaretto.screening.rules import FARTHEST, MANAGE


@dataclass(frozen=True)
class NextDrafted:
    """The next round is being prepared, with so many points of the last one. `closed`: those that were closed there."""

    round_id: UUID
    number: int
    points: int
    closed: list[str]


@dataclass(frozen=True)
class DaySet:
    """The next round of an area is due on that day; on none, none follows."""

    unit_id: UUID
    on: date | None


@command("cadence.draft_next", capability=MANAGE)
def draft_next(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    name: str,
    opens_at: datetime,
    deadline_at: datetime,
    tube_rule: TubeRule,
    cadence: str = "",
    reason: str = "",
    points: bool = True,
    another: bool = False,
) -> NextDrafted:
    """Prepare the next round of an area; `points`: with those of the round that began last there, as they are.

    `cadence` is the code of one that the pack names; without, that of the last round goes on. `another`: beside one
    that is prepared already. Raises `InvalidInput`, `LaterThanDue`, `PreparedAlready`, `TextTooLong`.
    """
    area = areas([unit], at=at)[0]
    if area.planned is not None and not another:
        raise PreparedAlready(round=area.planned.pk)
    if cadence and (area.pack is None or cadence not in {one.code for one in area.pack.cadences}):
        raise InvalidInput(fields={"cadence": _("The rule pack in force here names no such cadence.")})
    made = draft_round(
        actor=actor, at=at, unit=unit, name=name, opens_at=opens_at, deadline_at=deadline_at, tube_rule=tube_rule,
        reason=reason,
    )  # fmt: skip
    if cadence:
        Plan.objects.filter(round=made.round_id).update(cadence=cadence)
    fresh, taken, closed = Round.objects.get(pk=made.round_id), 0, list[str]()
    if points and area.last is not None:
        copied = copy_points(actor=actor, at=at, test_round=fresh, like=area.last)
        taken, closed = copied.points, copied.closed
    record(fresh, unit_id=unit.pk, data={"number": made.number, "points": taken, "cadence": cadence})
    return NextDrafted(made.round_id, made.number, taken, closed)


@told_of_drafts
def keep_plan(of: Round, at: datetime, apart: bool, reason: str) -> None:
    """Keep with a round what was due when it was prepared. Raises `LaterThanDue` for a later one without a reason."""
    area = areas([of.unit], at=at, but=of)[0]
    missed = None if apart else area.due_for(of.opens_at)
    if missed is not None and not reason:
        raise LaterThanDue(due_on=missed)
    Plan.objects.create(
        round=of,
        cadence=area.cadence.code if area.cadence else "",
        apart=apart,
        due_on=None if apart or area.planned else area.due_on,
        late=missed is not None,
        reason=reason,
        pack_tubes=pack_tubes(area),
        at=at,
    )


@command("cadence.set_day", capability=MANAGE)
def set_day(*, actor: Actor, at: datetime, unit: Unit, on: date | None, reason: str) -> DaySet:
    """Set the day of the next round of an area otherwise than the rule pack, or where it says none; without a day: no
    round follows, and what follows later begins a new series. It holds until a round begins there.

    Raises `InvalidInput` for a day that is past or far, `ReasonRequired`, `TextTooLong`, `Forbidden` for the program.
    """
    by = somebody(actor, MANAGE)
    if not reason.strip():
        raise ReasonRequired
    today = clock.local_date(at, areas([unit], at=at)[0].zone)
    if on is not None and not today <= on <= today + timedelta(days=FARTHEST.days):
        raise InvalidInput(fields={"on": _("From today on, at most 60 days away.")})
    why = whole(reason.strip(), 200)
    SetDay.objects.create(unit=unit, on=on, reason=why, by_id=by, at=at)
    record(unit, unit_id=unit.pk, data={"on": on.isoformat() if on else None}, reason=why)
    return DaySet(unit.pk, on)
