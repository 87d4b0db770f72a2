"""A preliminary positive moves nobody: everybody of the tube is called and swabbed singly, and a recheck decides."""

from datetime import timedelta

import pytest

from lazaretto.cases.models import Change
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline
from lazaretto.headcounts.models import Member
from lazaretto.protocols.models import PackAdoption
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes import commands
from lazaretto.tubes.choices import CallSaid
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.errors import CallSaysNothing, NotConfirmed, RecallSettled, RecheckOutstanding, RetestTubeTaken
from lazaretto.tubes.models import Positive, Recall, RecallCall, Trail
from lazaretto.tubes.proofs import tubes_answered
from lazaretto.tubes.queries.own import own_result
from lazaretto.tubes.queries.people import people_of
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests import factories
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lab(cast):
    return laboratory(cast, rechecks=True)


@pytest.fixture
def pool(cast, lab):
    """Three people in a tube that is positive, one in a tube of their own that is negative."""
    of, place = opened(cast)
    send(cast, place, *(scan(n) for n in (1, 2, 3)), scan(4, tube="T2"))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T1", "阳性", "31.2", "30"], ["T2", "阴性"])
    return of, place


def states(of) -> dict[int, str]:
    return dict(Recall.objects.filter(round=of).values_list("number", "state"))


def retested(cast, of, place, lab, number, tube, result):
    """Swabbed singly, brought, reported."""
    row = Recall.objects.get(round=of, number=number)
    commands.record_retest(actor=cast.medic.actor, at=NOW, recall=row, tube=tube)
    brought(cast, place, tube, bag=f"R{number}")
    report(cast, of, lab, [tube, result])
    row.refresh_from_db()
    return row


def open_alarms() -> set[str]:
    return set(Alarm.objects.filter(answered_at=None).values_list("kind", flat=True))


def test_everybody_of_a_positive_tube_is_called_and_nobody_is_moved(cast, pool):
    of, _place = pool
    found = Positive.objects.get()
    assert (found.tube, found.people, found.standing) == ("T1", 3, "preliminary")
    assert states(of) == {1: "open", 2: "open", 3: "open"}
    assert open_alarms() == {"tubes.positive"}
    assert Deadline.objects.get(kind="tubes.retest").due_at == NOW + 6 * HOUR
    assert not Change.objects.exists()
    assert [one.name for one in people_of(of, [1, 2]).values()] == ["员工001", "员工002"]
    sweep(at=NOW + 7 * HOUR)
    assert "tubes.retest" in open_alarms()
    assert tubes_answered(NOW).offenders == []


def test_a_negative_swab_of_their_own_clears_them(cast, lab, pool):
    of, place = pool
    for number in (1, 2, 3):
        assert retested(cast, of, place, lab, number, f"S{number}", "阴性").state == "cleared"
    assert Deadline.objects.get(kind="tubes.retest").state == "met"
    assert Positive.objects.get().standing == "preliminary"  # the tube itself waits for its recheck
    recheck(cast, of, lab, ["T1", "阴性"])
    assert Positive.objects.get().standing == "refuted"
    assert open_alarms() == set()


def test_a_recheck_that_refutes_a_pool_frees_nobody_by_itself(cast, lab, pool):
    of, _place = pool
    recheck(cast, of, lab, ["T1", "阴性"])
    assert set(states(of).values()) == {"open"}
    commands.close_recall(
        actor=cast.duty_officer.actor, at=NOW, recall=Recall.objects.get(number=1), reason="疾控复核阴性"
    )
    assert Recall.objects.get(number=1).state == "closed"


