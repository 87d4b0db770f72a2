"""What follows from a change of status is seen to: taken on, done, dropped with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from lazaretto.cases import rules
from lazaretto.cases.choices import ConsequenceKind, FollowUpState
from lazaretto.cases.deadlines import FOLLOW_UP
from lazaretto.cases.errors import CompanyFirst, FollowUpClosed
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.queries.outside import where_is
from lazaretto.cases.rules import Consequence
from lazaretto.core.access import Actor, somebody
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel, meet, set_deadlines
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace

PROPOSE = rules.PROPOSE
MOST = 2000  # characters of words


@dataclass(frozen=True)
class FollowUpSeen:
    """Somebody has a follow-up, or it was closed."""

    follow_up_id: UUID
    state: FollowUpState
    owner_id: int | None


@command("cases.take_follow_up", capability=PROPOSE)
def take_follow_up(*, actor: Actor, at: datetime, follow_up: FollowUp) -> FollowUpSeen:
    """See to it from now on. Raises `FollowUpClosed`."""
    _still_open(follow_up)
    before, follow_up.owner_id = follow_up.owner_id, somebody(actor, PROPOSE)
    follow_up.save(update_fields=["owner"])
    _note_follow_up(follow_up, {"before": before, "owner": follow_up.owner_id})
    return FollowUpSeen(follow_up.id, FollowUpState.OPEN, follow_up.owner_id)


@command("cases.finish_follow_up", capability=PROPOSE)
def finish_follow_up(*, actor: Actor, at: datetime, follow_up: FollowUp, answer: str = "") -> FollowUpSeen:
    """It was done. Who stays or goes with somebody who must not be alone is named in `answer`, before anybody moves.

    Raises `FollowUpClosed`, `ReasonRequired` where company is not named, `CompanyFirst`.
    """
    _still_open(follow_up)
    said = whole(answer, MOST)
    if follow_up.kind == ConsequenceKind.COMPANY and not said:
        raise ReasonRequired
    alone = follow_up.change.follow_ups.filter(kind=ConsequenceKind.COMPANY, state=FollowUpState.OPEN)
    if follow_up.kind == ConsequenceKind.MOVE and alone.exists():
        raise CompanyFirst
    return close(follow_up, FollowUpState.DONE, somebody(actor, PROPOSE), at, said)


@command("cases.drop_follow_up", capability=PROPOSE)
def drop_follow_up(*, actor: Actor, at: datetime, follow_up: FollowUp, reason: str) -> FollowUpSeen:
    """It is not needed any more, and why. Raises `FollowUpClosed`, `ReasonRequired`."""
    _still_open(follow_up)
    said = whole(reason, MOST)
    if not said:
        raise ReasonRequired
    return close(follow_up, FollowUpState.DROPPED, somebody(actor, PROPOSE), at, said)


@command("cases.see_arrival", capability=PROPOSE, internal=True)
def see_arrival(*, actor: Actor, at: datetime, follow_up: FollowUp, place: str) -> FollowUpSeen:
    """Somebody who had to move is where they had to go: `place` names it. Raises `FollowUpClosed`.

    Who keeps whom company stays open: an arrival does not answer it.
    """
    _still_open(follow_up)
    said = gettext("Arrived: {place}").format(place=place)
    return close(follow_up, FollowUpState.DONE, actor.user_id, at, whole(said, MOST))


def open_follow_up(change: Change, one: Consequence, owner: int, at: datetime) -> None:
    alone = one.kind == ConsequenceKind.COMPANY or len(one.people) == 1
    due_at = at + timedelta(hours=one.hours)
    made = FollowUp.objects.create(
        change=change, kind=one.kind, person_id=UUID(one.people[0]) if one.people and alone else None,
        people=list(one.people), users=list(one.users), to=one.to, category=one.category, due_at=due_at,
        owner_id=owner, number=one.number, where=one.where[:200],
        from_place=fetched_from(change, UUID(one.people[0])) if change.outside and one.to else None,
    )  # fmt: skip
    set_deadlines([due_for(FOLLOW_UP.code, made, change, due_at, made.person_id)], at=at)


def fetched_from(change: Change, person_id: UUID) -> ExternalPlace:
    """The place at which a transfer order of somebody begins who stays at no site: whoever holds them, else their
    enterprise or community, else the area of the unit that cares for them. Made when it is needed."""
    where = where_is(Person.objects.get(pk=person_id))
    if where.held_by is not None:
        return where.held_by
    name = (where.organisation or change.place_name)[:120]
    code = change.unit.code if change.unit else ""
    made, _fresh = ExternalPlace.objects.get_or_create(kind=where.kind, name=name, district=code, closed_at=None)
    return made


def drop_open(change: Change, at: datetime, by: int, why: str) -> None:
    drop_all(change.follow_ups.filter(state=FollowUpState.OPEN), at, by, why)


def drop_all(rows: QuerySet[FollowUp], at: datetime, by: int, why: str) -> None:
    for one in rows:
        one.state, one.closed_at, one.closed_by_id, one.answer = FollowUpState.DROPPED, at, by, why
        one.save(update_fields=["state", "closed_at", "closed_by", "answer"])
        cancel(FOLLOW_UP.code, one, at=at, by=by, answer=str(FollowUpState.DROPPED.label))


def close(follow_up: FollowUp, state: FollowUpState, by: int | None, at: datetime, said: str) -> FollowUpSeen:
    follow_up.state, follow_up.closed_at, follow_up.closed_by_id = state, at, by
    follow_up.answer = said or None
    follow_up.save(update_fields=["state", "closed_at", "closed_by", "answer"])
    close = meet if state == FollowUpState.DONE else cancel
    close(FOLLOW_UP.code, follow_up, at=at, by=by, answer=str(state.label))
    _note_follow_up(follow_up, {"after": state}, said if state == FollowUpState.DROPPED else "")
    return FollowUpSeen(follow_up.id, state, follow_up.owner_id)


def _still_open(follow_up: FollowUp) -> None:
    if follow_up.state != FollowUpState.OPEN:
        raise FollowUpClosed


def due_for(kind: str, subject: Change | FollowUp, change: Change, due_at: datetime, person: UUID | None = None) -> Due:
    return Due(kind, subject, due_at, unit_id=change.scope_id, person_id=person or change.subject_id)


def _note_follow_up(follow_up: FollowUp, data: dict[str, object], reason: str = "") -> None:
    unit_id = follow_up.change.scope_id
    kind = {"kind": follow_up.kind, "change": follow_up.change.number}
    record(follow_up, unit_id=unit_id, person_id=follow_up.person_id, data={**kind, **data}, reason=reason)
