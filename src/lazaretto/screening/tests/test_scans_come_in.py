"""What phones captured comes in: each scan counts once or is kept with its reason, late and skewed ones too."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.ids import new_id
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening import commands
from lazaretto.screening.commands import Stranger
from lazaretto.screening.errors import BatchReused
from lazaretto.screening.models import CountDelta, DuplicateScan, Scan, Tube, Upload
from lazaretto.screening.models import Stranger as StrangerRow
from lazaretto.screening.proofs import scans_balance
from lazaretto.screening.queries import absent
from lazaretto.screening.queries.absent import missing
from lazaretto.screening.queries.covering import coverage
from lazaretto.screening.tests.rounds import DEADLINE, draft, open_one, opened, over, point, scan, send
from tests.cast import gather
from tests.cast import member as somebody
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def reasons(answer) -> list[str]:
    return [kept.reason.value for kept in answer.duplicates]


def kept() -> list[str]:
    return list(DuplicateScan.objects.order_by("id").values_list("reason", flat=True))


def test_a_batch_is_taken_in_with_one_line_in_the_journal(cast):
    of, place = opened(cast)
    answer = send(cast, place, scan(1, temperature=36.6), scan(2, table=3))
    assert (answer.received, answer.taken, answer.strangers, answer.duplicates) == (2, 2, 0, [])
    first = Scan.objects.get(round=of, number=1)
    assert (first.temperature, first.tube, first.slot, first.taken_at) == (366, "T1", 1, NOW)
    assert (Tube.objects.get().point, Upload.objects.get().by) == (place, cast.medic.user)
    entry = JournalEntry.objects.get(command="screening.upload")
    assert (entry.subject_id, entry.data["taken"]) == (str(answer.batch), 2)
    assert [(row.n, row.hour) for row in CountDelta.objects.all()] == [(2, NOW)]
    assert scans_balance(NOW).offenders == []


def test_the_same_batch_again_gets_the_first_answer_from_whichever_phone(cast):
    _of, place = opened(cast)
    batch, scans = new_id(), [scan(1), scan(2), scan(1)]
    first = send(cast, place, *scans, batch=batch)
    again = send(cast, place, *scans, batch=batch, at=NOW + HOUR, sent_at=NOW + HOUR, member=cast.site_lead)
    assert again == first
    assert (Scan.objects.count(), DuplicateScan.objects.count(), Upload.objects.count()) == (2, 1, 1)
    assert JournalEntry.objects.filter(command="screening.upload").count() == 1
    with pytest.raises(BatchReused):
        send(cast, place, *scans[:1], batch=batch)
    other = point(cast, place.round, code="P2")
    with pytest.raises(BatchReused):
        send(cast, other, *scans, batch=batch)


def test_the_same_scan_in_another_batch_counts_once(cast):
    _of, place = opened(cast)
    one = scan(1)
    send(cast, place, one)
    answer = send(cast, place, one, scan(2), scan(2, id=one.id))
    assert sorted(reasons(answer)) == ["same_scan", "same_scan"]
    assert answer.taken == 1
    assert scans_balance(NOW).offenders == []


def test_somebody_tested_before_is_said_with_when(cast):
    _of, place = opened(cast)
    send(cast, place, scan(1, at=NOW - HOUR))
    answer = send(cast, place, scan(1, tube="T2"))
    assert reasons(answer) == ["tested_before"]
    assert answer.duplicates[0].before_at == NOW - HOUR
    row = DuplicateScan.objects.get()
    assert (row.number, row.tube, row.before_at) == (1, "T2", NOW - HOUR)


def test_two_people_in_one_place_of_a_tube_are_told(cast):
    of, place = opened(cast)
    answer = send(cast, place, scan(1, slot=4), scan(2, slot=4, at=NOW - MINUTE))
    assert reasons(answer) == ["slot_taken"]
    assert answer.duplicates[0].number == 2
    assert answer.duplicates[0].before_at == NOW
    assert [row.number for row in missing(of)] == [2, 3, 4, 5, 6, 7]


def test_a_tube_of_ten_takes_no_eleventh(cast):
    _of, place = opened(cast, people=12)
    assert reasons(send(cast, place, scan(1, slot=11), scan(2, slot=10))) == ["tube_overfull"]


def test_a_tube_belongs_to_the_point_and_the_round_that_opened_it(cast):
    of, place = opened(cast)
    other = point(cast, of, code="P2")
    send(cast, place, scan(1))
    assert reasons(send(cast, other, scan(2))) == ["tube_other_point"]
    following, there = open_one(cast)
    assert reasons(send(cast, there, scan(3))) == ["tube_other_round"]
    over(of)
    assert reasons(send(cast, there, scan(3))) == ["tube_reused"]
    assert send(cast, there, scan(3, tube="T9")).taken == 1
    assert scans_balance(NOW).offenders == []
    assert coverage(following).tested == 1


def test_a_scan_for_another_round_and_one_of_nobody_are_kept(cast):
    of, place = opened(cast)
    said = Stranger(name="侯某", document=card(77))
    answer = send(
        cast,
        place,
        scan(1, round=new_id()),
        scan(99, slot=2),
        scan(2, round=of.pk),
        scan(round=new_id(), stranger=said),
    )
    assert sorted(reasons(answer)) == ["unknown_number", "wrong_round", "wrong_round"]
    assert answer.taken == 1
    assert card(77) in DuplicateScan.objects.filter(number=None).get().words
    assert not StrangerRow.objects.exists()


def test_a_stranger_is_tested_and_comes_on_top(cast):
    of, place = opened(cast, people=2)
    said = Stranger(name="侯某", document=card(77), phone="13800138000", organisation="路过")
    answer = send(cast, place, scan(stranger=said), scan(slot=2), scan(1, slot=3))
    assert (answer.taken, answer.strangers) == (3, 2)
    assert all(one.number > of.entries for one in answer.numbers)
    known = StrangerRow.objects.get(name="侯某")
    assert (known.document, known.document_kind, known.organisation) == (card(77), "id_card", "路过")
    found = coverage(of)
    assert (found.expected, found.tested, found.missing, found.strangers) == (3, 1, 2, 2)
    assert [(row.tested, row.strangers) for row in found.points] == [(3, 2)]
    assert scans_balance(NOW).offenders == []


def test_a_stranger_who_comes_again_is_the_same_by_document_and_one_with_a_wrong_number_is_not(cast):
    _of, place = opened(cast)
    said, wrong = Stranger(document=card(77)), Stranger(document=card(77)[:-2] + "00")
    first = send(cast, place, scan(stranger=said, tube="T1"))
    again = send(cast, place, scan(stranger=said, tube="T2"), scan(stranger=wrong, tube="T3"))
    assert reasons(again) == ["tested_before"]
    assert again.duplicates[0].number == first.numbers[0].number
    assert send(cast, place, scan(stranger=wrong, tube="T4")).taken == 1
    number = first.numbers[0].number
    assert reasons(send(cast, place, scan(number, tube="T5", slot=1))) == ["tested_before"]


def test_whoever_is_on_the_roster_after_all_gets_their_own_number(cast):
    of, place = opened(cast)
    answer = send(cast, place, scan(stranger=Stranger(name="员工004", document=card(4))))
    assert (answer.strangers, [one.number for one in answer.numbers]) == (0, [4])
    assert coverage(of).tested == 1
    assert not StrangerRow.objects.exists()


def test_the_same_scan_of_a_stranger_again_is_the_same(cast):
    _of, place = opened(cast)
    one = scan(stranger=Stranger(name="无证"))
    send(cast, place, one)
    assert reasons(send(cast, place, one)) == ["same_scan"]
    assert StrangerRow.objects.count() == 1


def test_late_scans_are_facts(cast):
    of, place = opened(cast)
    assert not send(cast, place, scan(1)).late
    assert send(cast, place, scan(2, at=DEADLINE - MINUTE), at=DEADLINE + HOUR).late
    commands.close_point(actor=cast.duty_officer.actor, at=NOW, point=place)
    over(of)
    assert send(cast, place, scan(3), at=NOW + HOUR).late
    assert coverage(of).tested == 3
    assert list(Upload.objects.order_by("id").values_list("late", flat=True)) == [False, True, True]


def test_a_wrong_clock_is_put_right_by_what_it_says_as_it_sends(cast):
    of, place = opened(cast)
    fast = 5 * HOUR
    answer = send(cast, place, scan(1, at=NOW + fast - 10 * MINUTE), at=NOW, sent_at=NOW + fast)
    assert answer.skew_seconds == -5 * 3600
    assert Scan.objects.get(round=of, number=1).taken_at == NOW - 10 * MINUTE
    send(cast, place, scan(2, at=NOW - 3 * HOUR - MINUTE), at=NOW, sent_at=NOW - 3 * HOUR)
    assert Scan.objects.get(round=of, number=2).taken_at == NOW - MINUTE
    answer = send(cast, place, scan(3, at=NOW - MINUTE), at=NOW, sent_at=NOW - MINUTE)  # a slow network
    assert answer.skew_seconds == 0
    send(cast, place, scan(4, at=NOW + HOUR), at=NOW)  # never later than it came
    assert Scan.objects.get(round=of, number=4).taken_at == NOW
    assert Upload.objects.exclude(skew_seconds=0).count() == 2


def test_who_may_send(cast):
    _of, place = opened(cast)
    sampler = somebody("sampler", cast.site.unit)
    assert send(cast, place, scan(1), member=sampler).taken == 1
    with pytest.raises(Forbidden):
        send(cast, place, scan(2), member=cast.clerk)
    with pytest.raises(NotFound):
        send(cast, place, scan(2), member=somebody("sampler", cast.other_site.unit))
    with pytest.raises(Forbidden):
        send(cast, place, scan(2), member=cast.duty_officer)


def test_what_came_in_is_never_changed(cast):
    _of, place = opened(cast)
    send(cast, place, scan(1), scan(1, tube="T2"))
    for table in ("screening_scan", "screening_duplicatescan", "screening_countdelta"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET round_id = round_id"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_coverage_counts_by_enterprise(cast):
    of, place = opened(cast, people=3)
    send(cast, place, scan(1), scan(2), scan(4))
    found = coverage(of)
    assert {(row.name, row.expected, row.tested, row.missing) for row in found.organisations} == {
        ("A公司", 3, 2, 1),
        ("B公司", 1, 1, 0),
    }
    assert [row.number for row in missing(of)] == [3]
    second = next(row.organisation_id for row in found.organisations if row.name == "B公司")
    assert list(missing(of, absent.Among(second))) == []


def test_an_imbalance_is_found(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    CountDelta.objects.create(round=of, point=place, hour=NOW, n=2)
    assert [row.id for row in scans_balance(NOW).offenders] == [str(of.pk)]


@pytest.mark.parametrize("few", [200, 0])
def test_who_is_missing_is_the_same_whether_done_enterprises_are_passed_over_or_not(cast, monkeypatch, few):
    monkeypatch.setattr(absent, "FEW_LEFT", few)
    of, place = opened(cast, people=2)
    send(cast, place, scan(1), scan(2, slot=2))
    assert [row.number for row in missing(of)] == [3]
    send(cast, place, scan(3, tube="T3"))
    assert list(missing(of)) == []


def test_who_is_missing_lies_beside_and_between_those_who_came(cast):
    of, place = opened(cast, people=6)
    send(cast, place, scan(1), scan(2, slot=2), scan(4, slot=3))
    assert [row.number for row in missing(of)] == [3, 5, 6, 7]
    send(cast, place, scan(3, tube="T2", slot=1), scan(5, tube="T2", slot=2), scan(6, tube="T2", slot=3))
    assert [row.number for row in missing(of)] == [7]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL walks along by itself")
def test_a_page_of_who_is_missing_sorts_nobody_where_their_enterprises_lie_together(cast, monkeypatch):
    of, place = opened(cast, people=3)
    send(cast, place, scan(1))
    together = missing(of)
    assert '+"screening_rosterentry"."organisation_id" IN' in str(together.query)
    assert "roster_of_organisation" not in together[:50].explain()
    monkeypatch.setattr(absent, "_LookedAt", lambda _name: pytest.fail("they lie far apart"))
    left = list(absent._not_done(of))
    left[-1].first += 1_000_000
    monkeypatch.setattr(absent, "_not_done", lambda _of: left)
    apart = missing(of)
    assert '+"screening_rosterentry"."organisation_id"' not in str(apart.query), "an index may be chosen"
    assert [row.number for row in together] == [row.number for row in apart] == [2, 3, 4]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite looks up one by one in any case")
def test_who_is_missing_is_looked_up_one_by_one_whatever_the_database_believes_of_its_tables(cast):
    of, place = opened(cast, people=3)
    send(cast, place, scan(1))
    plan = missing(of)[:50].explain()
    assert "SubPlan" in plan
    assert "Anti Join" not in plan


def test_without_scans_the_proof_is_not_in_use(cast):
    draft(cast)
    assert not scans_balance(NOW).in_use


def test_many_statements_are_asked_once_whatever_the_number_of_scans(cast, django_assert_max_num_queries):
    first = opened(cast, people=150)
    send(cast, first[1], scan(1))
    with django_assert_max_num_queries(14):
        send(cast, first[1], *(scan(n, tube=f"T{n // 10 + 1}", slot=n % 10 + 1) for n in range(2, 150)))


PIECES = st.lists(
    st.tuples(
        st.integers(0, 3),  # which batch
        st.integers(0, 1),  # at which point
        st.lists(
            st.tuples(st.integers(1, 9), st.sampled_from(["A", "B", "C"]), st.integers(1, 11), st.integers(0, 4)),
            min_size=1,
            max_size=6,
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(pieces=PIECES, order=st.randoms(use_true_random=False))
def test_whatever_comes_in_whatever_order_it_balances(pieces, order):
    with transaction.atomic():
        cast = gather()
        of, place = opened(cast, people=5)
        places = [place, point(cast, of, code="P2")]
        ids = [new_id() for _number in range(20)]
        papers = [Stranger(), Stranger(document=card(77)), Stranger(document=card(2)), None]
        sent = 0
        batches = [
            (
                new_id(),
                places[where],
                [
                    scan(
                        number if number < 8 else None, tube=tube, slot=slot, id=ids[(number + slot + again) % 20],
                        stranger=papers[again % 4] if number >= 8 else None,
                    )
                    for number, tube, slot, again in scans
                ],
            )
            for _batch, where, scans in pieces
        ]  # fmt: skip
        queue = [*batches, *batches[: len(batches) // 2]]
        order.shuffle(queue)
        for batch, where, scans in queue:
            answer = send(cast, where, *scans, batch=batch)
            assert answer.received == len(scans) == answer.taken + len(answer.duplicates)
        sent = sum(len(scans) for _batch, _where, scans in batches)
        assert Scan.objects.count() + DuplicateScan.objects.count() == sent
        found = coverage(of)
        assert found.tested + found.strangers == Scan.objects.count()
        assert found.missing == missing(of).count()
        assert scans_balance(NOW).offenders == []
        transaction.set_rollback(True)


@needs_server
@pytest.mark.django_db(transaction=True)
def test_people_who_come_in_crosswise_at_the_same_moment_are_all_there_once():
    cast = gather()
    of, place = opened(cast, people=60)
    other = point(cast, of, code="P2")

    def many(where, tube, numbers):
        return lambda: [
            send(cast, where, *(scan(n, tube=f"{tube}{piece}-{n}", slot=1) for n in numbers)) for piece in range(6)
        ]

    there = list(range(1, 61))
    answers = at_once([many(place, "A", there), many(other, "B", there[::-1]), many(place, "C", there[::-1])])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sum(one.taken for each in answers for one in each) == 60
    assert scans_balance(NOW).offenders == []


@needs_server
@pytest.mark.django_db(transaction=True)
def test_the_same_batch_from_two_phones_at_the_same_moment_is_taken_once():
    cast = gather()
    _of, place = opened(cast, people=20)
    batch, scans = new_id(), [scan(n, tube=f"T{n}", slot=1) for n in range(1, 21)]
    answers = at_once([lambda: send(cast, place, *scans, batch=batch)] * 4)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].taken == 20
    assert Upload.objects.count() == 1


@needs_server
@pytest.mark.django_db(transaction=True)
def test_two_places_of_a_tube_that_cross_are_sorted_out():
    cast = gather()
    _of, place = opened(cast, people=40)
    send(cast, place, scan(41, tube="X", slot=1), scan(40, tube="Y", slot=1))  # both tubes are there

    def crossing(tubes):
        return [scan(n, tube=tubes[n % 2], slot=2 + n % 9) for n in range(1, 39)]

    answers = at_once([lambda: send(cast, place, *crossing("XY")), lambda: send(cast, place, *crossing("YX"))])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert scans_balance(NOW).offenders == []
