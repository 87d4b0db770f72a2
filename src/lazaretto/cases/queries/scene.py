"""What the consequences of a change depend on: who was near, which staff came in, what their clocks would become."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from lazaretto.cases import rules
from lazaretto.cases.choices import ChangeKind, ChangeState, EvidenceKind, FollowUpState
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.queries.outside import LOOK_BACK, findings, home_of, scene_outside, unsettled
from lazaretto.cases.queries.refuted import (
    case_of,
    declared_by,
    moot_for_case,
    suspicion_about,
    suspicion_of,
    undone_by_recheck,
    undone_for_contact,
)
from lazaretto.cases.rules import Clock, Near, Outcome, Scene, Undone
from lazaretto.core.clock import local_date
from lazaretto.people.models import Need
from lazaretto.people.queries import age_on
from lazaretto.places.models import Floor
from lazaretto.places.queries import receivable_categories
from lazaretto.protocols.choices import Category
from lazaretto.protocols.queries import Calendar, calendar
from lazaretto.protocols.rules import Absence, Lodging, NoPackAdopted, Occupant, Pack
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.errors import NoRulePack, NotIsolated
from lazaretto.stays.models import DoorCheck, Observation, Occupancy, Specimen, Stay
from lazaretto.stays.queries.courses import central_end
from lazaretto.stays.queries.status import course_after, course_with_absence
from lazaretto.stays.rules import with_ties

C = ChangeKind


@dataclass(frozen=True)
class _Look:
    """Where and when is looked: the site's zone, its adopted packs, the one in force, the look-back window."""

    change: Change
    at: datetime
    zone: ZoneInfo
    packs: Calendar
    pack: Pack

    @property
    def since(self) -> datetime:
        """The beginning of the look-back: so many days before the finding."""
        return min(self.change.happened_at, self.at) - timedelta(days=self.pack.look_back_days)

    @property
    def today(self) -> date:
        """The site's date."""
        return local_date(self.at, self.zone)


def outcome_of(change: Change, *, at: datetime) -> Outcome:
    """What follows from a change as everything stands at that moment. Raises `NoRulePack` where no pack is in force.

    A fixed number of queries however many people are near.
    """
    look = _look(change, at)
    return rules.outcome(change.kind, scene_of(look), confirmed=settled(change))


def settled(change: Change) -> bool:
    """Whether the evidence is more than one unconfirmed positive."""
    if change.outside:
        return change.kind != C.CASE or not unsettled(change, change.happened_at - LOOK_BACK)
    if change.kind != C.CASE or change.evidence != EvidenceKind.SPECIMEN or change.specimen is None:
        return True
    return change.specimen.state == SpecimenState.CONFIRMED_POSITIVE


def takes_two(change: Change, found: Outcome) -> bool:
    """Whether one person alone would undo what two findings said: a case, or a suspicion on a confirmed positive."""
    if rules.takes_back(found):
        return True
    if change.kind != C.LIFTED or change.subject_id is None:
        return False
    waiting = suspicion_of(change.stay) if change.stay else suspicion_about(change.subject_id)
    rests = waiting.filter(specimen__state=SpecimenState.CONFIRMED_POSITIVE)
    return rests.exists() or any(one.confirmed for one in findings(change))


def _look(change: Change, at: datetime) -> _Look:
    home, packs = home_of(change), calendar()
    zone = ZoneInfo(home.zone)
    today = local_date(at, zone)
    try:
        pack = packs.pack_on(home.jurisdiction, today)
    except NoPackAdopted as error:
        raise NoRulePack(on=today.isoformat()) from error
    return _Look(change, at, zone, packs, pack)


def scene_of(look: _Look) -> Scene:
    """Everything that the rules want to know."""
    change = look.change
    if change.site is None:
        return scene_outside(change, at=look.at, since=look.since, zone=look.zone, pack=look.pack)
    on = local_date(change.happened_at, look.zone).isoformat()
    receives = receivable_categories(change.site)
    if change.stay is None:
        places = _places(change)
        near = _near(look, _around(look), frozenset())
        return Scene(
            pack=look.pack, receives=receives, near=tuple(near), places=tuple(places), on=on,
            staff=_staff(look, Q(room__floor__in=_floors(change))),
        )  # fmt: skip
    return _scene_of_person(look, change.stay, receives, on)


