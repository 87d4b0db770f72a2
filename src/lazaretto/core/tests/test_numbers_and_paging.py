"""Running numbers have no lasting gaps and no doubles; lists go on where they stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lazaretto.accounts.models import User
from lazaretto.core.models import JournalEntry, ReadyNumber, RunningNumber
from lazaretto.core.numbers import AHEAD, LOW, next_number, next_numbers, of_year
from lazaretto.core.paging import BadCursor, page
from lazaretto.places.models import Room
from tests import factories
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db


def test_each_series_counts_from_one():
    assert [next_number("a"), next_number("a"), next_number("b")] == [1, 2, 1]
    assert next_number("a") == 3


@pytest.mark.parametrize(("hour", "year"), [(15, 2026), (16, 2027)])
def test_a_number_has_the_year_that_the_district_writes(settings, hour, year):
    assert settings.TIME_ZONE == "Asia/Shanghai"
    with timezone.override(UTC):  # that of a site elsewhere counts for nothing
        assert of_year("H03-O", datetime(2026, 12, 31, hour, 30, tzinfo=UTC)) == f"H03-O{year}"


def test_many_numbers_come_in_a_row():
    assert list(next_numbers("a", 3)) == [1, 2, 3]
    assert next_number("a") == 4
    first, *_rest, last = next_numbers("a", 20)
    assert last - first == 19
    assert next_number("a") not in range(first, last + 1)


def test_a_number_of_a_failed_transaction_is_given_again():
    next_number("a")
    with transaction.atomic():
        assert next_number("a") == 2
        transaction.set_rollback(True)
    assert next_number("a") == 2


@needs_server
@pytest.mark.django_db(transaction=True)
def test_numbers_drawn_at_once_are_all_different_and_dense():
    def draw():
        drawn = []
        for _ in range(10):
            with transaction.atomic():
                drawn.append(next_number("fresh"))
        return drawn

    drawn = [number for numbers in at_once([draw] * 4) for number in numbers]
    ready = ReadyNumber.objects.values_list("number", flat=True)
    assert sorted([*drawn, *ready]) == list(range(1, RunningNumber.objects.get(series="fresh").last + 1))
    assert len(drawn) == 40
    rest = [next_number("fresh") for _ in ready]
    assert sorted([*drawn, *rest]) == list(range(1, len(drawn) + len(rest) + 1)), "none is left out for good"


@needs_server
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_whoever_drew_before_and_has_not_ended():
    next_number("busy")
    with transaction.atomic():
        mine = next_number("busy")

        def beside():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                return next_number("busy")

        (theirs,) = at_once([beside])
        transaction.set_rollback(True)
    assert (mine, theirs, next_number("busy")) == (2, 3, 2), "the number of a failed transaction is used again"


@needs_server
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_whoever_lays_the_next_ones_out_and_has_not_ended():
    before = [next_number("busy") for _ in range(1 + AHEAD - LOW)]
    with transaction.atomic():
        mine = next_number("busy")
        assert RunningNumber.objects.get(series="busy").last == 1 + 2 * AHEAD

        def beside():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                return [next_number("busy") for _ in range(LOW - 1)]

        (theirs,) = at_once([beside])
    assert [*before, mine, *theirs] == list(range(1, 2 + AHEAD))
    assert next_number("busy") == 2 + AHEAD


def walk(rows, order, limit=3):
    found, cursor = [], ""
    while True:
        piece = page(rows, order, limit=limit, cursor=cursor)
        found.extend(piece.items)
        if piece.next is None:
            return found
        cursor = piece.next


@pytest.mark.parametrize(
    "order", [("number", "id"), ("-number", "id"), ("state", "-number", "id"), ("floor__order", "-id")]
)
def test_a_list_walked_in_pieces_is_the_whole_list_in_order(order):
    factories.site("H01", floors=3, rooms=4)
    factories.site("H02", floors=2, rooms=2)
    assert walk(Room.objects.select_related("floor"), order) == list(Room.objects.order_by(*order))


def test_moments_keep_their_microseconds_in_a_cursor(cast):
    for number in range(5):
        User.objects.create(username=f"x{number}", date_joined=NOW + timedelta(microseconds=number))
    order = ("-date_joined", "id")
    assert walk(User.objects.all(), order, limit=1) == list(User.objects.order_by(*order))


def test_rows_that_appear_meanwhile_shift_nothing():
    factories.site("H01", floors=1, rooms=4)
    first = page(Room.objects.all(), ("number", "id"), limit=2)
    factories.room(first.items[0].floor, "0000")
    second = page(Room.objects.all(), ("number", "id"), limit=2, cursor=first.next)
    assert [room.number for room in second.items] == ["0303", "0304"]
    assert second.next is None


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "äö",
        "bnVsbA",
        "W10",
        "WzFd",
        "WyJ4Il0",
        "WyJ4IiwgIngiXQ",
        "WyIwMzAxIiwgbnVsbF0",
        "WyJcdTAwMDAiLCAiYSJd",
        "A" * 600,
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(cursor):
    with pytest.raises(BadCursor):
        page(Room.objects.all(), ("number", "id"), cursor=cursor)


def test_a_number_too_large_for_any_row_is_no_cursor():
    with pytest.raises(BadCursor):
        page(JournalEntry.objects.all(), ("-id",), cursor="WzFlNDAwXQ")
    with pytest.raises(BadCursor):
        page(JournalEntry.objects.all(), ("-id",), cursor="Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTldLCA")


def test_a_page_is_one_query_without_count(django_assert_num_queries):
    factories.site("H01", floors=2, rooms=4)
    with django_assert_num_queries(1) as caught:
        page(Room.objects.all(), ("number", "id"), limit=3)
    assert "COUNT" not in caught.captured_queries[0]["sql"]
