"""A place: sent there, arrived, turned back; a room of ours through the desk's own command."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.arrivals.commands import admit_walk_in
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, move_deadline, open_deadlines, set_deadlines
from lazaretto.core.errors import Forbidden, whole
from lazaretto.custody.commands import Luggage, Seen, Way, hand_over, write_facts
from lazaretto.custody.rules import FactKind
from lazaretto.headcounts.commands import leave_area
from lazaretto.orders.commands import Plea, follow, leave
from lazaretto.people.commands import open_access
from lazaretto.people.models import PartyMember
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.stays.models import Stay
from lazaretto.stranded import rules
from lazaretto.stranded.choices import State, StepKind
from lazaretto.stranded.commands.common import (
    Stepped,
    chosen,
    go,
    has_place,
    nobody_alone,
    said,
    settle,
    stepped,
    write_step,
)
from lazaretto.stranded.deadlines import PLACE
from lazaretto.stranded.errors import ChildAlone, OnePlace, StepNotPossible, WayTooLong
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import age_of, held_at, zone_of

PLACES = rules.PLACE
CAN_GO = (State.WAITING, State.MINDED, State.LODGED)


@dataclass(frozen=True)
class Sent:
    """They are on the way; `handovers` number what the receiving site signs in."""

    group_id: UUID
    people: int
    handovers: tuple[str, ...]


@dataclass(frozen=True)
class RoomsGiven:
    """They have rooms of ours: numbers of stays and rooms, in the order of the group."""

    group_id: UUID
    stays: tuple[str, ...]
    rooms: tuple[str, ...]


@command("stranded.send", capability=PLACES)
def send(
    *,
    actor: Actor,
    at: datetime,
    group: Group,
    arrives_by: datetime,
    people: tuple[UUID, ...] = (),
    to_site: str = "",
    to_place: ExternalPlace | None = None,
    carrier: str = "",
    escort: str = "",
    escort_phone: str = "",
) -> Sent:
    """Send them to a site of ours (its code), by a handover that it signs in; or to a place that others run, where
    they stay ours until that place has confirmed them.

    Raises `OnePlace`, `WayTooLong`, `ChildAlone`, `StepNotPossible`, and what a handover raises: `NotHeldHere` names
    whom another place holds.
    """
    site = Site.objects.filter(code=to_site).first() if to_site else None
    if (site is None) == (to_place is None):
        raise OnePlace
    if not at < arrives_by <= at + rules.LONGEST_WAY:
        raise WayTooLong
    rows = chosen(group, people, *CAN_GO)
    go(rows, State.ON_THE_WAY)
    for row in rows:
        row.to_site, row.to_place, row.arrives_by = site, to_place, arrives_by
    nobody_alone(group, rows, at=at)
    for row in rows:
        row.save(update_fields=["state", "to_site", "to_place", "arrives_by"])
        _wait_for_arrival(group, row, arrives_by, actor, at)
    numbers = _hand_over(rows, site, arrives_by, (carrier, escort, escort_phone), actor, at) if site else []
    place = str(site or to_place)
    write_step(group, StepKind.SENT, rows, actor=actor, at=at, words=" · ".join(filter(None, [place, escort])))
    settle(group, actor=actor, at=at)
    return Sent(group.pk, len(rows), tuple(numbers))


def _wait_for_arrival(group: Group, row: Stranded, arrives_by: datetime, actor: Actor, at: datetime) -> None:
    """The clock goes on until they are there; one that has been agreed for later is looked at then."""
    due = open_deadlines(PLACE.code, row).values_list("due_at", flat=True).first()
    if due is None:
        set_deadlines([Due(PLACE.code, row, arrives_by, unit_id=group.unit_id, person_id=row.person_id)], at=at)
    elif due < arrives_by:
        move_deadline(PLACE.code, row, arrives_by, at=at, by=actor.user_id)


def _hand_over(
    rows: Sequence[Stranded], site: Site, due_at: datetime, by: tuple[str, str, str], actor: Actor, at: datetime
) -> list[str]:
    """One handover from each place that has some of them; whoever is held elsewhere is refused by name."""
    held = held_at(row.person_id for row in rows)
    carrier, escort, phone = whole(by[0], 80), whole(by[1], 80), whole(by[2], 40)
    origins: dict[ExternalPlace, list[UUID]] = {}
    for row in rows:
        holding = held.get(row.person_id)
        if holding is None or holding.external is None:
            raise StepNotPossible
        origins.setdefault(holding.external, []).append(row.person_id)
    numbers = []
    for origin, people in origins.items():
        way = Way(origin, site, due_at, carrier, escort, phone)
        made = hand_over([Luggage(person) for person in people], way, actor=actor, at=at)
        leave(people, made, actor=actor, at=at)
        open_access(people, unit_id=site.unit_id, at=at)
        record(made, unit_id=site.unit_id, data={"number": made.number, "people": len(people), "due_at": due_at})
        numbers.append(made.number)
    return numbers


@command("stranded.arrived", capability=PLACES)
def arrived(
    *,
    actor: Actor,
    at: datetime,
    group: Group,
    confirmed_by: str,
    people: tuple[UUID, ...] = (),
    place: ExternalPlace | None = None,
) -> Stepped:
    """A place that others run has them: who says so, in `confirmed_by`. Without `place` it is where they were sent.

    At a site of ours they are signed in by the site. Raises `ReasonRequired`, `OnePlace`, `ChildAlone`,
    `StepNotPossible`.
    """
    words = said(confirmed_by)
    states = (State.ON_THE_WAY, State.WAITING, State.MINDED) if place else (State.ON_THE_WAY,)
    rows = [row for row in chosen(group, people, *states) if place or row.to_place_id]
    if not rows:
        raise OnePlace
    go(rows, State.LODGED)
    for row in rows:
        row.to_site, row.to_place, row.arrives_by = None, place or row.to_place, None
    nobody_alone(group, rows, at=at)
    facts = [Seen(row.person_id, FactKind.SIGNED_IN, at, external=row.to_place, note=words[:300]) for row in rows]
    write_facts(facts, actor=actor, at=at)
    for row in rows:
        row.save(update_fields=["state", "to_site", "to_place", "arrives_by"])
    has_place(rows, actor=actor, at=at)
    write_step(group, StepKind.ARRIVED, rows, actor=actor, at=at, words=f"{rows[0].to_place} · {words}")
    return stepped(settle(group, actor=actor, at=at), rows)


@command("stranded.turned_back", capability=PLACES)
def turned_back(*, actor: Actor, at: datetime, group: Group, reason: str, people: tuple[UUID, ...] = ()) -> Stepped:
    """The place did not take them, or they did not go: they wait again, and their clock begins anew, the short way.

    Raises `ReasonRequired`, `StepNotPossible`.
    """
    words, rows = said(reason), chosen(group, people, State.ON_THE_WAY)
    held = held_at(row.person_id for row in rows)
    back = [
        Seen(row.person_id, FactKind.SIGNED_IN, at, external=leg.from_external, handover=leg, note=words[:300])
        for row in rows
        if (holding := held.get(row.person_id)) and (leg := holding.handover) and leg.from_external
    ]
    if back:
        write_facts(back, actor=actor, at=at)
        follow([fact.person_id for fact in back], actor=actor, at=at)
    go(rows, State.WAITING)
    for row in rows:
        row.to_site, row.to_place, row.arrives_by = None, None, None
        row.save(update_fields=["state", "to_site", "to_place", "arrives_by"])
        due = rules.within("place_vulnerable", at, zone_of(group.unit), cold=group.cold)
        move_deadline(PLACE.code, row, due, at=at, by=actor.user_id)
    write_step(group, StepKind.TURNED_BACK, rows, actor=actor, at=at, words=words)
    return stepped(settle(group, actor=actor, at=at), rows)


@command("stranded.admit", capability=PLACES)
def admit(
    *,
    actor: Actor,
    at: datetime,
    group: Group,
    site: Site,
    category: str,
    last_exposure_at: datetime,
    authority: str,
    legal_basis: str,
    reason: str,
    people: tuple[UUID, ...] = (),
    room: Room | None = None,
    companion: Stay | None = None,
    assessment: str = "",
    why_now: str = "",
) -> RoomsGiven:
    """Give them rooms at a site of ours, under the rules of its desk (`arrivals.admit_walk_in`, one after the other).

    The grown ones first; of a household the others join their room as the rules of sharing allow, of workers each gets
    a room. `room` is the one they take, or what the planner proposes; `companion` the stay of their mother, father or
    carer, whose room they join. Where no order stands behind them headquarters
    is asked after, with `why_now`. Raises `Forbidden` where the actor does not admit at that site, `ChildAlone` for a
    child by itself, and everything that the desk's command raises.
    """
    if not actor.may("stays.admit", site.unit_id):
        raise Forbidden(capability="stays.admit")
    rows = chosen(group, people, *CAN_GO, State.ON_THE_WAY)
    rows.sort(key=lambda row: (_is_child(row, at), row.position))
    if companion is None and _is_child(rows[0], at):
        raise ChildAlone
    open_access([row.person_id for row in rows], unit_id=site.unit_id, at=at)
    family = companion is not None or _is_household(rows)
    first = companion
    given = []
    for row in rows:
        done = admit_walk_in(
            actor=actor, at=at, site=site, category=category, last_exposure_at=last_exposure_at, authority=authority,
            legal_basis=legal_basis, reason=reason, same_as=row.person_id, companion=first if family else None,
            room=room if first is None else None, assessment=assessment,
            plea=Plea(why_now.strip()) if why_now.strip() else None,
        )  # fmt: skip
        stay = Stay.objects.get(pk=done.stay_id)
        first = first or stay
        given.append((row, stay, done.room))
    _placed(group, [(row, stay) for row, stay, _room in given], actor, at)
    return RoomsGiven(
        group.pk, tuple(stay.number for _row, stay, _room in given), tuple(number for _row, _stay, number in given)
    )


def _is_child(row: Stranded, at: datetime) -> bool:
    age = age_of(row, at)
    return age is not None and age < rules.GROWN_FROM


def _is_household(rows: Sequence[Stranded]) -> bool:
    """Whether they are one: only then they may share a room without anybody's judgement."""
    parties = PartyMember.objects.filter(
        person__in=[row.person_id for row in rows], ended_at__isnull=True, party__kind="household"
    )
    found = list(parties.values_list("party_id", flat=True))
    return len(rows) > 1 and len(set(found)) == 1 and len(found) == len(rows)


def _placed(group: Group, given: Sequence[tuple[Stranded, Stay]], actor: Actor, at: datetime) -> None:
    rows = [row for row, _stay in given]
    go(rows, State.PLACED)
    for row, stay in given:
        row.stay, row.ended_at = stay, at
        row.save(update_fields=["state", "stay", "ended_at"])
    has_place(rows, actor=actor, at=at)
    leave_area([row.person_id for row in rows], unit_id=group.unit_id, at=at)
    write_step(group, StepKind.PLACED, rows, actor=actor, at=at, words=given[0][1].number)
    settle(group, actor=actor, at=at)


@command("stranded.follow_stay", capability=PLACES, internal=True)
def follow_stay(*, actor: Actor, at: datetime, stranded: Stranded, stay_id: UUID) -> Stepped:
    """Somebody got a room by another way (signed in by the site, admitted at its desk): what waits for it is met."""
    stay = Stay.objects.get(pk=stay_id, person=stranded.person_id)
    if stranded.state not in rules.OPEN:
        raise StepNotPossible
    _placed(stranded.group, [(stranded, stay)], actor, at)
    return Stepped(stranded.group_id, 1, 0)
