"""Until when: days served elsewhere, missing days, changes of edition, zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import Absence, CategoryNotIsolated, Served, due_tests, plan_course
from lazaretto.protocols.rules.localtime import local_date, start_of_day
from lazaretto.protocols.rules.pack import CENTRAL, HOME_ISOLATION, HOME_MONITORING, SETTINGS, TRANSITIONS
from lazaretto.protocols.tests.material import DAY_0, contact, course_of, day, edition, local

CODES = ("cn-plan-7", "cn-plan-8", "cn-plan-9", "cn-measures-20", "cn-measures-10", "who-contacts")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Pacific/Apia", "Australia/Lord_Howe")


@st.composite
def stays(draw, category="close_contact"):
    """A stay in any zone, begun some days after day 0, with days elsewhere before it and absences."""
    start = draw(st.dates(date(2011, 1, 1), date(2024, 1, 1)))
    began = draw(st.integers(0, 12))
    elsewhere = tuple(
        Served(
            setting=draw(st.sampled_from(SETTINGS)),
            first_on=day(first, start),
            last_on=day(draw(st.integers(first, began)), start),
            elsewhere=True,
        )
        for first in draw(st.lists(st.integers(0, began), max_size=3))
    )
    gaps = tuple(
        Absence(first_on=day(first, start), last_on=day(first + draw(st.integers(0, 4)), start))
        for first in draw(st.lists(st.integers(began, 30), max_size=2))
    )
    return contact(
        category,
        clock_start=start,
        started_on=day(began, start),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        served=(*elsewhere, Served(setting=CENTRAL, first_on=day(began, start))),
        absences=gaps,
    )


def test_the_clock_runs_from_last_exposure_and_not_from_admission():
    course = course_of("cn-plan-7", contact(started_on=day(3), served=(Served(setting=CENTRAL, first_on=day(3)),)))

    assert course.ends_on == day(14)
    assert course.day_on(day(3)).number == 3


def test_day_0_is_no_day_of_the_stay():
    assert course_of("cn-plan-7").day_on(DAY_0) is None


def test_inbound_days_count_only_where_they_were_served():
    came_late = contact("inbound", started_on=day(3), served=(Served(setting=CENTRAL, first_on=day(3)),))
    served_before = contact(
        "inbound",
        started_on=day(6),
        served=(
            Served(setting=CENTRAL, first_on=day(1), last_on=day(4), elsewhere=True),
            Served(setting=CENTRAL, first_on=day(6)),
        ),
    )

    assert course_of("cn-plan-9", came_late).phase_end(CENTRAL).last_on == day(9)
    assert course_of("cn-plan-9", served_before).phase_end(CENTRAL).last_on == day(8)


def test_days_at_home_elsewhere_do_not_count_for_the_central_site():
    facts = contact(
        "inbound",
        started_on=day(4),
        served=(
            Served(setting=HOME_ISOLATION, first_on=day(1), last_on=day(3), elsewhere=True),
            Served(setting=CENTRAL, first_on=day(4)),
        ),
    )
    course = course_of("cn-plan-9", facts)

    assert course.phase_end(CENTRAL).last_on == day(10)
    assert course.ends_on == day(10)


def test_missing_days_are_made_up_and_shift_the_days_after_them():
    facts = contact(absences=(Absence(first_on=day(5), last_on=day(6), evidence="breach 12"),))
    course = course_of("cn-plan-7", facts)

    assert course.ends_on == day(16)
    assert course.day_on(day(5)) is None
    assert course.day_on(day(7)).number == 5
    assert [due.due_on for due in due_tests(course)] == [day(1), day(4), day(9), day(16)]


def test_plan_9_ends_a_running_stay_earlier_from_the_day_it_comes_into_force():
    course = plan_course(contact(), (edition("cn-plan-8"), edition("cn-plan-9", day(9))))

    assert (course.ends_on, course.ends_at) == (day(10), local(10, 8))
    assert course.phase_end(CENTRAL).ends_at == local(9, 0)
    assert course.changes[0].applied


def test_an_edition_never_ends_a_stay_before_it_comes_into_force():
    course = plan_course(contact(), (edition("cn-plan-8"), edition("cn-plan-9", day(12))))

    assert (course.ends_on, course.ends_at) == (day(12), local(12, 0))


def test_the_end_of_isolation_frees_everybody_on_its_day():
    course = plan_course(contact(), (edition("cn-measures-20"), edition("cn-end", day(2))))

    assert course.ends_at == local(2, 0)
    assert [due.due_on for due in due_tests(course)] == [day(1)]


def test_under_the_old_edition_a_stay_goes_on_to_its_end():
    course = plan_course(contact(), (edition("cn-plan-7"), edition("cn-plan-8", day(5))))

    assert course.ends_on == day(14)
    assert not course.changes[0].applied
    assert course.pack.code == "cn-plan-7"


def test_a_change_after_the_end_changes_nothing():
    assert plan_course(contact(), (edition("cn-plan-9"), edition("cn-end", day(11)))).changes == ()


def test_nobody_is_held_by_a_category_the_edition_does_not_isolate():
    with pytest.raises(CategoryNotIsolated):
        course_of("cn-measures-20", contact("secondary_contact"))


@given(stays(), st.sampled_from(CODES), st.integers(1, 20))
def test_a_later_exposure_never_ends_earlier(facts, code, later):
    moved = contact(
        clock_start=facts.clock_start + timedelta(days=later),
        started_on=facts.started_on,
        zone=facts.zone,
        served=facts.served,
        absences=facts.absences,
    )

    assert course_of(code, facts).ends_at <= course_of(code, moved).ends_at


@given(stays("inbound"), st.sampled_from(CODES), st.integers(0, 12), st.integers(0, 12), st.sampled_from(SETTINGS))
def test_days_served_elsewhere_never_lengthen(facts, code, first, length, setting):
    more = Served(
        setting=setting,
        first_on=day(first, facts.clock_start),
        last_on=day(first + length, facts.clock_start),
        elsewhere=True,
    )
    longer = contact(
        "inbound",
        clock_start=facts.clock_start,
        started_on=facts.started_on,
        zone=facts.zone,
        served=(*facts.served, more),
        absences=facts.absences,
    )

    assert course_of(code, longer).ends_on <= course_of(code, facts).ends_on


@given(stays(), st.sampled_from(CODES))
def test_each_absent_day_within_the_stay_is_made_up_once(facts, code):
    course = course_of(code, facts)
    without = course_of(code, contact(clock_start=facts.clock_start, started_on=facts.started_on, zone=facts.zone))
    absent = {
        on
        for gap in facts.absences
        for n in range((gap.last_on - gap.first_on).days + 1)
        if facts.clock_start < (on := gap.first_on + timedelta(days=n)) <= course.ends_on
    }

    assert course.ends_on == without.ends_on + timedelta(days=len(absent))
    assert len(course.days) == course.rule.days


@given(
    stays(),
    st.sampled_from(CODES),
    st.sampled_from((*CODES, "cn-end")),
    st.integers(1, 25),
    st.sampled_from(TRANSITIONS),
)
def test_a_change_of_edition_gives_exactly_what_its_written_rule_says(facts, old, new, after, transition):
    on = day(after, facts.started_on)
    before = course_of(old, facts)
    course = plan_course(facts, (edition(old, facts.started_on), edition(new, on, transition)))
    under_new = start_of_day(on, facts.zone)
    if library().pack(new).rule("close_contact").phases:
        under_new = max(under_new, course_of(new, facts).ends_at)

    if on > before.ends_on or transition == "old_applies":
        expected = before.ends_at
    else:
        expected = under_new if transition == "new_applies" else min(before.ends_at, under_new)
    assert course.ends_at == expected
    assert not course.changes or course.changes[0].applied == (course.pack.code == new) or old == new


def test_an_edition_that_comes_into_force_on_the_last_day_frees_at_its_beginning():
    course = plan_course(contact(), (edition("cn-plan-8"), edition("cn-end", day(21))))

    assert course.ends_at == local(21, 0)
    assert "home_monitoring-7" not in [due.key for due in due_tests(course)]


@given(stays(), st.sampled_from(CODES))
def test_the_plan_of_a_stay_is_the_same_each_time(facts, code):
    assert course_of(code, facts) == course_of(code, facts)
    assert due_tests(course_of(code, facts)) == due_tests(course_of(code, facts))


@given(stays(), st.sampled_from(CODES))
def test_the_end_is_a_moment_of_the_last_day_in_the_site_s_zone(facts, code):
    course = course_of(code, facts)

    assert course.ends_at.tzinfo is UTC
    assert course.ends_at < course.overdue_at or facts.zone.key == "Pacific/Apia"
    assert local_date(course.ends_at, facts.zone) == course.ends_on or facts.zone.key == "Pacific/Apia"


def test_an_hour_that_clocks_skip_or_repeat_shifts_no_day():
    berlin = ZoneInfo("Europe/Berlin")
    facts = contact(clock_start=date(2021, 3, 20), started_on=date(2021, 3, 20), zone=berlin)
    autumn = contact(clock_start=date(2021, 10, 25), started_on=date(2021, 10, 25), zone=berlin)

    assert course_of("cn-plan-7", facts).ends_at == datetime(2021, 4, 3, 6, tzinfo=UTC)
    assert course_of("cn-plan-7", autumn).ends_at == datetime(2021, 11, 8, 7, tzinfo=UTC)


def test_home_days_may_be_served_in_the_central_site():
    facts = contact(
        "inbound",
        served=(
            Served(setting=CENTRAL, first_on=day(0), last_on=day(10), elsewhere=True),
            Served(setting=HOME_MONITORING, first_on=day(11)),
        ),
        started_on=day(11),
    )

    assert course_of("cn-plan-9", facts).ends_on == day(10)
