"""A small park for two rounds, where what happens in a large one happens more often; and books that say no."""

import pytest

from lazaretto.screening.models import CountDelta, Round
from tests.simulation import report
from tests.simulation.days import simulate
from tests.simulation.plan import Habits, Plan

pytestmark = pytest.mark.django_db

BAD = Habits(
    excused=0.03, no_show=0.06, late=0.1, elsewhere=0.03, twice=0.03, stranger=0.04, fever=0.01, offline_phones=0.4,
    night_phones=0.2, dead_phones=0.4, wrong_clocks=0.5, lost_answers=0.1, invalid_tubes=0.03,
)  # fmt: skip
SMALL = Plan(
    people=report.SMALL, homes=8, points=3, rounds=2, positive_round=2, habits=BAD, steward_minutes=120, seed=3
)  # fmt: skip


def test_everybody_of_a_small_park_is_answered_for_in_two_bad_rounds():
    run = simulate(SMALL, within=240)
    assert run.wrong() == []
    told = report.figures(run, database="", command="")
    for row in told["rounds"]:
        assert row["tested"] + row["excused"] + row["missing"] == row["expected"] == SMALL.people
        assert min(row["excused"], row["strangers"], row["kept_with_a_reason"], row["close_refused"]) > 0
        assert row["tallies"]["phones that died"] > 0
    happened = sum((office.books.tallies for office in run.rounds[1:]), run.rounds[0].books.tallies)
    for what in (
        "fevers at tables",
        "answers lost on their way",
        "phones without a network until night",
        "swabbed again into a positive tube",
    ):
        assert happened[what] > 0, what
    assert told["rounds"][1]["outcomes"]["positive"] == 2, "the pool, and the one in it who is ill"
    assert any("handed on to the hospital" in line for line in told["rounds"][1]["timeline"])
    assert "The positive pool of round 2" in report.page(told)


def test_a_figure_that_is_shown_wrong_is_found(monkeypatch):
    def one_more(line: str) -> None:
        if "09:07" in line:
            of = Round.objects.get()
            CountDelta.objects.create(round=of, point=of.points.first(), hour=of.opened_at, n=1)

    run = simulate(Plan(people=60, homes=3, points=2, rounds=1, positive_round=0, steward_minutes=120), say=one_more)
    wrong = run.wrong()
    assert any("coverage" in line for line in wrong)
    assert any("promise 6" in line or "promise 5" in line for line in wrong)