def _scene_of_person(look: _Look, stay: Stay, receives: frozenset[str], on: str) -> Scene:
    taken = _rooms_of(look, stay)
    mates = {row.stay_id for row in _together(look, stay, taken)}
    everybody = _near(look, [*_around(look), *_gone(look, mates), *taken[-1:]], mates)
    subject = next(one for one in everybody if one.stay == str(stay.pk))
    return Scene(
        pack=look.pack, receives=receives, subject=subject, on=on, own=_own(look, stay),
        near=tuple(one for one in everybody if one is not subject), here=stay.ended_at is None,
        staff=_staff(look, Q(room__in=[row.room_id for row in taken])), precautions=_named_before(stay),
        suspected=look.change.kind == C.LIFTED and suspicion_of(stay).exists(),
        undone=_undone(look, stay, subject, everybody),
        moot=moot_for_case(stay.person_id) if look.change.kind == C.CASE else (),
    )  # fmt: skip


def _undone(look: _Look, stay: Stay, subject: Near, everybody: list[Near]) -> Undone | None:
    """What rested on a case that was none; None where no confirmed case is behind the change."""
    given: dict[str, Any] = {"at": look.at, "zone": look.zone, "packs": look.packs}
    if look.change.kind == C.NO_CONTACT:
        because = declared_by(stay)
        return undone_for_contact(stay, because, **given) if because else None
    case = case_of(stay) if look.change.kind == C.LIFTED else None
    if case is None:
        return None
    cases = [one for one in everybody if one is not subject and one.case]
    beside = any(one.lodging.room == subject.lodging.room and not one.left for one in cases)
    return undone_by_recheck(
        stay, case, beside=beside and stay.ended_at is None, among=any(one.room_mate for one in cases), **given
    )


def _rooms_of(look: _Look, stay: Stay) -> list[Occupancy]:
    """The rooms that the person had in the look-back, the present or last one at the end."""
    rows = Occupancy.objects.filter(stay=stay).select_related("room__floor", "stay__person", "stay__order")
    found = list(rows.order_by("started_at", "id"))
    return [row for row in found if row.ended_at is None or row.ended_at > look.since] or found[-1:]


def _together(look: _Look, stay: Stay, taken: Iterable[Occupancy]) -> list[Occupancy]:
    """Others who had one of these rooms at the same time, within the look-back."""
    found: list[Occupancy] = []
    for mine in taken:
        since, until = max(mine.started_at, look.since), mine.ended_at or look.at
        rows = Occupancy.objects.filter(room=mine.room_id, started_at__lt=until).exclude(stay=stay)
        found += rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since))
    return found


def _around(look: _Look) -> list[Occupancy]:
    """Everybody who is in a room of the site now."""
    return list(_with_stay(Occupancy.objects.filter(room__site=look.change.site_id, ended_at__isnull=True)))


def _gone(look: _Look, mates: set[UUID]) -> list[Occupancy]:
    """The last room of room-mates whose stay has ended since."""
    rows = _with_stay(Occupancy.objects.filter(stay__in=mates, stay__ended_at__isnull=False))
    return list({row.stay_id: row for row in rows}.values())


def _with_stay(rows: QuerySet[Occupancy]) -> QuerySet[Occupancy]:
    return rows.select_related("room__floor", "stay__person", "stay__order").order_by("started_at", "id")


def _near(look: _Look, rows: Iterable[Occupancy], mates: Iterable[UUID]) -> list[Near]:
    """Each once, in the order of their stays' ids, with what their clocks would become."""
    by_stay = {row.stay_id: row for row in rows}
    cases = _cases(look.change)
    occupants = _occupants(look, by_stay.values())
    found = []
    for key, row in sorted(by_stay.items()):
        person = str(row.stay.person_id)
        mate, left = key in set(mates), row.stay.ended_at is not None
        lodging = Lodging(
            id=person, building=str(row.room.floor.building_id), floor=row.room.floor.order, room=str(row.room_id)
        )
        own = row.stay == look.change.stay
        contact_at = look.change.happened_at if own else look.at
        found.append(
            Near(
                stay=str(key), occupant=occupants[person], lodging=lodging, room_mate=mate, left=left,
                case=row.stay.category == Category.CASE or key in cases,
                contact_on=local_date(contact_at, look.zone).isoformat(),
                contact=None if left or not (own or mate) else _clock(look, row.stay, "close_contact", contact_at),
                restart=None if left or own or mate else _restart(look, row),
            )
        )  # fmt: skip
    return found


def _cases(change: Change) -> set[UUID]:
    """Stays whose own change to a case waits only for its confirmation: a household may have two at once."""
    waiting = Change.objects.filter(site=change.site_id, kind=C.CASE, state=ChangeState.PROPOSED, stay__isnull=False)
    rows = waiting.select_related("specimen").only("stay", "kind", "evidence", "specimen__state")
    return {row.stay_id for row in rows if row.stay_id and settled(row)}


def _restart(look: _Look, row: Occupancy) -> Clock | None:
    if not _restarts_anybody(look):
        return None
    return _clock(look, row.stay, row.stay.category, look.change.happened_at)


