"""Whoever was swabbed in a round and whose tube is negative owes that test no more."""

from datetime import timedelta

import pytest

from lazaretto.returnees import commands
from lazaretto.returnees.duties import answered_by_rounds
from lazaretto.returnees.tests.agencies import card, named, row, take_in
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.tests.labs import report
from lazaretto.tubes.tests.ways import brought, laboratory
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(cast):
    """Two who are on a roster too, reached this morning: a test is owed today."""
    actor = cast.duty_officer.actor
    take_in(actor, cast.site.unit, row("冯文杰", card(1)), row("侯敏轩", card(2)), row("丁远"))
    for called in ("冯文杰", "侯敏轩", "丁远"):
        commands.note_attempt(actor=actor, at=NOW, returnee=named(called), answer="reached")
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(2, tube="T2"))
    brought(cast, place, "T1", "T2")
    return of


def results(called):
    return list(named(called).tests.order_by("due_at").values_list("day", "result"))


def test_a_negative_of_a_round_answers_one_test_and_says_where_it_is_written(cast, watched):
    at = NOW + timedelta(hours=1)
    assert answered_by_rounds(at) == 0  # swabbed, no result yet
    report(cast, watched, laboratory(cast), ["T1", "阴性"], ["T2", "阳性", "31.2", "30"], at=at)
    assert answered_by_rounds(at) == 1
    assert results("冯文杰") == [(1, "negative"), (3, "")]
    assert results("侯敏轩") == [(1, ""), (3, "")]  # a positive of a tube is followed by tubes, not believed here
    test = named("冯文杰").tests.get(day=1)
    assert (test.evidence, test.noted_by) == ("全员核酸 …T1", None)
    assert answered_by_rounds(NOW + timedelta(days=2)) == 0  # the same swab answers no second test