def test_one_of_them_is_positive_and_confirmed_by_the_second_laboratory(cast, lab, pool):
    of, place = pool
    row = retested(cast, of, place, lab, 2, "S2", "阳性")
    assert row.state == "positive"
    assert Positive.objects.get(tube="S2").people == 1
    with pytest.raises(NotConfirmed):
        commands.hand_on(actor=cast.duty_officer.actor, at=NOW, recall=row, words="转定点医院")
    recheck(cast, of, lab, ["S2", "阳性"])
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert "tubes.hand_on" in open_alarms()
    assert (
        commands.hand_on(actor=cast.duty_officer.actor, at=NOW, recall=row, words="转市八医院，疾控已接").change == ""
    )
    assert "tubes.hand_on" not in open_alarms()
    with pytest.raises(RecallSettled):
        commands.hand_on(actor=cast.duty_officer.actor, at=NOW, recall=Recall.objects.get(pk=row.pk), words="再")


def test_a_recheck_that_refutes_their_own_tube_frees_them(cast, lab, pool):
    of, place = pool
    row = retested(cast, of, place, lab, 2, "S2", "可疑")
    recheck(cast, of, lab, ["S2", "阴性"])
    row.refresh_from_db()
    assert row.state == "cleared"


def test_whoever_stays_with_us_becomes_a_proposed_change_of_status(cast, lab, pool):
    of, place = pool
    stay = factories.stay(cast.site)
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=LONG_AGO.date(), reason="通告", created_at=LONG_AGO
    )
    Member.objects.filter(name="员工002").update(person=stay.person)
    row = retested(cast, of, place, lab, 2, "S2", "阳性")
    recheck(cast, of, lab, ["S2", "阳性"])
    row.refresh_from_db()
    done = commands.hand_on(actor=cast.duty_officer.actor, at=NOW, recall=row, words="疾控复核阳性")
    change = Change.objects.get()
    assert (change.number, change.kind, change.state, change.stay) == (done.change, "case", "proposed", stay)


def test_whoever_is_alone_in_a_tube_waits_for_the_recheck(cast, lab):
    of, place = opened(cast)
    send(cast, place, scan(1))
    brought(cast, place, "T1")
    report(cast, of, lab, ["T1", "弱阳性"])
    assert states(of) == {1: "positive"}
    assert not Deadline.objects.filter(kind="tubes.retest").exists()
    recheck(cast, of, lab, ["T1", "阳性"])
    assert states(of) == {1: "confirmed"}


def test_an_invalid_or_rejected_tube_is_swabbed_again(cast, lab):
    of, place = opened(cast)
    send(cast, place, scan(1), scan(2), scan(3, tube="T2"))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T1", "标本不足"])
    assert states(of) == {1: "open", 2: "open"}
    tell(cast, place, seen("rejected", tube="T2", reason="漏液"))
    follow_round(of, at=NOW)
    assert states(of) == {1: "open", 2: "open", 3: "open"}
    assert Alarm.objects.count() == 0
    assert Deadline.objects.filter(kind="tubes.retest").count() == 2
    assert retested(cast, of, place, lab, 1, "S1", "无效").state == "open"
    assert Recall.objects.get(number=1).retest_tube is None
    assert retested(cast, of, place, lab, 1, "S1B", "阴性").state == "cleared"


def test_a_scan_that_comes_after_the_result_is_called_too(cast, pool):
    of, place = pool
    send(cast, place, scan(5, slot=5))
    assert follow_round(of, at=NOW) == 1
    assert states(of)[5] == "open"
    assert Positive.objects.get().people == 4


def test_a_device_says_who_was_swabbed_again(cast, pool):
    _of, place = pool
    answer = tell(
        cast, place, seen("retested", tube="S1", number=1), seen("retested", tube="S9", number=6), at=NOW + HOUR
    )
    assert [one.remark.value for one in answer.remarks] == ["nobody_called"]
    row = Recall.objects.get(number=1)
    assert (row.state, row.retest_tube) == ("retested", "S1")
    assert Trail.objects.get(code="S1").opened_at == NOW


