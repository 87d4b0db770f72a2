"""The file of one stay: its course by the rules, order, observations, specimens, rooms, needs, journal."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import local_date
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import IdentityDocument, Need
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Setting
from lazaretto.protocols.rules import Assessment, Course, DueTest, due_tests
from lazaretto.stays.choices import Slot
from lazaretto.stays.deadlines import TEST
from lazaretto.stays.errors import NoRulePack, NotIsolated
from lazaretto.stays.models import Observation, Occupancy, OrderChange, Specimen, Stay
from lazaretto.stays.queries.courses import assessment_of, course_of, day_number
from lazaretto.stays.queries.release import with_evidence
from lazaretto.stays.queries.room import NeedLine
from lazaretto.stays.rules import mask_number

JOURNAL_LINES = 60


@dataclass(frozen=True)
class CourseDay:
    """A day of the stay: its number from day 0, the setting, both checks, and the test that falls on it."""

    on: date
    number: int
    setting: str
    today: bool
    ahead: bool
    morning: Observation | None
    evening: Observation | None
    test: DueTest | None
    test_open: bool

    @property
    def setting_label(self) -> str:
        """Where the day is served, in words."""
        return str(Setting(self.setting).label)


@dataclass(frozen=True)
class StayFile:
    """Everything about a stay that the actor may read; what the role does not need is empty."""

    stay: Stay
    name: str
    room: Occupancy | None
    rooms: list[Occupancy]
    day: int
    days: int
    course: Course | None
    calendar: list[CourseDay]
    changes: list[OrderChange]
    observations: list[Observation]
    specimens: list[Specimen]
    needs: list[NeedLine]
    documents: list[tuple[str, str]]
    journal: list[JournalEntry]
    assessment: Assessment | None
    reads_health: bool
    reads_name: bool

    @property
    def pending_tests(self) -> list[DueTest]:
        """Tests that nobody has sampled yet, in order."""
        return [day.test for day in self.calendar if day.test is not None and day.test_open]


def stay_by_number(actor: Actor, number: str, site: Site | None = None) -> Stay:
    """The stay of that number if the actor may read it; raises `NotFound`."""
    found = Stay.objects.visible_to(actor, "stays.read").select_related("person", "order", "site__unit")
    stay = found.filter(number=number, **({"site": site} if site else {})).first()
    if stay is None:
        raise NotFound(kind="stays.stay", id=number)
    return stay


def stay_file(actor: Actor, number: str, site: Site, *, at: datetime) -> StayFile:
    """The file of a stay. A fixed number of queries; raises `NotFound`."""
    stay_by_number(actor, number, site)
    stay = with_evidence(Stay.objects.filter(site=site, number=number)).get()
    health = actor.may("stays.health", site.unit_id)
    zone = ZoneInfo(site.time_zone)
    rooms = list(Occupancy.objects.filter(stay=stay).select_related("room", "bed").order_by("-started_at", "-id"))
    course = _course(stay)
    changes = list(stay.order.changes.select_related("approved_by").order_by("at"))
    return StayFile(
        stay=stay,
        name=display_name(actor, stay.person, unit_id=site.unit_id),
        room=next((place for place in rooms if place.ended_at is None), None),
        rooms=rooms,
        day=day_number(stay.order, local_date(stay.ended_at or at, zone), zone),
        days=day_number(stay.order, local_date(stay.order.ends_at, zone), zone),
        course=course,
        calendar=_calendar(stay, course, zone, at, health=health),
        changes=changes,
        observations=_observations(stay) if health else [],
        specimens=_specimens(stay) if health else [],
        needs=_needs(stay, notes=health),
        documents=[
            (doc.get_kind_display(), mask_number(doc.number))
            for doc in IdentityDocument.objects.filter(person=stay.person)
        ],
        journal=_journal(actor, stay),
        assessment=_assessment(stay, at) if health and stay.ended_at is None else None,
        reads_health=health,
        reads_name=actor.may("people.names", site.unit_id),
    )


def _course(stay: Stay) -> Course | None:
    """None where no rule pack is in force any more; the file is shown all the same."""
    try:
        return course_of(stay.order, stay.site)
    except (NotIsolated, NoRulePack):
        return None


def _assessment(stay: Stay, at: datetime) -> Assessment | None:
    try:
        return assessment_of(stay, at=at)
    except (NotIsolated, NoRulePack):
        return None


def _calendar(stay: Stay, course: Course | None, zone: ZoneInfo, at: datetime, *, health: bool) -> list[CourseDay]:
    if course is None:
        return []
    seen = {(seen.day, seen.slot): seen for seen in stay.observations.all()} if health else {}
    unmet = set(
        Deadline.objects.filter(kind=TEST.code, subject_id=str(stay.id), state=DeadlineState.OPEN).values_list(
            "slot", flat=True
        )
    )
    tests = {due.due_on: due for due in due_tests(course)}
    today = local_date(at, zone)
    return [
        CourseDay(
            on=day.on,
            number=day.number,
            setting=day.setting,
            today=day.on == today,
            ahead=day.on > today,
            morning=seen.get((day.on, Slot.MORNING)),
            evening=seen.get((day.on, Slot.EVENING)),
            test=tests.get(day.on),
            test_open=day.on in tests and tests[day.on].key in unmet,
        )
        for day in course.days
    ]


def _observations(stay: Stay) -> list[Observation]:
    return list(Observation.objects.filter(stay=stay).select_related("taken_by").order_by("-taken_at", "-id"))


def _specimens(stay: Stay) -> list[Specimen]:
    found = Specimen.objects.filter(stay=stay).select_related("collected_by").order_by("-collected_at", "-id")
    return list(found.prefetch_related(Prefetch("results")))


def _needs(stay: Stay, *, notes: bool) -> list[NeedLine]:
    found = Need.objects.filter(person=stay.person, ended_at__isnull=True).order_by("kind")
    return [NeedLine(NeedKind(need.kind), (need.note or "") if notes else "") for need in found]


def _journal(actor: Actor, stay: Stay) -> list[JournalEntry]:
    """What was written of the person at this site, the latest first, for roles that read the journal."""
    if not actor.may("journal.read", stay.site.unit_id):
        return []
    found = JournalEntry.objects.filter(person_id=stay.person_id, unit_id=stay.site.unit_id)
    return list(found.order_by("-id")[:JOURNAL_LINES])
