"""Somebody is told when a next round is forgotten, or one runs past its deadline or will; once, while it is so."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.cadence import commands
from lazaretto.cadence.proofs import rounds_keep_time
from lazaretto.cadence.rules import SETTLES, is_late, proposed_begin, tube_rule
from lazaretto.cadence.tests.series import DAY, HOUR, TODAY, follow, held, in_force, standing
from lazaretto.core.alarms import answer_alarm, take_alarm
from lazaretto.core.clock import local_date, zone
from lazaretto.core.deadlines import sweep
from lazaretto.core.models import Alarm
from lazaretto.screening import commands as rounds
from lazaretto.screening.models import Point, Round
from lazaretto.screening.tests.rounds import DEADLINE, draft, opened, point, scan, send
from lazaretto.tubes.commands import name_absent, name_rest
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def alarms(kind: str) -> list[Alarm]:
    return list(Alarm.objects.filter(kind=kind).order_by("raised_at"))


def broken(at) -> list[str]:
    return [row.why for row in rounds_keep_time(at).offenders]


# ---- past the deadline


def test_a_round_past_its_deadline_with_people_missing_calls_until_it_is_moved_or_balances(cast):
    of, place = opened(cast, people=3)
    send(cast, place, scan(1))
    follow(at=NOW)
    assert [row.due_at for row in standing("cadence.over")] == [DEADLINE]
    sweep(at=DEADLINE)
    first = alarms("cadence.over")
    assert [(row.role, row.unit_id) for row in first] == [("duty_officer", of.unit_id)]
    sweep(at=DEADLINE + 2 * HOUR)
    assert [row.role for row in alarms("cadence.over")] == ["approver"]
    rounds.change_round(
        actor=cast.duty_officer.actor, at=DEADLINE + 2 * HOUR, test_round=of, name=of.name,
        deadline_at=DEADLINE + 5 * HOUR, reason="暴雨",
    )  # fmt: skip
    follow(at=DEADLINE + 2 * HOUR + MINUTE)
    assert [(row.due_at, row.rung) for row in standing("cadence.over")] == [(DEADLINE + 5 * HOUR, 0)]
    assert Alarm.objects.get().answer == "postponed"
    name_rest(
        actor=cast.duty_officer.actor, at=DEADLINE + 6 * HOUR, test_round=of, kind="missing", reason="未到",
    )  # fmt: skip
    follow(at=DEADLINE + 6 * HOUR)
    assert standing("cadence.over") == [], "everybody is tested or named"


def test_only_who_is_neither_tested_nor_named_is_missing(cast):
    of, place = opened(cast, people=3)  # and one of another enterprise: four on the roster
    late = DEADLINE + MINUTE
    name_absent(
        actor=cast.duty_officer.actor, at=NOW, test_round=of, numbers=[1, 2, 3], kind="excused", reason="外出",
    )  # fmt: skip
    send(cast, place, scan(1), scan(2))  # came after all
    follow(at=late)
    assert rounds_keep_time(late).figures["people_missing_past_deadline"] == 1
    assert len(standing("cadence.over")) == 1
    send(cast, place, scan(4), at=late)
    follow(at=late)
    assert standing("cadence.over") == []


@pytest.mark.parametrize("end", ["closed", "cancelled"])
def test_a_round_that_is_over_calls_nobody(cast, end):
    of, place = opened(cast, people=1)
    follow(at=NOW)
    if end == "closed":
        send(cast, place, scan(1), scan(2))
        Round.objects.filter(pk=of.pk).update(state="closed", closed_at=NOW)
    else:
        rounds.cancel_round(actor=cast.duty_officer.actor, at=NOW, test_round=of, reason="暴雨")
    follow(at=DEADLINE + HOUR)
    sweep(at=DEADLINE + HOUR)
    assert (standing("cadence.over"), alarms("cadence.over")) == ([], [])


def test_an_answered_alarm_comes_again_while_people_are_missing(cast):
    opened(cast, people=1)
    follow(at=NOW)
    sweep(at=DEADLINE)
    alarm, who = Alarm.objects.get(), {"actor": cast.duty_officer.actor}
    take_alarm(**who, at=DEADLINE, alarm=alarm)
    answer_alarm(**who, at=DEADLINE, alarm=alarm, answer="已通知企业")
    follow(at=DEADLINE + 2 * HOUR)
    sweep(at=DEADLINE + 2 * HOUR)
    assert Alarm.objects.filter(answered_at__isnull=True).count() == 1


def test_verify_breaks_when_people_are_missing_past_the_deadline_and_nobody_is_told(cast):
    opened(cast, people=3)
    late = DEADLINE + MINUTE
    assert broken(DEADLINE - MINUTE) == []
    assert broken(late) == ["4 people missing past the deadline, and nobody is told"]
    follow(at=late)
    assert broken(late) == []


# ---- the next round


def test_a_next_round_that_nobody_prepared_calls_half_a_day_before_it_should_begin(cast):
    in_force()
    held(cast.site.unit, 1)  # the next one is due today at ten
    follow(at=NOW)
    assert [row.due_at for row in standing("cadence.next")] == [NOW - 12 * HOUR]
    sweep(at=NOW)
    assert [row.role for row in alarms("cadence.next")] == ["duty_officer"]
    made = draft(cast)
    follow(at=NOW)
    assert [row.due_at for row in standing("cadence.next")] == [NOW + 30 * MINUTE], "it is prepared, and must begin"
    assert Alarm.objects.get().answered_at == NOW
    point(cast, made)
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    rounds.freeze_round(**who, test_round=made)
    rounds.open_round(**who, test_round=made)
    follow(at=NOW)
    assert [row.due_at for row in standing("cadence.next")] == [NOW + 12 * HOUR], "the one of tomorrow"


def test_an_area_that_needs_none_calls_nobody(cast):
    in_force()
    held(cast.site.unit, 1)
    follow(at=NOW)
    commands.set_day(actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, on=None, reason="解除管控")
    follow(at=NOW)
    assert standing("cadence.next") == []
    commands.set_day(
        actor=cast.duty_officer.actor, at=NOW + MINUTE, unit=cast.site.unit, on=TODAY + 2 * DAY, reason="再测一轮"
    )
    follow(at=NOW + MINUTE)
    assert [row.due_at for row in standing("cadence.next")] == [NOW + 2 * DAY - 12 * HOUR]


def test_without_a_cadence_nobody_is_called(cast):
    in_force("cn-plan-8")
    held(cast.site.unit, 1)
    follow(at=NOW)
    assert (standing("cadence.next"), broken(NOW)) == ([], [])


def test_verify_breaks_when_a_round_is_due_and_nobody_is_told(cast):
    in_force()
    held(cast.site.unit, 1)
    assert broken(NOW) == ["the next round of testing is due, and nobody is told"]
    Round.objects.update(closed_at=NOW - MINUTE)
    assert broken(NOW) == [], "it has just become so"
    Round.objects.update(closed_at=NOW - HOUR)
    assert broken(NOW) != []
    follow(at=NOW)
    assert broken(NOW) == []


# ---- before the deadline


def test_a_round_that_will_be_late_is_said_once_and_no_more_when_it_is_in_time_again(cast):
    _of, place = opened(cast, people=60)
    send(cast, place, scan(1, at=NOW + HOUR / 4), at=NOW + HOUR / 4)
    at = NOW + HOUR
    for minutes in range(0, 40, 2):
        follow(at=at + minutes * MINUTE)
        sweep(at=at + minutes * MINUTE)
    assert [row.due_at for row in standing("cadence.behind")] == [at]
    assert [row.raised_at for row in alarms("cadence.behind")] == [at + 16 * MINUTE], "it stayed so for a while"
    send(cast, place, *(scan(n, tube=f"T{n}", slot=1, at=at) for n in range(2, 40)), at=at + 40 * MINUTE)
    follow(at=at + 40 * MINUTE)
    assert standing("cadence.behind") == []
    assert Alarm.objects.get().answered_at == at + 40 * MINUTE


def test_a_short_dip_of_the_pace_calls_nobody(cast):
    _of, place = opened(cast, people=60)
    send(cast, place, scan(1, at=NOW + HOUR / 4), at=NOW + HOUR / 4)
    at = NOW + HOUR
    follow(at=at)
    send(cast, place, *(scan(n, tube=f"T{n}", slot=1, at=at) for n in range(2, 40)), at=at + MINUTE)
    follow(at=at + MINUTE)
    sweep(at=at + HOUR)
    assert alarms("cadence.behind") == []


def test_tables_to_which_nobody_comes_for_an_hour_are_late_and_a_night_changes_nothing(cast):
    of, place = opened(cast, people=60)
    Round.objects.filter(pk=of.pk).update(deadline_at=NOW + 2 * DAY)
    follow(at=NOW + HOUR / 2)
    assert standing("cadence.behind") == []
    send(cast, place, scan(1, at=NOW + MINUTE), at=NOW + MINUTE)
    follow(at=NOW + 3 * HOUR)
    assert len(standing("cadence.behind")) == 1
    follow(at=NOW + 14 * HOUR)
    assert len(standing("cadence.behind")) == 1, "no point is open: nothing is foretold, what stands stays"


def test_a_point_that_falls_behind_is_said_until_it_closes(cast):
    of, place = opened(cast, people=60)
    slow = point(cast, of, "P2")
    send(cast, place, *(scan(n, tube=f"T{n}", slot=1, at=NOW + HOUR / 4) for n in range(1, 30)), at=NOW + HOUR / 2)
    at = NOW + HOUR
    follow(at=at)
    assert [row.subject_id for row in standing("cadence.point")] == [str(slow.pk)]
    sweep(at=at + 2 * SETTLES)
    assert len(alarms("cadence.point")) == 1
    rounds.close_point(actor=cast.duty_officer.actor, at=at, point=Point.objects.get(pk=slow.pk))
    follow(at=at)
    assert standing("cadence.point") == []


def test_what_follows_by_itself_asks_as_often_for_many_people_as_for_few(cast):
    _of, place = opened(cast, people=60)

    def asked() -> int:
        with CaptureQueriesContext(connection) as counted:
            follow(at=NOW + HOUR)
        return len(counted)

    asked()  # sets what is due
    before = asked()
    send(cast, place, *(scan(n, tube=f"T{n}", slot=1) for n in range(1, 50)))
    asked()
    assert asked() <= before


# ---- the rules of it


@given(st.integers(0, 600), st.booleans(), st.booleans())
def test_what_is_late_stays_so_until_it_is_well_in_time(minutes, stalled, stands):
    finish, deadline = NOW + minutes * MINUTE, NOW + 300 * MINUTE
    late = is_late(finish=finish, stalled=stalled, deadline=deadline, stands=stands)
    if finish > deadline or stalled:
        assert late
    if finish <= deadline - SETTLES and not stalled:
        assert not late
    assert is_late(finish=None, stalled=False, deadline=deadline, stands=stands) is None


@given(st.integers(-5, 5) | st.none(), st.times(), st.integers(0, 2000))
def test_a_round_is_never_proposed_for_a_day_that_is_past_or_for_this_moment(days, usual, minutes):
    now, tz = NOW + minutes * MINUTE, zone("Asia/Shanghai")
    due = None if days is None else local_date(now, tz) + days * DAY
    begins = proposed_begin(due, usual, tz, now)
    assert begins > now
    if due is not None:
        assert local_date(begins, tz) >= due


def test_a_tube_rule_that_we_do_not_have_is_not_guessed():
    assert [tube_rule(people) for people in (0, 1, 10, 20, 7, None)] == ["household", "single", "10", "20", "", ""]