def test_nobodys_recall_ends_before_the_recheck_but_by_an_approver_who_is_named(cast, lab, pool):
    of, _place = pool
    row = Recall.objects.get(number=1)
    who = {"at": NOW, "recall": row, "reason": "本人已在外地复核阴性"}
    with pytest.raises(RecheckOutstanding):
        commands.close_recall(actor=cast.duty_officer.actor, **who)
    with pytest.raises(Forbidden):
        commands.override_recall(actor=cast.duty_officer.actor, **who)
    with pytest.raises(ReasonRequired):
        commands.override_recall(actor=cast.approver.actor, **{**who, "reason": " "})
    commands.override_recall(actor=cast.approver.actor, **who)
    row.refresh_from_db()
    assert (row.state, row.overridden, row.closed_by) == ("closed", True, cast.approver.user)
    told = own_result(of.pk, 1)
    assert (told.said, told.reason, told.answered_at) == ("ended", "本人已在外地复核阴性", None)
    page = cast.auditor.client.get(f"/tubes/positives/{row.positive_id}").content.decode()
    for address in (f"/tubes/positives/{row.positive_id}", "/tubes/tube/T1", f"/tubes/rounds/{of.pk}/closing"):
        page = cast.auditor.client.get(address).content.decode()
        assert "本人已在外地复核阴性" in page, address
        assert str(cast.approver.user.display_name) in page, address
    recheck(cast, of, lab, ["T1", "阳性"])
    row.refresh_from_db()
    assert (row.state, row.overridden) == ("open", False)  # the tube is positive after all: they are called again


def test_a_recall_ended_by_an_approver_after_the_recheck_is_an_ordinary_end(cast, lab, pool):
    recheck(cast, pool[0], lab, ["T1", "阴性"])
    row = Recall.objects.get(number=1)
    commands.override_recall(actor=cast.approver.actor, at=NOW, recall=row, reason="疾控同意")
    assert not Recall.objects.get(pk=row.pk).overridden


def test_somebody_ended_by_decision_whose_own_swab_is_positive_is_called_again(cast, lab, pool):
    of, place = pool
    row = Recall.objects.get(number=1)
    commands.record_retest(actor=cast.medic.actor, at=NOW, recall=row, tube="S1")
    brought(cast, place, "S1", bag="R1")
    commands.override_recall(actor=cast.approver.actor, at=NOW, recall=Recall.objects.get(pk=row.pk), reason="误采")
    report(cast, of, lab, ["S1", "阳性"])
    row.refresh_from_db()
    assert (row.state, row.closed_at, row.overridden) == ("positive", None, False)


def test_calls_are_written_down(cast, pool):
    row = Recall.objects.get(round=pool[0], number=1)
    who = {"actor": cast.medic.actor, "at": NOW, "recall": row}
    commands.record_call(**who, said=CallSaid.NO_ANSWER)
    assert Recall.objects.get(pk=row.pk).reached_at is None
    with pytest.raises(CallSaysNothing):
        commands.record_call(**who, said=CallSaid.STAYS, words=" ")
    assert Recall.objects.get(pk=row.pk).reached_at is None
    commands.record_call(**who, said=CallSaid.STAYS, words="三号宿舍 204")
    assert Recall.objects.get(pk=row.pk).reached_at == NOW
    assert list(RecallCall.objects.order_by("id").values_list("said", "reached")) == [
        ("no_answer", False),
        ("stays", True),
    ]


def test_a_tube_for_one_is_for_one(cast, pool):
    one, two = Recall.objects.get(number=1), Recall.objects.get(number=2)
    commands.record_retest(actor=cast.medic.actor, at=NOW, recall=one, tube="S1")
    for taken in ("S1", "T2"):
        with pytest.raises(RetestTubeTaken):
            commands.record_retest(actor=cast.medic.actor, at=NOW, recall=two, tube=taken)
    with pytest.raises(ReasonRequired):
        commands.close_recall(actor=cast.duty_officer.actor, at=NOW, recall=two, reason=" ")
    with pytest.raises(Forbidden):
        commands.close_recall(actor=cast.medic.actor, at=NOW, recall=two, reason="误报")
    with pytest.raises(NotFound):
        commands.record_call(actor=cast.outsider.actor, at=NOW, recall=two, said=CallSaid.STAYS, words="在家")
