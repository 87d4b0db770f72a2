"""Which tests and checks fall due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.protocols.rules import Served, due_checks, due_tests, plan_course
from lazaretto.protocols.rules.pack import CENTRAL
from lazaretto.protocols.tests.material import contact, course_of, day, edition, local
from lazaretto.protocols.tests.test_course_of_a_stay import CODES, stays


def test_a_test_is_due_within_its_local_day():
    first = due_tests(course_of("cn-plan-7"))[0]

    assert (first.due_on, first.opens_at, first.closes_at) == (day(1), local(1, 0), local(2, 0))


def test_tests_missed_before_admission_are_one_test_on_the_day_of_admission():
    facts = contact(started_on=day(5), served=(Served(setting=CENTRAL, first_on=day(5)),))
    tests = due_tests(course_of("cn-plan-9", facts))

    assert [(due.key, due.due_on) for due in tests][:2] == [("central-5", day(5)), ("central-7", day(7))]

    facts = contact(started_on=day(6), served=(Served(setting=CENTRAL, first_on=day(6)),))
    tests = due_tests(course_of("cn-plan-9", facts))

    assert [(due.key, due.due_on, due.purpose) for due in tests][:2] == [
        ("central-entry", day(6), "entry"),
        ("central-7", day(7), "release"),
    ]


def test_another_site_answers_for_the_tests_of_its_days():
    facts = contact(
        started_on=day(6),
        served=(
            Served(setting=CENTRAL, first_on=day(0), last_on=day(6), elsewhere=True),
            Served(setting=CENTRAL, first_on=day(6)),
        ),
    )

    assert [due.key for due in due_tests(course_of("cn-plan-9", facts))] == ["central-7", "home_monitoring-3"]


def test_after_a_change_of_edition_tests_follow_the_new_one_from_its_day():
    course = plan_course(contact(), (edition("cn-plan-8"), edition("cn-plan-9", day(5))))

    assert [due.key for due in due_tests(course)] == [
        "central-1",
        "central-4",
        "central-5",
        "central-7",
        "home_monitoring-3",
    ]


def test_a_release_test_whose_day_is_past_is_taken_when_the_new_edition_begins():
    course = plan_course(contact(), (edition("cn-plan-8"), edition("cn-measures-20", day(6))))
    release = next(due for due in due_tests(course) if due.due_on == day(6))

    assert (release.setting, release.purpose, release.opens_at) == ("central", "release", local(5, 0))


def test_checks_fall_due_morning_and_evening_from_check_in_on():
    course = course_of("cn-plan-8")
    found = due_checks(course, since=local(0, 15), until=local(2, 12))

    assert [(check.key, check.due_at) for check in found] == [
        ("2021-06-01-evening", local(0, 20)),
        ("2021-06-02-morning", local(1, 10)),
        ("2021-06-02-evening", local(1, 20)),
        ("2021-06-03-morning", local(2, 10)),
    ]


def test_checks_go_on_for_somebody_whose_release_is_late():
    assert len(due_checks(course_of("cn-plan-9"), since=local(20, 0), until=local(21, 0))) == 2


@given(stays(), st.sampled_from(CODES))
def test_tests_lie_within_the_stay_and_have_names_of_their_own(facts, code):
    course = course_of(code, facts)
    found = due_tests(course)

    assert all(facts.started_on <= due.due_on <= max(course.ends_on, facts.started_on) for due in found)
    assert len({due.key for due in found}) == len(found)
    assert all(due.opens_at < due.closes_at or facts.zone.key == "Pacific/Apia" for due in found)


@given(
    stays(),
    st.sampled_from(CODES),
    st.sampled_from((*CODES, "cn-end")),
    st.integers(1, 25),
    st.sampled_from(("new_applies", "shorter_applies")),
)
def test_a_change_of_edition_never_leaves_a_test_outside_the_stay(facts, old, new, after, transition):
    on = day(after, facts.started_on)
    course = plan_course(facts, (edition(old, facts.started_on), edition(new, on, transition)))
    found = due_tests(course)

    assert all(due.due_on <= max(course.ends_on, facts.started_on) for due in found)
    assert len({due.key for due in found}) == len(found)


@given(st.integers(0, 24 * 9), st.integers(1, 9))
def test_each_slot_of_each_day_is_due_once_even_when_clocks_change(hours, days):
    zone = ZoneInfo("Europe/Berlin")
    since = datetime(2021, 3, 25, tzinfo=zone) + timedelta(hours=hours)
    until = since + timedelta(days=days)
    middle = since + (until - since) / 3
    course = course_of("cn-plan-8", contact(zone=zone))
    at_once = due_checks(course, since=since, until=until)
    in_two = due_checks(course, since=since, until=middle) + due_checks(course, since=middle, until=until)

    assert at_once == in_two
    assert len({check.key for check in at_once}) == len(at_once)
