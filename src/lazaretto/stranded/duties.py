"""What happens by itself: whoever got a room by another way waits for none any more."""

from datetime import datetime, timedelta

from django.db.models import F

from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.stays.models import Stay
from lazaretto.stranded.commands import follow_stay
from lazaretto.stranded.models import Stranded

AT_ONCE = 200


@duty("stranded.stays", every=timedelta(seconds=20))
def stays(at: datetime) -> int:
    """Follow stays that began at a desk or by a sign-in since they were found; returns how many."""
    began = Stay.objects.filter(
        ended_at__isnull=True, person__stranded__ended_at__isnull=True,
        started_at__gte=F("person__stranded__group__found_at"),
    )  # fmt: skip
    pairs = began.filter(person__stranded__isnull=False).values_list("person__stranded", "id").order_by("id")
    done = 0
    for stranded, stay in list(pairs[:AT_ONCE]):
        row = Stranded.objects.filter(pk=stranded, ended_at__isnull=True).first()
        if row is not None:
            follow_stay(actor=Actor.system("stranded"), at=at, stranded=row, stay_id=stay)
            done += 1
    return done
