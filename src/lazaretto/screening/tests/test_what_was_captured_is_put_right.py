"""A supervisor puts right what was captured: with a name and a reason, and nothing captured is lost."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.screening import commands
from lazaretto.screening.choices import Put, Reason
from lazaretto.screening.commands.scans import Stranger as Said
from lazaretto.screening.errors import (
    AlreadyTested,
    NobodyHasNumber,
    NoScanCounts,
    PutRightAlready,
    TubeIsFull,
    TubeNotOfRound,
)
from lazaretto.screening.models import Correction, CountDelta, DuplicateScan, Scan, Stranger
from lazaretto.screening.proofs import corrections_count, scans_balance
from lazaretto.screening.queries.absent import missing
from lazaretto.screening.queries.covering import coverage
from lazaretto.screening.tests.rounds import member, open_one, opened, over, point, scan, send
from tests.factories import NOW

pytestmark = pytest.mark.django_db
REASON = "看了登记本，确实采了"


@pytest.fixture
def lead(cast):
    return {"actor": cast.site_lead.actor, "at": NOW, "reason": REASON}


def kept(**which) -> DuplicateScan:
    return DuplicateScan.objects.get(**which)


def proven() -> None:
    """Both proofs hold."""
    assert scans_balance(NOW).offenders == []
    assert corrections_count(NOW).offenders == []


def sums(of) -> tuple[int, int, int]:
    found = coverage(of)
    return found.tested, found.missing, found.strangers


def absent(of) -> list[int]:
    return [row.number for row in missing(of)]


# ---- they were swabbed


def test_two_people_in_one_place_of_a_tube_are_both_tested(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    assert absent(of) == [2, 3, 4, 5, 6, 7]
    done = commands.count_scan(**lead, kept=kept(number=2), tube="T1")
    assert (done.number, done.tube, done.slot) == (2, "T1", 11), "behind the ten of a tube, where no phone writes"
    row = Scan.objects.get(round=of.pk, number=2)
    assert (row.tube, row.slot, row.taken_at, row.upload_id) == ("T1", 11, NOW, kept(number=2).upload_id)
    assert absent(of) == [3, 4, 5, 6, 7]
    assert sums(of) == (2, 5, 0)
    said = JournalEntry.objects.get(command="screening.count_scan")
    assert said.reason == REASON
    assert scans_balance(NOW).figures["scans_counted_by_hand"] == 1
    proven()


def test_a_phone_that_sends_the_scan_again_is_told_that_it_is_here(cast, lead):
    _of, place = opened(cast)
    second = scan(2, tube="T1", slot=1)
    send(cast, place, scan(1, tube="T1", slot=1), second)
    commands.count_scan(**lead, kept=kept(number=2), tube="T1")
    answer = send(cast, place, second)
    assert [one.reason for one in answer.duplicates] == [Reason.SAME_SCAN]
    proven()


def test_it_was_somebody_else_than_the_kept_scan_says(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(1, tube="T2", slot=1))
    twice = kept(reason=Reason.TESTED_BEFORE)
    with pytest.raises(AlreadyTested):
        commands.count_scan(**lead, kept=twice, tube="T2")
    done = commands.count_scan(**lead, kept=twice, tube="T2", number=5)
    assert done.number == 5
    assert absent(of) == [2, 3, 4, 6, 7]
    proven()


def test_a_tube_at_two_points_counts_where_they_were_swabbed(cast, lead):
    of, place = opened(cast)
    other = point(cast, of, "P2")
    send(cast, place, scan(1, tube="T1"))
    send(cast, other, scan(2, tube="T1"))
    commands.count_scan(**lead, kept=kept(number=2), tube="T1")
    assert {row.code: row.tested for row in coverage(of).points} == {"P1": 1, "P2": 1}
    proven()


def test_what_cannot_be_counted_is_refused_by_name(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1), scan(9999, tube="T1", slot=3))
    two, nobody = kept(number=2), kept(number=9999)
    with pytest.raises(TubeNotOfRound):
        commands.count_scan(**lead, kept=two, tube="T9")
    with pytest.raises(NobodyHasNumber):
        commands.count_scan(**lead, kept=nobody, tube="T1")
    with pytest.raises(ReasonRequired):
        commands.count_scan(**{**lead, "reason": " "}, kept=two, tube="T1")
    with pytest.raises(Forbidden):
        commands.count_scan(**{**lead, "actor": cast.medic.actor}, kept=two, tube="T1")
    assert Correction.objects.count() == 0
    assert Scan.objects.filter(round=of.pk).count() == 1
    commands.count_scan(**lead, kept=two, tube="T1")
    with pytest.raises(PutRightAlready):
        commands.count_scan(**lead, kept=two, tube="T1", number=4)
    proven()


def test_a_tube_takes_twenty_and_then_nobody(cast, lead):
    of, place = opened(cast, people=21, tube_rule="20")
    send(cast, place, *(scan(n, tube="T1", slot=n) for n in range(1, 21)), scan(21, tube="T1", slot=20))
    with pytest.raises(TubeIsFull):
        commands.count_scan(**lead, kept=kept(number=21), tube="T1")
    commands.swab_again(**lead, kept=kept(number=21))
    assert absent(of) == [21, 22]


def test_the_number_of_another_round_says_nothing_here(cast, lead):
    _of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(3, tube="T1", round=place.pk))
    strange = kept(reason=Reason.WRONG_ROUND)
    with pytest.raises(NobodyHasNumber):
        commands.count_scan(**lead, kept=strange, tube="T1")
    assert commands.count_scan(**lead, kept=strange, tube="T1", number=4).number == 4
    proven()


def test_a_round_that_is_closed_is_put_right_too(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    over(of)
    commands.count_scan(**lead, kept=kept(number=2), tube="T1")
    assert sums(of)[0] == 2


# ---- swabbed again


def test_whoever_is_swabbed_again_stays_missing_until_they_are(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    done = commands.swab_again(**lead, kept=kept(number=2))
    assert (done.number, Correction.objects.get().put) == (2, Put.AGAIN)
    assert 2 in absent(of)
    with pytest.raises(PutRightAlready):
        commands.swab_again(**lead, kept=kept(number=2))
    send(cast, place, scan(2, tube="T2", slot=1))
    assert 2 not in absent(of)
    proven()


def test_whoever_was_to_be_swabbed_again_can_still_be_counted(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=1))
    commands.swab_again(**lead, kept=kept(number=2))
    commands.count_scan(**lead, kept=kept(number=2), tube="T1")
    assert 2 not in absent(of)
    with pytest.raises(PutRightAlready):
        commands.swab_again(**lead, kept=kept(number=2))


# ---- strangers and wrong numbers


def stranger(place, cast, **more) -> Stranger:
    send(cast, place, scan(None, tube="T1", slot=9, stranger=Said(name="无证", **more)))
    return Stranger.objects.order_by("pk").last()


def test_a_stranger_who_stands_on_the_roster_is_tested_and_no_stranger(cast, lead):
    of, place = opened(cast)
    found = stranger(place, cast)
    before = Scan.objects.get(round=of.pk, number=found.number)
    assert sums(of) == (0, 7, 1)
    done = commands.recognise_stranger(**lead, stranger=found, number=3)
    assert sums(of) == (1, 6, 0)
    assert 3 not in absent(of)
    assert [row.tested for row in coverage(of).organisations if row.name == "A公司"] == [1]
    row = Scan.objects.get(round=of.pk)
    assert (row.number, row.tube, row.slot, row.scan, row.upload_id) == (3, "T1", 9, before.scan, before.upload_id)
    said = Correction.objects.get()
    assert (said.before, said.scan, said.tube, said.slot, said.taken_at) == (
        found.number, before.scan, "T1", 9, before.taken_at,
    )  # fmt: skip
    assert done.number == 3
    with pytest.raises(PutRightAlready):
        commands.recognise_stranger(**lead, stranger=found, number=4)
    proven()


def test_a_stranger_is_nobody_who_was_tested_or_stands_on_no_roster(cast, lead):
    _of, place = opened(cast)
    found = stranger(place, cast)
    send(cast, place, scan(3, tube="T1", slot=3))
    with pytest.raises(AlreadyTested):
        commands.recognise_stranger(**lead, stranger=found, number=3)
    with pytest.raises(NobodyHasNumber):
        commands.recognise_stranger(**lead, stranger=found, number=found.number)
    assert Correction.objects.count() == 0
    proven()


def test_a_stranger_who_was_recognised_comes_again_as_who_they_are(cast, lead):
    of, place = opened(cast)
    said = Said(name="无证", document="P1234567")
    first = scan(None, tube="T1", slot=9, stranger=said)
    send(cast, place, first)
    commands.recognise_stranger(**lead, stranger=Stranger.objects.get(), number=3)
    again = send(cast, place, scan(None, tube="T2", slot=1, stranger=said), first)
    assert {one.reason for one in again.duplicates} == {Reason.TESTED_BEFORE, Reason.SAME_SCAN}
    assert {one.number for one in again.duplicates} == {3}
    assert sums(of) == (1, 6, 0)
    proven()


def test_a_wrong_person_picked_is_missing_again_and_the_right_one_tested(cast, lead):
    of, place = opened(cast)
    wrong = scan(1, tube="T1", slot=1)
    send(cast, place, wrong, scan(2, tube="T1", slot=2), scan(3, tube="T1", slot=3))
    commands.correct_scan(**lead, test_round=of, before=1, number=7)
    assert absent(of) == [1, 4, 5, 6]
    assert {row.name: row.tested for row in coverage(of).organisations} == {"A公司": 2, "B公司": 1}
    answer = send(cast, place, wrong)
    assert [one.reason for one in answer.duplicates] == [Reason.SAME_SCAN], "it is here, put right"
    with pytest.raises(NoScanCounts):
        commands.correct_scan(**lead, test_round=of, before=1, number=4)
    with pytest.raises(AlreadyTested):
        commands.correct_scan(**lead, test_round=of, before=7, number=2)
    send(cast, place, scan(1, tube="T2", slot=1))
    assert 1 not in absent(of), "whoever was picked is tested when they come"
    commands.correct_scan(**lead, test_round=of, before=7, number=5)
    assert 7 in absent(of)
    assert Correction.objects.count() == 2
    proven()


def test_sums_that_were_folded_are_put_right_too(cast, lead):
    of, place = opened(cast)
    for n in (1, 2, 3):
        send(cast, place, scan(n, tube="T1", at=NOW - timedelta(minutes=n)))
    commands.correct_scan(**lead, test_round=of, before=2, number=5)
    commands.correct_scan(**lead, test_round=of, before=5, number=7)
    assert sum(CountDelta.objects.filter(round=of.pk).values_list("n", flat=True)) == 3
    proven()


def test_no_scan_goes_without_a_correction_and_no_correction_changes(cast, lead):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1", slot=1), scan(2, tube="T1", slot=2))
    commands.correct_scan(**lead, test_round=of, before=1, number=3)
    refused = (
        "DELETE FROM screening_scan", "UPDATE screening_scan SET number = 9 WHERE number = 2",
        "DELETE FROM screening_correction", "UPDATE screening_correction SET number = 9",
    )  # fmt: skip
    for statement in refused:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Scan.objects.filter(round=of.pk).count() == 2


def test_a_correction_that_does_not_count_is_named(cast, lead):
    of, place = opened(cast)
    member(of.shares.first().organisation, None)
    send(cast, place, scan(1, tube="T1"))
    put = Correction(
        round=of, put=Put.CHANGED, before=2, number=3, scan=of.pk, upload_id=Scan.objects.get().upload_id, tube="T1",
        slot=2, taken_at=NOW, reason=REASON, by=cast.site_lead.user, at=NOW,
    )  # fmt: skip
    put.save()
    assert [one.id for one in corrections_count(NOW).offenders] == [str(put.pk)]


def test_an_open_round_beside_it_is_not_touched(cast, lead):
    of, place = opened(cast)
    again, there = open_one(cast)
    send(cast, place, scan(1, tube="T1"))
    send(cast, there, scan(1, tube="T2"))
    commands.correct_scan(**lead, test_round=of, before=1, number=2)
    assert Scan.objects.filter(round=again.pk).get().number == 1
    proven()
