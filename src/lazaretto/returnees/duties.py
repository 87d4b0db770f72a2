"""What happens by itself: whoever was given to somebody who did nothing is in the queue again; rounds answer tests."""

from datetime import datetime, timedelta

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.returnees.commands import return_ignored
from lazaretto.returnees.commands.sharing import ignored


@duty("returnees.ignored", every=timedelta(seconds=30))
def back_into_the_queue(at: datetime) -> int:
    """Area by area; returns how many came back."""
    done = 0
    for unit in sorted(set(ignored(at).values_list("unit", flat=True))):
        found = Unit.objects.get(pk=unit)
        done += return_ignored(actor=Actor.system("returnees"), at=at, unit=found).returned
    return done
