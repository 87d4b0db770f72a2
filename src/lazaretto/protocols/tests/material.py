"""Short ways to make what the rules work on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import Course, Edition, Observation, Sample, Served, StayFacts, due_tests, plan_course
from lazaretto.protocols.rules.pack import CENTRAL, CLOSE_CONTACT
from lazaretto.protocols.rules.sampling import NEGATIVE

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_0 = date(2021, 6, 1)


def day(number: int, start: date = DAY_0) -> date:
    """The date so many days after day 0."""
    return start + timedelta(days=number)


def local(number: int, hour: int, minute: int = 0, start: date = DAY_0) -> datetime:
    """A wall time in Shanghai so many days after day 0."""
    return datetime(start.year, start.month, start.day, hour, minute, tzinfo=SHANGHAI) + timedelta(days=number)


def edition(code: str, from_on: date = DAY_0, transition: str = "") -> Edition:
    """A shipped pack (or `pack+overlay`) in force from a date."""
    pack = library().by_key(code)
    return Edition(from_on=from_on, pack=pack, transition=transition or pack.transition)


def contact(category: str = CLOSE_CONTACT, **changes: object) -> StayFacts:
    """A close contact last exposed on day 0 and taken to the site on it."""
    facts = {
        "category": category,
        "clock_start": DAY_0,
        "started_on": DAY_0,
        "zone": SHANGHAI,
        "served": (Served(setting=CENTRAL, first_on=DAY_0),),
    }
    return StayFacts(**{**facts, **changes})  # type: ignore[arg-type]


def course_of(code: str, facts: StayFacts | None = None) -> Course:
    """A stay under one pack."""
    facts = facts or contact()
    return plan_course(facts, (edition(code, facts.started_on),))


def negative(name: str, taken_at: datetime, *, reagent: str = "A", lab: str = "1") -> Sample:
    """A negative sample."""
    return Sample(id=name, taken_at=taken_at, result=NEGATIVE, reagent=reagent, lab=lab)


def every_test_negative(course: Course) -> tuple[Sample, ...]:
    """Negative samples at 07:00 UTC's worth into each test's window, by as many reagents and laboratories as asked."""
    return tuple(
        negative(f"{due.key}/{n}", due.closes_at - timedelta(hours=16), reagent=f"R{n}", lab=f"L{n}")
        for due in due_tests(course)
        for n in range(due.release.samples)
    )


def well(at: datetime) -> tuple[Observation, ...]:
    """A check without findings an hour before."""
    return (Observation(id="check", at=at.astimezone(UTC) - timedelta(hours=1)),)
