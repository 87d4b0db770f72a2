"""Each shipped pack gives the stay and the test days of the document it comes from."""

from datetime import date

import pytest

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import CategoryNotIsolated, due_tests, plan_course
from lazaretto.protocols.rules.pack import CATEGORIES, PREFERRED, REQUIRED
from lazaretto.protocols.tests.material import contact, course_of, day, edition, local

STAYS = [
    ("cn-plan-7", "close_contact", {"central": 14}, ["central-1", "central-4", "central-7", "central-14"]),
    (
        "cn-plan-8",
        "inbound",
        {"central": 14, "home_monitoring": 21},
        ["central-1", "central-4", "central-7", "central-14", "home_monitoring-2", "home_monitoring-7"],
    ),
    ("cn-plan-8", "secondary_contact", {"central": 7}, ["central-1", "central-4", "central-7"]),
    (
        "cn-plan-9",
        "close_contact",
        {"central": 7, "home_monitoring": 10},
        ["central-1", "central-2", "central-3", "central-5", "central-7", "home_monitoring-3"],
    ),
    (
        "cn-plan-9",
        "secondary_contact",
        {"home_isolation": 7},
        ["home_isolation-1", "home_isolation-4", "home_isolation-7"],
    ),
    (
        "cn-measures-20",
        "close_contact",
        {"central": 5, "home_isolation": 8},
        ["central-1", "central-2", "central-3", "central-5", "home_isolation-1", "home_isolation-3"],
    ),
    (
        "cn-measures-20",
        "closed_loop_staff",
        {"home_monitoring": 5},
        ["home_monitoring-1", "home_monitoring-3", "home_monitoring-5"],
    ),
    ("cn-measures-10", "close_contact", {"home_isolation": 5}, ["home_isolation-5"]),
    ("who-contacts", "close_contact", {"home_isolation": 14}, []),
    (
        "cn-plan-8+local-14-14",
        "inbound",
        {"central": 14, "home_isolation": 28},
        [f"central-{n}" for n in (1, 2, 3, 4, 7, 14)] + [f"home_isolation-{n}" for n in (2, 7, 14)],
    ),
    (
        "cn-plan-8+local-7-7",
        "secondary_contact",
        {"central": 7, "home_monitoring": 14},
        [f"central-{n}" for n in (1, 2, 3, 4, 7)] + ["home_monitoring-7"],
    ),
    (
        "cn-plan-8+local-3-11",
        "low_risk_area",
        {"home_isolation": 3, "home_monitoring": 14},
        ["home_isolation-1", "home_isolation-3", "home_monitoring-11"],
    ),
]


@pytest.mark.parametrize(("code", "category", "phases", "tests"), STAYS)
def test_stay_and_test_days_are_those_of_the_document(code, category, phases, tests):
    course = course_of(code, contact(category))

    assert {phase.setting: phase.last_on for phase in course.phases} == {s: day(n) for s, n in phases.items()}
    assert [due.key for due in due_tests(course)] == tests


def test_dates_in_force_follow_one_another():
    national = [pack for pack in library().packs if pack.jurisdiction == "CN"]

    assert [(pack.code, pack.effective_from) for pack in national] == [
        ("cn-plan-7", date(2020, 9, 15)),
        ("cn-plan-8", date(2021, 5, 14)),
        ("cn-plan-9", date(2022, 6, 28)),
        ("cn-measures-20", date(2022, 11, 11)),
        ("cn-measures-10", date(2022, 12, 7)),
        ("cn-end", date(2023, 1, 8)),
    ]


def test_plan_8_releases_by_two_swabs_of_different_reagents_and_in_principle_laboratories():
    release = library().pack("cn-plan-8").rule("close_contact").phases[0].release

    assert (release.samples, release.different_reagents, release.different_labs) == (2, REQUIRED, PREFERRED)


@pytest.mark.parametrize(("code", "hours"), [("cn-plan-7", 12), ("cn-plan-9", 8)])
def test_contacts_are_to_be_transferred_in_time(code, hours):
    assert library().pack(code).rule("close_contact").transfer_within_hours == hours


def test_twenty_measures_isolate_no_secondary_contact():
    with pytest.raises(CategoryNotIsolated, match="does not isolate secondary_contact"):
        plan_course(contact("secondary_contact"), (edition("cn-measures-20"),))


@pytest.mark.parametrize("category", CATEGORIES)
def test_after_the_end_nobody_is_isolated(category):
    with pytest.raises(CategoryNotIsolated):
        plan_course(contact(category), (edition("cn-end"),))


def test_a_case_is_referred_to_hospital_until_the_ten_measures():
    refer_to = {pack.code: pack.rule("case").refer_to for pack in library().packs if "case" in pack.categories}

    assert refer_to.pop("cn-measures-10") == ""
    assert set(refer_to.values()) == {"hospital"}


def test_look_back_of_four_days_is_an_overlay():
    assert library().pack("cn-plan-8").look_back_days == 2
    assert library().by_key("cn-plan-8+local-look-back-4").look_back_days == 4


def test_somebody_may_go_on_the_last_day_from_the_pack_s_hour_and_is_overdue_when_it_is_over():
    course = course_of("cn-plan-7")

    assert course.ends_at == local(14, 8)
    assert course.overdue_at == local(15, 0)


def test_everybody_is_tested_daily_until_three_clean_rounds_and_once_more_after_three_days():
    said = {
        pack.code: [(one.every_days, one.clean_rounds, one.pause_days, one.rounds_after) for one in pack.cadences]
        for pack in library().packs
        if pack.cadences
    }

    assert said == {"cn-measures-20": [(1, 3, 3, 1), (1, 3, 0, 0)]}
    local = library().by_key("cn-plan-8+local-rounds-3-3").cadence()
    assert (local.clean_rounds, local.pause_days, local.source.confidence) == (3, 3, "unchecked")


@pytest.mark.parametrize("pack", library().packs, ids=lambda pack: pack.code)
def test_every_pack_and_category_names_its_source(pack):
    assert pack.source.document
    assert pack.source.confidence
    for rule in [*pack.categories.values(), *pack.cadences, pack.passes]:
        assert rule.source.document
        assert rule.source.confidence


def test_every_pack_says_for_how_long_a_negative_result_opens_a_gate():
    hours = {pack.code: pack.passes.hours for pack in library().packs}
    assert hours == {
        "cn-plan-7": 168, "cn-plan-8": 48, "cn-plan-9": 48, "cn-measures-20": 48, "cn-measures-10": 0, "cn-end": 0,
        "who-contacts": 0,
    }  # fmt: skip
