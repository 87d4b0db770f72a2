"""What happened before today: buses came, people were admitted, looked at twice a day, tested, released.

Written site by site in bulk. The course of every stay, its tests and its end come from the rules; deadlines, journal
and histories of rooms are those that the commands would have left.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.config.demo.district import District
from lazaretto.config.demo.guests import Guests, Party
from lazaretto.config.demo.writing import as_command, insert
from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import local_moment
from lazaretto.core.commands import record_all
from lazaretto.core.deadlines import KINDS
from lazaretto.core.ids import new_id
from lazaretto.core.journal import Note
from lazaretto.core.models import Deadline
from lazaretto.core.numbers import next_numbers, of_year
from lazaretto.custody.commands import take_in
from lazaretto.people.commands import NewPerson, add_people
from lazaretto.people.models import PartyMember
from lazaretto.places.choices import RoomState
from lazaretto.places.models import Bed, Room, RoomStateChange, Site
from lazaretto.protocols.rules import Course, DueTest, due_tests
from lazaretto.stays.choices import Slot, SpecimenState
from lazaretto.stays.deadlines import RELEASE, RESULT, RESULT_WITHIN, TEST
from lazaretto.stays.models import IsolationOrder, Observation, Occupancy, Specimen, SpecimenResult, Stay
from lazaretto.stays.queries.courses import CENTRAL, central_end, plan

FIRST_BUS = 17  # days ago
A_DAY = Decimal("0.05")  # people a day for each room of a site
KEPT_OVERDUE = {"H01": 1}
KEPT_FOR_TODAY = {"H01": 6, "H03": 2, "H07": 1, "H12": 2}
LATE = timedelta(hours=24)  # a test that was missed is made up within a day
GROUNDS = {
    "authority": "海州区疾病预防控制中心",
    "legal_basis": "《中华人民共和国传染病防治法》第四十一条",
}
REASONS = {"inbound": "入境人员集中隔离医学观察", "close_contact": "密切接触者集中隔离医学观察"}
LABORATORIES = (("区疾控中心实验室", "试剂甲"), ("市检验中心", "试剂乙"))
ROUND_HOURS = {Slot.MORNING: (7, 10), Slot.EVENING: (16, 40)}


@dataclass
class Guest:
    """Somebody admitted: what the later chapters need to know."""

    stay: Stay
    room: Room
    arrived: date
    ends_at: datetime
    tests: tuple[DueTest, ...]
    until: datetime
    serial: int
    kept: bool = False


@dataclass
class SiteStory:
    """A site while its past is written."""

    district: District
    site: Site
    now: datetime
    random: Random
    guests: list[Guest] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    beds: dict[UUID, list[UUID]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.site.time_zone)

    @property
    def today(self) -> date:
        """The local day of the demonstration."""
        return self.now.astimezone(self.zone).date()

    def moment(self, day: date, hour: int, minute: int) -> datetime:
        """A wall time of the site."""
        return local_moment(day, hour, minute, self.zone)

    def medic(self) -> Actor:
        """One of the medics."""
        return self.random.choice(self.district.medics[self.site.code])


def tell(district: District, site: Site, guests: Guests, *, now: datetime) -> SiteStory:
    """Write the past of a site."""
    story = SiteStory(district, site, now, Random(site.code))  # noqa: S311 - wanted: the same every time
    story.rooms = list(Room.objects.filter(site=site, state=RoomState.READY).select_related("floor").order_by("number"))
    for bed in Bed.objects.filter(room__site=site).order_by("label"):
        story.beds.setdefault(bed.room_id, []).append(bed.id)
    for ago in range(FIRST_BUS, 0, -1):
        _bus(story, guests, story.today - timedelta(days=ago))
    _keep_some(story)
    _rounds(story)
    _specimens(story)
    return story


def _keep_some(story: SiteStory) -> None:
    """A few whose release fell due yesterday or today are still here, for whoever looks at the demonstration.

    Whoever should have gone yesterday is one of those found with a fever: see `today`.
    """
    left = {1: KEPT_OVERDUE.get(story.site.code, 0), 0: KEPT_FOR_TODAY.get(story.site.code, 0)}
    for guest in story.guests:
        ago = (story.today - guest.ends_at.astimezone(story.zone).date()).days
        if left.get(ago, 0) > 0:
            left[ago] -= 1
            guest.kept, guest.until = True, story.now


# ---- a bus arrives


def _bus(story: SiteStory, guests: Guests, day: date) -> None:
    """One bus a day in the evening; the people of one bus live on neighbouring floors."""
    at = story.moment(day, 21, 30)
    seats = max(2, round(Room.objects.filter(site=story.site).count() * A_DAY))
    parties: list[Party] = []
    while sum(len(party.people) for party in parties) < seats:
        parties.append(guests.party())
    actor = story.random.choice(story.district.clerks[story.site.code])
    as_command("stays.admit", actor=actor, at=at, write=lambda: _admit(story, parties, actor, at))


def _admit(story: SiteStory, parties: list[Party], actor: Actor, at: datetime) -> None:
    site = story.site
    people: list[NewPerson] = [person for party in parties for person in party.people]
    ids = add_people(people, unit_id=site.unit_id, at=at)
    party_of = dict(PartyMember.objects.filter(person__in=ids).values_list("person_id", "party_id"))
    rooms = _rooms_for(story, parties)
    orders = iter(next_numbers(of_year(f"{site.code}-O", at), len(ids)))
    stays = iter(next_numbers(of_year(f"{site.code}-S", at), len(ids)))
    rows: list[tuple[IsolationOrder, Stay, Occupancy]] = []
    remaining = iter(ids)
    for party, room in zip(parties, rooms, strict=True):
        course = _course(site, room, at)
        for place in range(len(party.people)):
            shares = place >= len(party.people) - party.infants
            rows.append(_papers(site, room, course, next(remaining), next(orders), next(stays), actor, at))
            rows[-1][2].party_id = party_of.get(rows[-1][1].person_id, rows[-1][1].person_id)
            rows[-1][2].shares_bed = shares
            rows[-1][2].bed_id = None if shares else story.beds[room.id][place]
            story.guests.append(_guest(story, rows[-1], room, course, len(story.guests)))
    insert(IsolationOrder, [order for order, _stay, _taken in rows])
    insert(Stay, [stay for _order, stay, _taken in rows])
    insert(Occupancy, [taken for _order, _stay, taken in rows])
    take_in(ids, site=site, actor=actor, at=at)
    _occupy(rooms, actor, at)
    _deadlines(story.guests[-len(rows) :], at)
    record_all([_note(stay, order, taken) for order, stay, taken in rows])


def _rooms_for(story: SiteStory, parties: list[Party]) -> list[Room]:
    """A free room each; at a mixed site the floor must take the category."""
    taken, story.rooms = story.rooms[: len(parties)], story.rooms[len(parties) :]
    return taken


def _category(site: Site, room: Room) -> str:
    return room.floor.category or site.category


def _course(site: Site, room: Room, at: datetime) -> Course:
    category = _category(site, room)
    exposed = at - timedelta(hours=6) if category == "inbound" else at - timedelta(days=1)
    return plan(site=site, category=category, clock_start_at=exposed, starts_at=at)


def _papers(
    site: Site, room: Room, course: Course, person: UUID, order_no: int, stay_no: int, actor: Actor, at: datetime
) -> tuple[IsolationOrder, Stay, Occupancy]:
    category = _category(site, room)
    order = IsolationOrder(
        number=f"{of_year(f'{site.code}-O', at)}-{order_no:06d}",
        person_id=person,
        site=site,
        category=category,
        reason=REASONS.get(category, "次密接人员集中隔离医学观察"),
        pack=course.pack.key,
        jurisdiction=site.jurisdiction,
        last_exposure_at=at - timedelta(hours=6) if category == "inbound" else at - timedelta(days=1),
        starts_at=at,
        ends_at=central_end(course).ends_at,
        issued_at=at,
        issued_by_id=actor.user_id,
        **GROUNDS,
    )
    number = f"{of_year(f'{site.code}-S', at)}-{stay_no:06d}"
    stay = Stay(number=number, person_id=person, site=site, order=order, category=category, started_at=at)
    return order, stay, Occupancy(stay=stay, room=room, party_id=person, started_at=at)


def _guest(
    story: SiteStory, row: tuple[IsolationOrder, Stay, Occupancy], room: Room, course: Course, serial: int
) -> Guest:
    order, stay, _taken = row
    tests = tuple(due for due in due_tests(course) if due.setting == CENTRAL)
    arrived = stay.started_at.astimezone(story.zone).date()
    leaves = order.ends_at + timedelta(minutes=30)
    return Guest(stay, room, arrived, order.ends_at, tests, min(story.now, leaves), serial)


def _occupy(rooms: Iterable[Room], actor: Actor, at: datetime) -> None:
    ids = [room.id for room in rooms]
    Room.objects.filter(pk__in=ids).update(state=RoomState.OCCUPIED, state_since=at)
    RoomStateChange.objects.bulk_create(
        [
            RoomStateChange(room_id=pk, before=RoomState.READY, after=RoomState.OCCUPIED, at=at, by_id=actor.user_id)
            for pk in ids
        ]
    )


def _note(stay: Stay, order: IsolationOrder, taken: Occupancy) -> Note:
    data = {
        "order": order.number,
        "room": taken.room.number,
        "category": order.category,
        "pack": order.pack,
        "ends_at": order.ends_at,
    }
    return Note("stays.stay", str(stay.id), stay.person_id, stay.site.unit_id, data, order.reason)


def _deadlines(guests: list[Guest], at: datetime) -> None:
    """Release, and every test: those whose swab lies in the past are met when it was taken."""
    rows = []
    for guest in guests:
        rows.append(_deadline(RELEASE.code, guest.stay, "stays.stay", guest.ends_at, "", at))
        for due in guest.tests:
            row = _deadline(TEST.code, guest.stay, "stays.stay", due.closes_at, due.key, at)
            taken = swab_at(guest, due)
            if taken is not None:
                row.state, row.closed_at, row.next_at, row.version = DeadlineState.MET, taken, None, 1
            rows.append(row)
    insert(Deadline, rows)


def _deadline(
    kind: str, subject: Stay | Specimen, subject_type: str, due_at: datetime, slot: str, at: datetime
) -> Deadline:
    overdue_at = due_at + KINDS[kind].grace
    stay = subject if isinstance(subject, Stay) else subject.stay
    return Deadline(
        kind=kind,
        subject_type=subject_type,
        subject_id=str(subject.pk),
        slot=slot,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        due_at=due_at,
        overdue_at=overdue_at,
        next_at=overdue_at + KINDS[kind].ladder[0].after,
        created_at=at,
    )


# ---- rounds


def _rounds(story: SiteStory) -> None:
    """Two rounds a day until now; of a round that is under way some doors are left."""
    for ago in range(FIRST_BUS - 1, -1, -1):
        day = story.today - timedelta(days=ago)
        for slot, (hour, minute) in ROUND_HOURS.items():
            at = story.moment(day, hour, minute)
            here = [guest for guest in story.guests if guest.stay.started_at < at <= guest.until]
            if at + timedelta(minutes=40) > story.now:
                here = [guest for guest in here if guest.serial % 3]
            if here:
                _round(story, here, day, slot, at)


def _round(story: SiteStory, here: list[Guest], day: date, slot: Slot, at: datetime) -> None:
    medic = story.medic()
    seen = [
        Observation(
            stay=guest.stay,
            day=day,
            slot=slot,
            temperature=_temperature(story.random),
            symptoms=[],
            taken_at=at,
            taken_by_id=medic.user_id,
        )
        for guest in here
    ]

    def write() -> None:
        insert(Observation, seen)
        record_all([_seen_note(one, slot, day) for one in seen])

    as_command("stays.observe", actor=medic, at=at, write=write)


def _seen_note(seen: Observation, slot: Slot, day: date) -> Note:
    data = {"slot": slot, "day": day, "no_answer": False, "corrected": False, "alarm": False}
    return Note("stays.observation", str(seen.id), seen.stay.person_id, seen.stay.site.unit_id, data)


def _temperature(random: Random) -> Decimal:
    return Decimal(max(358, min(371, round(random.gauss(364, 2))))) / 10


# ---- specimens


def swab_at(guest: Guest, due: DueTest) -> datetime | None:
    """When the swab of a test was taken, if that was before now: early on the day it is due, or on arrival.

    A few tests of yesterday and today are still owed.
    """
    at = max(due.opens_at + timedelta(hours=5, minutes=40), guest.stay.started_at + timedelta(minutes=30))
    owed = guest.serial % 37 == 21 and due.closes_at > guest.until - LATE
    missed = owed and guest.until < guest.ends_at  # nobody is released with a test open
    return at if guest.stay.started_at < at <= guest.until and not missed else None


def _specimens(story: SiteStory) -> None:
    """Swabs of the past by the hour they were taken, their results an hour and three quarters later."""
    taken: dict[datetime, list[tuple[Guest, DueTest, int]]] = {}
    for guest in story.guests:
        for due in guest.tests:
            at = swab_at(guest, due)
            if at is not None:
                swabs = due.release.samples if due.purpose == "release" else 1
                taken.setdefault(at, []).extend((guest, due, number) for number in range(swabs))
    serial = 0
    for at in sorted(taken):
        serial = _swabs(story, taken[at], at, serial)


def _swabs(story: SiteStory, wanted: list[tuple[Guest, DueTest, int]], at: datetime, serial: int) -> int:
    medic, reported_at = story.medic(), at + timedelta(minutes=100)
    known = reported_at <= story.now
    rows = [
        Specimen(
            id=new_id(),
            stay=guest.stay,
            tube=f"{story.site.code}{serial + number:07d}",
            test_key=due.key if not second else "",
            collected_at=at,
            collected_by_id=medic.user_id,
            state=SpecimenState.NEGATIVE if known else SpecimenState.PENDING,
        )
        for number, (guest, due, second) in enumerate(wanted)
    ]

    def collect() -> None:
        insert(Specimen, rows)
        insert(Deadline, [_result_deadline(row, at, reported_at, known) for row in rows])
        record_all([_tube_note(row, {"purpose": "scheduled", "test": row.test_key}) for row in rows])

    def report() -> None:
        insert(SpecimenResult, [_result(row, wanted[number][2], reported_at, medic) for number, row in enumerate(rows)])
        record_all([_tube_note(row, {"result": "negative", "alarm": False}) for row in rows])

    as_command("stays.collect_specimen", actor=medic, at=at, write=collect)
    if known:
        as_command("stays.record_result", actor=medic, at=reported_at, write=report)
    return serial + len(rows)


def _result_deadline(row: Specimen, at: datetime, reported_at: datetime, known: bool) -> Deadline:
    due = _deadline(RESULT.code, row, "stays.specimen", at + RESULT_WITHIN, "", at)
    if known:
        due.state, due.closed_at, due.next_at, due.version = DeadlineState.MET, reported_at, None, 1
    return due


def _result(row: Specimen, second: int, at: datetime, medic: Actor) -> SpecimenResult:
    laboratory, reagent = LABORATORIES[second]
    return SpecimenResult(
        specimen=row, state=SpecimenState.NEGATIVE, laboratory=laboratory, reagent=reagent, reported_at=at,
        entered_by_id=medic.user_id,
    )  # fmt: skip


def _tube_note(row: Specimen, data: dict[str, object]) -> Note:
    person_id, unit_id = row.stay.person_id, row.stay.site.unit_id
    return Note("stays.specimen", str(row.id), person_id, unit_id, {"tube": row.tube, **data})
