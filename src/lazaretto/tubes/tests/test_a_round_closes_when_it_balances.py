"""A round closes only when tubes out = results in, and headcount = tested + excused + missing, by name."""

import pytest
from django.urls import reverse

from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.screening.commands import cancel_round, close_round
from lazaretto.screening.models import RosterEntry
from lazaretto.screening.tests.rounds import opened, over, scan, send
from lazaretto.tubes import commands, duties
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.deadlines import RESULT
from lazaretto.tubes.errors import RoundDoesNotBalance
from lazaretto.tubes.models import Absence, Recall, Trail
from lazaretto.tubes.proofs import tubes_answered
from lazaretto.tubes.queries.balance import balance_of, said_before
from lazaretto.tubes.queries.own import own_result
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def close(cast, of):
    return close_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)


def refusal(cast, of) -> str:
    with pytest.raises(RoundDoesNotBalance) as refused:
        close(cast, of)
    return str(refused.value)


def name(cast, of, *numbers, kind=AbsenceKind.EXCUSED, reason="住院"):
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    return commands.name_absent(**who, test_round=of, numbers=list(numbers), kind=kind, reason=reason)


def test_a_round_is_closed_step_by_step(cast):
    of, place = opened(cast)
    lab = laboratory(cast, rechecks=True)
    send(cast, place, scan(1), scan(2), scan(3, tube="T2"), scan(slot=9, tube="T2"))
    said = refusal(cast, of)
    assert "T1, T2" in said
    assert "4 员工004, 5 员工005" in said
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T1", "阴性"], ["T2", "阳性"])
    name(cast, of, 4, 5)
    commands.name_rest(
        actor=cast.duty_officer.actor, at=NOW, test_round=of, kind=AbsenceKind.MISSING, reason="三次上门未见"
    )
    found = balance_of(of)
    assert (found.headcount, found.tested, found.excused, found.missing, found.unnamed) == (7, 3, 2, 2, 0)
    said = refusal(cast, of)
    assert "T2" in said
    assert "3 (T2)" in said
    recheck(cast, of, lab, ["T2", "阴性"])
    for row in Recall.objects.all():
        commands.close_recall(actor=cast.duty_officer.actor, at=NOW, recall=row, reason="复核阴性，疾控同意")
    assert own_result(of.pk, 3).said == "waiting"  # ended by decision: never swabbed alone, so never told "negative"
    assert balance_of(of).closes
    assert close(cast, of).state == "closed"


def test_a_tube_rejected_this_minute_keeps_the_round_open(cast):
    of, place = opened(cast)
    laboratory(cast)
    send(cast, place, scan(1))
    name(cast, of, *range(2, 8))
    brought(cast, place, "T1")
    tell(cast, place, seen("rejected", tube="T1", to="LAB1", reason="漏液"))
    assert "1 (T1)" in refusal(cast, of)  # before the duty comes round that calls them back
    assert tubes_answered(NOW).offenders == []


def test_what_comes_in_after_the_closing_is_seen_by_verify(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    over(of)
    commands.follow_round(of, at=NOW)
    assert [one.kind for one in tubes_answered(NOW).offenders] == ["round"]


def test_whoever_is_tested_after_all_counts_as_tested(cast):
    of, place = opened(cast)
    name(cast, of, 1, 2, kind=AbsenceKind.MISSING, reason="未到")
    assert balance_of(of).missing == 2
    send(cast, place, scan(1))
    found = balance_of(of)
    assert (found.tested, found.missing, found.adds_up) == (1, 1, True)


def test_a_reason_is_said_anew_and_by_somebody(cast):
    of, _place = opened(cast)
    name(cast, of, 1, kind=AbsenceKind.MISSING, reason="未到")
    name(cast, of, 1, reason="隔离中")
    row = Absence.objects.holding().get()
    earlier = said_before(of, [1])[1]
    assert [(one.kind, one.reason, one.superseded_at) for one in earlier] == [("missing", "未到", NOW)]
    assert (balance_of(of).excused, balance_of(of).missing) == (1, 0)
    page = cast.auditor.client.get(reverse("tubes:closing", args=[of.pk])).content.decode()
    assert page.index("隔离中") < page.index("此前：未到 · 未到")  # what holds, then what was said before
    assert (row.kind, row.reason, row.by) == ("excused", "隔离中", cast.duty_officer.user)
    assert JournalEntry.objects.filter(command="tubes.name_absent").first().reason
    with pytest.raises(ReasonRequired):
        name(cast, of, 1, reason=" ")
    with pytest.raises(NotFound):
        name(cast, of, 99)
    with pytest.raises(Forbidden):
        commands.name_absent(
            actor=cast.medic.actor, at=NOW, test_round=of, numbers=[1], kind=AbsenceKind.EXCUSED, reason="x"
        )


def test_the_rest_of_one_enterprise_is_named_each_for_themselves(cast):
    of, _place = opened(cast)
    second = RosterEntry.objects.get(number=7).organisation
    done = commands.name_rest(
        actor=cast.duty_officer.actor,
        at=NOW,
        test_round=of,
        kind=AbsenceKind.EXCUSED,
        reason="全厂外地",
        organisation=second,
    )
    assert done.people == 1
    assert list(Absence.objects.values_list("number", flat=True)) == [7]


def test_a_balance_asks_so_many_times(cast, django_assert_num_queries):
    of, place = opened(cast)
    send(cast, place, scan(1), scan(2, tube="T2"))
    with django_assert_num_queries(11):
        balance_of(of)


def test_a_round_that_is_over_is_followed_when_something_came_in_late(cast, monkeypatch):
    of, place = opened(cast)
    cancel_round(actor=cast.duty_officer.actor, at=NOW, test_round=of, reason="暴雨")
    walked = []
    monkeypatch.setattr(duties, "follow_round", lambda one, **_when: walked.append(one.pk) or 0)
    for _again in range(3):
        duties.follow(NOW)
    assert walked == [of.pk]
    send(cast, place, scan(2, tube="T2"))
    for _again in range(3):
        duties.follow(NOW)
    assert walked == [of.pk, of.pk]


def test_a_result_of_a_round_that_is_over_meets_the_deadline_of_its_bag(cast):
    of, place = opened(cast)
    lab = laboratory(cast)
    cancel_round(actor=cast.duty_officer.actor, at=NOW, test_round=of, reason="暴雨")
    send(cast, place, scan(1))
    brought(cast, place, "T1")
    duties.follow(NOW)
    waiting = Deadline.objects.filter(kind=RESULT.code, state="open")
    assert waiting.exists()
    report(cast, of, lab, ["T1", "阴性"])
    duties.follow(NOW)
    assert not waiting.exists()


def test_tubes_of_a_cancelled_round_are_followed_and_nobody_is_named_missing_from_it(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    cancel_round(**who, test_round=of, reason="暴雨")
    send(cast, place, scan(2, tube="T2"))  # a phone that came late

    duties.follow(NOW)

    assert set(Trail.objects.filter(round=of).values_list("code", flat=True)) == {"T1", "T2"}
    page = cast.duty_officer.client.get(reverse("tubes:closing", args=[of.pk]))
    assert page.status_code == 200
    assert not page.context["may_manage"]
