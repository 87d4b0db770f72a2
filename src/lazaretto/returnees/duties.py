"""What happens by itself: whoever was given to somebody who did nothing is in the queue again; rounds answer tests."""

from datetime import datetime, timedelta

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.returnees.choices import Result
from lazaretto.returnees.commands import note_test, return_ignored
from lazaretto.returnees.commands.sharing import ignored
from lazaretto.returnees.queries.rounds import answered


@duty("returnees.ignored", every=timedelta(seconds=30))
def back_into_the_queue(at: datetime) -> int:
    """Area by area; returns how many came back."""
    done = 0
    for unit in sorted(set(ignored(at).values_list("unit", flat=True))):
        found = Unit.objects.get(pk=unit)
        done += return_ignored(actor=Actor.system("returnees"), at=at, unit=found).returned
    return done


@duty("returnees.rounds", every=timedelta(minutes=1))
def answered_by_rounds(at: datetime) -> int:
    """A negative of a round is the result of the test that was owed; returns how many."""
    found = answered(at)
    for one in found:
        note_test(
            actor=Actor.system("returnees"), at=at, returnee=one.test.returnee, day=one.test.day,
            result=Result.NEGATIVE, evidence=one.evidence, tested_at=one.tested_at,
        )  # fmt: skip
    return len(found)
