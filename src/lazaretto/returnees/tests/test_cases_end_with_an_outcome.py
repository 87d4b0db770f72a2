"""Reached, watched, tested, and ended with a named outcome; never while a test is owed in silence."""

from datetime import date, datetime, timedelta

import pytest

from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, InvalidInput, ReasonRequired
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.protocols.commands import adopt_pack
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Answer, Outcome, Result, Risk
from lazaretto.returnees.errors import (
    CaseOpenElsewhere,
    NoSuchTest,
    OwesTests,
    PositiveIsHandedOn,
    TooFewTries,
    WatchGoesOn,
)
from lazaretto.returnees.models import OwedTest, Returnee
from lazaretto.returnees.rules import Owed, plan_watch
from lazaretto.returnees.tests.agencies import card, named, row, take_in
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def duty(cast):
    return cast.duty_officer.actor


@pytest.fixture
def clerk(cast):
    return cast.clerk.actor


@pytest.fixture
def one(duty, cast):
    take_in(duty, cast.site.unit, row("冯文杰", card(1), "13800000001"))
    return named("冯文杰")


def reach(actor, one, at=NOW, **more):
    commands.note_attempt(actor=actor, at=at, returnee=one, answer=Answer.REACHED, **more)
    one.refresh_from_db()
    return list(one.tests.filter(waived_at__isnull=True).order_by("due_at"))


def end(actor, one, outcome, at=NOW, **more):
    return commands.close(actor=actor, at=at, returnee=one, outcome=outcome, **{"reason": "电话核实", **more})


def test_without_a_rule_our_own_numbers_are_owed(clerk, one):
    tests = reach(clerk, one)  # came yesterday, the 20th
    assert [(test.day, test.due_at.isoformat()) for test in tests] == [
        (1, "2026-11-21T12:00:00+00:00"), (3, "2026-11-23T12:00:00+00:00"),
    ]  # fmt: skip
    assert (one.state, one.watch_until, one.rule) == ("watched", date(2026, 11, 23), "returnees/numbers.toml")
    assert one.due_at == tests[0].due_at


def test_the_pack_in_force_says_what_is_owed(cast, clerk, one):
    adopt_pack(
        actor=cast.approver.actor, at=NOW - DAY, pack="cn-plan-9", jurisdiction="CN", starts_on=date(2026, 11, 1),
        reason="通告",
    )  # fmt: skip
    assert [test.day for test in reach(clerk, one)] == [1, 4, 7]
    assert (one.rule, one.setting, one.watch_until) == ("cn-plan-9", "home_isolation", date(2026, 11, 27))
    assert [test.day for test in reach(clerk, one, risk=Risk.HIGH)] == [1, 2, 3, 5, 7]
    assert one.setting == "central"
    assert OwedTest.objects.filter(waived_at__isnull=False).count() == 3  # of the plan before


def test_days_gone_by_are_made_good_by_one_test_today(clerk, one):
    tests = reach(clerk, one, arrived_on=date(2026, 11, 11))
    assert [test.day for test in tests] == [3]
    assert one.watch_until == date(2026, 11, 21)
    with pytest.raises(InvalidInput):
        reach(clerk, one, arrived_on=date(2026, 11, 22))


def test_a_plan_is_the_same_whatever_the_hour():
    owed = Owed(3, (1, 3), "home_monitoring", "x")
    from lazaretto.core import clock  # noqa: PLC0415

    late = datetime.fromisoformat("2026-11-21T22:00:00+08:00")
    watch = plan_watch(
        owed, date(2026, 11, 20), at=late, zone=clock.zone("Asia/Shanghai"), by_hour=20, missed_within=12 * HOUR
    )
    assert (watch.tests[0].day, watch.tests[0].due_at) == (1, late + 12 * HOUR)


def test_watched_out_when_every_test_is_negative_and_the_last_day_has_come(clerk, one):
    reach(clerk, one)
    with pytest.raises(OwesTests):
        end(clerk, one, Outcome.WATCHED_OUT, despite="无所谓")
    done = commands.note_test(
        actor=clerk, at=NOW + HOUR, returnee=one, day=1, result=Result.NEGATIVE, evidence="区检测中心 A1"
    )
    assert done.owed == 1
    with pytest.raises(NoSuchTest):
        commands.note_test(actor=clerk, at=NOW, returnee=one, day=1, result=Result.NEGATIVE, evidence="x")
    with pytest.raises(InvalidInput):
        commands.note_test(actor=clerk, at=NOW, returnee=one, day=3, result=Result.NEGATIVE, evidence=" ")
    commands.note_test(actor=clerk, at=NOW + HOUR, returnee=one, day=3, result=Result.NEGATIVE, evidence="A2")
    with pytest.raises(WatchGoesOn):
        end(clerk, one, Outcome.WATCHED_OUT, at=NOW + HOUR)
    then = NOW + 2 * DAY
    assert end(clerk, one, Outcome.WATCHED_OUT, at=then).outcome == "watched_out"
    one.refresh_from_db()
    assert (one.state, one.closed_at, one.owner_id, one.due_at) == ("closed", then, None, None)
    assert JournalEntry.objects.filter(command="returnees.close").exists()
    assert not any(found.offenders for found in verify(at=then) if found.promise in {4, 5, 6})


