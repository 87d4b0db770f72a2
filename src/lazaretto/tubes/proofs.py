"""What tubes can prove: where each is follows from its facts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.tubes.models import Bag, EventUpload, Trail, TubeEvent
from lazaretto.tubes.queries.facts import bag_facts, tube_facts
from lazaretto.tubes.rules import story_of_bag, story_of_tube

PIECE = 2_000
_BAG = ("state", "left_at", "holder", "arrived_at", "received_at", "laboratory", "doubts")
_TUBE = ("sealed_at", "bag", "received_at", "rejected_at", "laboratory", "doubts")


@proof(6, "tube_facts_stand", _("Every event of a tube is kept, and where it is follows from them"))
def tube_facts_stand(at: datetime) -> Finding:
    """Receipts = events, and each tube and bag is where its facts, folded again, say."""
    said = EventUpload.objects.aggregate(n=Sum("taken"))["n"] or 0
    there = TubeEvent.objects.count()
    offenders = [] if said == there else [Offender("tube_event", "", f"{said} taken, {there} there")]
    offenders += _strayed(Trail.objects, "tube", tube_facts, story_of_tube, _TUBE)
    offenders += _strayed(Bag.objects, "bag", bag_facts, story_of_bag, _BAG)
    return Finding({"tube_events": there, "tubes_known": Trail.objects.count()}, offenders, in_use=there > 0)


def _strayed(
    rows: Any, kind: str, facts_of: Callable[[Sequence[str]], Any], fold: Callable[[Any], Any], names: Sequence[str]
) -> Iterator[Offender]:
    waiting = rows.order_by("pk").iterator(chunk_size=PIECE)
    while piece := list(islice(waiting, PIECE)):
        known = facts_of([row.code for row in piece])
        for row in piece:
            story = fold(known[row.code])
            for name in names:
                said, found = getattr(row, name), getattr(story, name)
                if said != (list(found) if isinstance(found, tuple) else found):
                    yield Offender(kind, row.code, f"{name}: {said}, by its facts {found}")
