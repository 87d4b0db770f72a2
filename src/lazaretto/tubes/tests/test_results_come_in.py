"""Results of laboratories: laid out, held where somebody must decide, counted once a tube."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from lazaretto.core.errors import Forbidden, InvalidInput, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.screening.tests.rounds import open_one, opened, scan, send
from lazaretto.tubes import commands
from lazaretto.tubes.choices import Hold, Outcome, Stage
from lazaretto.tubes.errors import (
    FileBlocked,
    FileClosed,
    LineCounts,
    LineDecided,
    LineNotDecided,
    NoSecondStage,
    NoTubeColumn,
    RecheckNotIndependent,
)
from lazaretto.tubes.models import LineDecision, Positive, ResultFile, ResultLine, Trail, TubeResult
from lazaretto.tubes.proofs import result_lines_balance, tubes_answered
from lazaretto.tubes.queries.results import account_of
from lazaretto.tubes.tests.labs import HEADER, commit, lines_by_tube, report, stage
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.cast import member as somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lab(cast):
    return laboratory(cast)


@pytest.fixture
def tested(cast):
    """Six people in three tubes at the laboratory."""
    of, place = opened(cast)
    send(cast, place, *(scan(n, tube=f"T{(n + 1) // 2}") for n in range(1, 7)))
    brought(cast, place, "T1", "T2", "T3")
    return of, place


def decide(cast, file, number, *, take=True, reason="电话核实", **more):
    return commands.decide_line(
        actor=cast.duty_officer.actor, at=NOW, result_file=file, number=number, take=take, reason=reason, **more
    )


def test_results_count_once_they_are_taken_in(cast, lab, tested):
    of, _place = tested
    file = stage(
        cast, of, lab, ["'t1", "阴性", "NoCt", ""], ["Ｔ２", "未检出"], ["T3", "阴性（-）", "38.1", "-"], ["", ""]
    )
    assert lines_by_tube(file) == {"T1": ("ready", []), "T2": ("ready", []), "T3": ("ready", []), "": ("empty", [])}
    assert not TubeResult.objects.exists()
    assert Deadline.objects.get(kind="tubes.look").state == "open"
    done = commit(cast, file)
    assert (done.taken, done.held, done.finished) == (3, 0, True)
    file.refresh_from_db()
    assert file.state == "committed"
    assert set(Trail.objects.values_list("code", "standing")) == {
        ("T1", "negative"),
        ("T2", "negative"),
        ("T3", "negative"),
    }
    assert Deadline.objects.get(kind="tubes.look").state == "met"
    assert JournalEntry.objects.get(command="tubes.commit_results").data == {"taken": 3, "held": 0}
    assert [one(NOW).offenders for one in (result_lines_balance, tubes_answered)] == [[], []]


def test_the_same_file_again_is_the_same_file(cast, lab, tested):
    of, _place = tested
    first = stage(cast, of, lab, ["T1", "阴性"], digest="a" * 64)
    assert stage(cast, of, lab, ["T1", "阴性"], digest="a" * 64).pk == first.pk
    commands.cancel_results(actor=cast.duty_officer.actor, at=NOW, result_file=first, reason="发错")
    assert stage(cast, of, lab, ["T1", "阴性"], digest="a" * 64).pk != first.pk


def test_what_somebody_must_decide_is_held_with_its_reason(cast, lab, tested):
    of, place = tested
    send(cast, place, scan(7, tube="T4"))  # never bagged
    send(cast, place, scan(None, tube="T5", slot=1))
    tell(cast, place, seen("rejected", tube="T5", reason="漏液"), seen("received", tube="T5"))
    file = stage(
        cast, of, lab, ["X9", "阴性"], ["T4", "阴性"], ["T5", "阴性"], ["T1", "阴性"], ["T1", "阳性"], ["T2", "见附件"],
        ["T3", "阴性", "21.5", "23"], ["", "阳性"],
    )  # fmt: skip
    found = {row.number: row.holds for row in file.entries.all()}
    assert found == {
        2: ["unknown_tube"], 3: ["not_received"], 4: ["rejected_tube"], 5: ["said_otherwise"], 6: ["said_otherwise"],
        7: ["unreadable"], 8: ["ct_contradicts"], 9: ["no_tube"],
    }  # fmt: skip
    assert Alarm.objects.get(kind="tubes.hidden").role == "duty_officer"  # the positives wait for somebody
    commit(cast, file)
    assert not TubeResult.objects.exists()


def test_a_line_a_person_says_each_tube_many_times_and_counts_once(cast, lab, tested):
    of, _place = tested
    file = report(cast, of, lab, ["T1", "阴性"], ["T1", "阴性"], ["T1", "阴性(-)"])
    account = account_of(file)
    assert (account.taken, account.repeated, account.balances) == (1, 2, True)


def test_a_positive_in_a_file_declared_negative_stops_the_file(cast, lab, tested):
    of, _place = tested
    file = stage(cast, of, lab, ["T1", "阴性"], ["T2", "阳性"], ["T3", "阴性"], declared_negative=True)
    assert lines_by_tube(file)["T2"] == ("held", ["hidden_positive"])
    assert Alarm.objects.filter(kind="tubes.hidden", answered_at=None).count() == 1
    with pytest.raises(FileBlocked):
        commit(cast, file)
    assert not TubeResult.objects.exists()
    decide(cast, file, 3, reason="实验室确认初筛阳性")
    assert Alarm.objects.get(kind="tubes.hidden").answered_at == NOW
    commit(cast, file)
    assert Positive.objects.get().tube == "T2"
    assert TubeResult.objects.count() == 3


def test_what_was_received_since_is_held_no_more(cast, lab):
    of, place = opened(cast)
    send(cast, place, scan(1))
    file = stage(cast, of, lab, ["T1", "阴性"], ["T2", "阴性"])
    assert lines_by_tube(file) == {"T1": ("held", ["not_received"]), "T2": ("held", ["unknown_tube"])}
    brought(cast, place, "T1")
    commit(cast, file)
    assert lines_by_tube(file)["T1"] == ("taken", [])
    file.refresh_from_db()
    assert file.state == "staged"
    send(cast, place, scan(2, tube="T2"))  # a phone that had no network
    brought(cast, place, "T2", bag="B2")
    commit(cast, file)
    file.refresh_from_db()
    assert (file.state, TubeResult.objects.count()) == ("committed", 2)


def test_another_result_takes_the_place_only_by_decision(cast, lab, tested):
    of, _place = tested
    report(cast, of, lab, ["T1", "阴性"])
    file = report(cast, of, lab, ["T1", "阳性"])
    assert lines_by_tube(file) == {"T1": ("held", ["contradicts"])}
    assert Trail.objects.get(code="T1").standing == "negative"
    decide(cast, file, 2, reason="首次录入错误")
    commit(cast, file)
    assert Trail.objects.get(code="T1").standing == "preliminary"
    assert list(TubeResult.objects.order_by("id").values_list("outcome", "counts")) == [
        ("negative", False), ("positive", True),
    ]  # fmt: skip
    assert tubes_answered(NOW).offenders == []


def test_two_files_laid_out_at_once_contradict_when_the_second_is_taken_in(cast, lab, tested):
    of, _place = tested
    first, second = stage(cast, of, lab, ["T1", "阴性"]), stage(cast, of, lab, ["T1", "阳性"], ["T2", "阴性"])
    third = stage(cast, of, lab, ["T1", "阴性"])
    commit(cast, first)
    assert commit(cast, second).held == 1
    commit(cast, third)
    assert lines_by_tube(third) == {"T1": ("repeated", [])}


def test_lines_of_one_reason_are_decided_together(cast, lab):
    of, place = opened(cast)
    send(cast, place, *(scan(n, tube=f"T{n}") for n in range(1, 7)))
    file = stage(cast, of, lab, *([f"T{n}", "阴性"] for n in range(1, 7)), ["X1", "阴性"])
    who = {"actor": cast.duty_officer.actor, "at": NOW, "result_file": file, "hold": Hold.NOT_RECEIVED}
    with pytest.raises(ReasonRequired):
        commands.decide_lines(**who, take=True, reason=" ")
    assert commands.decide_lines(**who, take=True, reason="实验室未扫码接收，已电话核实").decided == 6
    decide(cast, file, 8, take=False, reason="外区试管")
    commit(cast, file)
    file.refresh_from_db()
    assert (file.state, TubeResult.objects.count()) == ("committed", 6)
    assert ResultLine.objects.get(tube="X1").decided_by == cast.duty_officer.user
    assert result_lines_balance(NOW).offenders == []


def test_what_cannot_be_read_counts_only_with_what_it_should_say(cast, lab, tested):
    of, _place = tested
    file = stage(cast, of, lab, ["T1", "见附件"], ["", "阴性"])
    with pytest.raises(InvalidInput):
        decide(cast, file, 2)
    decide(cast, file, 2, result=Outcome.NEGATIVE)
    decide(cast, file, 3, tube="＇t2")
    with pytest.raises(LineDecided):
        decide(cast, file, 3, take=False)
    commit(cast, file)
    assert set(TubeResult.objects.values_list("tube", flat=True)) == {"T1", "T2"}


def test_a_code_put_right_is_looked_at_again(cast, lab, tested):
    of, place = tested
    send(cast, place, scan(7, tube="T4"))
    file = stage(cast, of, lab, ["", "阴性"])
    decide(cast, file, 2, tube="T4")
    commit(cast, file)
    assert lines_by_tube(file) == {"T4": ("held", ["not_received"])}


def test_what_is_no_result_is_refused(cast, lab, tested):
    of, _place = tested
    who = {"actor": cast.duty_officer.actor, "at": NOW, "test_round": of, "laboratory": lab, "file_name": "a"}
    with pytest.raises(NoTubeColumn):
        commands.stage_results(**who, digest="b", header=["姓名"], lines=[])
    with pytest.raises(NoSecondStage):
        commands.stage_results(**who, digest="b", header=HEADER, lines=[], stage=Stage.RECHECK)
    with pytest.raises(Forbidden):
        commands.stage_results(**{**who, "actor": cast.medic.actor}, digest="b", header=HEADER, lines=[])
    file = report(cast, of, lab, ["T1", "阴性"])
    for call in (lambda: commit(cast, file), lambda: decide(cast, file, 2)):
        with pytest.raises(FileClosed):
            call()
    with pytest.raises(FileClosed):
        commands.cancel_results(actor=cast.duty_officer.actor, at=NOW, result_file=file, reason="不要")


def test_a_tube_of_another_round_is_held(cast, lab, tested):
    _of, _place = tested
    other, _there = open_one(cast)
    file = stage(cast, other, lab, ["T1", "阴性"])
    assert lines_by_tube(file) == {"T1": ("held", ["other_round"])}


def test_a_recheck_is_another_laboratorys_and_another_persons(cast, tested):
    of, _place = tested
    lab, second = laboratory(cast, rechecks=True), laboratory(cast, "CDC", rechecks=True)
    report(cast, of, lab, ["T1", "阳性"], ["T2", "阳性"])
    worker = somebody("laboratory", cast.site.unit)
    for whose, member in ((lab, worker), (second, cast.duty_officer)):
        with pytest.raises(RecheckNotIndependent) as refused:
            stage(cast, of, whose, ["T1", "阴性"], ["T2", "阴性"], stage=Stage.RECHECK, member=member)
        assert "T1, T2" in str(refused.value)
        assert lab.name in str(refused.value)
    assert not ResultFile.objects.filter(stage=Stage.RECHECK).exists()
    report(cast, of, second, ["T1", "阴性"], stage=Stage.RECHECK, member=worker)
    assert Trail.objects.get(code="T1").standing == "refuted"


def test_of_a_list_only_the_rechecks_of_their_own_are_held_and_nobody_decides_them_away(cast, tested):
    of, place = tested
    lab, second = laboratory(cast), laboratory(cast, "CDC", rechecks=True)
    worker = somebody("laboratory", cast.site.unit)
    report(cast, of, lab, ["T1", "阳性"])
    report(cast, of, second, ["T2", "阳性"])
    file = report(cast, of, second, ["T1", "阴性"], ["T2", "阴性"], stage=Stage.RECHECK, member=worker)
    assert lines_by_tube(file) == {"T1": ("taken", []), "T2": ("held", ["not_independent"])}
    with pytest.raises(RecheckNotIndependent):
        decide(cast, file, 3)
    with pytest.raises(RecheckNotIndependent):
        commands.decide_lines(
            actor=cast.duty_officer.actor, at=NOW, result_file=file, hold=Hold.NOT_INDEPENDENT, take=True, reason="急"
        )
    decide(cast, file, 3, take=False)
    assert Trail.objects.get(code="T2").standing == "preliminary"
    assert place.pk


def test_what_waited_beside_a_hidden_positive_is_free_when_it_is_decided(cast, lab, tested):
    of, _place = tested
    file = stage(cast, of, lab, ["T1", "阳性"], ["T1", "阴性"], ["T2", "阴性"], declared_negative=True)
    assert file.entries.filter(state="held").count() == 2
    decide(cast, file, 2, take=False, reason="实验室：第一行录错")
    assert lines_by_tube(file) == {"T1": ("left_out", []), "T2": ("ready", [])} | {
        "T1": ("left_out", ["said_otherwise", "hidden_positive"])
    }
    assert file.entries.get(number=3).state == "ready"
    commit(cast, file)
    file.refresh_from_db()
    assert (file.state, Trail.objects.get(code="T1").standing) == ("committed", "negative")


def test_a_decided_line_is_opened_again_and_what_was_decided_stays(cast, lab, tested):
    of, _place = tested
    file = stage(cast, of, lab, ["T1", "阴性"], ["X9", "阳性"])
    decide(cast, file, 3, take=False, reason="外区试管")
    commit(cast, file)
    file.refresh_from_db()
    assert file.state == "committed"
    who = {"actor": cast.duty_officer.actor, "at": NOW, "result_file": file}
    with pytest.raises(LineCounts):
        commands.reopen_line(**who, number=2, reason="再看")
    with pytest.raises(ReasonRequired):
        commands.reopen_line(**who, number=3, reason=" ")
    commands.reopen_line(**who, number=3, reason="实验室来电：是 T2")
    file.refresh_from_db()
    row = file.entries.get(number=3)
    assert (file.state, row.state, row.holds, row.reason) == ("staged", "held", ["unknown_tube"], "")
    with pytest.raises(LineNotDecided):
        commands.reopen_line(**who, number=3, reason="再看")
    decide(cast, file, 3, tube="T2", reason="改为 T2")
    commit(cast, file)
    assert Trail.objects.get(code="T2").standing == "preliminary"
    told = LineDecision.objects.filter(line=row).order_by("id").values_list("what", "tube", "reason")
    assert list(told) == [("leave", "X9", "外区试管"), ("reopen", "X9", "实验室来电：是 T2"), ("take", "X9", "改为 T2")]
    assert result_lines_balance(NOW).offenders == []
    with pytest.raises(DatabaseError), transaction.atomic():
        LineDecision.objects.update(reason="")


def test_files_of_any_size_ask_so_many_times(cast, lab, django_assert_num_queries):
    of, place = opened(cast, people=60)
    send(cast, place, *(scan(n, tube=f"T{n}", slot=1) for n in range(1, 61)))
    brought(cast, place, *(f"T{n}" for n in range(1, 61)))
    stage(cast, of, lab, ["T60", "阴性"])
    file = stage(cast, of, lab, *([f"T{n}", "阴性"] for n in range(1, 60)))
    with django_assert_num_queries(30 if connection.vendor == "sqlite" else 29):
        commit(cast, file)
    assert ResultFile.objects.count() == 2