def test_gone_with_tests_owed_needs_a_place_and_who_sees_to_the_tests(clerk, one):
    reach(clerk, one)
    with pytest.raises(InvalidInput):
        end(clerk, one, Outcome.GONE)
    with pytest.raises(OwesTests):
        end(clerk, one, Outcome.GONE, to_where="乙市丙区，亲戚家")
    with pytest.raises(ReasonRequired):
        end(clerk, one, Outcome.GONE, to_where="乙市", reason="")
    end(clerk, one, Outcome.GONE, to_where="乙市丙区", despite="乙市疾控接收，函12号")
    one.refresh_from_db()
    assert (one.to_where, one.despite) == ("乙市丙区", "乙市疾控接收，函12号")
    assert not one.tests.filter(result="", waived_at__isnull=True).exists()
    assert not any(found.offenders for found in verify(at=NOW) if found.promise == 5)


def test_given_up_only_after_enough_tries_and_by_a_leader(duty, clerk, one):
    with pytest.raises(Forbidden):
        end(clerk, one, Outcome.UNREACHED, to_where="派出所")
    with pytest.raises(TooFewTries):
        end(duty, one, Outcome.UNREACHED, to_where="派出所")
    for n in range(3):
        commands.note_attempt(actor=clerk, at=NOW + n * HOUR, returnee=one, answer=Answer.NO_ANSWER)
    with pytest.raises(InvalidInput):
        end(duty, one, Outcome.UNREACHED)
    assert end(duty, one, Outcome.UNREACHED, to_where="派出所小陈，联系单7号").outcome == "unreached"


def test_a_positive_raises_an_alarm_and_ends_only_in_a_hand_over(clerk, one):
    reach(clerk, one)
    commands.note_test(actor=clerk, at=NOW, returnee=one, day=1, result=Result.POSITIVE, evidence="区检测中心 A1")
    assert Alarm.objects.get(kind="returnees.positive").answered_at is None
    for outcome in (Outcome.GONE, Outcome.NEVER_THERE, Outcome.WATCHED_OUT):
        with pytest.raises(PositiveIsHandedOn):
            end(clerk, one, outcome, to_where="x", despite="x")
    end(clerk, one, Outcome.QUARANTINE, to_where="区人民医院发热门诊")
    assert Alarm.objects.get(kind="returnees.positive").answered_at is not None


def test_a_test_that_is_late_raises_one_alarm_for_the_area(clerk, one):
    reach(clerk, one)
    sweep(at=NOW + 11 * HOUR)
    assert Alarm.objects.filter(kind="returnees.tests", answered_at__isnull=True).count() == 1
    commands.note_test(actor=clerk, at=NOW + 11 * HOUR, returnee=one, day=1, result=Result.NEGATIVE, evidence="A1")
    assert not Alarm.objects.filter(kind="returnees.tests", answered_at__isnull=True).exists()


def test_opened_again_with_a_reason_by_a_leader_and_never_beside_another(cast, duty, clerk, one):
    end(clerk, one, Outcome.WRONG_PERSON)
    with pytest.raises(Forbidden):
        commands.reopen(actor=clerk, at=NOW, returnee=one, reason="又来电")
    with pytest.raises(ReasonRequired):
        commands.reopen(actor=duty, at=NOW, returnee=one, reason="")
    commands.reopen(actor=duty, at=NOW, returnee=one, reason="又来电")
    one.refresh_from_db()
    assert (one.state, one.outcome, one.tries) == ("to_reach", "", 0)
    end(clerk, one, Outcome.GONE, to_where="乙市")
    Returnee.objects.filter(pk=one.pk).update(closed_at=NOW - 30 * DAY, made_at=NOW - 40 * DAY)
    take_in(duty, cast.site.unit, row("冯文杰", card(1), "13800000002", address="新址"))  # another return
    assert Returnee.objects.count() == 2
    with pytest.raises(CaseOpenElsewhere):
        commands.reopen(actor=duty, at=NOW, returnee=one, reason="又来电")


def test_results_of_an_earlier_return_answer_nothing_of_the_next(duty, clerk, one):
    for test in reach(clerk, one):
        commands.note_test(
            actor=clerk, at=NOW + 2 * DAY, returnee=one, day=test.day, result=Result.NEGATIVE, evidence="A1"
        )
    end(clerk, one, Outcome.GONE, at=NOW + 2 * DAY, to_where="乙市")
    commands.reopen(actor=duty, at=NOW + 5 * DAY, returnee=one, reason="又回来了")
    one.refresh_from_db()
    tests = reach(clerk, one, at=NOW + 5 * DAY, arrived_on=date(2026, 11, 26))
    assert [test.day for test in tests if test.owed] == [1, 3]
    with pytest.raises(OwesTests):
        end(clerk, one, Outcome.WATCHED_OUT, at=NOW + 9 * DAY)


def test_another_risk_leaves_the_day_that_is_counted_from(duty, clerk, cast):
    take_in(duty, cast.site.unit, row("侯敏轩", card(2), "13800000002", came=""))
    one = named("侯敏轩")
    reach(clerk, one)
    counted = one.counted_from
    reach(clerk, one, at=NOW + 2 * DAY, risk=Risk.HIGH)
    assert one.counted_from == counted


def test_somebody_positive_who_is_opened_again_is_watched_again(duty, clerk, one):
    reach(clerk, one)
    commands.note_test(actor=clerk, at=NOW, returnee=one, day=1, result=Result.POSITIVE, evidence="A1")
    end(clerk, one, Outcome.QUARANTINE, to_where="区人民医院")
    commands.reopen(actor=duty, at=NOW + HOUR, returnee=one, reason="医院没有收到人")
    assert Alarm.objects.filter(kind="returnees.positive", answered_at__isnull=True).count() == 1
    assert not any(found.offenders for found in verify(at=NOW + HOUR) if found.promise == 5)
