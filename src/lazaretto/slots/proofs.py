"""What slots can prove: nobody is promised a place twice, and each point is promised what its slots say."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.slots.models import Load, Slot
from lazaretto.slots.rules import MINUTE


@proof(6, "slots_fit", _("Every slot that stands has its places at its point"))
def slots_fit(at: datetime) -> Finding:
    """What loads say is what the slots that stand say, step by step."""
    said = Counter[Any]()
    rows = Slot.objects.filter(dropped_at__isnull=True).select_related("proposal")
    offenders, people = [], 0
    for row in rows.iterator(chunk_size=2000):
        people += row.people
        if sum(row.portions) != row.people:
            offenders.append(Offender("slot", str(row.pk), f"{row.people} people, {sum(row.portions)} in steps"))
        for step, count in enumerate(row.portions):
            said[row.point_id, row.starts_at + step * row.proposal.slot_minutes * MINUTE] += count
    there = Counter(
        {(point, starts): taken for point, starts, taken in Load.objects.values_list("point", "starts_at", "taken")}
    )
    offenders += [
        Offender("point", str(point), f"{starts:%m-%d %H:%M}: {said[cell]} promised, {there[cell]} counted")
        for cell in sorted({*said, *there}, key=str)
        for point, starts in [cell]
        if said[cell] != there[cell]
    ]  # fmt: skip
    return Finding({"people_with_a_slot": people}, offenders, in_use=people > 0)
