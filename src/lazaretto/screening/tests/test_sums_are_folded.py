"""A round's sums stay short: deltas of the same are folded into one, and nothing is counted otherwise by it."""

import pytest
from django.db import DatabaseError, connection, transaction

from lazaretto.core import clock
from lazaretto.screening import duties, rules
from lazaretto.screening.commands import fold_counts
from lazaretto.screening.models import CountDelta, CountFold
from lazaretto.screening.proofs import scans_balance
from lazaretto.screening.queries import progress
from lazaretto.screening.queries.absent import missing
from lazaretto.screening.tests.rounds import opened, point, scan, send
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(rules, "FOLDED_FROM", 4)


def captured(cast, *, people=12):
    """Everybody but the last swabbed one by one, at two points, and a stranger at each."""
    of, place = opened(cast, people=people)
    other = point(cast, of, "P2")
    for number in range(1, people):
        send(cast, (place, other)[number % 2], scan(number, tube=f"T{number}", slot=1))
    for nth, where in enumerate((place, other)):
        send(cast, where, scan(tube=f"S{nth}", slot=1))
    return of, place


def test_the_sums_are_the_same_before_and_after(cast):
    of, _place = captured(cast)
    before, rows = progress(of, at=NOW), CountDelta.objects.count()
    assert duties.fold(NOW) == rows - 4
    assert progress(of, at=NOW) == before
    assert sorted(CountDelta.objects.values_list("n", flat=True)) == [1, 1, 5, 6]
    assert [row.number for row in missing(of)] == [12, 13]
    assert scans_balance(NOW).offenders == []
    assert not CountFold.objects.exists()


def test_what_comes_later_is_added_and_little_is_not_folded_again(cast):
    of, place = captured(cast)
    fold_counts(at=NOW)
    send(cast, place, scan(12, tube="T12", slot=1))
    assert fold_counts(at=NOW) == 0  # five rows where four would do
    assert progress(of, at=NOW).coverage.tested == 12
    assert scans_balance(NOW).offenders == []


def test_a_round_whose_sums_are_short_or_all_different_is_left_alone(cast, monkeypatch):
    _of, place = opened(cast)
    send(cast, place, scan(1))
    monkeypatch.setattr(rules, "FOLDED_FROM", 2)
    assert fold_counts(at=NOW) == 0


def test_without_saying_so_no_delta_goes_and_none_is_ever_changed(cast):
    of, _place = captured(cast)
    statements = ["DELETE FROM screening_countdelta", "UPDATE screening_countdelta SET n = n + 1"]
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    CountFold.objects.create(round=of)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements[1])


@needs_server
@pytest.mark.django_db(transaction=True)
def test_what_is_sent_while_it_folds_is_counted_once(cast):
    of, place = opened(cast, people=60)

    def sending(first: int):
        return lambda: [send(cast, place, scan(n, tube=f"T{n}", slot=1)) for n in range(first, first + 20)]

    def folding() -> int:
        return sum(fold_counts(at=NOW) for _time in range(10))

    done = at_once([sending(1), sending(21), sending(41), folding, folding])
    assert [one for one in done if isinstance(one, Exception)] == []
    assert progress(of, at=NOW).coverage.tested == 60
    assert scans_balance(NOW).offenders == []
    fold_counts(at=NOW)
    assert (progress(of, at=NOW).coverage.tested, CountDelta.objects.count()) == (60, 1)