def _restarts_anybody(look: _Look) -> bool:
    """Whether the pack restarts anybody for such a thing; where not, no course is planned."""
    rule = look.pack.site_positive
    if look.change.kind in {C.ENVIRONMENTAL_POSITIVE, C.VENTILATION_FAULT}:
        rule = look.pack.site_event(look.change.kind).restarts
    return rule.scope != "none" and look.change.kind not in {C.CONTACT, C.LIFTED, C.NO_CONTACT, C.RECOVERED, C.ABSENCE}


def _clock(look: _Look, stay: Stay, category: str, clock_start_at: datetime) -> Clock:
    """What the order of a stay would become."""
    ended_on = local_date(stay.order.ends_at, look.zone).isoformat()
    stay.site = look.change.site or stay.site
    try:
        course = course_after(
            stay, category=category, clock_start_at=clock_start_at, at=look.at, calendar=look.packs
        )  # fmt: skip
        end = central_end(course)
    except (NotIsolated, NoRulePack):
        return Clock(ended_on=ended_on)
    later = end.ends_at > stay.order.ends_at and end.ends_at > look.at
    return Clock(ended_on=ended_on, ends_on=end.last_on.isoformat(), later=later)


def _own(look: _Look, stay: Stay) -> Clock | None:
    """What the subject's own order would become, for the kinds that ask for it."""
    change = look.change
    if stay.ended_at is not None:
        return None
    if change.kind == C.RECOVERED:
        return _clock(look, stay, "recovered", change.happened_at)
    if change.kind == C.ABSENCE and change.first_on and change.last_on:
        absence = Absence(first_on=change.first_on, last_on=change.last_on)
        _course, ends_at = course_with_absence(stay, absence)
        ended_on, ends_on = (local_date(moment, look.zone) for moment in (stay.order.ends_at, ends_at))
        return Clock(ended_on=str(ended_on), ends_on=str(ends_on), later=ends_at > stay.order.ends_at)
    return None


def _occupants(look: _Look, rows: Iterable[Occupancy]) -> dict[str, Occupant]:
    """By person: as the room rules see them, with the ties of their households."""
    listed = list(rows)
    needs: dict[UUID, set[str]] = {}
    told = Need.objects.filter(person__in=[row.stay.person_id for row in listed], ended_at__isnull=True)
    for person, kind in told.values_list("person_id", "kind"):
        needs.setdefault(person, set()).add(kind)
    parties: dict[UUID, list[Occupant]] = {}
    for row in listed:
        parties.setdefault(row.party_id, []).append(
            Occupant(
                id=str(row.stay.person_id), age=age_on(row.stay.person.birth_date, look.today),
                household=str(row.party_id), category=row.stay.category,
                needs=frozenset(needs.get(row.stay.person_id, ())),
            )
        )  # fmt: skip
    tied = [one for party in parties.values() for one in with_ties(look.pack.rooms, party)]
    return {one.id: one for one in tied}


def _floors(change: Change) -> QuerySet[Floor]:
    rows = Floor.objects.filter(building__site=change.site_id)
    if change.floor_id:
        return rows.filter(pk=change.floor_id)
    return rows.filter(building=change.building_id) if change.building_id else rows


def _places(change: Change) -> list[Lodging]:
    """The floors where it happened; no person and no room."""
    floors = _floors(change).order_by("building_id", "order", "id").values_list("building_id", "order")
    return [Lodging(id="", building=str(building), floor=order, room="") for building, order in floors]


def _staff(look: _Look, rooms: Q) -> tuple[int, ...]:
    """Users who came to these rooms in the look-back: rounds, swabs, door checks."""
    since, until = look.since, look.at
    where = Occupancy.objects.filter(rooms, room__site=look.change.site_id)
    stays = where.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since)).values("stay")
    seen = Observation.objects.filter(stay__in=stays, taken_at__gte=since, taken_at__lte=until)
    swabs = Specimen.objects.filter(stay__in=stays, collected_at__gte=since, collected_at__lte=until)
    doors = DoorCheck.objects.filter(room__in=where.values("room"), checked_at__gte=since, checked_at__lte=until)
    found = {
        *seen.values_list("taken_by", flat=True), *swabs.values_list("collected_by", flat=True),
        *doors.values_list("checked_by", flat=True),
    }  # fmt: skip
    return tuple(sorted(user for user in found if user is not None))


def _named_before(stay: Stay) -> tuple[str, ...]:
    """People whom the precautions of a suspicion name."""
    rows = FollowUp.objects.filter(change__stay=stay, change__state="proposed", state=FollowUpState.OPEN)
    people = {person for named in rows.values_list("people", flat=True) for person in named}
    return tuple(sorted(people - {str(stay.person_id)}))
