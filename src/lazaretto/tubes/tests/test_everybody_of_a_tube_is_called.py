"""Whoever was swabbed into a positive tube is called, also where their scan does not count."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core.ids import new_id
from lazaretto.screening.choices import Reason
from lazaretto.screening.commands import Stranger as Said
from lazaretto.screening.models import DuplicateScan, Stranger
from lazaretto.screening.tests.rounds import open_one, opened, over, point, scan, send
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.models import Positive, Recall
from lazaretto.tubes.proofs import tubes_answered
from lazaretto.tubes.queries.inside import inside
from lazaretto.tubes.queries.own import own_result, pass_of
from lazaretto.tubes.queries.people import people_among
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
POSITIVE = ["阳性", "31", "30"]


@pytest.fixture
def lab(cast):
    return laboratory(cast, rechecks=True)


@pytest.fixture
def round_(cast, lab):
    return opened(cast)


def called(tube="T1") -> dict[int, str]:
    return dict(Recall.objects.filter(tube=tube).values_list("number", "state"))


def found_positive(cast, round_, lab, tube="T1"):
    of, place = round_
    brought(cast, place, tube)
    report(cast, of, lab, [tube, *POSITIVE])


def nobody_is_forgotten(at=NOW + 5 * MINUTE) -> bool:
    return not [one for one in tubes_answered(at).offenders if one.kind == "positive"]


def test_the_second_of_two_people_in_one_place_is_called(cast, round_, lab):
    send(cast, round_[1], scan(1, slot=1), scan(2, slot=1))
    found_positive(cast, round_, lab)
    assert called() == {1: "open", 2: "open"}  # nobody is alone in it: the recheck of the tube decides about no person
    assert Positive.objects.get().people == 2
    assert nobody_is_forgotten()


def test_whoever_was_swabbed_again_into_the_tube_is_called_and_has_no_green_pass(cast, round_, lab):
    of, place = round_
    send(cast, place, scan(1, tube="T2"))
    send(cast, place, scan(1, tube="T1", slot=3), scan(3, tube="T1"))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T2", "阴性"], ["T1", *POSITIVE])
    assert called() == {1: "open", 3: "open"}
    assert own_result(of.pk, 1).said == "stay"
    assert pass_of(of.pk, 1, rounds=3).passes_until(48) is None
    assert nobody_is_forgotten()


def test_a_pass_is_not_green_in_the_moment_before_the_call_is_written(cast, round_, lab):
    of, place = round_
    send(cast, place, scan(1, tube="T2"), scan(3, tube="T1"))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T2", "阴性"], ["T1", *POSITIVE])
    assert own_result(of.pk, 1).said == "negative"
    send(cast, place, scan(1, tube="T1", slot=5))
    assert own_result(of.pk, 1).said == "stay"


def test_people_beyond_the_places_of_the_tube_are_called(cast, round_, lab):
    send(cast, round_[1], scan(1), scan(2, slot=11))
    assert DuplicateScan.objects.get().reason == Reason.TUBE_OVERFULL
    found_positive(cast, round_, lab)
    assert called() == {1: "open", 2: "open"}


def test_whoever_was_scanned_into_it_at_another_point_is_called(cast, round_, lab):
    of, place = round_
    send(cast, place, scan(1))
    send(cast, point(cast, of, "P2"), scan(2, slot=2))
    found_positive(cast, round_, lab)
    assert called() == {1: "open", 2: "open"}


@pytest.mark.parametrize(("ended", "reason"), [(True, Reason.TUBE_REUSED), (False, Reason.TUBE_OTHER_ROUND)])
def test_whoever_was_scanned_into_it_in_another_round_is_called_by_their_number_there(cast, round_, lab, ended, reason):
    of, place = round_
    send(cast, place, scan(1), scan(2, tube="T2"))
    if ended:
        over(of)
    other, there = open_one(cast)
    send(cast, there, scan(2, slot=2))
    assert DuplicateScan.objects.get().reason == reason
    found_positive(cast, round_, lab)
    assert set(Recall.objects.values_list("round", "number", "state")) == {
        (of.pk, 1, "open"), (other.pk, 2, "open"),
    }  # fmt: skip
    assert own_result(other.pk, 2).said == "stay"
    page = cast.medic.client.get(reverse("tubes:positive", args=[Positive.objects.get().pk])).content.decode()
    assert "员工001" in page
    assert "员工002" in page
    assert nobody_is_forgotten()


def test_a_scan_of_another_round_means_somebody_of_that_round(cast, round_, lab):
    of, place = round_
    _other, there = open_one(cast)
    send(cast, place, scan(1))
    send(cast, there, scan(2, slot=2, round=of.pk))
    assert DuplicateScan.objects.get().reason == Reason.WRONG_ROUND
    found_positive(cast, round_, lab)
    assert called() == {1: "open", 2: "open"}
    assert set(Recall.objects.values_list("round", flat=True)) == {of.pk}


def test_a_stranger_whose_scan_does_not_count_stands_there_with_their_words(cast, round_, lab):
    of, place = round_
    said = Said(name="过路人", phone="13900001111", organisation="快递")
    send(cast, place, scan(1), scan(None, slot=1, stranger=said))
    send(cast, place, scan(None, slot=2, stranger=Said(name="另一人", phone="13900002222"), round=new_id()))
    send(cast, place, scan(900, slot=4))  # nobody has this number
    found_positive(cast, round_, lab)
    rows = list(Recall.objects.order_by("number"))
    assert len(rows) == Positive.objects.get().people == 4
    known = people_among([(row.round_id, row.number) for row in rows])
    assert {(who.name, who.phone) for who in known.values()} >= {("过路人", "13900001111"), ("另一人", "13900002222")}
    page = cast.medic.client.get(reverse("tubes:positive", args=[Positive.objects.get().pk])).content.decode()
    assert "tel:13900002222" in page
    assert "900" in page  # the number as it was captured
    follow_round(of, at=NOW + MINUTE)
    assert Recall.objects.count() == 4
    assert Stranger.objects.count() == 3
    assert nobody_is_forgotten()


def test_scans_that_come_after_the_positive_add_people_and_end_that_somebody_is_alone(cast, round_, lab):
    of, place = round_
    send(cast, place, scan(1))
    found_positive(cast, round_, lab)
    assert called() == {1: "positive"}
    send(cast, place, scan(2, slot=1))
    assert not nobody_is_forgotten()
    follow_round(of, at=NOW + MINUTE)
    assert called() == {1: "open", 2: "open"}
    assert nobody_is_forgotten()
    recheck(cast, of, lab, ["T1", "阳性"])
    assert called() == {1: "open", 2: "open"}  # a pool confirms nobody


def test_the_same_scan_again_is_nobody_new(cast, round_, lab):
    one = scan(1)
    send(cast, round_[1], one)
    send(cast, round_[1], one)
    found_positive(cast, round_, lab)
    assert called() == {1: "positive"}
    assert Positive.objects.get().people == 1


def test_verify_names_whoever_of_a_positive_tube_is_not_called(cast, round_, lab):
    send(cast, round_[1], scan(1, slot=1), scan(2, slot=1))
    found_positive(cast, round_, lab)
    Recall.objects.filter(number=2).delete()
    assert [(one.id, "number 2" in one.why) for one in tubes_answered(NOW + 5 * MINUTE).offenders] == [("T1", True)]


def test_whoever_has_another_negative_tube_is_not_swabbed_again_for_an_invalid_one(cast, round_, lab):
    of, place = round_
    send(cast, place, scan(1, tube="T2"), scan(3, tube="T1"))
    send(cast, place, scan(1, tube="T1", slot=5), scan(4, tube="T1", slot=3))
    brought(cast, place, "T1", "T2")
    report(cast, of, lab, ["T2", "阴性"], ["T1", "无效"])
    assert called() == {3: "open", 4: "open"}
    assert own_result(of.pk, 1).said == "negative"
    assert own_result(of.pk, 3).said == "again"


def test_people_of_a_rejected_tube_whose_scan_does_not_count_are_swabbed_again(cast, round_, lab):
    of, place = round_
    send(cast, place, scan(1, slot=1), scan(2, slot=1))
    tell(cast, place, seen("rejected", tube="T1", reason="破损"))
    follow_round(of, at=NOW)
    assert called() == {1: "open", 2: "open"}


def test_the_page_of_a_tube_names_everybody_in_it(cast, round_, lab):
    send(cast, round_[1], scan(1, slot=1), scan(2, slot=1))
    follow_round(round_[0], at=NOW)
    page = cast.medic.client.get(reverse("tubes:tube", args=["T1"]))
    assert [who.number for who, _scan in page.context["people"]] == [1, 2]
    assert page.context["line"].people == 2
    assert str(Reason.SLOT_TAKEN.label) in page.content.decode()


def test_people_are_found_by_a_fixed_number_of_queries(cast, round_, django_assert_max_num_queries):
    of, place = round_
    codes = [f"T{n}" for n in range(1, 6)]
    send(cast, place, *(scan(n, tube=code, slot=1) for n, code in enumerate(codes, 1)))
    send(cast, place, *(scan(6, tube=code, slot=1) for code in codes))
    send(cast, place, *(scan(800 + n, tube=code, slot=2) for n, code in enumerate(codes)))
    follow_round(of, at=NOW)
    with django_assert_max_num_queries(6):
        found = inside(codes)
    assert [len(people) for people in found.values()] == [3] * 5


def test_a_positive_in_which_nobody_is_known_says_so(cast, round_):
    of, _place = round_
    found = Positive.objects.create(round=of, tube="T9", people=0, raised_at=NOW)
    page = cast.medic.client.get(reverse("tubes:positive", args=[found.pk]), headers={"accept-language": "en"})
    assert "Nobody is known in this tube." in page.content.decode()
