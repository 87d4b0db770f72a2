"""Whoever is called back and comes to a table: the scan does not count, but their own tube answers the call."""

from datetime import timedelta

import pytest

from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.models import Positive, Recall
from lazaretto.tubes.proofs import tubes_answered
from lazaretto.tubes.queries.own import own_result
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = NOW + 5 * MINUTE


@pytest.fixture
def lab(cast):
    return laboratory(cast, rechecks=True)


@pytest.fixture
def pool(cast, lab):
    """Two people in a positive tube, who are called."""
    of, place = opened(cast)
    send(cast, place, scan(1), scan(2))
    brought(cast, place, "T1")
    report(cast, of, lab, ["T1", "阳性", "31", "30"])
    return of, place


def own(number=1):
    row = Recall.objects.get(number=number, tube="T1")
    return row.state, row.retest_tube


def swabbed(cast, place):
    send(cast, place, scan(1, tube="S1", slot=1, at=LATER), at=LATER)


def told(cast, place):
    tell(cast, place, seen("sealed", tube="S1", count=1, at=LATER), seen("retested", tube="S1", number=1, at=LATER),
         at=LATER)  # fmt: skip


def test_a_scan_alone_in_a_fresh_tube_is_their_retest(cast, lab, pool):
    of, place = pool
    swabbed(cast, place)
    follow_round(of, at=LATER)
    assert own() == ("retested", "S1")
    assert own(2) == ("open", None)
    follow_round(of, at=LATER)
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阴性"], at=LATER)
    assert own() == ("cleared", "S1")
    assert own_result(of.pk, 1).said == "negative"
    assert Recall.objects.count() == 2


@pytest.mark.parametrize(
    "order", [(swabbed, told), (told, swabbed), (swabbed, told, told), (told, follow_round, swabbed)]
)
def test_the_scan_and_the_word_of_a_phone_are_one_retest_in_any_order(cast, lab, pool, order):
    of, place = pool
    for one in order:
        if one is follow_round:
            follow_round(of, at=LATER)
        else:
            one(cast, place)
    follow_round(of, at=LATER)
    assert own() == ("retested", "S1")
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阳性"], at=LATER)
    assert own() == ("positive", "S1")
    assert Positive.objects.get(tube="S1").people == 1
    assert Recall.objects.count() == 2
    assert tubes_answered(LATER + MINUTE * 5).offenders == []


def test_the_result_may_come_before_anybody_follows_the_scan(cast, lab, pool):
    of, place = pool
    swabbed(cast, place)
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阴性"], at=LATER)
    assert own() == ("cleared", "S1")


def test_a_swab_taken_before_the_call_is_none(cast, lab, pool):
    of, place = pool
    send(cast, place, scan(1, tube="S1", slot=1, at=NOW - MINUTE), at=LATER)
    follow_round(of, at=LATER)
    assert own() == ("open", None)


def test_a_tube_with_somebody_else_in_it_is_no_single_swab(cast, lab, pool):
    of, place = pool
    send(cast, place, scan(1, tube="S1", slot=1, at=LATER), scan(4, tube="S1", slot=2, at=LATER), at=LATER)
    follow_round(of, at=LATER)
    assert own() == ("open", None)


def test_somebody_who_comes_into_their_tube_later_makes_it_a_shared_one(cast, lab, pool):
    of, place = pool
    swabbed(cast, place)
    follow_round(of, at=LATER)
    send(cast, place, scan(4, tube="S1", slot=2, at=LATER), at=LATER)
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阳性", "30", "30"], at=LATER)
    assert own() == ("open", None)
    assert dict(Recall.objects.filter(tube="S1").values_list("number", "state")) == {1: "open", 4: "open"}


def test_a_single_tube_that_is_rejected_asks_for_another(cast, lab, pool):
    of, place = pool
    swabbed(cast, place)
    follow_round(of, at=LATER)
    tell(cast, place, seen("rejected", tube="S1", reason="破损", at=LATER), at=LATER)
    for _again in range(2):
        follow_round(of, at=LATER)
    assert own() == ("open", None)
    assert Recall.objects.filter(number=1).count() == 1


def test_one_swab_answers_both_positive_tubes_of_somebody(cast, lab, pool):
    of, place = pool
    send(cast, place, scan(1, tube="T3", slot=3), scan(4, tube="T3"))
    brought(cast, place, "T3", bag="B3")
    report(cast, of, lab, ["T3", "阳性", "30", "30"])
    assert Recall.objects.filter(number=1, state="open").count() == 2
    swabbed(cast, place)
    follow_round(of, at=LATER)
    assert not Recall.objects.filter(number=1, state="open").exists()
    assert own_result(of.pk, 1).said == "stay"
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阴性"], at=LATER)
    assert own_result(of.pk, 1).said == "negative"


def test_whoever_was_called_for_an_invalid_tube_is_free_once_another_is_negative(cast, lab):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T2"), scan(3, tube="T1"))
    send(cast, place, scan(1, tube="T1", slot=5))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T1", "无效"])
    assert dict(Recall.objects.values_list("number", "state")) == {1: "open", 3: "open"}
    report(cast, of, lab, ["T2", "阴性"])
    follow_round(of, at=NOW)
    assert dict(Recall.objects.values_list("number", "state")) == {1: "cleared", 3: "open"}


def test_a_pool_that_is_refuted_frees_nobody_whose_own_swab_is_positive(cast, lab, pool):
    of, place = pool
    swabbed(cast, place)
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阳性", "30", "30"], at=LATER)
    recheck(cast, of, lab, ["T1", "阴性"], at=LATER)
    assert own() == ("positive", "S1")
    assert own_result(of.pk, 1).said == "stay"


def test_a_pool_that_is_confirmed_confirms_nobody_before_their_own_recheck(cast, lab, pool):
    of, place = pool
    swabbed(cast, place)
    brought(cast, place, "S1", bag="B2", at=LATER)
    report(cast, of, lab, ["S1", "阳性", "30", "30"], at=LATER)
    recheck(cast, of, lab, ["T1", "阳性"], at=LATER)
    assert own() == ("positive", "S1")
    recheck(cast, of, lab, ["S1", "阳性"], at=LATER)
    assert own() == ("confirmed", "S1")
