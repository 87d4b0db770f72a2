"""Everything of a round that somebody must decide stands in the queue by itself, and leaves it when it is put right."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core.deadlines import open_deadlines, sweep
from lazaretto.core.models import Alarm, Deadline
from lazaretto.deciding import commands, duties
from lazaretto.deciding.commands import settle
from lazaretto.deciding.deadlines import WAITING
from lazaretto.deciding.duties import follow
from lazaretto.deciding.models import Matter
from lazaretto.deciding.proofs import questions_of_rounds_watched
from lazaretto.deciding.queries import sources
from lazaretto.deciding.rules import look_alikes
from lazaretto.deciding.tests.questions import HOUR, waiting
from lazaretto.headcounts.models import Household, Member
from lazaretto.screening.commands import TakenScan, answer_fever, cancel_round
from lazaretto.screening.commands.scans import Stranger
from lazaretto.screening.models import Round
from lazaretto.screening.tests.rounds import enterprise, member, open_one, opened, point, scan, send
from lazaretto.tubes.commands import follow_round as follow_tubes
from lazaretto.tubes.commands import look_into
from lazaretto.tubes.models import Positive
from lazaretto.tubes.tests.labs import report, stage
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_every_conflict_of_scans_is_one_question_and_the_same_scan_again_is_none(cast):
    of, place = opened(cast)
    other = point(cast, of, "P2")
    first = scan(1, tube="T1", slot=1)
    send(cast, place, first, scan(2, tube="T1", slot=2))
    assert waiting(of) == {}
    send(cast, place, first)
    assert waiting(of) == {}, "a phone sends until it is answered"
    send(cast, place, scan(1, tube="T2", slot=1), scan(3, tube="T1", slot=2), scan(4, tube="T1", slot=11))
    send(cast, other, scan(5, tube="T1", slot=5), scan(6, tube="T1", slot=6))
    send(cast, place, scan(9999, tube="T3", slot=1), scan(4, tube="T3", slot=2, round=place.pk))
    asked = waiting(of)
    assert set(asked) == {"twice", "place", "overfull", "two_points", "no_number", "wrong_round"}
    assert asked["two_points"].said["scans"] == 2, "people of one tube are one question"
    assert asked["two_points"].point == other
    assert asked["twice"].said["number"] == 1
    assert asked["twice"].due_at == NOW + 4 * HOUR
    assert Matter.objects.count() == 6
    commands.follow_round(of, at=NOW)
    assert Matter.objects.count() == 6, "asked again it changes nothing"


@pytest.mark.parametrize(("rule", "asked"), [("household", {"households"}), ("10", set())])
def test_two_households_in_one_household_tube_are_a_question_however_they_came_in(cast, rule, asked):
    homes = [Household.objects.create(unit=cast.site.unit, started_at=NOW) for _home in range(2)]
    home = enterprise(cast.site.unit, "小区", range(1, 7))
    for nth, name in enumerate(("员工001", "员工002", "员工003", "员工004")):
        Member.objects.filter(organisation=home, name=name).update(household=homes[nth // 2])
    of, place = open_one(cast, tube_rule=rule)
    send(cast, place, scan(1, tube="T1"), scan(2, tube="T1"), scan(5, tube="T1"), scan(3, tube="T2"))
    assert waiting(of) == {}, "of whom no household is known may be of this one"
    later = NOW + HOUR
    send(cast, place, scan(4, tube="T1", table=2), at=later)
    found = waiting(of, at=later)
    assert set(found) == asked
    if not asked:
        return
    row = found["households"]
    assert (row.subject, row.point, row.due_at) == ("T1", place, NOW + 2 * HOUR)
    assert row.said == {"tube": "T1", "people": 4, "table": 2, "numbers": [1, 2, 4, 5]}
    page = cast.duty_officer.client.get(reverse("deciding:one", args=[row.pk])).content.decode()
    assert all(name in page for name in ("员工001", "员工004"))
    settle(actor=cast.duty_officer.actor, at=later, matter=row, words="同住一户")
    assert waiting(of, at=later) == {}
    send(cast, place, scan(6, tube="T1"), at=later + HOUR)
    assert set(waiting(of, at=later + HOUR)) == {"households"}, "more of it came"


def test_only_rounds_of_household_tubes_are_looked_through_for_households(cast, django_assert_num_queries):
    of, place = opened(cast)
    send(cast, place, scan(1), scan(2))
    with django_assert_num_queries(0):
        assert list(sources._households(of, at=NOW)) == []


def test_everybody_tested_is_not_compared_with_the_roster_each_time_that_the_list_follows(
    cast, django_assert_num_queries
):
    of, _place = open_one(cast, tube_rule="household")
    for at, queries in ((NOW, 1), (NOW + sources.MIXED_EVERY / 2, 0), (NOW + sources.MIXED_EVERY, 1)):
        with django_assert_num_queries(queries):
            assert list(sources._households(of, at=at)) == []


def test_a_single_swab_after_a_call_is_no_question_about_two_tubes(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, slot=1), scan(2, slot=2))
    brought(cast, place, "T1")
    report(cast, of, laboratory(cast), ["T1", "阳性", "30", "30"])
    later = NOW + timedelta(minutes=5)
    send(cast, place, scan(1, tube="S1", slot=1, at=later), at=later)
    follow_tubes(of, at=later)
    assert "twice" not in waiting(of, at=later)
    assert waiting(of, at=later)["recall"].said["people"] == 1


def test_a_confirmed_positive_in_which_nobody_is_known_stays_a_question(cast):
    of, _place = opened(cast)
    found = Positive.objects.create(
        round=of, tube="T9", people=0, raised_at=NOW, standing="confirmed", decided_at=NOW
    )  # fmt: skip
    assert waiting(of)["positive"].subject == str(found.pk)
    Positive.objects.update(people=1)
    assert "positive" not in waiting(of)


def test_a_tube_of_a_round_before_is_a_question_of_this_one(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="OLD", slot=1))
    cancel_round(actor=cast.duty_officer.actor, at=NOW, test_round=of, reason="重来")
    again, there = open_one(cast)
    send(cast, there, scan(1, tube="OLD", slot=1))
    assert set(waiting(again)) == {"reused"}
    assert waiting(of) == {}


def test_a_fever_stands_there_until_somebody_answers_and_its_deadline_is_its_own(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, temperature=38.9))
    asked = waiting(of)["fever"]
    assert asked.deadline is not None
    assert asked.due_at == asked.deadline.due_at + HOUR / 2
    assert asked.said["degrees"] == "38.9"
    assert not open_deadlines(WAITING.code, of).exists()
    answer_fever(actor=cast.medic.actor, at=NOW, fever=asked.subject, done="clinic")
    assert waiting(of) == {}


def test_tubes_bags_results_and_positives_stand_there(cast):
    of, place = opened(cast)
    lab = laboratory(cast)
    send(cast, place, *(scan(n, tube="T1") for n in range(1, 5)), scan(5, tube="T2"))
    follow_tubes(of, at=NOW)
    brought(cast, place, "T1", "T2")
    tell(cast, None, seen("received", bag="B1", to="LAB1", count=1), of=of)
    stage(cast, of, lab, ["T9", "阴性"])
    report(cast, of, lab, ["T1", "阳性"])
    asked = waiting(of)
    assert {"bag", "held", "positive", "recall"} <= set(asked)
    assert asked["positive"].point == place
    assert asked["recall"].said["people"] == 4
    assert asked["held"].said["lines"] == 1
    assert (asked["bag"].said["count"], asked["bag"].said["counted"]) == (2, 1)
    look_into(actor=cast.duty_officer.actor, at=NOW, test_round=of, reason="又数了一遍", bag="B1")
    assert "bag" not in waiting(of)


def test_late_tubes_and_numbers_that_differ_stand_there(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, at=NOW))
    follow_tubes(of, at=NOW)
    tell(cast, place, seen("count_agreed", count=3, organisation="A公司", table=1))
    assert set(waiting(of)) == {"agreed"}
    later = NOW + 5 * HOUR
    asked = waiting(of, at=later)
    assert set(asked) == {"agreed", "late"}
    assert asked["late"].said["leg"] == "tubes.table"
    assert asked["agreed"].said["ours"] == 1
    send(cast, place, scan(2, at=NOW - timedelta(minutes=1)), scan(3, at=NOW - timedelta(minutes=1)), at=later)
    assert set(waiting(of, at=later)) == {"late"}, "a scan that comes late puts the number right"


def test_a_phone_whose_clock_was_far_off_and_one_a_little(cast):
    of, place = opened(cast)
    send(cast, place, scan(1), sent_at=NOW - timedelta(minutes=5))
    assert waiting(of) == {}
    send(cast, place, scan(2), sent_at=NOW - timedelta(minutes=90))
    assert waiting(of)["clock"].said["minutes"] == 90


def stranger(name: str, home: str = "") -> TakenScan:
    """Somebody without a card."""
    return scan(None, tube="T1", slot=9, stranger=Stranger(name=name, organisation=home))


def test_a_stranger_who_may_be_somebody_on_the_roster(cast):
    home = enterprise(cast.site.unit, "A公司", range(1, 3))
    member(home, None)  # 无证
    of, place = open_one(cast)
    send(cast, place, stranger("查无此人"))
    assert waiting(of) == {}
    send(cast, place, scan(None, tube="T1", slot=8, stranger=Stranger(name="无证", organisation="A公司")))
    asked = waiting(of)["namesake"]
    (number,) = asked.said["numbers"]
    send(cast, place, scan(number, tube="T1", slot=7))
    assert waiting(of) == {}, "somebody else of that name was tested: nobody is missing"


def test_of_a_common_name_only_the_enterprise_says_who_it_may_be():
    several = [(n, None, "a公司" if n == 4 else "b公司") for n in range(1, 6)]
    assert look_alikes(several, "") == []
    assert look_alikes(several, "a公司") == [4]
    assert look_alikes(several[:2], "c公司") == [1, 2]


def test_what_was_decided_comes_again_only_when_more_of_it_comes(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(1, tube="T2"))
    asked = waiting(of)["twice"]
    commands.settle(actor=cast.site_lead.actor, at=NOW + HOUR, matter=asked, words="同一人，第二管已作废")
    assert waiting(of, at=NOW + HOUR) == {}
    send(cast, place, scan(1, tube="T3"), at=NOW + 2 * HOUR)
    assert waiting(of, at=NOW + 2 * HOUR)["twice"].said["scans"] == 2


def test_one_deadline_stands_for_all_that_have_none_and_climbs(cast):
    of, place = opened(cast)
    send(cast, place, *(scan(n, tube="T1", slot=n) for n in (1, 2, 3)))
    send(cast, place, *(scan(n, tube="T2", slot=n) for n in (1, 2, 3)))
    waiting(of)
    assert Matter.objects.count() == 3
    due = Deadline.objects.get(kind=WAITING.code)
    assert due.due_at == NOW + 4 * HOUR
    assert questions_of_rounds_watched(NOW).offenders == []
    sweep(at=NOW + 5 * HOUR)
    assert Alarm.objects.get().role == "duty_officer"
    for row in Matter.objects.all():
        commands.settle(actor=cast.duty_officer.actor, at=NOW + 5 * HOUR, matter=row, words="已核对")
    follow(NOW + 5 * HOUR)
    assert not open_deadlines(WAITING.code, of).exists()
    assert Alarm.objects.get().answered_at is not None


def test_a_round_that_is_over_is_followed_while_something_waits(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(1, tube="T2"))
    waiting(of)
    long_ago = NOW - timedelta(days=40)
    Round.objects.filter(pk=of.pk).update(state="cancelled", cancelled_at=long_ago, reason="x")
    assert follow(NOW) == 0
    Matter.objects.update(kind="bag", subject="B9")
    assert follow(NOW) == 2  # it is gone, and what the facts say is there


def test_following_asks_as_often_for_many_as_for_one(cast, django_assert_max_num_queries):
    of, place = opened(cast, people=40)
    for n in range(1, 31):
        send(cast, place, scan(n, tube=f"A{n}", slot=1), scan(n, tube=f"B{n}", slot=1))
    send(cast, place, *(scan(n, tube="F1", slot=n - 30, temperature=38.5) for n in range(31, 41)))
    with django_assert_max_num_queries(39):
        commands.follow_round(of, at=NOW)
    assert Matter.objects.count() == 40
    with django_assert_max_num_queries(35):
        commands.follow_round(of, at=NOW)


def test_a_round_that_is_over_and_asks_nothing_is_compared_when_something_comes_and_now_and_then(cast, monkeypatch):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1))
    cancel_round(actor=cast.duty_officer.actor, at=NOW, test_round=of, reason="重来")
    compared = []
    monkeypatch.setattr(duties, "follow_round", lambda _one, *, at: compared.append(at) or 0)
    moments = [NOW + timedelta(minutes=minutes) for minutes in (1, 6, 7, 10, 12)]
    for at in moments:
        follow(at)
    assert compared == [moments[0], moments[1], moments[4]], "while it is fresh, then every five minutes"
    send(cast, place, scan(2, tube="T1", slot=2), at=NOW + timedelta(minutes=13))
    follow(NOW + timedelta(minutes=13, seconds=15))
    assert len(compared) == 4
