"""A bag counted at the desk: another number than the table's is said at once, and nothing is written before that."""

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import Bag, TubeEvent
from lazaretto.tubes.tests.ways import MINUTE, laboratory, seen, tell
from tests.cast import member as somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast, monkeypatch):
    """A bag with four tubes by the table's count, and somebody at the laboratory's desk who scans it."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    _of, place = opened(cast)
    tubes = [f"T{n}" for n in range(1, 5)]
    send(cast, place, *(scan(n, tube=tube) for n, tube in enumerate(tubes, 1)))
    tell(
        cast, place, *(seen("bagged", tube=tube, bag="B1") for tube in tubes), seen("bag_closed", bag="B1", count=4),
        seen("handed_over", bag="B1", to="车1"),
    )  # fmt: skip
    worker, address = somebody("laboratory", cast.site.unit).client, reverse("tubes:scan", args=[laboratory(cast).pk])

    def receive(**given):
        return worker.post(address, {"code": "B1", **given}, follow=True)

    return receive


def received() -> int:
    return TubeEvent.objects.filter(kind="received").count()


def test_another_number_than_the_tables_is_said_before_anything_is_written(desk):
    answer = desk(count="3")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "您清点为 <b>3</b> 支。" in text
    assert "采样台登记为 <b>4</b> 支。" in text
    assert "T1, T2, T3, T4" in text
    assert (received(), Bag.objects.get().state) == (0, "under_way")


def test_counted_again_it_is_received_without_a_doubt(desk):
    desk(count="3")
    assert desk(count="4").status_code == 200
    assert (Bag.objects.get().counted, Bag.objects.get().doubts) == (4, [])


def test_confirmed_it_is_received_with_that_number_and_a_doubt(desk):
    desk(count="3")
    assert desk(count="3", sure="4").status_code == 409, "another number was confirmed"
    text = desk(count="3", sure="3").content.decode()
    assert "您清点为 3 支" in text
    assert (Bag.objects.get().counted, Bag.objects.get().doubts) == (3, ["counted_otherwise"])


def test_a_second_receipt_with_another_number_takes_no_place_in_silence(desk, monkeypatch):
    desk(count="4")
    monkeypatch.setattr(clock, "now", lambda: NOW + MINUTE)
    answer = desk(count="2")
    assert answer.status_code == 409
    assert "实验室此前清点为 <b>4</b> 支。" in answer.content.decode()
    assert (received(), Bag.objects.get().counted) == (1, 4)
    desk(count="2", sure="2")
    assert (received(), Bag.objects.get().counted) == (2, 2)
    assert desk(count="2").status_code == 409, "the table still says four"


def test_what_is_no_number_is_not_passed_over(desk):
    for typed in ("three", "²", "-1", "B2", "6901234567892"):  # the next bag, scanned too early
        answer = desk(count=typed)
        assert answer.status_code == 422
        assert 'id="counting"' in answer.content.decode(), "B1 is asked about still"
    assert received() == 0


def test_a_bag_that_is_scanned_alone_is_counted_before_it_is_received(desk):
    answer = desk(count="")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "转运袋 B1：袋内有几支试管？" in text
    assert '<input type="hidden" name="code" value="B1">' in text
    assert "data-scan" not in text, "the next code cannot be scanned past the question"
    assert received() == 0
    assert desk(count="4").status_code == 200
    assert (Bag.objects.get().state, Bag.objects.get().counted) == ("received", 4)


def test_a_bag_that_nobody_counts_is_received_when_somebody_says_so(desk):
    assert desk(uncounted="1").status_code == 200
    assert (received(), Bag.objects.get().state, Bag.objects.get().counted) == (1, "received", None)
