"""The steward does what is due, keeps its grid, and survives the failure of any duty."""

from datetime import timedelta

import pytest

from lazaretto.accounts.commands import issue_token
from lazaretto.config.steward import Steward, next_time
from lazaretto.core.access import Actor
from lazaretto.core.duties import DUTIES, Duty, duty
from lazaretto.core.models import JournalPending, JournalSeal
from tests.factories import NOW


class Log(list):
    """A duty that remembers when it was done."""

    def __call__(self, at):
        self.append(at)


def steward_of(*duties):
    return Steward(duties, tick=100.0)


def test_each_duty_is_done_at_its_own_period():
    often, seldom = Log(), Log()
    steward = steward_of(Duty("often", timedelta(seconds=2), often), Duty("seldom", timedelta(seconds=5), seldom))

    waits = [steward.step(at=NOW + timedelta(seconds=n), tick=100.0 + n) for n in range(11)]

    assert [(at - NOW).seconds for at in often] == [0, 2, 4, 6, 8, 10]
    assert [(at - NOW).seconds for at in seldom] == [0, 5, 10]
    assert waits[0] == 2.0
    assert waits[1] == 1.0


def test_lateness_does_not_add_up_and_missed_times_are_left_out():
    done = Log()
    steward = steward_of(Duty("two", timedelta(seconds=2), done))
    for tick in (100.0, 102.4, 104.3, 111.0, 112.0):
        steward.step(at=NOW, tick=tick)
    assert len(done) == 5
    assert steward.due["two"] == 114.0
    assert next_time(100.0, 2.0, 109.9) == 110.0


def test_a_clock_that_jumps_changes_nothing_of_the_rhythm():
    done = Log()
    steward = steward_of(Duty("two", timedelta(seconds=2), done))
    for n, shift in enumerate([0, -86_400, 86_400, 0]):
        steward.step(at=NOW + timedelta(seconds=shift), tick=100.0 + 2 * n)
    assert len(done) == 4


def test_a_duty_that_fails_is_tried_again_and_stops_no_other(caplog):
    done = Log()

    def broken(_at):
        raise OSError("disk full")

    steward = steward_of(Duty("a-broken", timedelta(seconds=2), broken), Duty("b", timedelta(seconds=2), done))
    for tick in (100.0, 102.0):
        steward.step(at=NOW, tick=tick)

    assert len(done) == 2
    assert caplog.text.count("the duty a-broken failed") == 2
    assert "disk full" in caplog.text


def test_the_installations_duties_seal_and_sweep():
    assert {"core.seal", "core.sweep"} <= set(DUTIES)


def test_a_duty_has_one_name_and_a_period():
    with pytest.raises(RuntimeError):
        duty("core.seal", every=timedelta(seconds=1))(print)
    with pytest.raises(ValueError, match="positive"):
        duty("never", every=timedelta(0))


@pytest.mark.django_db
def test_two_stewards_at_once_seal_each_entry_once(cast):
    for label in "abc":
        issue_token(actor=Actor.system("t"), at=NOW, username=cast.clerk.user.username, label=label)
    for _steward in range(2):
        steward_of(DUTIES["core.seal"]).step(at=NOW, tick=100.0)
    assert JournalSeal.objects.count() == 3
    assert not JournalPending.objects.exists()
