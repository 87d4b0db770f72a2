"""Who read what must be thought of about somebody: it is about their health, so the journal keeps each look."""

from dataclasses import dataclass
from datetime import datetime

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import NotFound
from lazaretto.headcounts.models import Member
from lazaretto.headcounts.queries import CARE


@dataclass(frozen=True)
class ConcernsRead:
    """So many people of whom it was read."""

    people: int


@command("headcounts.read_concerns", capability=CARE)
def read_concerns(*, actor: Actor, at: datetime, members: list[int], kind: str = "") -> ConcernsRead:
    """Write down that somebody read what must be thought of about these members: once for each area, with their keys.

    `kind` is what was looked for. Raises `NotFound` when none of them is anybody whom the actor may look after.
    """
    seen = Member.objects.visible_to(actor, CARE).filter(pk__in=members).select_related("organisation__unit")
    by_unit: dict[object, list[Member]] = {}
    for member in seen.order_by("pk"):
        by_unit.setdefault(member.organisation.unit_id, []).append(member)
    if not by_unit:
        raise NotFound(kind="headcounts.member", ids=", ".join(map(str, members[:20])))
    for rows in by_unit.values():
        unit, keys = rows[0].organisation.unit, [row.pk for row in rows]
        person = rows[0].person_id if len(rows) == 1 else None
        data = {"members": keys, **({"kind": kind} if kind else {})}
        record(unit, unit_id=unit.pk, person_id=person, data=data)
    return ConcernsRead(sum(len(rows) for rows in by_unit.values()))
