"""What devices saw of tubes and bags: every event is kept, in any order and however late, and says where a tube is."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.ids import new_id
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.screening.tests.rounds import open_one, opened, point, scan, send
from lazaretto.tubes.commands import call_slip, follow_round, look_into
from lazaretto.tubes.commands.scans import follow_scans
from lazaretto.tubes.errors import EventsReused, SwabsInTube
from lazaretto.tubes.models import Bag, EventUpload, Trail, TubeEvent
from lazaretto.tubes.proofs import tube_facts_stand
from lazaretto.tubes.queries.balance import unanswered
from lazaretto.tubes.queries.trails import doubts_of, in_step, strays, trails, tube_lines
from lazaretto.tubes.rules import Fact, story_of_bag, story_of_tube
from lazaretto.tubes.tests.ways import HOUR, MINUTE, brought, seen, tell
from tests.cast import gather
from tests.cast import member as somebody
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db


def remarks(answer) -> list[str]:
    return [one.remark.value for one in answer.remarks]


def test_a_tube_goes_from_the_table_to_the_laboratory(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    answer = tell(
        cast, place, seen("sealed", tube="T1", count=1), seen("bagged", tube="T1", bag="B1"),
        seen("bag_closed", bag="B1", count=1), seen("handed_over", bag="B1", to="车1"),
    )  # fmt: skip
    assert (answer.received, answer.taken, answer.remarks) == (4, 4, [])
    tube, bag = Trail.objects.get(), Bag.objects.get()
    assert (tube.bag, tube.sealed_at, tube.opened_at, tube.point) == ("B1", NOW, NOW, place)
    assert (bag.state, bag.holder, bag.said_tubes) == ("under_way", "车1", 1)
    courier = somebody("courier", cast.site.unit)
    taken = [seen("taken", bag="B1", to="车1"), seen("arrived", bag="B1", to="LAB1")]
    tell(cast, None, *taken, of=of, member=courier, at=NOW + HOUR)
    tell(cast, None, seen("received", bag="B1", to="LAB1", count=1), of=of, at=NOW + HOUR)
    bag.refresh_from_db()
    assert (bag.state, bag.holder, bag.laboratory, bag.counted, bag.doubts) == ("received", "LAB1", "LAB1", 1, [])
    entry = JournalEntry.objects.filter(command="tubes.upload_events").first()
    assert entry.data == {"received": 4, "taken": 4}
    assert tube_facts_stand(NOW).offenders == []


def test_the_same_batch_again_gets_the_first_answer(cast):
    _of, place = opened(cast)
    batch, events = new_id(), [seen("sealed", tube="T1"), seen("nonsense", tube="T1")]
    first = tell(cast, place, *events, batch=batch)
    again = tell(cast, place, *events, batch=batch, at=NOW + HOUR, member=cast.site_lead)
    assert again == first
    assert (TubeEvent.objects.count(), EventUpload.objects.count()) == (2, 1)
    with pytest.raises(EventsReused):
        tell(cast, place, *events[:1], batch=batch)


def test_the_same_event_in_another_batch_counts_once(cast):
    _of, place = opened(cast)
    one = seen("bagged", tube="T1", bag="B1")
    tell(cast, place, one)
    answer = tell(cast, place, one, seen("sealed", tube="T2"), at=NOW + HOUR)
    assert (answer.received, answer.taken) == (2, 1)
    assert remarks(answer) == ["same_event", "unknown_tube"]
    assert tube_facts_stand(NOW).offenders == []


def test_nothing_is_refused_for_what_it_says(cast):
    _of, place = opened(cast)
    answer = tell(
        cast, place, seen("bagged", tube="T1"), seen("rejected", tube="T2"), seen("weighed", tube="T3"),
        seen("handed_over"), seen("count_agreed", organisation="A公司", count=7, officer="陈", signature="M0 0L9 9"),
    )  # fmt: skip
    assert answer.taken == 5
    assert remarks(answer) == ["incomplete", "incomplete", "unknown_kind", "incomplete"]
    agreed = TubeEvent.objects.get(kind="count_agreed")
    assert (agreed.count, agreed.organisation) == (7, "A公司")
    assert '"陈"' in agreed.words
    assert Trail.objects.get(code="T2").rejected_at is None
    assert tube_facts_stand(NOW).offenders == []


def test_a_scan_that_comes_after_the_events_of_its_tube_makes_it_known(cast):
    of, place = opened(cast)
    other = point(cast, of, code="P2")
    assert remarks(tell(cast, other, seen("sealed", tube="T1"))) == ["unknown_tube"]
    assert Trail.objects.get().opened_at is None
    send(cast, place, scan(1), scan(2, tube="T2"))
    assert follow_scans(of) == 1
    assert follow_scans(of) == 0
    assert set(Trail.objects.values_list("code", "point", "opened_at")) == {
        ("T1", place.pk, NOW), ("T2", place.pk, NOW),
    }  # fmt: skip


def test_what_is_told_of_a_tube_of_another_round_is_a_question_there(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    tell(cast, place, seen("sealed", tube="T1"), seen("bagged", tube="T1", bag="B1"))
    following, there = open_one(cast)
    answer = tell(
        cast, there, seen("sealed", tube="T1", at=NOW + HOUR), seen("bagged", tube="T1", bag="B9"), at=NOW + HOUR
    )
    assert remarks(answer) == ["other_round", "other_round"]
    row = Trail.objects.get()
    assert (row.round_id, row.bag, row.sealed_at, row.doubts) == (of.pk, "B1", NOW, [])  # its story is its own
    assert [one.kind for one in strays(following)] == ["bagged", "sealed"]
    assert not strays(of).exists()
    assert tube_facts_stand(NOW).offenders == []
    who = {"actor": cast.duty_officer.actor, "test_round": following, "tube": "T1"}
    with pytest.raises(ReasonRequired):
        look_into(**who, at=NOW + HOUR, reason=" ")
    look_into(**who, at=NOW + HOUR, reason="扫错旧管，管在上轮袋里")
    assert not strays(following).exists()
    assert Trail.objects.get().bag == "B1"
    tell(cast, there, seen("bagged", tube="T1", bag="B9"), at=NOW + 2 * HOUR)
    assert strays(following).exists()  # said again, asked again


def test_facts_that_came_before_the_scan_are_folded_again_in_the_round_of_the_scan(cast):
    of, place = opened(cast)
    following, there = open_one(cast)
    tell(cast, there, seen("bagged", tube="T1", bag="B9"))
    assert Trail.objects.get().bag == "B9"
    send(cast, place, scan(1))
    follow_scans(of)
    row = Trail.objects.get()
    assert (row.round_id, row.bag) == (of.pk, "")
    assert [one.bag for one in strays(following)] == ["B9"]
    assert tube_facts_stand(NOW).offenders == []


def test_the_same_bag_of_the_next_round_is_another_one(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    brought(cast, place, "T1", bag="B-17")
    following, there = open_one(cast)
    send(cast, there, scan(1, tube="T2"))
    tell(cast, there, seen("bagged", tube="T2", bag="B-17", at=NOW + HOUR), at=NOW + HOUR)
    first, second = Bag.objects.get(round=of), Bag.objects.get(round=following)
    assert (first.code, first.state, first.point) == ("B-17", "received", place)
    assert (second.code, second.state, second.point) == ("B-17", "open", there)
    assert [line.step for one in (of, following) for line in tube_lines(one, list(trails(one)))] == [
        "laboratory",
        "bagged",
    ]
    follow_round(of, at=NOW + 2 * HOUR)
    follow_round(following, at=NOW + 2 * HOUR)
    assert set(Deadline.objects.filter(kind="tubes.result").values_list("subject_id", flat=True)) == {str(first.pk)}
    assert tube_facts_stand(NOW).offenders == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Bag.objects.create(code="B-17", round=of)


def test_a_code_that_was_a_slip_is_waited_for_no_more_until_somebody_sees_it(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    tell(cast, place, seen("received", tube="T11", to="LAB1"))
    follow_scans(of)
    slip = {"actor": cast.medic.actor, "test_round": of}
    with pytest.raises(ReasonRequired):
        call_slip(**slip, at=NOW, tube="T11", reason="")
    call_slip(**slip, at=NOW + MINUTE, tube="T11", reason="扫到了架子上的码")
    assert [row.code for row in unanswered(of)] == ["T1"]
    assert [row.code for row in in_step(of, "slip")] == ["T11"]
    assert TubeEvent.objects.get(kind="slip").reason == "扫到了架子上的码"
    assert tube_facts_stand(NOW).offenders == []
    with pytest.raises(SwabsInTube):
        call_slip(**slip, at=NOW, tube="T1", reason="不要")
    tell(cast, place, seen("bagged", tube="T11", bag="B1", at=NOW + HOUR), at=NOW + HOUR)
    assert Trail.objects.get(code="T11").slip_at is None
    assert "T11" in {row.code for row in unanswered(of)}


def test_a_slip_that_a_scan_names_after_all_is_a_tube(cast):
    of, place = opened(cast)
    tell(cast, place, seen("received", tube="T1", to="LAB1"))
    call_slip(actor=cast.medic.actor, at=NOW + MINUTE, test_round=of, tube="T1", reason="扫错")
    assert not unanswered(of).exists()
    send(cast, place, scan(1))
    follow_scans(of)
    assert [row.code for row in unanswered(of)] == ["T1"]


def test_a_tube_that_nobody_filled_is_to_be_looked_into(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    tell(cast, place, seen("bagged", tube="T1", bag="B1"), seen("bagged", tube="T3", bag="B1"))
    follow_scans(of)
    assert [row.code for row in in_step(of, "doubt")] == ["T3"]
    assert [doubts_of(row) for row in trails(of)] == [[], ["never_filled"]]


def test_a_clock_that_is_wrong_is_put_right(cast):
    _of, place = opened(cast)
    wrong = NOW - 2 * HOUR
    events = [seen("sealed", tube="T1", at=wrong - 30 * MINUTE)]
    assert tell(cast, place, *events, sent_at=wrong).skew_seconds == 7200
    row = TubeEvent.objects.get()
    assert (row.at, row.said_at) == (NOW - 30 * MINUTE, wrong - 30 * MINUTE)


def test_late_events_take_their_place_in_time(cast):
    _of, place = opened(cast)
    tell(cast, place, seen("received", bag="B1", to="LAB1"), at=NOW)
    tell(cast, place, seen("bag_closed", bag="B1", at=NOW - HOUR), seen("taken", bag="B1", to="车1", at=NOW - HOUR))
    bag = Bag.objects.get()
    assert (bag.state, bag.holder, bag.left_at) == ("received", "LAB1", NOW - HOUR)


def test_a_second_bag_is_a_doubt_until_somebody_looks(cast):
    _of, place = opened(cast)
    tell(cast, place, seen("bagged", tube="T1", bag="B1", at=NOW - HOUR), seen("bagged", tube="T1", bag="B2"))
    row = Trail.objects.get()
    assert (row.bag, row.doubts) == ("B2", ["second_bag"])
    tell(cast, place, seen("unbagged", tube="T1", bag="B1", at=NOW - MINUTE), at=NOW + MINUTE)  # it was taken out
    assert Trail.objects.get().doubts == []


def test_a_laboratory_that_counts_another_number_is_told(cast):
    _of, place = opened(cast)
    tell(cast, place, seen("bag_closed", bag="B1", count=20), at=NOW)
    tell(cast, place, seen("received", bag="B1", to="LAB1", count=19, at=NOW + HOUR), at=NOW + HOUR)
    assert Bag.objects.get().doubts == ["counted_otherwise"]


def test_who_may_send_events(cast):
    of, place = opened(cast)
    with pytest.raises(NotFound):
        tell(cast, place, seen("sealed", tube="T1"), member=cast.outsider)
    with pytest.raises(Forbidden):
        tell(cast, None, seen("sealed", tube="T1"), of=of, member=cast.clerk)


def test_facts_are_never_changed(cast):
    _of, place = opened(cast)
    tell(cast, place, seen("sealed", tube="T1"))
    with pytest.raises(DatabaseError), transaction.atomic():
        TubeEvent.objects.update(tube="T2")
    with pytest.raises(DatabaseError), transaction.atomic():
        TubeEvent.objects.all().delete()


def test_an_upload_asks_the_database_so_many_times(cast, django_assert_num_queries):
    _of, place = opened(cast)
    few, many = (18, 20) if connection.vendor == "sqlite" else (17, 19)  # a few rows are changed one by one
    for size, queries in ((1, few), (40, many)):
        events = [seen("bagged", tube=f"X{size}-{n}", bag=f"B{size}-{n % 3}") for n in range(size)]
        tell(cast, place, seen("sealed", tube=f"warm{size}"))
        with django_assert_num_queries(queries):
            tell(cast, place, *events)


FACTS = st.builds(
    Fact,
    id=st.uuids(),
    kind=st.sampled_from(
        ["sealed", "bagged", "unbagged", "bag_closed", "handed_over", "taken", "arrived", "received", "rejected",
         "looked_into", "slip"]
    ),
    at=st.integers(0, 5).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    tube=st.just("T1"),
    bag=st.sampled_from(["B1", "B2"]),
    to=st.sampled_from(["", "车1", "车2", "LAB1", "LAB2"]),
    count=st.none() | st.integers(0, 3),
    reason=st.just("漏液"),
)  # fmt: skip


@given(st.lists(FACTS, max_size=12).flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_same_facts_in_any_order_say_the_same(both):
    facts, shuffled = both
    unique = list({fact.id: fact for fact in facts}.values())
    again = [*[fact for fact in shuffled if fact in unique], *unique]  # each twice
    assert story_of_tube(unique) == story_of_tube(again)
    assert story_of_bag(unique) == story_of_bag(again)


@needs_server
@pytest.mark.django_db(transaction=True)
def test_devices_at_one_bag_at_once_lose_nothing():
    cast = gather()
    _of, place = opened(cast)
    tubes = [f"T{n}" for n in range(12)]

    def work(turn: int) -> None:
        mine = tubes if turn % 2 else tubes[::-1]
        tell(cast, place, *(seen("bagged", tube=tube, bag=f"B{turn % 2}", at=NOW - MINUTE * turn) for tube in mine))

    at_once([partial(work, turn) for turn in range(6)])
    assert TubeEvent.objects.count() == 72
    assert set(Trail.objects.values_list("bag", flat=True)) == {"B0"}  # the last in true time
    assert tube_facts_stand(NOW).offenders == []
