"""What the commands share: whom a step is about, the step itself, and what is watched after it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor, locked
from lazaretto.core.commands import record
from lazaretto.core.deadlines import Due, cancel_all, meet, move_deadline, open_deadlines, set_deadlines
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace
from lazaretto.stranded import rules
from lazaretto.stranded.choices import GivenKind, State, StepKind
from lazaretto.stranded.deadlines import CARE, MEAL, PLACE, SEARCH
from lazaretto.stranded.errors import ChildAlone, NobodyFound, StepNotPossible
from lazaretto.stranded.models import Group, Stranded, StrandedStep
from lazaretto.stranded.queries import age_of, lonely, needs_by_person, zone_of

MOST = 1000  # characters of what is told
FED = (State.WAITING, State.ON_THE_WAY, State.LODGED)  # at home whoever looks after them sees to it
CARED_FOR = (*FED, State.MINDED)


@dataclass(frozen=True)
class Stepped:
    """How many of a group went on, and how many of it are still in our care here."""

    group_id: UUID
    people: int
    left: int


def said(text: str) -> str:
    """What was told, which is required; raises `ReasonRequired`, `TextTooLong`."""
    words = whole(text, MOST)
    if not words:
        raise ReasonRequired
    return words


def found_place(unit: Unit) -> ExternalPlace:
    """Where a unit has those whom it found, until they have a place: one for each unit, made when it is needed."""
    made, _fresh = ExternalPlace.objects.get_or_create(
        kind=ExternalKind.FOUND, name=unit.name[:120], district=unit.code, closed_at=None
    )
    return made


def all_of(group: Group) -> list[Stranded]:
    """Everybody of a group, locked."""
    rows = locked(Stranded.objects.filter(group=group).order_by("position"))
    return list(rows.select_related("person"))


def chosen(group: Group, people: Sequence[UUID], *states: str) -> list[Stranded]:
    """Those a step is about: the named ones (ids of `Stranded`), else all of the group whom it can be about.

    Raises `NobodyFound`, `StepNotPossible` when somebody who was named is in none of the states.
    """
    rows = [row for row in all_of(group) if not people or row.pk in people]
    able = [row for row in rows if row.state in states]
    if people and len(able) < len(set(people)):
        raise StepNotPossible if rows else NobodyFound
    if not able:
        raise StepNotPossible
    return able


def go(rows: Sequence[Stranded], after: State) -> None:
    """Take the step in memory; raises `StepNotPossible`."""
    for row in rows:
        if not rules.permitted(row.state, after):
            raise StepNotPossible
        row.state = after


def write_step(
    group: Group, step: StepKind, rows: Sequence[Stranded], *, actor: Actor, at: datetime, words: str = ""
) -> None:
    """A row of the history for each, and for the journal; without rows it is about the group."""
    for row in rows or (None,):
        StrandedStep.objects.create(
            group=group, stranded=row, step=step, at=at, by_id=actor.user_id, words=words or None
        )
    for row in rows:
        data = {"group": group.number, "step": step, "state": row.state}
        record(row, unit_id=group.unit_id, person_id=row.person_id, data=data)
    if not rows:
        record(group, unit_id=group.unit_id, data={"number": group.number, "step": step})


def nobody_alone(group: Group, going: Sequence[Stranded], *, at: datetime) -> None:
    """Whoever goes must not be alone where they go, if they must not be alone; raises `ChildAlone`.

    The rows carry where they go already. Whom it leaves behind alone is a clock (`settle`), not a refusal.
    """
    wanted = {str(row.pk) for row in going}
    if wanted & lonely(replaced(group, ""), going, at=at):
        raise ChildAlone


def replaced(group: Group, why: str) -> Group:
    """The group as the rule of company sees it once they have left: away from home grown ones keep company again."""
    copy = Group(unit=group.unit, why=why)
    copy.pk = group.pk
    return copy


def settle(group: Group, *, actor: Actor, at: datetime) -> Stepped:
    """What is watched follows from where everybody stands: company, meals, and whether the group has ended."""
    rows = all_of(group)
    alone = lonely(group, rows, at=at)
    for row in rows:
        _watch_care(group, row, actor, at, alone=str(row.pk) in alone)
    left = [row for row in rows if row.state in rules.OPEN]
    _watch_meals(group, left, actor, at)
    if not left and group.ended_at is None:
        group.ended_at = at
        group.save(update_fields=["ended_at"])
        cancel_all(group, at=at, by=actor.user_id)
    return Stepped(group.pk, 0, len(left))


def stepped(told: Stepped, rows: Sequence[Stranded]) -> Stepped:
    """The answer, with how many it was about."""
    return replace(told, people=len(rows))


def _watch_care(group: Group, row: Stranded, actor: Actor, at: datetime, *, alone: bool) -> None:
    """Somebody alone is watched from now on; where a carer has a time, until then."""
    open_now = open_deadlines(CARE.code, row).values_list("due_at", flat=True).first()
    due = rules.within("care", at, zone_of(group.unit)) if alone else row.carer_until
    if row.state not in CARED_FOR or due is None:
        if open_now is not None:
            meet(CARE.code, row, at=at, by=actor.user_id)
    elif open_now is None:
        set_deadlines([Due(CARE.code, row, due, unit_id=group.unit_id, person_id=row.person_id)], at=at)
    elif (alone and due < open_now) or (not alone and due != open_now):
        move_deadline(CARE.code, row, due, at=at, by=actor.user_id)


def _watch_meals(group: Group, left: Sequence[Stranded], actor: Actor, at: datetime) -> None:
    """A next meal is due while somebody is fed by us; nothing is given up silently: `given` says what was eaten."""
    hungry = group.fed_by_us and any(row.state in FED for row in left)
    if not hungry:
        meet(MEAL.code, group, at=at, by=actor.user_id)
    elif not open_deadlines(MEAL.code, group).exists():
        last = group.given.filter(kind=GivenKind.MEAL).order_by("-at").values_list("at", flat=True).first()
        zone = zone_of(group.unit)
        infant = any("infant" in kinds for kinds in needs_by_person([row.person_id for row in left]).values())
        due = rules.next_meal(last, zone, infant=infant) if last else rules.first_meal(group.found_at, zone)
        set_deadlines([Due(MEAL.code, group, due, unit_id=group.unit_id)], at=at)


def watch_place(group: Group, rows: Sequence[Stranded], since: datetime, *, at: datetime) -> datetime | None:
    """The clock until each of them has a place begins at `since`; the first due time. A household has its home."""
    if group.at_home:
        return None
    zone, needs = zone_of(group.unit), needs_by_person([row.person_id for row in rows])
    dues = [
        rules.place_due(since, zone, age=age_of(row, at), needs=needs[row.person_id], cold=group.cold) for row in rows
    ]
    set_deadlines(
        [
            Due(PLACE.code, row, due, unit_id=group.unit_id, person_id=row.person_id)
            for row, due in zip(rows, dues, strict=True)
        ],
        at=at,
    )
    return min(dues, default=None)


def has_place(rows: Sequence[Stranded], *, actor: Actor, at: datetime) -> None:
    """Nobody waits for a place of theirs any more, nor looks for them."""
    for row in rows:
        meet(PLACE.code, row, at=at, by=actor.user_id)
        meet(SEARCH.code, row, at=at, by=actor.user_id)
