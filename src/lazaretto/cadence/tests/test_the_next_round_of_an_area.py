"""When an area is tested again: by its rule pack, by its rounds, or as an officer set it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from lazaretto.cadence import commands
from lazaretto.cadence.errors import LaterThanDue
from lazaretto.cadence.models import Plan, SetDay
from lazaretto.cadence.queries import areas, proposal
from lazaretto.cadence.rules import next_name
from lazaretto.cadence.tests.series import DAY, HOUR, TODAY, area, held, in_force, with_points
from lazaretto.cadence.wording import otherwise, why
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.screening import commands as rounds
from lazaretto.screening.models import Round
from lazaretto.tubes.models import Positive, Trail
from tests.cast import member as somebody
from tests.factories import NOW


def said(found) -> tuple[str, int | None]:
    with override("zh-hans"):
        return why(found), found.due_on and (found.due_on - TODAY).days


def who(cast, at=NOW) -> dict:
    return {"actor": cast.duty_officer.actor, "at": at}


def draft(cast, opens_at, **more) -> Round:
    made = rounds.draft_round(
        **who(cast), unit=cast.site.unit, name="下一轮", opens_at=opens_at, deadline_at=opens_at + 8 * HOUR,
        tube_rule="10", **more,
    )  # fmt: skip
    return Round.objects.get(pk=made.round_id)


def test_a_third_clean_round_is_followed_after_a_pause_and_then_the_series_is_done(cast):
    in_force()
    unit = cast.site.unit
    held(unit, 6)
    assert said(area(cast)) == ("连续无阳性 1 轮（应 3 轮）；达到前每天一轮。", -5)
    held(unit, 5)
    held(unit, 4)
    assert said(area(cast)) == ("连续无阳性 3 轮（应 3 轮）；间隔 3 天后再测一轮。", 0)
    early = draft(cast, NOW - DAY)
    with override("en"):
        assert otherwise(early) == ["It was due on 2026-11-21, and is prepared for an earlier day."]
    held(unit, 0)
    assert said(area(cast)) == ("连续无阳性 4 轮（应 3 轮）：本系列轮次已完成。", None)


def test_a_positive_that_stands_counts_from_nothing_until_it_is_refuted(cast):
    in_force()
    first, second = held(cast.site.unit, 2), held(cast.site.unit, 1)
    found = Positive.objects.create(round=second, tube="T1", raised_at=NOW)
    assert (area(cast).found.clean, area(cast).due_on) == (0, TODAY)
    Positive.objects.filter(pk=found.pk).update(standing="confirmed", decided_at=NOW)
    assert area(cast).found.clean == 0
    Positive.objects.filter(pk=found.pk).update(standing="refuted", decided_at=NOW)
    assert area(cast).found.clean == 2
    Trail.objects.create(code="T2", round=first, opened_at=NOW)  # came after the closing, and has no result
    assert area(cast).found.clean == 1


def test_the_results_of_a_round_that_decides_are_awaited(cast):
    in_force()
    held(cast.site.unit, 2)
    held(cast.site.unit, 1)
    last = held(cast.site.unit, 0, state="open")
    assert said(area(cast)) == ("连续无阳性 2 轮（应 3 轮）；待第 3 轮结果出齐后确定。", None)
    Positive.objects.create(round=last, tube="T1", raised_at=NOW)
    assert area(cast).due_on == TODAY + DAY


def test_what_stands_apart_or_was_cancelled_is_not_counted(cast):
    in_force()
    held(cast.site.unit, 3)
    held(cast.site.unit, 2, apart=True)
    held(cast.site.unit, 1, state="cancelled")
    found = area(cast)
    assert (found.found.clean, found.due_on, found.last.state) == (1, TODAY - 2 * DAY, "cancelled")


def test_rounds_from_before_anybody_kept_what_was_due_are_counted(cast):
    in_force()
    last = held(cast.site.unit, 1)
    Plan.objects.all().delete()
    found = area(cast)
    assert (found.found.clean, found.cadence.code, otherwise(last)) == (1, "district", [])


def test_where_the_pack_names_none_the_duty_officer_sets_the_day(cast):
    held(cast.site.unit, 1)
    assert said(area(cast)) == ("此地没有生效的规则包：由值班长确定日期。", None)
    in_force("cn-plan-8")
    assert said(area(cast)) == ("规则包没有规定轮次频次：由值班长确定日期。", None)
    commands.set_day(**who(cast, NOW - HOUR), unit=cast.site.unit, on=TODAY + 2 * DAY, reason="区指挥部通告")
    words, due = said(area(cast))
    assert (due, words.endswith("：区指挥部通告")) == (2, True)
    held(cast.site.unit, 0)
    assert said(area(cast))[1] is None, "it held until a round began"


def test_a_series_that_an_officer_ended_is_over_and_a_later_round_begins_a_new_one(cast):
    in_force()
    held(cast.site.unit, 5)
    commands.set_day(**who(cast, NOW - 4 * DAY), unit=cast.site.unit, on=None, reason="解除管控")
    assert area(cast).due_on is None
    held(cast.site.unit, 1)
    assert (area(cast).due_on, area(cast).found.clean) == (TODAY, 1)


@pytest.mark.parametrize("days", [-1, 61])
def test_a_day_is_set_by_somebody_for_a_reason_and_is_neither_past_nor_far(cast, days):
    unit = cast.site.unit
    with pytest.raises(InvalidInput):
        commands.set_day(**who(cast), unit=unit, on=TODAY + timedelta(days=days), reason="通告")
    with pytest.raises(ReasonRequired):
        commands.set_day(**who(cast), unit=unit, on=TODAY, reason=" ")
    with pytest.raises(Forbidden):
        commands.set_day(actor=cast.medic.actor, at=NOW, unit=unit, on=TODAY, reason="通告")
    elsewhere = somebody("duty_officer", cast.other_site.unit)
    with pytest.raises(NotFound):
        commands.set_day(actor=elsewhere.actor, at=NOW, unit=unit, on=TODAY, reason="通告")
    assert not SetDay.objects.exists()


def test_a_round_later_than_due_needs_a_reason_that_stays_with_it(cast):
    in_force()
    held(cast.site.unit, 0, state="open")  # due tomorrow
    with pytest.raises(LaterThanDue):
        draft(cast, NOW + 2 * DAY)
    assert Round.objects.count() == 1
    apart = draft(cast, NOW + 2 * DAY, apart=True)
    assert area(cast).planned is None, "a sample of key posts is not the next round"
    made = draft(cast, NOW + 2 * DAY, reason="台风")
    plan = Plan.objects.get(round=made)
    assert (plan.late, plan.due_on, plan.reason, plan.cadence) == (True, TODAY + DAY, "台风", "district")
    assert JournalEntry.objects.filter(command="screening.draft_round", reason="台风").exists()
    with override("zh-hans"):
        assert otherwise(made) == ["应于 2026-11-22 开展，实际安排较晚：台风"]
        assert otherwise(apart) == ["单独开展：不计入本区域的连续轮次。"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(round=made).update(reason="")


def test_a_round_on_its_day_or_in_the_pause_needs_none(cast):
    in_force()
    held(cast.site.unit, 0, state="open")
    made = draft(cast, NOW + DAY)
    assert not made.plan.late
    assert not draft(cast, NOW + 5 * DAY).plan.late, "one is prepared in time"
    assert area(cast).planned == made


def test_the_next_round_is_proposed_at_the_hours_of_the_last_with_the_tubes_of_the_pack(cast):
    in_force()
    held(cast.site.unit, 0, state="open", tubes="20")
    found = proposal(area(cast), at=NOW + 3 * HOUR)
    assert (found.opens_at, found.deadline_at) == (NOW + DAY, NOW + DAY + 8 * HOUR)
    assert (found.tube_rule, found.cadence) == ("10", "district")
    late = proposal(area(cast, at=NOW + 2 * DAY + HOUR / 2), at=NOW + 2 * DAY + HOUR / 2)
    assert late.opens_at == NOW + 2 * DAY + HOUR, "the hour of that day is past"
    at = NOW + 2 * DAY + 5 * HOUR
    assert proposal(area(cast, at=at), at=at).opens_at == NOW + 3 * DAY, "too little of that day is left"


def test_the_next_round_takes_over_the_points_of_the_last(cast):
    in_force()
    last = held(cast.site.unit, 1)
    with_points(last, "P1", "P2", "P3", closed="P2")
    found = proposal(area(cast), at=NOW - 6 * HOUR)
    made = commands.draft_next(
        **who(cast, NOW - 6 * HOUR), unit=cast.site.unit, name="第2轮", opens_at=found.opens_at,
        deadline_at=found.deadline_at, tube_rule="20", cadence="part",
    )  # fmt: skip
    assert (made.points, made.closed, made.number) == (3, ["P2"], 2)
    fresh = Round.objects.get(pk=made.round_id)
    rows = [(p.code, p.tables, p.staff, p.state, p.address, p.latitude) for p in fresh.points.order_by("code")]
    assert rows == [(code, 3, 5, "open", "东门路", 23.1) for code in ("P1", "P2", "P3")]
    assert fresh.plan.cadence == "part"
    assert area(cast).cadence.code == "part", "it goes on with the round that chose it"
    with override("zh-hans"):
        assert otherwise(fresh) == ["采样管：规则包规定10混1，实际选用20混1。"]
    again = rounds.copy_points(**who(cast), test_round=fresh, like=last)
    assert (again.points, fresh.points.count()) == (0, 3), "a short name that is taken stays as it is"
    with pytest.raises(InvalidInput):
        commands.draft_next(
            **who(cast), unit=cast.site.unit, name="x", opens_at=NOW + DAY, deadline_at=NOW + DAY + HOUR,
            tube_rule="10", cadence="none", another=True,
        )  # fmt: skip


def test_many_areas_are_asked_for_as_often_as_one(cast):
    in_force()

    def asked() -> int:
        units = [cast.site.unit, cast.other_site.unit]
        with CaptureQueriesContext(connection) as counted:
            assert len(areas(units, at=NOW)) == 2
        return len(counted)

    held(cast.site.unit, 1)
    before = asked()
    for days in (5, 4, 3):
        held(cast.other_site.unit, days)
        held(cast.site.unit, days)
    commands.set_day(**who(cast), unit=cast.site.unit, on=date(2026, 11, 23), reason="通告")
    assert asked() == before


@pytest.mark.parametrize(
    ("last", "following"),
    [
        ("第三轮", "第四轮"),
        ("园区第9轮核酸", "园区第10轮核酸"),
        ("第十九次全员核酸", "第二十次全员核酸"),
        ("第九十九轮", "第100轮"),
        ("Round 9", "Round 10"),
        ("全员核酸", "全员核酸 第7轮"),
        ("长" * 120, "长" * 116 + " 第7轮"),
    ],
)
def test_a_round_is_named_after_the_last_one_and_told_apart_from_it(last, following):
    given = {"number": 7, "appended": "第{number}轮"}
    assert next_name(last, {last}, **given) == following
    assert next_name(last, {last, following}, **given) not in {last, following}
